#include "inference/usual_error.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <Eigen/Dense>

#include "inference/robust.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kProductsMost = 6;  // estimates
/// How far an estimate may be expected to be off, in usual spreads, where the plant is run one
/// spread away from what is usual.
constexpr double kPriorSpread = 3.0;

RegressionTerms terms_for(std::span<const double> rows, std::size_t width) {
  RegressionTerms terms;
  terms.products = width <= kProductsMost;
  for (std::size_t c = 0; c < width; ++c) {
    std::vector<double> column;
    for (std::size_t i = c; i < rows.size(); i += width) {
      if (std::isfinite(rows[i])) column.push_back(rows[i]);
    }
    const auto spread = column.empty() ? Spread{0.0, 1.0} : robust_spread(column, 1e-9);
    terms.middle.push_back(spread.middle);
    terms.scale.push_back(spread.width);
  }
  return terms;
}

bool all_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double v) { return std::isfinite(v); });
}

}  // namespace

UsualError::UsualError(std::span<const double> estimates, std::span<const double> residuals,
                       std::size_t width, double memory)
    : terms_(terms_for(estimates, width)) {
  const auto count = static_cast<Eigen::Index>(terms_.width());
  const auto outputs = static_cast<Eigen::Index>(width);
  Eigen::MatrixXd precision = Eigen::MatrixXd::Zero(count, count);
  Eigen::MatrixXd moments = Eigen::MatrixXd::Zero(count, outputs);
  Eigen::VectorXd terms(count);
  for (std::size_t at = 0; at + width <= estimates.size(); at += width) {
    const auto here = estimates.subspan(at, width), off = residuals.subspan(at, width);
    if (!all_finite(here) || !all_finite(off)) continue;
    terms_.of(here, {terms.data(), terms_.width()});
    precision.selfadjointView<Eigen::Lower>().rankUpdate(terms);
    moments += terms * Eigen::Map<const Eigen::RowVectorXd>(off.data(), outputs);
  }
  precision = Eigen::MatrixXd(precision.selfadjointView<Eigen::Lower>()) / memory;
  moments /= memory;
  precision.diagonal().array() += 1.0 / (kPriorSpread * kPriorSpread);
  const Eigen::MatrixXd covariance = precision.llt().solve(Eigen::MatrixXd::Identity(count, count));
  const Eigen::MatrixXd coefficients = covariance * moments;
  covariance_.assign(covariance.data(), covariance.data() + covariance.size());
  coefficients_.assign(coefficients.data(), coefficients.data() + coefficients.size());
}

double UsualError::look(std::span<const double> estimates, std::span<double> expected,
                        std::vector<double>& scratch) const {
  const auto width = terms_.width();
  const auto terms = std::span(scratch).first(width);
  terms_.of(estimates, terms);
  for (std::size_t o = 0; o < expected.size(); ++o)
    expected[o] = std::inner_product(terms.begin(), terms.end(), &coefficients_[o * width], 0.0);
  double variance = 0.0;
  for (std::size_t i = 0; i < width; ++i)
    variance +=
        terms[i] * std::inner_product(terms.begin(), terms.end(), &covariance_[i * width], 0.0);
  return std::max(variance, 0.0);
}

}  // namespace gemel::inference
