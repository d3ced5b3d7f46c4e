#include "inference/principal_components.hpp"

#include <algorithm>

#include <Eigen/Dense>

#include "base/check.hpp"
#include "inference/detail/shrunk_covariance.hpp"
#include "inference/robust.hpp"

namespace gemel::inference {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

constexpr double kVarianceKept = 0.95;
constexpr double kQuantile = 0.99;
constexpr double kOutermost = 1e3;  // of a scaled feature: beyond, distance tells nothing more

double high_quantile(const Matrix& points, const Matrix& form) {
  std::vector<double> values(static_cast<std::size_t>(points.rows()));
  const Vector forms = (points * form).cwiseProduct(points).rowwise().sum();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = forms[static_cast<Eigen::Index>(i)];
  return std::max(quantile(values, kQuantile), 1e-12);
}

}  // namespace

PrincipalComponents::PrincipalComponents(const PointTable& points, std::size_t features_per_signal,
                                         Statistic statistic)
    : statistic_(statistic), width_(points.width), features_per_signal_(features_per_signal) {
  GEMEL_CHECK(points.rows() >= 2 && points.width >= 1);
  const auto rows = static_cast<Eigen::Index>(points.rows());
  const auto width = static_cast<Eigen::Index>(width_);
  Matrix all(rows, width);
  for (Eigen::Index i = 0; i < rows; ++i) {
    const auto row = points.row(static_cast<std::size_t>(i));
    for (Eigen::Index f = 0; f < width; ++f)
      all(i, f) = std::clamp<double>(row[static_cast<std::size_t>(f)], -kOutermost, kOutermost);
  }
  const Vector mean = all.colwise().mean();
  all.rowwise() -= mean.transpose();
  mean_.assign(mean.begin(), mean.end());

  const Eigen::SelfAdjointEigenSolver<Matrix> solver(detail::shrunk_covariance(all));
  const Vector& variances = solver.eigenvalues();  // ascending
  const double total = std::max(variances.sum(), 1e-12);
  double held = 0.0;
  Eigen::Index kept = 0;
  while (kept < width && (kept == 0 || held < kVarianceKept * total))
    held += variances[width - 1 - kept++];
  kept_ = static_cast<std::size_t>(kept);
  const Matrix directions = solver.eigenvectors().rightCols(kept);
  const Vector inverse = variances.tail(kept).cwiseMax(1e-12).cwiseInverse();
  const Matrix along = directions * inverse.asDiagonal() * directions.transpose();
  const Matrix off = Matrix::Identity(width, width) - directions * directions.transpose();
  Matrix form = along / (2.0 * high_quantile(all, along));
  // With every direction kept there is nothing off them, and T² alone speaks.
  if (kept < width && statistic == Statistic::Relations)
    form = off / high_quantile(all, off);
  else if (kept < width)
    form += off / (2.0 * high_quantile(all, off));
  else
    form *= 2.0;
  quadratic_.resize(width_ * width_);
  for (Eigen::Index i = 0; i < width; ++i) {
    for (Eigen::Index j = 0; j < width; ++j)
      quadratic_[static_cast<std::size_t>(i * width + j)] = form(i, j);
  }
}

double PrincipalComponents::score(std::span<const float> point) const {
  GEMEL_CHECK(point.size() == width_);
  double sum = 0.0;
  for (std::size_t i = 0; i < width_; ++i) {
    const auto* row = &quadratic_[i * width_];
    double product = 0.0;
    for (std::size_t j = 0; j < width_; ++j)
      product += row[j] * (std::clamp<double>(point[j], -kOutermost, kOutermost) - mean_[j]);
    sum += product * (std::clamp<double>(point[i], -kOutermost, kOutermost) - mean_[i]);
  }
  return sum;
}

void PrincipalComponents::weigh(std::span<float> point, std::span<double> weights) const {
  GEMEL_CHECK(point.size() == width_);
  const auto width = static_cast<Eigen::Index>(width_);
  const Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>
      form(quadratic_.data(), width, width);
  Vector x(width);
  for (Eigen::Index f = 0; f < width; ++f) {
    const auto i = static_cast<std::size_t>(f);
    x[f] = std::clamp<double>(point[i], -kOutermost, kOutermost) - mean_[i];
  }
  const Vector pull = form * x;
  const auto per_signal = static_cast<Eigen::Index>(features_per_signal_);
  for (std::size_t s = 0; s < weights.size(); ++s) {
    const auto first = static_cast<Eigen::Index>(s) * per_signal;
    // What the score loses at best when this signal's features may be anything.
    const Vector g = pull.segment(first, per_signal);
    const Matrix own = form.block(first, first, per_signal, per_signal);
    weights[s] = std::max(0.0, g.dot(own.completeOrthogonalDecomposition().solve(g)));
  }
}

}  // namespace gemel::inference
