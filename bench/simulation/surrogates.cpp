// Surrogates of a pump station of equations, learnt and asked as `gemel experiments` does it: how
// fast they answer, how much of a million is trusted, and whether their intervals hold.

#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "base/sobol.hpp"
#include "parts.hpp"
#include "station_network.hpp"
#include "surrogates/stand_in.hpp"

namespace gemel::bench {
namespace {

using surrogates::SurrogateKind;

const std::vector<surrogates::Factor> kBox{
    {"speed", 120, 170}, {"valve", 0.4, 1}, {"wear", 0, 0.2}, {"level", 0, 4}};
constexpr std::size_t kFactors = 4;
constexpr std::size_t kUnseen = 1'000;  // places that neither training nor its check has seen

/// The flow and power of pump 1 as the equations have them.
class Station {
 public:
  surrogates::Experiment experiment() {
    return [this](std::span<const double> x) -> Result<std::vector<double>> {
      auto p = network_.given();
      p[speed_] = x[0];
      p[valve_] = x[1];
      p[wear_] = x[2];
      std::vector<double> shown(network_.observables().size());
      run_.observe(0.0, &x[3], p.data(), shown.data());
      return std::vector<double>{shown[flow_], shown[power_]};
    };
  }

 private:
  std::size_t input(const char* name) const {
    return network_.parameters().size() + *network_.find_input(name);
  }

  const equations::Network network_ = make_station();
  equations::NetworkRun<double> run_{network_};
  const std::size_t speed_ = input("pump_1.speed"), valve_ = input("valve_1.position"),
                    wear_ = input("pump_1.wear");
  const std::size_t flow_ = *network_.find_observable("pump_1.flow"),
                    power_ = *network_.find_observable("pump_1.power");
};

std::vector<double> places(std::size_t count, std::uint64_t seed) {
  const Sobol sobol(kFactors, seed);
  std::vector<double> out;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < kFactors; ++k) out.push_back(kBox[k].at(sobol.at(i, k)));
  }
  return out;
}

Result<surrogates::TrainedSurrogate> learn(const surrogates::Experiment& experiment,
                                           SurrogateKind kind, std::uint64_t seed) {
  const bool network = kind == SurrogateKind::Network;
  return surrogates::TrainedSurrogate::train(kBox, 2, experiment,
                                             {.answers_max = network ? 400UL : 160UL,
                                              .error_wished = 0.05,
                                              .checks = 64,
                                              .seed = seed,
                                              .kind = kind});
}

/// Of both answers, against the equations. `error`: of the mean answer.
struct Honesty {
  double error = 0.0, held = 0.0;
};

Honesty honesty(const surrogates::TrainedSurrogate& made, const surrogates::Experiment& experiment,
                std::uint64_t seed) {
  const auto points = places(kUnseen, seed);
  double held = 0.0, squares = 0.0, size = 0.0;
  for (std::size_t i = 0; i < kUnseen; ++i) {
    const auto x = std::span(points).subspan(i * kFactors, kFactors);
    const auto truth = *experiment(x);
    const auto said = made.predict(x);
    for (std::size_t k = 0; k < truth.size(); ++k)
      held += truth[k] >= said[k].low() && truth[k] <= said[k].high() ? 1.0 : 0.0;
    squares += (said[0].mean - truth[0]) * (said[0].mean - truth[0]);
    size += truth[0];
  }
  return {std::sqrt(squares / kUnseen) / (size / kUnseen), held / (2.0 * kUnseen)};
}

std::vector<Measurement> rows_of(SurrogateKind kind, const std::string& name,
                                 const Options& options) {
  Station station;
  const auto experiment = station.experiment();
  const std::uint64_t seeds = options.quick ? 2 : 10;
  Honesty mean;
  std::size_t asked = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto made = learn(experiment, kind, seed);
    if (!made) throw std::runtime_error(made.error().message);
    const auto one = honesty(*made, experiment, 1'000 + seed);
    mean.error += one.error / static_cast<double>(seeds);
    mean.held += one.held / static_cast<double>(seeds);
    asked += made->asked();
  }
  std::printf("%s: on %zu experiments, mean of %zu seeds\n", name.c_str(),
              asked / static_cast<std::size_t>(seeds), static_cast<std::size_t>(seeds));

  auto made = learn(experiment, kind, 1);
  if (!made) throw std::runtime_error(made.error().message);
  for (std::size_t k = 0; k < made->trust().size(); ++k) {
    const auto& trust = made->trust()[k];
    std::printf("  %s: error %.2f %% of its spread, the wish %s, trusted in %.0f %% of the box\n",
                k == 0 ? "flow" : "power", 100.0 * trust.error / trust.spread,
                trust.wished ? "met" : "not met", 100.0 * (trust.wished ? trust.share : 0.0));
  }
  const std::size_t together = 10'000;
  const auto points = places(together, 77);
  surrogates::Prediction said;
  const double one = best_rate(5, 1'000.0, [&] {
    for (std::size_t i = 0; i < 1'000; ++i)
      made->predict(0, std::span(points).subspan(i * kFactors, kFactors), {&said, 1});
  });
  surrogates::StandIn stand_in(*std::move(made), experiment, 0);
  const std::size_t million = options.quick ? 100'000 : 1'000'000;
  const double many = best_rate(1, static_cast<double>(million), [&] {
    for (std::size_t i = 0; i < million; i += together) stand_in.ask(points);
  });
  const auto& tally = stand_in.tally();
  const auto all = static_cast<double>(tally.surrogate + tally.simulator + tally.untrusted);
  const auto row = [](std::string title, double value, std::string unit, std::string better,
                      std::optional<double> aim) {
    return Measurement{.name = std::move(title),
                       .value = value,
                       .unit = std::move(unit),
                       .better = std::move(better),
                       .peer = "",
                       .peer_value = {},
                       .aim = aim};
  };
  std::vector<Measurement> rows{
      row(name + ", one call", 1e6 / one, "µs", "lower", 10.0),
      row("  a million virtual experiments, two answers, all cores", 1e6 / many, "s", "lower",
          30.0),
      row("  of their answers are trusted", 100.0 * static_cast<double>(tally.surrogate) / all,
          "of 100", "higher", {}),
      row("  its error, of the mean flow", mean.error, "", "lower", {}),
      row("  its 90 % intervals hold the simulator's answer", 100.0 * mean.held, "of 100", "", {})};
  rows.back().peer = "nominal";
  rows.back().peer_value = 90.0;
  return rows;
}

}  // namespace

std::vector<Measurement> measure_surrogates(const Options& options) {
  auto rows = rows_of(SurrogateKind::GaussianProcess, "surrogate of the station", options);
  const auto networks = rows_of(SurrogateKind::Network, "the same by networks", options);
  rows.insert(rows.end(), networks.begin(), networks.end());
  return rows;
}

}  // namespace gemel::bench
