#include "networks/windows.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace gemel::networks {
namespace {

constexpr std::size_t kLookedAtMax = 64;  // windows that periods are looked for in

/// Adds the amplitudes of one signal in one window.
void add_amplitudes(const Windows& windows, std::size_t start, std::size_t signal,
                    std::vector<double>& sums) {
  const std::size_t rows = 2 * (sums.size() - 1);
  double mean = 0.0;
  for (std::size_t t = 0; t < rows; ++t) mean += windows.row(start + t)[signal];
  mean /= static_cast<double>(rows);
  for (std::size_t f = 1; f < sums.size(); ++f) {
    double cosine = 0.0, sine = 0.0;
    const double turn = 2.0 * std::numbers::pi * static_cast<double>(f) / static_cast<double>(rows);
    for (std::size_t t = 0; t < rows; ++t) {
      const double x = windows.row(start + t)[signal] - mean;
      cosine += x * std::cos(turn * static_cast<double>(t));
      sine += x * std::sin(turn * static_cast<double>(t));
    }
    sums[f] += std::hypot(cosine, sine);
  }
}

}  // namespace

std::vector<std::size_t> starts_within(std::span<const Stretch> stretches, std::size_t length) {
  std::vector<std::size_t> starts;
  for (const auto& [first, last] : stretches) {
    for (std::size_t i = first; i + length <= last; ++i) starts.push_back(i);
  }
  return starts;
}

Periods periods_of(const Windows& windows, std::size_t rows, std::size_t most) {
  std::vector<double> sums(rows / 2 + 1, 0.0);
  const std::size_t step = std::max<std::size_t>(1, windows.starts.size() / kLookedAtMax);
  double seen = 0.0;
  for (std::size_t i = 0; i < windows.starts.size(); i += step) {
    for (std::size_t s = 0; s < windows.signals; ++s)
      add_amplitudes(windows, windows.starts[i], s, sums);
    seen += static_cast<double>(windows.signals);
  }
  std::vector<std::size_t> order(sums.size() - 1);
  std::iota(order.begin(), order.end(), std::size_t{1});
  std::ranges::stable_sort(order, [&](auto a, auto b) { return sums[a] > sums[b]; });
  order.resize(std::min(most, order.size()));
  Periods out;
  double whole = 0.0;
  for (const auto f : order) {
    out.rows.push_back(static_cast<double>(rows) / static_cast<double>(f));
    out.weights.push_back(std::exp((sums[f] - sums[order[0]]) / std::max(1.0, seen)));
    whole += out.weights.back();
  }
  for (auto& weight : out.weights) weight /= whole;
  return out;
}

}  // namespace gemel::networks
