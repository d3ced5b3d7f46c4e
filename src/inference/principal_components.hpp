#pragma once
// Principal components: what breaks the way in which signals move together is strange, even where
// each of them alone is usual.

#include <cstdint>
#include <limits>
#include <vector>

#include "inference/isolation_forest.hpp"
#include "inference/judge.hpp"

namespace gemel::inference {

/// Hotelling's T² (how far along the directions that the points vary in) and Q, the squared
/// prediction error (how far off them), each divided by its 99 % quantile of the training points;
/// the score is the mean of both, so that either can raise it. Directions are kept until they hold
/// 95 % of the variance. The covariance is shrunk towards the mean variance as far as its own
/// uncertainty demands, so that few points of many features don't invent directions.
///
/// A signal's weight is its part of what the score loses when the signal is rebuilt from the others
/// (reconstruction-based contribution). Source: Jackson, Mudholkar, Technometrics 1979 (T² and Q);
/// Yue, Qin, Ind. Eng. Chem. Res. 2001 (combined index); Alcala, Qin, Automatica 2009
/// (contributions); Ledoit, Wolf, J. Multivar. Anal. 2004 (shrinkage).
/// Cost: of a score features² multiplications, no allocation.
class PrincipalComponents final : public Judge {
 public:
  /// Both: T² and Q. Relations: Q alone, so that a plant which moves further along the ways it
  /// moves in is not news (both where every direction is kept, and there is no Q).
  enum class Statistic : std::uint8_t { Both, Relations };

  /// The points must be scaled, and at least two.
  PrincipalComponents(const PointTable& points, std::size_t features_per_signal,
                      Statistic statistic = Statistic::Both);

  std::string_view name() const override {
    return statistic_ == Statistic::Both ? "components" : "relations";
  }
  double score(std::span<const float> point) const override;
  double highest() const override { return std::numeric_limits<double>::infinity(); }
  void weigh(std::span<float> point, std::span<double> weights) const override;

  /// How many directions are kept.
  std::size_t kept() const { return kept_; }

 private:
  Statistic statistic_;
  std::size_t width_;
  std::size_t features_per_signal_;
  std::size_t kept_ = 0;
  std::vector<double> mean_;
  // The score is x' M x: M row after row, only the part from the diagonal on, doubled beside it.
  std::vector<double> quadratic_;
};

}  // namespace gemel::inference
