#include "inference/standing_levels.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "base/check.hpp"
#include "inference/detail/shrunk_covariance.hpp"
#include "inference/levels.hpp"

namespace gemel::inference {
namespace {

using Matrix = Eigen::MatrixXd;

constexpr std::size_t kScales = kLevelWeights.size();
constexpr std::size_t kApart = 9;   // rows: the fastest level's memory
constexpr std::size_t kStride = 3;  // rows: moves that share more tell little more

/// What the fastest levels move in kApart rows, each with a mean square of 1.
Matrix moves_of(const PointTable& points) {
  const auto signals = static_cast<Eigen::Index>(points.width / kScales);
  const auto moves = static_cast<Eigen::Index>((points.rows() - 1 - kApart) / kStride);
  Matrix out(moves, signals);
  for (Eigen::Index i = 0; i < moves; ++i) {
    const auto at = static_cast<std::size_t>(i) * kStride;
    for (Eigen::Index s = 0; s < signals; ++s) {
      const auto f = static_cast<std::size_t>(s) * kScales;
      out(i, s) = static_cast<double>(points.row(at + kApart)[f]) - points.row(at)[f];
    }
  }
  for (Eigen::Index s = 0; s < signals; ++s) {
    const double size = std::sqrt(out.col(s).squaredNorm() / static_cast<double>(moves));
    if (size > 1e-9) out.col(s) /= size;
  }
  return out;
}

}  // namespace

StandingLevels::StandingLevels(const PointTable& points, std::string_view name, std::size_t first)
    : name_(name), first_(first), signals_(points.width / kScales) {
  GEMEL_CHECK(signals_ > 0 && points.rows() > 2 * kApart);
  Matrix correlation = detail::shrunk_covariance(moves_of(points));
  const auto n = static_cast<Eigen::Index>(signals_);
  // A signal that never moved is tied to none.
  for (Eigen::Index s = 0; s < n; ++s) {
    if (correlation(s, s) < 0.5) correlation(s, s) = 1.0;
  }
  const Matrix inverse = correlation.completeOrthogonalDecomposition().pseudoInverse();
  inverse_.resize(signals_ * signals_);
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j < n; ++j)
      inverse_[static_cast<std::size_t>(i * n + j)] = inverse(i, j);
  }
}

double StandingLevels::product(std::span<const float> point, std::size_t a, std::size_t b) const {
  double sum = 0.0;
  for (std::size_t i = 0; i < signals_; ++i) {
    const double* row = &inverse_[i * signals_];
    double along = 0.0;
    for (std::size_t j = 0; j < signals_; ++j) along += row[j] * point[j * kScales + b];
    sum += along * point[i * kScales + a];
  }
  return sum;
}

double StandingLevels::statistic(std::span<const float> point, std::size_t scale) const {
  const double own = std::max(0.0, product(point, scale, scale));
  if (scale == 0 || own < 1e-9) return own;
  const double shared = std::max(0.0, product(point, scale, scale - 1));
  return std::min(own, shared * shared / own);
}

double StandingLevels::score(std::span<const float> point) const {
  GEMEL_CHECK(point.size() == signals_ * kScales);
  double worst = 0.0;
  for (std::size_t k = first_; k < kScales; ++k) worst = std::max(worst, statistic(point, k));
  return std::sqrt(worst);
}

double StandingLevels::reached_once_in(double rows) const {
  // Upcrossings of h a row by T² of p levels that forget at rate r:
  // 2 r (h/2)^(p/2) exp(-h/2) / Γ(p/2), added up over the weights.
  double rate = 0.0;
  for (std::size_t k = first_; k < kScales; ++k) rate -= std::log1p(-kLevelWeights[k]);
  const double half = 0.5 * static_cast<double>(signals_);
  const double at_peak = std::log(2.0 * rate * rows) - std::lgamma(half);
  const auto log_count = [&](double h) { return at_peak + half * std::log(h / 2.0) - h / 2.0; };
  double low = 2.0 * half;  // beyond it the count falls
  double high = 4.0 * low + 200.0 + 4.0 * std::max(0.0, std::log(rows));
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (log_count(middle) > 0.0 ? low : high) = middle;
  }
  return std::sqrt(high);
}

void StandingLevels::weigh(std::span<float> point, std::span<double> weights) const {
  GEMEL_CHECK(weights.size() == signals_);
  std::size_t worst = first_;
  for (std::size_t k = first_ + 1; k < kScales; ++k) {
    if (statistic(point, k) > statistic(point, worst)) worst = k;
  }
  for (std::size_t i = 0; i < signals_; ++i) {
    const double* row = &inverse_[i * signals_];
    double pull = 0.0;
    for (std::size_t j = 0; j < signals_; ++j) pull += row[j] * point[j * kScales + worst];
    // What T² loses at best when this signal's level may be anything.
    weights[i] = pull * pull / std::max(row[i], 1e-12);
  }
}

}  // namespace gemel::inference
