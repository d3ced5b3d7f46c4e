#pragma once
// A simulator's stand-in, trained by asking it where it tells most, and trusted as far as it has
// shown.

#include <functional>
#include <string>
#include <vector>

#include "surrogates/gaussian_process.hpp"

namespace gemel::surrogates {

/// What is varied. Units: its own.
struct Factor {
  std::string name;
  double low = 0.0, high = 1.0;
};

/// What a surrogate stands in for. Shapes: factors → one answer each. Called from one thread at a
/// time. Errors: its own; that place is left out.
using Experiment = std::function<Result<std::vector<double>>(std::span<const double>)>;

struct TrainingSettings {
  std::size_t first = 0;  // answers that fill the box evenly; 0: eight a factor
  std::size_t answers_max = 200;
  double error_wished = 0.01;  // of each answer's own spread over the box
  std::size_t checks = 32;     // answers kept for the check
  std::uint64_t seed = 1;
  std::function<bool(std::size_t asked)> go_on = {};  // progress; false: stop
};

/// How well one answer is known.
struct Trust {
  double error = 0.0;     // root mean square, of the checks, in the answer's own unit
  double coverage = 0.0;  // share of the checks within the 90 % interval
  double spread = 0.0;    // of the answer over the box
  bool wished = false;    // the error is what was wished for, and the intervals hold
};

/// Immutable once trained; threads: any.
class TrainedSurrogate {
 public:
  /// Sobol's points first, then, a few at a time, those of many candidates of whose answers it
  /// knows least. Errors: InvalidInput (no factors, an empty range), Unavailable (too few
  /// experiments gave an answer), Cancelled.
  static Result<TrainedSurrogate> train(std::vector<Factor> factors, std::size_t answers,
                                        const Experiment& experiment,
                                        const TrainingSettings& settings);

  /// Shape: one prediction for each answer.
  std::vector<Prediction> predict(std::span<const double> factors) const;
  void predict(std::size_t answer, std::span<const double> points, std::span<Prediction> out) const;
  /// Whether these factors lie where it was trained.
  bool within(std::span<const double> factors) const;
  const std::vector<GaussianProcess>& processes() const { return processes_; }
  const std::vector<Trust>& trust() const { return trust_; }
  const std::vector<Factor>& factors() const { return factors_; }
  std::size_t asked() const { return asked_; }

 private:
  std::vector<double> to_unit(std::span<const double> points) const;

  std::vector<Factor> factors_;
  std::vector<GaussianProcess> processes_;
  std::vector<Trust> trust_;
  std::size_t asked_ = 0;
};

}  // namespace gemel::surrogates
