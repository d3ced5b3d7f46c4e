#include "simulation/wander.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace gemel::simulation {
namespace {

constexpr std::array kMemories_s{15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0};
constexpr std::size_t kLags = 12;

struct Lag {
  double time_s;
  double mean_square;  // of the change over that time
};

/// At lags that double until a quarter of the series: later ones rest on too few independent pairs.
std::vector<Lag> structure_function(std::span<const double> v, double step_s) {
  std::vector<Lag> lags;
  std::size_t last = 0;
  for (std::size_t k = 0; k < kLags; ++k) {
    const auto lag =
        static_cast<std::size_t>(std::round(std::pow(2.0, 0.75 * static_cast<double>(k))));
    if (lag == last) continue;
    if (lag > std::max<std::size_t>(v.size() / 4, 1) || lag >= v.size()) break;
    last = lag;
    double sum = 0.0;
    for (std::size_t i = lag; i < v.size(); ++i) sum += (v[i] - v[i - lag]) * (v[i] - v[i - lag]);
    lags.push_back({step_s * static_cast<double>(lag), sum / static_cast<double>(v.size() - lag)});
  }
  return lags;
}

struct Fit {
  Wander wander;
  double misfit;
};

/// Non-negative least squares for two unknowns, relative to each lag's size.
Fit fit_with(const std::vector<Lag>& lags, double memory_s) {
  double aa = 0.0, ab = 0.0, bb = 0.0, ay = 0.0, by = 0.0;
  for (const auto& lag : lags) {
    const double w = 1.0 / (lag.mean_square * lag.mean_square);
    const double b = 2.0 * (1.0 - std::exp(-lag.time_s / memory_s));
    aa += w * 4.0;
    ab += w * 2.0 * b;
    bb += w * b * b;
    ay += w * 2.0 * lag.mean_square;
    by += w * b * lag.mean_square;
  }
  const double determinant = aa * bb - ab * ab;
  double noise = determinant > 1e-12 * aa * bb ? (bb * ay - ab * by) / determinant : 0.0;
  double drift = determinant > 1e-12 * aa * bb ? (aa * by - ab * ay) / determinant : by / bb;
  if (noise < 0.0) noise = 0.0, drift = by / bb;
  if (drift < 0.0) drift = 0.0, noise = ay / aa;
  double misfit = 0.0;
  for (const auto& lag : lags) {
    const double b = 2.0 * (1.0 - std::exp(-lag.time_s / memory_s));
    const double relative = (2.0 * noise + b * drift) / lag.mean_square - 1.0;
    misfit += relative * relative;
  }
  return {{std::sqrt(noise), std::sqrt(drift), memory_s}, misfit};
}

}  // namespace

double Wander::step_variance(double from_s, double until_s) const {
  return 2.0 * drift_sd * drift_sd * (std::exp(-from_s / memory_s) - std::exp(-until_s / memory_s));
}

Wander fit_wander(std::span<const double> series, Duration step) {
  auto lags = structure_function(series, step.in_seconds());
  std::erase_if(lags, [](const Lag& lag) { return !(lag.mean_square > 0.0); });
  if (lags.empty()) return {};
  Fit best = fit_with(lags, kMemories_s.front());
  for (const double memory : kMemories_s) {
    const auto tried = fit_with(lags, memory);
    if (tried.misfit < best.misfit) best = tried;
  }
  return best.wander;
}

}  // namespace gemel::simulation
