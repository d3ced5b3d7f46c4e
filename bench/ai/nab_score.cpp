#include "nab_score.hpp"

#include <algorithm>
#include <cmath>

namespace gemel::bench {
namespace {

double worth(double y) { return y > 3.0 ? -1.0 : 2.0 / (1.0 + std::exp(5.0 * y)) - 1.0; }

/// Of a detection that is in no window.
double cost(std::span<const LabelledRows> windows, std::size_t row) {
  const LabelledRows* last = nullptr;
  for (const auto& window : windows) {
    if (window.end <= row) last = &window;
  }
  if (last == nullptr) return -1.0;
  const auto past = static_cast<double>(row - (last->end - 1));
  return worth(past / static_cast<double>(last->end - last->begin - 1));
}

}  // namespace

std::size_t nab_probation(std::size_t rows) { return std::min<std::size_t>(15 * rows / 100, 750); }

double nab_sum(std::span<const LabelledRows> windows, std::span<const std::size_t> detections,
               std::size_t rows, const NabCosts& costs) {
  double sum = 0.0;
  std::vector<bool> found(windows.size(), false);
  for (const auto row : detections) {
    if (row < nab_probation(rows)) continue;
    const auto window =
        std::ranges::find_if(windows, [&](const auto& w) { return row >= w.begin && row < w.end; });
    if (window == windows.end()) {
      sum += costs.false_alarm * cost(windows, row);
      continue;
    }
    const auto at = static_cast<std::size_t>(window - windows.begin());
    if (found[at]) continue;
    found[at] = true;
    const auto left = static_cast<double>(window->end - row);
    sum +=
        costs.found * worth(-left / static_cast<double>(window->end - window->begin)) / worth(-1.0);
  }
  return sum - costs.missed * static_cast<double>(std::ranges::count(found, false));
}

double nab_score(double sum, std::size_t windows, const NabCosts& costs) {
  const auto count = static_cast<double>(windows);
  return 100.0 * (sum + costs.missed * count) / ((costs.found + costs.missed) * count);
}

}  // namespace gemel::bench
