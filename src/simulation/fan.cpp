#include "simulation/fan.hpp"

#include <algorithm>
#include <cmath>

#include "base/statistics.hpp"

namespace gemel::simulation {
namespace {

constexpr double kLow = 0.05;
constexpr double kHigh = 0.95;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

void leave_numbers(std::vector<double>& values) {
  std::erase_if(values, [](double v) { return !std::isfinite(v); });
}

}  // namespace

Fan::Fan(SimulatedSignal what, std::size_t futures) : signal_(std::move(what)) {
  signal_.worst_low.assign(futures, HUGE_VAL);
  signal_.worst_high.assign(futures, -HUGE_VAL);
}

void Fan::add(std::vector<double>& values, bool judged) {
  for (std::size_t i = 0; judged && i < values.size(); ++i) {
    signal_.worst_low[i] = std::min(signal_.worst_low[i], values[i]);
    signal_.worst_high[i] = std::max(signal_.worst_high[i], values[i]);
  }
  leave_numbers(values);
  const bool none = values.empty();
  signal_.mean.push_back(none ? kNone : mean_of(values));
  signal_.low.push_back(none ? kNone : quantile(values, kLow));
  signal_.high.push_back(none ? kNone : quantile(values, kHigh));
}

Indicator indicator(std::string name, std::string unit, std::vector<double> draws) {
  auto numbers = draws;
  leave_numbers(numbers);
  if (numbers.empty()) return {std::move(name), std::move(unit), kNone, kNone, kNone, {}};
  const double mean = mean_of(numbers);
  const double low = quantile(numbers, kLow);
  const double high = quantile(numbers, kHigh);
  return {std::move(name), std::move(unit), mean, low, high, std::move(draws)};
}

}  // namespace gemel::simulation
