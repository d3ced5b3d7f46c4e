#pragma once
// For tests and benchmarks: Lorenz's chain of 40 variables and the setting in which filters are
// compared on it. Source: Lorenz & Emanuel, J. Atmos. Sci. 55, 1998; Sakov & Oke, Tellus 60A, 2008:
// every variable measured with unit error every 0.05, F = 8, steps of Runge and Kutta's fourth
// order.

#include <array>
#include <cmath>

#include "base/random.hpp"
#include "estimation/filter.hpp"

namespace gemel::estimation {

class Lorenz96 final : public Propagator {
 public:
  static constexpr std::size_t kStates = 40;
  static constexpr double kStep = 0.05;
  using State = std::array<double, kStates>;

  std::size_t states() const override { return kStates; }
  Result<void> advance(std::span<double> members, double from, double until) override {
    const auto steps = std::lround((until - from) / kStep);
    for (std::size_t m = 0; m + kStates <= members.size(); m += kStates) {
      for (long i = 0; i < steps; ++i) step(&members[m]);
    }
    return {};
  }

 private:
  static State slope(const double* x) {
    State dx;
    for (std::size_t i = 0; i < kStates; ++i) {
      const auto at = [&](std::size_t k) { return x[(i + k) % kStates]; };
      dx[i] = (at(1) - at(kStates - 2)) * at(kStates - 1) - x[i] + 8.0;
    }
    return dx;
  }
  static State moved(const double* x, const State& by, double h) {
    State y;
    for (std::size_t i = 0; i < kStates; ++i) y[i] = x[i] + h * by[i];
    return y;
  }
  static void step(double* x) {
    const State a = slope(x), b = slope(moved(x, a, kStep / 2).data()),
                c = slope(moved(x, b, kStep / 2).data()), d = slope(moved(x, c, kStep).data());
    for (std::size_t i = 0; i < kStates; ++i)
      x[i] += kStep / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]);
  }
};

/// Root mean square error of the analysed mean against the truth that made the measurements, and
/// the filter's own opinion of it, over `steps` after `left_out`. Errors: those of the filter.
struct TwinExperiment {
  double error = 0.0;
  double spread = 0.0;
};
inline Result<TwinExperiment> run_lorenz_96(FilterSettings settings, std::size_t steps,
                                            std::size_t left_out, std::uint64_t seed) {
  Lorenz96 system;
  Random random(seed);
  std::vector<double> truth(Lorenz96::kStates, 8.0);
  truth[0] += 0.01;
  GEMEL_TRY(system.advance(truth, 0.0, 500 * Lorenz96::kStep));  // on to the attractor
  std::vector<double> mean(truth), spreads(truth.size(), 1.0);
  for (auto& each : mean) each += random.normal();
  if (settings.reach > 0.0) {
    settings.circumference = static_cast<double>(truth.size());
    for (std::size_t i = 0; i < truth.size(); ++i)
      settings.places.push_back(static_cast<double>(i));
  }
  settings.seed = seed;
  GEMEL_ASSIGN(const auto filter,
               make_filter(system, Gaussian::independent(mean, spreads), 0.0, settings));
  Measurement seen{
      .values = truth,
      .spreads = spreads,
      .observe = [](std::span<const double> x,
                    std::span<double> shown) { std::copy(x.begin(), x.end(), shown.begin()); },
      .places = settings.places};
  TwinExperiment sums;
  for (std::size_t k = 1; k <= left_out + steps; ++k) {
    const double now = static_cast<double>(k) * Lorenz96::kStep;
    GEMEL_TRY(system.advance(truth, now - Lorenz96::kStep, now));
    for (std::size_t i = 0; i < truth.size(); ++i) seen.values[i] = truth[i] + random.normal();
    GEMEL_TRY(filter->forecast(now));
    if (auto used = filter->update(seen); !used) return used.error();
    if (k <= left_out) continue;
    const auto estimate = filter->mean(), opinion = filter->spread();
    double error = 0.0, spread = 0.0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      error += (estimate[i] - truth[i]) * (estimate[i] - truth[i]);
      spread += opinion[i] * opinion[i];
    }
    sums.error += std::sqrt(error / static_cast<double>(truth.size()));
    sums.spread += std::sqrt(spread / static_cast<double>(truth.size()));
  }
  return TwinExperiment{sums.error / static_cast<double>(steps),
                        sums.spread / static_cast<double>(steps)};
}

}  // namespace gemel::estimation
