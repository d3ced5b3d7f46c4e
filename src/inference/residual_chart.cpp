#include "inference/residual_chart.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <Eigen/Dense>

#include "base/check.hpp"

namespace gemel::inference {
namespace {

/// Rows apart at which two exponentially weighted means have little in common.
constexpr double kApart = 2.0;

double take_up(double rows) { return 1.0 - std::exp(-1.0 / rows); }

}  // namespace

RunningMedians::RunningMedians(std::size_t width) : last_(width * kRows, std::nan("")) {}

void RunningMedians::take(std::span<double> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    last_[i * kRows + next_] = values[i];
    if (!std::isfinite(values[i])) continue;
    std::array<double, kRows> known{};
    const auto end = std::copy_if(&last_[i * kRows], &last_[i * kRows] + kRows, known.begin(),
                                  [](double v) { return std::isfinite(v); });
    const auto middle = known.begin() + (end - known.begin()) / 2;
    std::nth_element(known.begin(), middle, end);
    values[i] = *middle;
  }
  next_ = (next_ + 1) % kRows;
}

void RunningMedians::restart() { std::ranges::fill(last_, std::nan("")); }

RunningMeans::RunningMeans(std::size_t width, double rows)
    : take_up_(take_up(rows)), sum_(width), weight_(width), means_(width) {
  GEMEL_CHECK(rows > 0.0);
}

void RunningMeans::take(std::span<const double> values) {
  for (std::size_t i = 0; i < sum_.size(); ++i) {
    const bool known = std::isfinite(values[i]);
    sum_[i] = (1.0 - take_up_) * sum_[i] + (known ? take_up_ * values[i] : 0.0);
    weight_[i] = (1.0 - take_up_) * weight_[i] + (known ? take_up_ : 0.0);
    if (weight_[i] > 0.0) means_[i] = sum_[i] / weight_[i];
  }
}

void RunningMeans::restart() {
  std::ranges::fill(sum_, 0.0);
  std::ranges::fill(weight_, 0.0);
}

ResidualChart::ResidualChart(std::span<const double> values, std::size_t width, double rows)
    : rows_(rows), middle_(width), covariance_(width * width) {
  const auto n = static_cast<Eigen::Index>(width);
  RunningMeans means(width, rows);
  std::vector<double> whole;
  for (std::size_t at = 0; at + width <= values.size(); at += width) {
    means.take(values.subspan(at, width));
    bool all = true;
    for (std::size_t i = 0; i < width; ++i) all = all && means.known(i);
    if (all) whole.insert(whole.end(), means.values().begin(), means.values().end());
  }
  const double steady = std::sqrt(take_up(rows) / (2.0 - take_up(rows)));
  Eigen::Map<Eigen::MatrixXd> covariance(covariance_.data(), n, n);
  const auto count = static_cast<Eigen::Index>(whole.size() / width);
  if (count < 2) {
    covariance.setIdentity() *= steady * steady;
    return;
  }
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::Map<Rows> table(whole.data(), count, n);
  const Eigen::RowVectorXd mean = table.colwise().mean();
  std::copy(mean.data(), mean.data() + n, middle_.begin());
  table.rowwise() -= mean;
  covariance = table.transpose() * table / static_cast<double>(count);
  // Correlations of few independent means are mostly chance.
  const double independent = static_cast<double>(count) / (kApart * rows);
  const double kept = independent / (independent + static_cast<double>(width));
  const Eigen::VectorXd deviation = covariance.diagonal().cwiseSqrt();
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j < n; ++j) {
      const double product = deviation[i] * deviation[j];
      const double correlation = product > 0.0 ? covariance(i, j) / product : 0.0;
      covariance(i, j) = std::max(deviation[i], steady) * std::max(deviation[j], steady) *
                         (i == j ? 1.0 : kept * correlation);
    }
  }
}

void ResidualChart::invert(std::span<const char> known, std::span<double> precision) const {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i] != 0) places.push_back(i);
  }
  std::ranges::fill(precision, 0.0);
  if (places.empty()) return;
  const auto count = static_cast<Eigen::Index>(places.size());
  Eigen::MatrixXd part(count, count);
  for (Eigen::Index i = 0; i < count; ++i) {
    for (Eigen::Index j = 0; j < count; ++j)
      part(i, j) = covariance_[places[static_cast<std::size_t>(i)] * width() +
                               places[static_cast<std::size_t>(j)]];
  }
  const Eigen::MatrixXd inverse = part.inverse();
  for (Eigen::Index i = 0; i < count; ++i) {
    for (Eigen::Index j = 0; j < count; ++j)
      precision[places[static_cast<std::size_t>(i)] * width() +
                places[static_cast<std::size_t>(j)]] = inverse(i, j);
  }
}

ResidualChart::Run::Run(const ResidualChart& chart)
    : chart_(chart),
      means_(chart.width(), chart.rows()),
      known_(chart.width(), 1),
      precision_(chart.width() * chart.width()),
      off_(chart.width()),
      pull_(chart.width()) {
  chart_.invert(known_, precision_);
}

double ResidualChart::Run::distance() {
  const std::size_t width = chart_.width();
  bool same = true;
  for (std::size_t i = 0; i < width; ++i) {
    const char known = means_.known(i) ? 1 : 0;
    same = same && known == known_[i];
    known_[i] = known;
    off_[i] = known != 0 ? means_.values()[i] - chart_.middle_[i] : 0.0;
  }
  if (!same) chart_.invert(known_, precision_);
  double square = 0.0;
  for (std::size_t i = 0; i < width; ++i) {
    pull_[i] = 0.0;
    for (std::size_t j = 0; j < width; ++j) pull_[i] += precision_[i * width + j] * off_[j];
    square += pull_[i] * off_[i];
  }
  return std::sqrt(std::max(square, 0.0));
}

void ResidualChart::Run::weigh(std::span<double> shares) const {
  for (std::size_t i = 0; i < chart_.width(); ++i) {
    const double own = precision_[i * chart_.width() + i];
    shares[i] = own > 0.0 ? pull_[i] * pull_[i] / own : 0.0;
  }
}

}  // namespace gemel::inference
