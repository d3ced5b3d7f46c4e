#include "estimation/detail/ensemble_filter.hpp"

#include <algorithm>
#include <cmath>

#include "estimation/detail/checks.hpp"

namespace gemel::estimation::detail {
namespace {

using Eigen::Index;

Eigen::MatrixXd drawn(const Gaussian& start, std::size_t members, Random& random) {
  const auto n = static_cast<Index>(start.mean.size());
  const Eigen::Map<const Eigen::VectorXd> mean(start.mean.data(), n);
  const Eigen::Map<const Eigen::MatrixXd> covariance(start.covariance.data(), n, n);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(covariance);
  const Eigen::MatrixXd root =
      eigen.eigenvectors() * eigen.eigenvalues().cwiseMax(0.0).cwiseSqrt().asDiagonal();
  Eigen::MatrixXd normal(n, static_cast<Index>(members));
  for (Index j = 0; j < normal.cols(); ++j) {
    for (Index i = 0; i < n; ++i) normal(i, j) = random.normal();
  }
  return (root * normal).colwise() + mean;
}

/// Falls from 1 at 0 to 0 at 2: what is left of a measurement's say with the distance over the
/// reach. Source: Gaspari & Cohn, Q. J. R. Meteorol. Soc. 125, 1999, eq. 4.10.
double taper(double r) {
  if (r >= 2.0) return 0.0;
  const double r2 = r * r, r3 = r2 * r;
  if (r < 1.0) return 1.0 + r2 * (-5.0 / 3.0 + r * (0.625 + r * (0.5 - 0.25 * r)));
  return 4.0 - 5.0 * r + r2 * (5.0 / 3.0) + r3 * (0.625 + r * (-0.5 + r / 12.0)) - 2.0 / (3.0 * r);
}

}  // namespace

EnsembleFilter::EnsembleFilter(Propagator& propagator, const Gaussian& start, double from,
                               FilterSettings settings)
    : settings_(std::move(settings)),
      random_(settings_.seed),
      propagator_(propagator),
      time_(from) {
  members_ = drawn(start, settings_.members, random_);
}

Result<void> EnsembleFilter::forecast(double until) {
  GEMEL_TRY(propagator_.advance({members_.data(), static_cast<std::size_t>(members_.size())}, time_,
                                until));
  if (!members_.allFinite()) return not_finite(until);
  for (std::size_t i = 0; i < settings_.noise_per_time.size(); ++i) {
    const double sd = std::sqrt(settings_.noise_per_time[i] * (until - time_));
    for (Index j = 0; sd > 0.0 && j < count(); ++j)
      members_(static_cast<Index>(i), j) += sd * random_.normal();
  }
  time_ = until;
  return {};
}

Result<Innovation> EnsembleFilter::update(const Measurement& measurement) {
  GEMEL_TRY(check(measurement));
  if (settings_.reach > 0.0 && measurement.places.empty())
    return Error{ErrorCode::InvalidInput, "a filter with a reach needs the measurements' places"};
  const Eigen::VectorXd middle = centre();
  if (settings_.inflation != 1.0)
    members_ = ((members_.colwise() - middle) * settings_.inflation).colwise() + middle;
  const auto m = static_cast<Index>(measurement.values.size());
  Eigen::MatrixXd shown(m, count());
  for (Index j = 0; j < count(); ++j)
    measurement.observe({members_.col(j).data(), static_cast<std::size_t>(members_.rows())},
                        {shown.col(j).data(), static_cast<std::size_t>(m)});
  if (!shown.allFinite()) return not_finite(time_);
  const Eigen::VectorXd share = weights(), expected = shown * share;
  Shown seen;
  seen.off = Eigen::Map<const Eigen::VectorXd>(measurement.values.data(), m) - expected;
  seen.anomalies = shown.colwise() - expected;
  seen.noise = Eigen::Map<const Eigen::VectorXd>(measurement.spreads.data(), m).cwiseAbs2();
  Eigen::MatrixXd spread =
      seen.anomalies * (unbiased() * share).asDiagonal() * seen.anomalies.transpose();
  spread.diagonal() += seen.noise;
  auto innovation = innovation_of(seen.off, spread);
  use(measurement, seen);
  return innovation;
}

std::vector<double> EnsembleFilter::mean() const {
  const auto middle = centre();
  return {middle.begin(), middle.end()};
}

std::vector<double> EnsembleFilter::spread() const {
  const Eigen::MatrixXd anomalies = members_.colwise() - centre();
  const Eigen::VectorXd root =
      (anomalies.array().square().matrix() * (unbiased() * weights())).cwiseSqrt();
  return {root.begin(), root.end()};
}

std::vector<double> EnsembleFilter::draw(std::uint64_t number) const {
  Random random(settings_.seed * 0x9e3779b97f4a7c15ULL + number);
  const Eigen::VectorXd share = weights();
  double sum = share[0];
  const double at = random.uniform();
  Index from = 0;
  while (at >= sum && from + 1 < count()) sum += share[++from];
  const auto column = members_.col(from);
  return {column.begin(), column.end()};
}

void KalmanEnsemble::use(const Measurement&, const Shown& shown) {
  const double degrees = static_cast<double>(count() - 1);
  const Eigen::VectorXd middle = centre();
  const Eigen::MatrixXd anomalies = members_.colwise() - middle;
  Eigen::MatrixXd spread = shown.anomalies * shown.anomalies.transpose() / degrees;
  spread.diagonal() += shown.noise;
  const Eigen::MatrixXd together = anomalies * shown.anomalies.transpose() / degrees;
  const Eigen::MatrixXd gain =
      Eigen::LLT<Eigen::MatrixXd>(spread).solve(together.transpose()).transpose();
  if (settings_.kind == FilterKind::Deterministic) {
    members_ = (anomalies - 0.5 * gain * shown.anomalies).colwise() + (middle + gain * shown.off);
    return;
  }
  // Each member meets a measurement of its own; together they are off by nothing.
  Eigen::MatrixXd perturbed(shown.off.size(), count());
  const Eigen::VectorXd sd = shown.noise.cwiseSqrt();
  for (Index j = 0; j < perturbed.cols(); ++j) {
    for (Index i = 0; i < perturbed.rows(); ++i) perturbed(i, j) = sd[i] * random_.normal();
  }
  const Eigen::VectorXd bias = perturbed.rowwise().mean();
  members_ += gain * ((perturbed - shown.anomalies).colwise() + (shown.off - bias));
}

Eigen::MatrixXd TransformEnsemble::transform(const Shown& shown,
                                             const Eigen::VectorXd& precision) const {
  const double degrees = static_cast<double>(count() - 1);
  const Eigen::MatrixXd weighted = shown.anomalies.transpose() * precision.asDiagonal();
  Eigen::MatrixXd inverse = weighted * shown.anomalies;
  inverse.diagonal().array() += degrees;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(inverse);
  const auto& vectors = eigen.eigenvectors();
  const auto& values = eigen.eigenvalues();
  const Eigen::VectorXd mean =
      vectors * values.cwiseInverse().asDiagonal() * vectors.transpose() * (weighted * shown.off);
  const Eigen::MatrixXd root =
      vectors * (degrees * values.cwiseInverse()).cwiseSqrt().asDiagonal() * vectors.transpose();
  return root.colwise() + mean;
}

/// A random rotation of the members that leaves their mean: without it their distances settle into
/// a pattern far from Gaussian. Source: Sakov & Oke, Mon. Wea. Rev. 136, 2008.
Eigen::MatrixXd TransformEnsemble::rotation() {
  const Index n = count();
  Eigen::MatrixXd normal(n - 1, n - 1);
  for (Index j = 0; j < n - 1; ++j) {
    for (Index i = 0; i < n - 1; ++i) normal(i, j) = random_.normal();
  }
  const Eigen::MatrixXd turned = Eigen::HouseholderQR<Eigen::MatrixXd>(normal).householderQ();
  // A reflection takes the first axis to the direction of the mean.
  Eigen::VectorXd axis = Eigen::VectorXd::Constant(n, -1.0 / std::sqrt(static_cast<double>(n)));
  axis[0] += 1.0;
  axis.normalize();
  const Eigen::MatrixXd reflection =
      Eigen::MatrixXd::Identity(n, n) - 2.0 * axis * axis.transpose();
  Eigen::MatrixXd within = Eigen::MatrixXd::Identity(n, n);
  within.bottomRightCorner(n - 1, n - 1) = turned;
  return reflection * within * reflection;
}

double TransformEnsemble::distance(double a, double b) const {
  const double apart = std::fabs(a - b);
  return settings_.circumference > 0.0 ? std::min(apart, settings_.circumference - apart) : apart;
}

void TransformEnsemble::use(const Measurement& measurement, const Shown& shown) {
  const Eigen::VectorXd middle = centre();
  const Eigen::MatrixXd anomalies = members_.colwise() - middle;
  const auto turn = rotation();
  // Rotation acts on distances from the mean; the columns' mean part passes through it unchanged.
  if (settings_.reach <= 0.0) {
    members_ = (anomalies * transform(shown, shown.noise.cwiseInverse()) * turn).colwise() + middle;
    return;
  }
  for (Index i = 0; i < members_.rows(); ++i) {
    Eigen::VectorXd precision(shown.noise.size());
    std::vector<Index> near;
    for (Index k = 0; k < precision.size(); ++k) {
      const double left = taper(distance(settings_.places[static_cast<std::size_t>(i)],
                                         measurement.places[static_cast<std::size_t>(k)]) /
                                settings_.reach);
      if (left <= 1e-6) continue;
      precision[static_cast<Index>(near.size())] = left / shown.noise[k];
      near.push_back(k);
    }
    Shown local{shown.off(near), shown.anomalies(near, Eigen::all), {}};
    members_.row(i) = (anomalies.row(i) *
                       transform(local, precision.head(static_cast<Index>(near.size()))) * turn)
                          .array() +
                      middle[i];
  }
}

ParticleEnsemble::ParticleEnsemble(Propagator& propagator, const Gaussian& start, double from,
                                   FilterSettings settings)
    : EnsembleFilter(propagator, start, from, std::move(settings)),
      weights_(Eigen::VectorXd::Constant(count(), 1.0 / static_cast<double>(count()))) {}

void ParticleEnsemble::use(const Measurement&, const Shown& shown) {
  Eigen::VectorXd log(count());
  for (Index j = 0; j < count(); ++j) {
    const Eigen::VectorXd off = shown.off - shown.anomalies.col(j);
    log[j] = std::log(std::max(weights_[j], 1e-300)) -
             0.5 * (off.array().square() / shown.noise.array()).sum();
  }
  weights_ = (log.array() - log.maxCoeff()).exp();
  weights_ /= weights_.sum();
  if (1.0 / weights_.squaredNorm() < 0.5 * static_cast<double>(count())) resample();
}

/// Drawn members are drawn towards their mean and moved aside by what that takes from their spread:
/// mean and covariance stay.
void ParticleEnsemble::resample() {
  constexpr double kAside = 0.1;  // of the spread
  const double kept = std::sqrt(1.0 - kAside * kAside);
  const Eigen::VectorXd middle = centre();
  const Eigen::MatrixXd anomalies = members_.colwise() - middle;
  const Eigen::MatrixXd covariance = anomalies * weights_.asDiagonal() * anomalies.transpose();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(covariance);
  const Eigen::MatrixXd root =
      eigen.eigenvectors() * eigen.eigenvalues().cwiseMax(0.0).cwiseSqrt().asDiagonal();
  Eigen::MatrixXd drawn(members_.rows(), count());
  const double step = 1.0 / static_cast<double>(count()), first = step * random_.uniform();
  Eigen::VectorXd normal(members_.rows());
  double sum = weights_[0];
  std::vector<std::size_t> origins;
  for (Index j = 0, from = 0; j < count(); ++j) {
    const double share = first + step * static_cast<double>(j);
    while (share >= sum && from + 1 < count()) sum += weights_[++from];
    origins.push_back(static_cast<std::size_t>(from));
    for (auto& each : normal) each = random_.normal();
    drawn.col(j) = middle + kept * anomalies.col(from) + kAside * root * normal;
  }
  members_ = std::move(drawn);
  weights_.setConstant(step);
  tell_redrawn(origins);
}

}  // namespace gemel::estimation::detail
