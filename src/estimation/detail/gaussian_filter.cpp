#include "estimation/detail/gaussian_filter.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/random.hpp"
#include "estimation/detail/checks.hpp"
#include "estimation/detail/surprise.hpp"

namespace gemel::estimation::detail {
namespace {

using Eigen::Index;

constexpr int kChangesMax = 6;  // at once; more is another system than this one

/// Columns whose products with themselves sum up to the covariance. Also for one that rounding has
/// left without full rank.
Eigen::MatrixXd root_of(const Eigen::MatrixXd& covariance) {
  const Eigen::LLT<Eigen::MatrixXd> cholesky(covariance);
  if (cholesky.info() == Eigen::Success) return cholesky.matrixL();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(covariance);
  return eigen.eigenvectors() * eigen.eigenvalues().cwiseMax(0.0).cwiseSqrt().asDiagonal();
}

/// Weights of the points: for their mean and for their covariance. Shape: 2 n + 1.
struct Weights {
  double of_middle, of_middle_squared, of_others, distance;

  /// As Wan and van der Merwe with α = 1 and κ = 0, β = 2 (Gaussian). With α = 1 no weight is a
  /// small difference of large ones.
  static Weights unscented(Index n) {
    const double count = static_cast<double>(n);
    return {0.0, 2.0, 0.5 / count, std::sqrt(count)};
  }
};

}  // namespace

GaussianFilter::GaussianFilter(Propagator& propagator, const Gaussian& start, double from,
                               FilterSettings settings)
    : propagator_(propagator), settings_(std::move(settings)), time_(from) {
  const auto n = static_cast<Index>(start.mean.size());
  mean_ = Eigen::Map<const Eigen::VectorXd>(start.mean.data(), n);
  covariance_ = Eigen::Map<const Eigen::MatrixXd>(start.covariance.data(), n, n);
  const auto given = [&](const std::vector<double>& all, double otherwise) -> Eigen::VectorXd {
    if (all.empty()) return Eigen::VectorXd::Constant(n, otherwise);
    return Eigen::Map<const Eigen::VectorXd>(all.data(), n);
  };
  low_ = given(settings_.low, -std::numeric_limits<double>::infinity());
  high_ = given(settings_.high, std::numeric_limits<double>::infinity());
  sudden_ = given(settings_.sudden, 0.0);
  time_before_ = from;
  mean_before_ = mean_;
}

/// Extended: so near that differences are derivatives, but of the belief's own size, so that
/// rounding does not matter. Unscented: as far as its weights ask for.
Eigen::MatrixXd GaussianFilter::points() const {
  const Index n = mean_.size();
  const Eigen::MatrixXd root =
      root_of(covariance_) * (unscented() ? Weights::unscented(n).distance : kDifference);
  Eigen::MatrixXd points(n, 2 * n + 1);
  points.col(0) = mean_;
  points.block(0, 1, n, n) = root.colwise() + mean_;
  points.block(0, n + 1, n, n) = (-root).colwise() + mean_;
  return points;
}

Result<void> GaussianFilter::forecast(double until) {
  const Index n = mean_.size();
  auto moved = points();
  GEMEL_TRY(
      propagator_.advance({moved.data(), static_cast<std::size_t>(moved.size())}, time_, until));
  if (!moved.allFinite()) return not_finite(until);
  const Eigen::MatrixXd to = moved.block(0, 1, n, n), back = moved.block(0, n + 1, n, n);
  if (unscented()) {
    const auto weights = Weights::unscented(n);
    mean_ = weights.of_others * (to.rowwise().sum() + back.rowwise().sum());
    const Eigen::MatrixXd a = to.colwise() - mean_, b = back.colwise() - mean_;
    const Eigen::VectorXd middle = moved.col(0) - mean_;
    covariance_ = weights.of_others * (a * a.transpose() + b * b.transpose()) +
                  weights.of_middle_squared * middle * middle.transpose();
  } else {
    const Eigen::MatrixXd root = (to - back) / (2.0 * kDifference);
    mean_ = moved.col(0);
    covariance_ = root * root.transpose();
  }
  for (std::size_t i = 0; i < settings_.noise_per_time.size(); ++i)
    covariance_(static_cast<Index>(i), static_cast<Index>(i)) +=
        settings_.noise_per_time[i] * (until - time_);
  time_ = until;
  return {};
}

GaussianFilter::Expected GaussianFilter::expect(const Measurement& measurement,
                                                const Eigen::VectorXd& noise) const {
  const Index n = mean_.size(), m = noise.size();
  const auto looked = points();
  Eigen::MatrixXd shown(m, looked.cols());
  for (Index i = 0; i < looked.cols(); ++i)
    measurement.observe({looked.col(i).data(), static_cast<std::size_t>(n)},
                        {shown.col(i).data(), static_cast<std::size_t>(m)});
  const Eigen::MatrixXd to = shown.block(0, 1, m, n), back = shown.block(0, n + 1, m, n);
  const Eigen::MatrixXd aside = looked.block(0, 1, n, n).colwise() - mean_;
  Expected of;
  if (unscented()) {
    const auto weights = Weights::unscented(n);
    of.mean = weights.of_others * (to.rowwise().sum() + back.rowwise().sum());
    const Eigen::MatrixXd a = to.colwise() - of.mean, b = back.colwise() - of.mean;
    const Eigen::VectorXd middle = shown.col(0) - of.mean;
    of.spread = weights.of_others * (a * a.transpose() + b * b.transpose()) +
                weights.of_middle_squared * middle * middle.transpose();
    of.together = weights.of_others * (aside * a.transpose() - aside * b.transpose());
  } else {
    of.mean = shown.col(0);
    const Eigen::MatrixXd slopes = (to - back) / (2.0 * kDifference);
    of.spread = slopes * slopes.transpose();
    of.together = aside / kDifference * slopes.transpose();
  }
  of.spread.diagonal() += noise;
  return of;
}

Result<Eigen::MatrixXd> GaussianFilter::moved_on(Eigen::MatrixXd states) {
  if (time_ > time_before_) {
    GEMEL_TRY(propagator_.advance({states.data(), static_cast<std::size_t>(states.size())},
                                  time_before_, time_));
  }
  return states;
}

Result<GaussianFilter::Expected> GaussianFilter::let_go(const Measurement& measurement,
                                                        Expected expected, Eigen::VectorXd& noise,
                                                        Innovation& told) {
  const Index n = mean_.size(), m = noise.size();
  const Eigen::VectorXd values = Eigen::Map<const Eigen::VectorXd>(measurement.values.data(), m);
  const auto shown = [&](const Eigen::MatrixXd& states) {
    Eigen::MatrixXd out(m, states.cols());
    const auto now = moved_on(states);
    if (!now) return Eigen::MatrixXd(out.setConstant(std::numeric_limits<double>::quiet_NaN()));
    for (Index i = 0; i < states.cols(); ++i)
      measurement.observe({now->col(i).data(), static_cast<std::size_t>(n)},
                          {out.col(i).data(), static_cast<std::size_t>(m)});
    return out;
  };
  Eigen::VectorXd wrong = Eigen::VectorXd::Zero(m);
  for (int change = 0;; ++change) {
    const Eigen::VectorXd off = values - expected.mean;
    const Eigen::LLT<Eigen::MatrixXd> solver(expected.spread);
    told.unexplained = deviate_of(off.dot(solver.solve(off)), m) > settings_.surprise;
    if (!told.unexplained || change == kChangesMax) return expected;
    const auto found =
        likeliest({off, expected.spread, wrong, mean_before_, sudden_, low_, high_, shown});
    if (!found) return expected;
    for (const auto& each : found->of_states) {
      Eigen::MatrixXd pair = mean_before_.replicate(1, 2);
      pair(each.index, 1) += each.by;
      mean_before_(each.index) += each.by;
      GEMEL_ASSIGN(const Eigen::MatrixXd now, moved_on(std::move(pair)));
      const Eigen::VectorXd moved = now.col(1) - now.col(0);
      mean_ += moved;
      if (each.by != 0.0)
        covariance_ += each.variance / (each.by * each.by) * moved * moved.transpose();
      told.changed.push_back(static_cast<std::size_t>(each.index));
    }
    if (const auto& value = found->of_value) {
      noise(value->index) += value->variance;
      wrong(value->index) = value->variance;
      told.doubted.push_back(static_cast<std::size_t>(value->index));
    }
    expected = expect(measurement, noise);
  }
}

Result<Innovation> GaussianFilter::update(const Measurement& measurement) {
  GEMEL_TRY(check(measurement));
  const auto m = static_cast<Index>(measurement.values.size());
  covariance_ *= settings_.inflation * settings_.inflation;
  const Eigen::VectorXd values = Eigen::Map<const Eigen::VectorXd>(measurement.values.data(), m);
  Eigen::VectorXd noise =
      Eigen::Map<const Eigen::VectorXd>(measurement.spreads.data(), m).cwiseAbs2();
  auto expected = expect(measurement, noise);
  if (!expected.mean.allFinite()) return not_finite(time_);
  auto innovation = innovation_of(values - expected.mean, expected.spread);
  if (settings_.surprise > 0.0) {
    GEMEL_ASSIGN(expected, let_go(measurement, std::move(expected), noise, innovation));
  }

  const Eigen::LLT<Eigen::MatrixXd> solver(expected.spread);
  const Eigen::MatrixXd gain = solver.solve(expected.together.transpose()).transpose();
  mean_ += gain * (values - expected.mean);
  covariance_ -= gain * expected.spread * gain.transpose();
  covariance_ = 0.5 * (covariance_ + covariance_.transpose()).eval();
  stay_within_bounds();
  if (!mean_.allFinite() || !covariance_.allFinite()) return not_finite(time_);
  time_before_ = time_;
  mean_before_ = mean_;
  return innovation;
}

/// Moves the mean to a bound that it has crossed, and with it what depends on that state.
void GaussianFilter::stay_within_bounds() {
  for (Index k = 0; k < mean_.size(); ++k) {
    const double beyond = mean_(k) - std::clamp(mean_(k), low_(k), high_(k));
    if (beyond == 0.0) continue;
    if (covariance_(k, k) > 0.0) mean_ -= covariance_.col(k) * (beyond / covariance_(k, k));
    mean_(k) = std::clamp(mean_(k), low_(k), high_(k));
  }
}

std::vector<double> GaussianFilter::mean() const { return {mean_.begin(), mean_.end()}; }

std::vector<double> GaussianFilter::spread() const {
  const Eigen::VectorXd root = covariance_.diagonal().cwiseMax(0.0).cwiseSqrt();
  return {root.begin(), root.end()};
}

std::vector<double> GaussianFilter::draw(std::uint64_t number) const {
  Random random(settings_.seed * 0x9e3779b97f4a7c15ULL + number);
  Eigen::VectorXd normal(mean_.size());
  for (auto& each : normal) each = random.normal();
  const Eigen::VectorXd state = mean_ + root_of(covariance_) * normal;
  return {state.begin(), state.end()};
}

}  // namespace gemel::estimation::detail
