#include "estimation/detail/gaussian_filter.hpp"

#include <cmath>

#include "base/random.hpp"
#include "estimation/detail/checks.hpp"

namespace gemel::estimation::detail {
namespace {

using Eigen::Index;

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

Result<Innovation> GaussianFilter::update(const Measurement& measurement) {
  GEMEL_TRY(check(measurement));
  const Index n = mean_.size(), m = static_cast<Index>(measurement.values.size());
  covariance_ *= settings_.inflation * settings_.inflation;
  const auto looked = points();
  Eigen::MatrixXd shown(m, looked.cols());
  for (Index i = 0; i < looked.cols(); ++i)
    measurement.observe({looked.col(i).data(), static_cast<std::size_t>(n)},
                        {shown.col(i).data(), static_cast<std::size_t>(m)});
  const Eigen::VectorXd noise =
      Eigen::Map<const Eigen::VectorXd>(measurement.spreads.data(), m).cwiseAbs2();
  const Eigen::MatrixXd to = shown.block(0, 1, m, n), back = shown.block(0, n + 1, m, n);
  const Eigen::MatrixXd aside = looked.block(0, 1, n, n).colwise() - mean_;
  Eigen::VectorXd expected;
  Eigen::MatrixXd spread, together;  // of what is shown; with the state
  if (unscented()) {
    const auto weights = Weights::unscented(n);
    expected = weights.of_others * (to.rowwise().sum() + back.rowwise().sum());
    const Eigen::MatrixXd a = to.colwise() - expected, b = back.colwise() - expected;
    const Eigen::VectorXd middle = shown.col(0) - expected;
    spread = weights.of_others * (a * a.transpose() + b * b.transpose()) +
             weights.of_middle_squared * middle * middle.transpose();
    together = weights.of_others * (aside * a.transpose() - aside * b.transpose());
  } else {
    expected = shown.col(0);
    const Eigen::MatrixXd slopes = (to - back) / (2.0 * kDifference);
    spread = slopes * slopes.transpose();
    together = aside / kDifference * slopes.transpose();
  }
  spread.diagonal() += noise;
  if (!shown.allFinite()) return not_finite(time_);

  const Eigen::VectorXd off =
      Eigen::Map<const Eigen::VectorXd>(measurement.values.data(), m) - expected;
  const Eigen::LLT<Eigen::MatrixXd> solver(spread);
  const Eigen::MatrixXd gain = solver.solve(together.transpose()).transpose();
  mean_ += gain * off;
  covariance_ -= gain * spread * gain.transpose();
  covariance_ = 0.5 * (covariance_ + covariance_.transpose()).eval();
  return innovation_of(off, spread);
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
