#include "inference/linear_forecast.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <Eigen/Dense>

#include "base/check.hpp"

namespace gemel::inference {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Windows taken in at once: few enough for the cache, enough for a fast product.
constexpr Eigen::Index kBatch = 512;

bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
}

/// Sums of products of windows.
struct Products {
  Matrix inputs;   // X' X
  Matrix outputs;  // X' Y
  double windows = 0.0;

  void add(const Matrix& x, const Matrix& y, Eigen::Index rows) {
    inputs.noalias() += x.topRows(rows).transpose() * x.topRows(rows);
    outputs.noalias() += x.topRows(rows).transpose() * y.topRows(rows);
    windows += static_cast<double>(rows);
  }
};

}  // namespace

LinearForecast::LinearForecast(std::span<const std::span<const double>> series,
                               const LinearForecastOptions& options)
    : options_(options) {
  const auto lookback = static_cast<Eigen::Index>(options.lookback);
  const auto horizon = static_cast<Eigen::Index>(options.horizon);
  GEMEL_CHECK(lookback > 0 && horizon > 0 && options.ridge > 0.0);
  Products sums{Matrix::Zero(lookback + 1, lookback + 1), Matrix::Zero(lookback + 1, horizon)};
  Matrix x(kBatch, lookback + 1), y(kBatch, horizon);
  Eigen::Index filled = 0;
  const auto length = options.lookback + options.horizon;
  for (const auto values : series) {
    GEMEL_CHECK(values.size() >= length);
    for (std::size_t from = 0; from + length <= values.size(); ++from) {
      const auto window = values.subspan(from, length);
      if (!all_finite(window)) continue;
      const double level = level_of(window.first(options.lookback));
      for (Eigen::Index i = 0; i < lookback; ++i)
        x(filled, i) = window[static_cast<std::size_t>(i)] - level;
      x(filled, lookback) = 1.0;
      for (Eigen::Index i = 0; i < horizon; ++i)
        y(filled, i) = window[static_cast<std::size_t>(lookback + i)] - level;
      if (++filled < kBatch) continue;
      sums.add(x, y, filled);
      filled = 0;
    }
  }
  sums.add(x, y, filled);
  sums.inputs.diagonal().head(lookback).array() += options.ridge * sums.windows / 1000.0;
  sums.inputs(lookback, lookback) += 1e-9;
  const Matrix solved = sums.inputs.ldlt().solve(sums.outputs);
  coefficients_.resize(static_cast<std::size_t>(horizon * (lookback + 1)));
  for (Eigen::Index h = 0; h < horizon; ++h) {
    for (Eigen::Index i = 0; i <= lookback; ++i)
      coefficients_[static_cast<std::size_t>(h * (lookback + 1) + i)] = solved(i, h);
  }
}

double LinearForecast::level_of(std::span<const double> last) const {
  if (options_.from_last) return last.back();
  return std::accumulate(last.begin(), last.end(), 0.0) / static_cast<double>(last.size());
}

void LinearForecast::forecast(std::span<const double> last, std::span<double> next) const {
  GEMEL_CHECK(last.size() == options_.lookback && next.size() == options_.horizon);
  const double level = level_of(last);
  const auto width = options_.lookback + 1;
  for (std::size_t h = 0; h < next.size(); ++h) {
    const auto* row = &coefficients_[h * width];
    double sum = row[width - 1] + level, weight = 0.0;
    for (std::size_t i = 0; i + 1 < width; ++i) {
      sum += row[i] * last[i];
      weight += row[i];
    }
    next[h] = sum - weight * level;
  }
}

}  // namespace gemel::inference
