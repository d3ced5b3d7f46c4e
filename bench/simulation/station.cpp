// A pump station of equations, two lines into one riser and a tank: variants a second over ten
// minutes, and a surrogate of it.

#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "base/sobol.hpp"
#include "equations/ensemble.hpp"
#include "equations/network.hpp"
#include "parts.hpp"
#include "surrogates/trained_surrogate.hpp"

namespace gemel::bench {
namespace {

using namespace equations;

Network make_station() {
  std::vector<equations::Part> parts{
      {"river", "reservoir", {{"pressure", 0}}},
      {"riser", "pipe", {{"resistance", 3e8}, {"rise", 12}}},
      {"tank", "tank", {{"area", 40}, {"level", 2}, {"demand", 0.008}}}};
  std::vector<Link> links{{"riser.outlet", "tank.port"}};
  for (const std::string line : {"1", "2"}) {
    parts.push_back({"strainer_" + line, "pipe", {{"resistance", 2e7}}});
    parts.push_back({"pump_" + line,
                     "pump",
                     {{"shutoff_head", 30},
                      {"droop", 1e5},
                      {"rated_speed", 150},
                      {"best_flow", 0.008},
                      {"speed", 150}}});
    parts.push_back({"valve_" + line, "valve", {{"resistance", 5e7}, {"position", 0.8}}});
    parts.push_back({"pipe_" + line, "pipe", {{"resistance", 1e8}}});
    links.push_back({"river.port", "strainer_" + line + ".inlet"});
    links.push_back({"strainer_" + line + ".outlet", "pump_" + line + ".inlet"});
    links.push_back({"pump_" + line + ".outlet", "valve_" + line + ".inlet"});
    links.push_back({"valve_" + line + ".outlet", "pipe_" + line + ".inlet"});
    links.push_back({"pipe_" + line + ".outlet", "riser.inlet"});
  }
  auto made = Network::compile(parts, links);
  if (!made) throw std::runtime_error(made.error().message);
  return *std::move(made);
}

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

}  // namespace

std::vector<Measurement> measure_station(const Options& options) {
  const auto network = make_station();
  std::vector<Measurement> rows{variants(network, options)};

  NetworkRun<double> run(network);
  const auto at = [&](const char* name) {
    return network.parameters().size() + *network.find_input(name);
  };
  const auto speed = at("pump_1.speed"), valve = at("valve_1.position"), wear = at("pump_1.wear");
  const auto flow = *network.find_observable("pump_1.flow"),
             power = *network.find_observable("pump_1.power");
  const auto ask = [&](std::span<const double> x) -> Result<std::vector<double>> {
    auto p = network.given();
    p[speed] = x[0];
    p[valve] = x[1];
    p[wear] = x[2];
    std::vector<double> shown(network.observables().size());
    run.observe(0.0, &x[3], p.data(), shown.data());
    return std::vector<double>{shown[flow], shown[power]};
  };
  const std::vector<surrogates::Factor> factors{
      {"speed", 120, 170}, {"valve", 0.4, 1}, {"wear", 0, 0.2}, {"level", 0, 4}};
  const auto made = surrogates::TrainedSurrogate::train(
      factors, 2, ask, {.answers_max = 160, .error_wished = 0.005, .checks = 64});
  if (!made) throw std::runtime_error(made.error().message);

  // Honest? On a thousand places that neither training nor its check has seen.
  const Sobol places(4, 77);
  std::vector<double> points;
  double held = 0.0, squares = 0.0, size = 0.0;
  const std::size_t asked = 1'000;
  for (std::size_t i = 0; i < asked; ++i) {
    std::vector<double> x(4);
    for (std::size_t k = 0; k < 4; ++k)
      x[k] = factors[k].low + places.at(i, k) * (factors[k].high - factors[k].low);
    const double truth = (*ask(x))[0], off = made->predict(x)[0].mean - truth;
    held += std::fabs(off) <= 1.645 * made->predict(x)[0].spread ? 1.0 : 0.0;
    squares += off * off;
    size += truth;
    points.insert(points.end(), x.begin(), x.end());
  }
  std::vector<surrogates::Prediction> out(asked);
  const double one = best_rate(5, static_cast<double>(asked), [&] {
    for (std::size_t i = 0; i < asked; ++i) made->predict(0, {&points[4 * i], 4}, {&out[i], 1});
  });
  const double million = options.quick ? 1e5 : 1e6;
  const double many = best_rate(1, million, [&] {
    (void)share_out(static_cast<std::size_t>(million) / asked, 1,
                    [&](std::size_t first, std::size_t last) -> Result<void> {
                      std::vector<surrogates::Prediction> own(asked);
                      for (auto i = first; i < last; ++i) made->predict(0, points, own);
                      return {};
                    });
  });
  std::printf("the station's surrogate was trained on %zu experiments\n", made->asked());
  rows.push_back({.name = "surrogate of the station, one call",
                  .value = 1e6 / one,
                  .unit = "µs",
                  .better = "lower",
                  .peer = "",
                  .peer_value = {},
                  .aim = 10.0});
  rows.push_back({.name = "  a million virtual experiments, all cores",
                  .value = 1e6 / many,
                  .unit = "s",
                  .better = "lower",
                  .peer = "",
                  .peer_value = {},
                  .aim = 30.0});
  rows.push_back({.name = "  its error, of the mean flow",
                  .value = std::sqrt(squares / asked) / (size / asked),
                  .unit = "",
                  .better = "lower",
                  .peer = "",
                  .peer_value = {},
                  .aim = {}});
  rows.push_back({.name = "  its 90 % intervals hold the simulator's answer",
                  .value = 100.0 * held / asked,
                  .unit = "of 100",
                  .better = "",
                  .peer = "nominal",
                  .peer_value = 90.0,
                  .aim = {}});
  return rows;
}

}  // namespace gemel::bench
