// A pump station of equations: variants a second over ten minutes, days a second of a month.

#include <cmath>
#include <cstdio>

#include "base/parallel.hpp"
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

/// A month of the station, whose towns differ.
class Months final : public Trajectories {
 public:
  explicit Months(const Network& network) : network_(network) {}
  void begin(std::size_t i, std::span<double> x, std::span<double> p) override {
    const auto given = network_.given();
    std::copy(given.begin(), given.end(), p.begin());
    for (std::size_t k = 0; k < x.size(); ++k) x[k] = network_.states()[k].value;
    p[network_.parameters().size() + *network_.find_input("town.mean")] =
        7e-3 + 5e-4 * static_cast<double>(i % kLanes);
  }
  void end(std::size_t, Ending ending, std::span<const double>) override {
    failed += ending != Ending::Reached;
  }
  std::size_t failed = 0;

 private:
  const Network& network_;
};

/// Simulated days a second, of eight months side by side.
double days_a_second(const Network& network, Method method, double days) {
  Months work(network);
  const double rate = best_rate(1, days * kLanes, [&] {
    NetworkRun<Lanes> run(network);
    solve_ensemble(run, {.until = days * 86'400.0},
                   {.relative = 1e-4, .absolute = 1e-7, .steps_max = 100'000'000, .method = method},
                   0, kLanes, work);
  });
  if (work.failed > 0) std::fprintf(stderr, "%zu months did not reach their ends\n", work.failed);
  return rate;
}

/// The station with lags of 2 s, whose tank and town change within hours.
Measurement months(const Network& network, const Options& options) {
  return {.name = "station with drives and actuators, a month by stabilised steps, one core",
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
