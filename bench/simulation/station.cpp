// A pump station of equations: variants a second over ten minutes, days a second of a month.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <vector>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "base/sobol.hpp"
#include "equations/ensemble.hpp"
#include "parts.hpp"
#include "station_network.hpp"

namespace gemel::bench {
namespace {

using namespace equations;

/// Variants of the station: every parameter within 5 %, speed and valve anywhere they may be.
class Variants final : public Trajectories {
 public:
  Variants(const Network& network, std::size_t count)
      : levels(count), network_(network), points_(network.parameters().size() + 2, 1) {}
  void begin(std::size_t i, std::span<double> x, std::span<double> p) override {
    const auto given = network_.given();
    std::copy(given.begin(), given.end(), p.begin());
    const std::size_t parameters = network_.parameters().size();
    for (std::size_t k = 0; k < parameters; ++k) p[k] *= 0.95 + 0.1 * points_.at(i, k);
    p[parameters + *network_.find_input("pump_1.speed")] = 110 + 60 * points_.at(i, parameters);
    p[parameters + *network_.find_input("valve_1.position")] =
        0.3 + 0.7 * points_.at(i, parameters + 1);
    x[0] = network_.states()[0].value;
  }
  void end(std::size_t i, Ending ending, std::span<const double> x) override {
    levels[i] = ending == Ending::Reached ? x[0] : NAN;
  }
  std::vector<double> levels;

 private:
  const Network& network_;
  const Sobol points_;
};

Measurement variants(const Network& network, const Options& options) {
  const std::size_t count = 10'000;
  std::size_t failed = 0;
  const double rate = best_rate(options.quick ? 1 : 3, static_cast<double>(count), [&] {
    Variants work(network, count);
    (void)share_out(count, 500, [&](std::size_t first, std::size_t last) -> Result<void> {
      NetworkRun<Lanes> run(network);
      solve_ensemble(run, {.until = 600.0}, {.relative = 1e-6, .absolute = 1e-6}, first, last,
                     work);
      return {};
    });
    for (const double level : work.levels) failed += std::isnan(level);
  });
  if (failed > 0) std::fprintf(stderr, "%zu variants did not reach the horizon\n", failed);
  return {.name = "station of equations, ten minutes, 22 factors, all cores",
          .value = rate,
          .unit = "variants/s",
          .better = "higher",
          .peer = "",
          .peer_value = {},
          .aim = 1e3};
}

std::size_t place_of(const Network& network, std::string_view state) {
  std::size_t at = 0;
  while (network.states().at(at).name != state) ++at;
  return at;
}

/// Eight stations underway, each with chance of its own.
class Underway final : public Trajectories {
 public:
  explicit Underway(const Network& network)
      : given_(network.given()), usual_(place_of(network, "town.usual")) {
    for (const auto& state : network.states()) states_[0].push_back(state.value);
    states_.fill(states_[0]);
  }
  /// What the town usually takes wanders.
  void wander() {
    for (auto& state : states_)
      state[usual_] = std::clamp(state[usual_] + 3e-5 * chance_.normal(), 5e-3, 1e-2);
  }
  void begin(std::size_t i, std::span<double> x, std::span<double> p) override {
    std::copy(given_.begin(), given_.end(), p.begin());
    std::copy(states_[i].begin(), states_[i].end(), x.begin());
  }
  void end(std::size_t i, Ending ending, std::span<const double> x) override {
    failed += ending != Ending::Reached;
    std::copy(x.begin(), x.end(), states_[i].begin());
  }
  std::size_t failed = 0;

 private:
  const std::vector<double> given_;
  const std::size_t usual_;
  std::array<std::vector<double>, kLanes> states_;
  Random chance_{7};
};

/// Simulated days a second of eight stations side by side that chance moves every ten minutes.
double days_a_second(const Network& network, Method method, double days) {
  constexpr double kStep = 600.0;
  Underway work(network);
  const double rate = best_rate(1, days * kLanes, [&] {
    NetworkRun<Lanes> run(network);
    EnsembleSolver solver(run, {.relative = 1e-4, .absolute = 1e-7, .method = method});
    solver.solve({.until = kStep}, 0, kLanes, work);
    for (int k = 1; k * kStep < days * 86'400.0; ++k) {
      work.wander();
      solver.go_on({.until = kStep}, 0, kLanes, work);
    }
  });
  if (work.failed > 0) std::fprintf(stderr, "%zu steps did not reach their ends\n", work.failed);
  return rate;
}

/// The station with lags of 2 s, whose tank and town change within hours.
Measurement months(const Network& network, const Options& options) {
  return {.name = "station with lags of 2 s, a month moved every ten minutes, one core",
          .value = days_a_second(network, Method::Chebyshev, 30.0),
          .unit = "days/s",
          .better = "higher",
          .peer = "Dormand-Prince",
          .peer_value = days_a_second(network, Method::DormandPrince, options.quick ? 3.0 : 30.0),
          .aim = {}};
}

}  // namespace

std::vector<Measurement> measure_station(const Options& options) {
  return {variants(make_station(), options), months(make_moved_station(), options)};
}

}  // namespace gemel::bench
