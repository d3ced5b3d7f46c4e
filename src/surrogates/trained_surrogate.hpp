#pragma once
// A simulator's stand-in, trained by asking it where it tells most, and trusted as far as it has
// shown.

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/distribution.hpp"
#include "surrogates/gaussian_process.hpp"
#include "surrogates/network_ensemble.hpp"

namespace gemel::surrogates {

/// What is varied. Units: its own.
struct Factor {
  std::string name;
  double low = 0.0, high = 1.0;                             // the box that experiments fill
  std::optional<Distribution> distribution = std::nullopt;  // left out: even over the box
  bool whole = false;                                       // is counted: whole numbers only

  /// The value at a share of the box, 0 to 1.
  double at(double share) const {
    if (!whole) return low + share * (high - low);
    return std::min(low + std::floor(share * (high - low + 1.0)), high);
  }
  /// The value below which it lies with this probability, 0 < p < 1.
  double quantile(double p) const {
    if (!distribution) return at(p);
    const double value = distribution->quantile(p);
    return whole ? std::round(value) : value;
  }
};

/// What a surrogate stands in for. Shapes: factors → one answer each. Called from one thread at a
/// time. Errors: its own; that place is left out.
using Experiment = std::function<Result<std::vector<double>>(std::span<const double>)>;

/// What learns an answer.
enum class SurrogateKind : std::uint8_t {
  Auto,             // each answer: the one whose error is less on what it was not shown
  GaussianProcess,  // smooth answers, from few experiments
  Network,          // steps, kinks, many experiments
};

/// "auto", "gaussian_process", "network"
std::string_view to_string(SurrogateKind kind);
std::optional<SurrogateKind> surrogate_kind(std::string_view name);

struct TrainingSettings {
  std::size_t first = 0;  // experiments that fill the box evenly; 0: as many as that kind needs
  std::size_t answers_max = 200;
  double error_wished = 0.01;  // of each answer's own spread over the box
  double share_wished = 0.95;  // of the box where no more than that error is expected
  std::size_t checks = 32;     // experiments kept for the check
  std::uint64_t seed = 1;
  SurrogateKind kind = SurrogateKind::GaussianProcess;
  std::function<bool(std::size_t asked)> go_on = {};  // progress; false: make do with what there is
};

/// How well one answer is known.
struct Trust {
  SurrogateKind kind = SurrogateKind::GaussianProcess;  // that learnt it
  double error = 0.0;     // root mean square, of the checks, in the answer's own unit
  double coverage = 0.0;  // share of the checks within the 90 % interval
  double spread = 0.0;    // of the answer over the box
  double limit = 0.0;     // the error wished for, in the answer's own unit
  double share = 0.0;     // of the box where no more than that is expected
  bool wished = false;    // the error is what was wished for, and the intervals hold
};

/// Immutable once trained; threads: any.
class TrainedSurrogate {
 public:
  /// Sobol's points first, then, some at a time, those of many candidates of whose answers it knows
  /// least. Which kind learns an answer is decided by cross-validation over what is learnt from:
  /// the checks only tell how good it is in the end. Errors: InvalidInput (no factors, an empty
  /// range), Unavailable (too few experiments gave an answer), Cancelled (before there were
  /// enough).
  static Result<TrainedSurrogate> train(std::vector<Factor> factors, std::size_t answers,
                                        const Experiment& experiment,
                                        const TrainingSettings& settings);

  /// Shape: one prediction for each answer.
  std::vector<Prediction> predict(std::span<const double> factors) const;
  void predict(std::size_t answer, std::span<const double> points, std::span<Prediction> out) const;
  /// Every answer. Shapes: points row by row; out[k] holds one prediction a point, or none where
  /// that answer is not wanted.
  void predict(std::span<const double> points, std::span<const std::span<Prediction>> out) const;
  /// Whether these factors lie where it was trained.
  bool within(std::span<const double> factors) const;
  /// Whether what it says of an answer, at a place within, may stand for the simulator's: the wish
  /// was met, and it expects no larger error than that here.
  bool trusts(std::size_t answer, const Prediction& said) const {
    return trust_[answer].wished && said.spread <= trust_[answer].limit;
  }

  /// One each answer; null where a network learnt it.
  const GaussianProcess* process(std::size_t answer) const {
    return trust_[answer].kind == SurrogateKind::GaussianProcess ? &processes_[answer] : nullptr;
  }
  /// Of all answers; null where none of them needed it.
  const NetworkEnsemble* network() const { return network_ ? &*network_ : nullptr; }
  const std::vector<Trust>& trust() const { return trust_; }
  const std::vector<Factor>& factors() const { return factors_; }
  std::size_t asked() const { return asked_; }
  /// Experiments that it learnt from; the others were checks, or gave no answer.
  std::size_t learnt() const { return learnt_; }
  std::size_t checked() const { return checked_; }

 private:
  friend class Training;
  std::vector<double> to_unit(std::span<const double> points) const;
  void predict_unit(std::span<const double> unit, std::span<const std::span<Prediction>> out) const;

  std::vector<Factor> factors_;
  std::vector<GaussianProcess> processes_;
  std::optional<NetworkEnsemble> network_;
  std::vector<Trust> trust_;
  std::size_t asked_ = 0, learnt_ = 0, checked_ = 0;
};

}  // namespace gemel::surrogates
