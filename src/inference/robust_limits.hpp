#pragma once
// Limits of each signal by itself, learnt robustly: what the forest can't see is how far outside a
// value lies.

#include <limits>
#include <vector>

#include "inference/isolation_forest.hpp"
#include "inference/judge.hpp"

namespace gemel::inference {

/// Two-sided limits of every feature; the score is the largest distance from the usual, where 1 is
/// what 1 % of the training values exceed on that side. That share is measured, not assumed: a
/// skewed or heavy-tailed signal gets the wider side it needs, within one and six times what a
/// normal distribution of the same median absolute deviation would have, so that a few wild
/// training values can't open it.
class RobustLimits final : public Judge {
 public:
  /// The points must be scaled by median and median absolute deviation, at least two.
  RobustLimits(const PointTable& points, std::size_t features_per_signal);

  std::string_view name() const override { return "limits"; }
  double score(std::span<const float> point) const override;
  double highest() const override { return std::numeric_limits<double>::infinity(); }
  /// The square of the distance, of those that reach half of the largest.
  void weigh(std::span<float> point, std::span<double> weights) const override;

 private:
  struct Sides {
    float low;   // distance below 0 that counts as 1
    float high;  // distance above 0 that counts as 1
    float distance(float x) const { return x < 0.0F ? -x / low : x / high; }
  };
  std::vector<Sides> sides_;  // of each feature
  std::size_t features_per_signal_;
};

}  // namespace gemel::inference
