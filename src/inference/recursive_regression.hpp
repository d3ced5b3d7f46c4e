#pragma once
// A linear regression that goes on learning, and forgets what is long ago: a soft sensor for a
// plant that drifts.

#include <span>
#include <vector>

namespace gemel::inference {

/// Recursive least squares with exponential forgetting. Where the inputs don't excite a direction,
/// its uncertainty is kept from growing without end. Source: Ljung, "System Identification", 2nd
/// ed. 1999, section 11.2; Salgado, Goodwin, Middleton, Int. J. Control 1988 (bounded covariance).
/// Cost: width² a learn(), width a predict(); no allocation. Threads: one.
class RecursiveRegression {
 public:
  /// `forgetting`: the weight that an observation keeps at each later one, in (0, 1]; 1 forgets
  /// nothing. `prior`: how far a coefficient may be expected to be from 0, in units of target per
  /// unit of input.
  RecursiveRegression(std::size_t width, double forgetting, double prior = 10.0);

  /// Shapes: as many as width; a constant is the caller's to add.
  double predict(std::span<const double> inputs) const;
  /// Nothing is learnt from what is not finite.
  void learn(std::span<const double> inputs, double target);

  std::span<const double> coefficients() const { return coefficients_; }

 private:
  double forgetting_;
  double uncertainty_max_;
  std::vector<double> coefficients_;
  std::vector<double> covariance_;  // row after row, symmetric
  std::vector<double> gain_;        // scratch
};

}  // namespace gemel::inference
