#pragma once
// Intervals around predictions that keep their promise while the plant drifts.

#include <cstddef>
#include <vector>

namespace gemel::inference {

/// Adaptive conformal intervals: half as wide as a quantile of the last absolute residuals, at a
/// level that rises after every miss and falls after every hit, so that the share of misses tends
/// to the wish whatever the residuals do. Source: Gibbs, Candès, "Adaptive Conformal Inference
/// Under Distribution Shift", NeurIPS 2021. Threads: one.
class AdaptiveInterval {
 public:
  /// `misses`: the wished share, in (0, 1). `window`: how many residuals are remembered. `step`:
  /// how far one miss moves the level.
  explicit AdaptiveInterval(double misses, std::size_t window = 500, double step = 0.01);

  /// Units: those of the residuals. Infinite while the level can't be promised yet.
  double half_width() const;
  /// Takes in what the prediction, whose interval was half_width(), missed the truth by.
  void observe(double residual);

  /// The share of misses that the level stands for now; the wish when all is calm.
  double level() const { return level_; }

 private:
  double misses_;
  double step_;
  double level_;
  std::size_t window_;
  std::size_t next_ = 0;
  std::vector<double> last_;    // in the order of arrival, a ring
  std::vector<double> sorted_;  // the same
};

}  // namespace gemel::inference
