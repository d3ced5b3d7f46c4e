#include "simulation/network_simulator.hpp"

#include <algorithm>
#include <cmath>

#include "base/log.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "simulation/draw_futures.hpp"
#include "simulation/fan.hpp"
#include "simulation/network_futures.hpp"
#include "simulation/network_indicators.hpp"
#include "simulation/network_question.hpp"
#include "simulation/network_tracker.hpp"

namespace gemel::simulation {
namespace {

using equations::kLanes;

constexpr double kChanceStep_s = 5.0;  // as long as nothing asks for more steps than …
constexpr double kChanceStepsMax = 2'000.0;
constexpr std::size_t kNumbersMax = 60'000'000;  // held at once: half a gigabyte

/// What is told of a what-if, and the steps that lie between.
struct Times {
  double step_s = 0.0;
  std::size_t moments = 0;
  std::size_t steps_between = 1;

  static Times of(const Scenario& scenario) {
    const double horizon = scenario.horizon.in_seconds();
    Times times{std::min(scenario.step.in_seconds(), horizon), 0, 1};
    times.moments = static_cast<std::size_t>(std::floor(horizon / times.step_s + 1e-9));
    const double chance = std::max(kChanceStep_s, horizon / kChanceStepsMax);
    times.steps_between = static_cast<std::size_t>(std::ceil(times.step_s / chance - 1e-9));
    return times;
  }
  double at(std::size_t moment) const { return step_s * static_cast<double>(moment + 1); }
};

/// All numbers of a what-if: of each quantity and moment, one a draw.
class Numbers {
 public:
  Numbers(std::size_t quantities, std::size_t moments, std::size_t draws)
      : moments_(moments), draws_(draws), all_(quantities * moments * draws) {}
  double& at(std::size_t quantity, std::size_t moment, std::size_t draw) {
    return all_[(quantity * moments_ + moment) * draws_ + draw];
  }
  /// Of the first `draws`.
  std::span<const double> of(std::size_t quantity, std::size_t moment, std::size_t draws) const {
    return {&all_[(quantity * moments_ + moment) * draws_], draws};
  }

 private:
  std::size_t moments_, draws_;
  std::vector<double> all_;
};

struct Done {
  std::optional<Error> failed;
};

/// The futures in groups of as many as a processor runs side by side. How many were done.
Result<std::uint32_t> run_all(const NetworkFutures& futures, const NetworkQuestion& question,
                              const std::vector<double>& noise, const Scenario& scenario,
                              const Progress& progress, double step_s, Numbers& numbers,
                              NetworkIndicators& indicators) {
  const auto of_draws = [&](std::uint32_t groups) {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(groups * kLanes, scenario.draws));
  };
  const auto groups = static_cast<std::uint32_t>((scenario.draws + kLanes - 1) / kLanes);
  Progress told;
  if (progress)
    told = [&](std::uint32_t done, std::uint32_t of) {
      return progress(of_draws(done), of_draws(of));
    };
  GEMEL_ASSIGN(
      const auto done, draw_futures<Done>(groups, told, [&](std::uint32_t group) -> Done {
        const std::size_t first = group * kLanes, last = of_draws(group + 1);
        std::vector<Random> gauges;
        for (auto draw = first; draw < last; ++draw)
          gauges.emplace_back(~scenario.seed ^ (draw * 0x94d049bb133111ebULL));
        const auto ran = futures.run(
            first, last, [&](std::size_t draw, NetworkStart& at) { question.start(draw, at); },
            [&](std::size_t draw, std::size_t moment, std::span<const double> shown) {
              for (std::size_t i = 0; i < noise.size(); ++i)
                numbers.at(i, moment, draw) = shown[i] + noise[i] * gauges[draw - first].normal();
              indicators.take(draw, shown.subspan(noise.size()), step_s);
            });
        return ran ? Done{} : Done{ran.error()};
      }));
  for (const auto& one : done) {
    if (one.failed) return *one.failed;
  }
  return of_draws(static_cast<std::uint32_t>(done.size()));
}

}  // namespace

NetworkSimulator::NetworkSimulator(std::shared_ptr<const Plant> plant, SimulatorSpec spec,
                                   NetworkBinding binding, std::vector<double> noise,
                                   std::string version)
    : plant_(std::move(plant)),
      spec_(std::move(spec)),
      binding_(std::move(binding)),
      noise_(std::move(noise)),
      version_(std::move(version)) {}

std::string NetworkSimulator::summary() const {
  std::string text = std::to_string(binding_.network->states().size()) + " states, " +
                     std::to_string(binding_.followed.size()) + " quantities followed";
  for (std::size_t i = 0; i < binding_.watched.size(); ++i) {
    const auto& signal = plant_->signal(binding_.watched[i].signal);
    text += "\nnoise of " + signal.path + ": " + text::rounded(noise_[i] / signal.unit.scale, 2) +
            " " + signal.unit.symbol;
  }
  return text;
}

std::vector<SignalId> NetworkSimulator::signals() const {
  std::vector<SignalId> all;
  for (const auto& each : binding_.watched) all.push_back(each.signal);
  return all;
}

std::vector<ControlId> NetworkSimulator::controls() const {
  std::vector<ControlId> all;
  for (const auto& each : binding_.moved) all.push_back(each.control);
  return all;
}

std::vector<Adjustable> NetworkSimulator::adjustables() const {
  std::vector<Adjustable> all;
  const auto add = [&](const equations::Quantity& quantity) {
    double value = quantity.value;
    for (const auto& each : binding_.followed) {
      if (each.quantity.name == quantity.name) value = each.quantity.start;
    }
    all.push_back(
        {quantity.name, quantity.unit, quantity.meaning, value, quantity.low, quantity.high});
  };
  std::ranges::for_each(binding_.network->inputs(), add);
  std::ranges::for_each(binding_.network->parameters(), add);
  std::ranges::for_each(binding_.network->states(), add);
  for (const auto& planned : binding_.maintenance)
    all.push_back({planned.name + ".first", "s", "until the next; the others follow", planned.every,
                   0.0, NetworkBinding::kLatest_s});
  return all;
}

Result<Outcome> NetworkSimulator::what_if(const Snapshot& start, const Scenario& scenario,
                                          const Progress& progress) const {
  GEMEL_TRY(check_scenario(scenario));
  const auto times = Times::of(scenario);
  const std::size_t numbers_asked = binding_.watched.size() * times.moments * scenario.draws;
  if (numbers_asked > kNumbersMax) {
    return Error{ErrorCode::InvalidInput, "the scenario asks for " + std::to_string(numbers_asked) +
                                              " numbers; fewer draws or a longer step: at most " +
                                              std::to_string(kNumbersMax) + " are held"};
  }
  GEMEL_ASSIGN(const auto question, NetworkQuestion::put(*plant_, binding_, start, scenario));
  NetworkFutures::Settings settings;
  settings.wandering = question.wandering();
  settings.maintenance = question.maintenance();
  for (const auto& each : binding_.watched) settings.shown.push_back(each.observable);
  GEMEL_ASSIGN(
      auto indicators,
      NetworkIndicators::of(*binding_.network, std::get<NetworkSpec>(spec_.description).indicators,
                            scenario.draws));
  settings.shown.insert(settings.shown.end(), indicators.observables().begin(),
                        indicators.observables().end());
  settings.told_every = times.steps_between;
  settings.step_s = times.step_s / static_cast<double>(times.steps_between);
  settings.steps = times.moments * times.steps_between;
  settings.seed = scenario.seed;
  const NetworkFutures futures(binding_.network, std::move(settings));
  Numbers numbers(binding_.watched.size(), times.moments, scenario.draws);
  GEMEL_ASSIGN(const auto done, run_all(futures, question, noise_, scenario, progress, times.step_s,
                                        numbers, indicators));

  Outcome out;
  out.version = version_;
  out.warnings = question.warnings();
  out.findings = question.findings();
  out.draws = done;
  for (std::size_t k = 0; k < times.moments; ++k)
    out.times.push_back(Duration::from_seconds(times.at(k)));
  std::vector<double> values;
  for (std::size_t i = 0; i < binding_.watched.size(); ++i) {
    const auto& signal = plant_->signal(binding_.watched[i].signal);
    Fan fan({.signal = signal.id, .name = signal.path, .unit = signal.unit.symbol}, done);
    for (std::size_t k = 0; k < times.moments; ++k) {
      values.clear();
      for (const double si : numbers.of(i, k, done)) values.push_back(signal.unit.from_si(si));
      const bool judged =
          times.at(k) >= scenario.judged_from.in_seconds() || k + 1 == times.moments;
      fan.add(values, judged);
    }
    out.signals.push_back(fan.take());
  }
  out.indicators = indicators.tell(done);
  return out;
}

Result<std::vector<Indicator>> NetworkSimulator::measured(const HistoryReader& history,
                                                          TimeRange range) const {
  return measured_indicators(*plant_, spec_, history, range);
}

std::unique_ptr<StateTracker> NetworkSimulator::track(const Snapshot& from) const {
  auto tracker = NetworkTracker::start(plant_, binding_, noise_, from);
  if (tracker) return *std::move(tracker);
  log::warning("simulation", "the state is not followed: " + tracker.error().message);
  return nullptr;
}

}  // namespace gemel::simulation
