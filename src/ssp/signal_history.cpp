#include "ssp/signal_history.hpp"

#include <algorithm>

namespace gemel::ssp {
namespace {

/// Lagrange's form: a handful of points, and nothing to prepare.
double polynomial(std::span<const double> times, std::span<const double> values, double t) {
  double sum = 0.0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    double weight = 1.0;
    for (std::size_t j = 0; j < times.size(); ++j) {
      if (j != i) weight *= (t - times[j]) / (times[i] - times[j]);
    }
    sum += weight * values[i];
  }
  return sum;
}

}  // namespace

void SignalHistory::add(double time_s, std::span<const double> values) {
  const auto signals = values.size();
  std::copy_backward(values_.begin(), values_.end() - static_cast<std::ptrdiff_t>(signals),
                     values_.end());
  std::copy(values.begin(), values.end(), values_.begin());
  std::copy_backward(times_s_.begin(), times_s_.end() - 1, times_s_.end());
  times_s_[0] = time_s;
  points_ = std::min(points_ + 1, kPointsMax);
}

double SignalHistory::extrapolated(std::size_t signal, std::size_t order, double time_s) const {
  const auto used = std::min(points_, order + 1);
  std::array<double, kPointsMax> values{};
  for (std::size_t i = 0; i < used; ++i) values[i] = at(signal, i);
  return polynomial({times_s_.data(), used}, {values.data(), used}, time_s);
}

double SignalHistory::interpolated(std::size_t signal, std::size_t order, double end_s,
                                   double end_value, double time_s) const {
  const auto used = std::min(points_, order);
  std::array<double, kPointsMax + 1> times{end_s}, values{end_value};
  for (std::size_t i = 0; i < used; ++i) {
    times[i + 1] = times_s_[i];
    values[i + 1] = at(signal, i);
  }
  return polynomial({times.data(), used + 1}, {values.data(), used + 1}, time_s);
}

}  // namespace gemel::ssp
