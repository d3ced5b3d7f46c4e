#pragma once
// Some small networks that learn the same answers, each without a part of them: for what is no
// smooth function, such as steps and kinks, and for many experiments.

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "surrogates/prediction.hpp"

namespace gemel::surrogates {

/// Networks of two hidden layers that answer all questions at once. The experiments are cut into as
/// many parts as there are networks, and each network learns from all parts but one: what it says
/// of that part tells how far off it is where it has not been. The prediction is the mean of all;
/// its 90 % interval is so wide, in units of how much the networks differ and of how far off they
/// usually are, that it would have held 90 % of the parts left out.
/// Sources: Lakshminarayanan et al., "Deep ensembles", NeurIPS 2017; Vovk, "Cross-conformal
/// predictors", Ann. Math. Artif. Intell. 74, 2015; intervals scaled as in Lei et al., JASA 113,
/// 2018. Immutable; threads: any. Inputs lie in the unit cube.
class NetworkEnsemble {
 public:
  struct Settings {
    std::uint64_t seed = 1;
    std::size_t members = 5;
    std::size_t width = 48;
    std::size_t steps = 2'000;    // of learning, each from up to 64 experiments
    std::vector<bool> even = {};  // as GaussianProcess::Settings::even
  };

  /// Shapes: `inputs` is experiments × dimensions, row by row; answers[k] the k-th of each
  /// experiment. Errors: InvalidInput (shapes, fewer than four experiments a member, numbers that
  /// are not finite). Order: the same input and kind of processor give the same networks, whatever
  /// the number of threads. Cost: some seconds.
  static Result<NetworkEnsemble> fit(std::span<const double> inputs, std::size_t dimensions,
                                     std::span<const std::vector<double>> answers,
                                     const Settings& settings);
  static Result<NetworkEnsemble> fit(std::span<const double> inputs, std::size_t dimensions,
                                     std::span<const std::vector<double>> answers) {
    return fit(inputs, dimensions, answers, Settings());
  }

  /// Shapes: inputs is points × dimensions; out[k] holds one prediction a point, or none where that
  /// answer is not wanted.
  void predict(std::span<const double> inputs, std::span<const std::span<Prediction>> out) const;

  std::size_t dimensions() const { return dimensions_; }
  std::size_t answers() const { return outputs_.size(); }
  /// Root mean square error of an answer over the (even) experiments, each predicted by the network
  /// that did not learn it.
  double left_out_error(std::size_t answer) const { return outputs_[answer].left_out_error; }

  /// What predict() computes with, for who writes it down. Shapes: weights are in × out, row by
  /// row.
  struct Layer {
    std::size_t in = 0, out = 0;
    std::vector<float> weights, bias;
  };
  /// An answer is mean + scale × what the networks say; its spread is
  /// scale × stretch × √(their variance + floor²).
  struct Output {
    double mean = 0.0, scale = 1.0;
    double floor = 0.0, stretch = 1.0;
    double left_out_error = 0.0;
  };
  /// Each member: three layers, rectified but for the last; fed with √12 · (input − ½).
  const std::vector<std::vector<Layer>>& members() const { return members_; }
  const std::vector<Output>& outputs() const { return outputs_; }

 private:
  std::size_t dimensions_ = 0;
  std::vector<std::vector<Layer>> members_;
  std::vector<Output> outputs_;
};

}  // namespace gemel::surrogates
