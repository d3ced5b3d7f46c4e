#pragma once
// Small changes that stay: a control chart of the signals' levels together.

#include <limits>
#include <vector>

#include "inference/isolation_forest.hpp"
#include "inference/judge.hpp"

namespace gemel::inference {

/// The multivariate exponentially weighted moving average chart, at several weights: Hotelling's T²
/// of the levels at each; the largest counts. A slower level sees smaller changes, but is slow to
/// forget them too, so it speaks only as far as the next faster one agrees in direction: T² is at
/// most the squared length of the faster one's projection on it. The correlation of signals is that
/// of what the fastest levels move in a few rows, shrunk as far as few rows demand.
///
/// Under normal operation levels are about normal, so how seldom a score is reached is known
/// (upcrossings of a chi-squared process), and a few hundred rows give a threshold for a week.
/// Source: Lowry, Woodall, Champ, Rigdon, Technometrics 34, 1992; Aldous, "Probability
/// Approximations via the Poisson Clumping Heuristic", 1989. Cost: weights x signals²
/// multiplications, no allocation up to 256 signals.
class StandingLevels final : public Judge {
 public:
  /// Points of Levels, in the order of time. `first`: weights before this one only confirm; the
  /// means of few rows are normal only where the rows nearly are.
  StandingLevels(const PointTable& points, std::string_view name, std::size_t first);

  std::string_view name() const override { return name_; }
  double score(std::span<const float> point) const override;
  double highest() const override { return std::numeric_limits<double>::infinity(); }
  double reached_once_in(double rows) const override;
  void weigh(std::span<float> point, std::span<double> weights) const override;

 private:
  /// x' R⁻¹ y of the levels at two weights.
  double product(std::span<const float> point, std::size_t a, std::size_t b) const;
  double statistic(std::span<const float> point, std::size_t scale) const;

  std::string_view name_;
  std::size_t first_;
  std::size_t signals_;
  std::vector<double> inverse_;  // of the correlation, row after row
};

}  // namespace gemel::inference
