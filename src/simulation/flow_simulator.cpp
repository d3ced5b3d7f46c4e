#include "simulation/flow_simulator.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "process_flow/adjustables.hpp"
#include "process_flow/flow_start.hpp"
#include "simulation/draw_futures.hpp"
#include "simulation/drawn_quantities.hpp"
#include "simulation/fan.hpp"
#include "simulation/flow_present.hpp"

namespace gemel::simulation {
namespace {

using process_flow::Beyond;
using process_flow::RunResult;

constexpr double kSecondsPerHour = 3600.0;
constexpr double kNumbersMax = 5e7;                // of all futures' series: 400 MB
constexpr std::uint64_t kEventsMax = 200'000'000;  // of one future: tens of seconds

/// What is done to one quantity of the flow.
struct Alteration {
  std::string quantity;
  double value = 0.0;
  How how = How::Set;
};

Error not_possible(Error error) { return {ErrorCode::InvalidInput, std::move(error.message)}; }

/// As it stands in `flow`; 0 where there is no such quantity, which adjust() tells.
double value_in(const Flow& flow, const std::string& quantity) {
  const auto all = process_flow::adjustables(flow);
  const auto found = std::ranges::find(all, quantity, &Adjustable::name);
  return found == all.end() ? 0.0 : found->value;
}

Result<void> set(Flow& flow, const std::string& quantity, double value, Beyond beyond) {
  if (auto done = process_flow::adjust(flow, quantity, value, beyond); !done)
    return not_possible(done.error());
  return {};
}

std::vector<double> moments(const Scenario& scenario) {
  std::vector<double> out;
  for (auto t = Duration{}; t < scenario.horizon; t = t + scenario.step)
    out.push_back(t.in_seconds());
  out.push_back(scenario.horizon.in_seconds());
  return out;
}

/// One what-if, up to its draws.
class Question {
 public:
  Question(const Plant& plant, const SimulatorSpec& spec, const Snapshot& start,
           const Scenario& scenario)
      : plant_(plant),
        spec_(spec),
        scenario_(scenario),
        drawn_(scenario),
        present_(read_flow_present(plant, spec, start)),
        moments_s_(moments(scenario)) {}

  Result<void> prepare() {
    auto plan = process_flow::make_plan(present_.flow);
    if (!plan) return not_possible(plan.error());
    as_now_ = *std::move(plan);
    const double kept = static_cast<double>(scenario_.draws) *
                        static_cast<double>(moments_s_.size() * as_now_.series.size());
    if (kept > kNumbersMax) {
      return Error{ErrorCode::Capacity,
                   std::to_string(scenario_.draws) + " futures in steps of " +
                       to_string(scenario_.step) +
                       " are too much to keep; ask for fewer futures or longer steps"};
    }
    for (const auto& change : scenario_.changes) {
      GEMEL_ASSIGN(auto alteration, alteration_of(change));
      alterations_.push_back(std::move(alteration));
    }
    GEMEL_TRY(plan_of(0));
    return {};
  }

  const FlowPresent& present() const { return present_; }
  const std::vector<double>& moments_s() const { return moments_s_; }
  const process_flow::Plan& as_now() const { return as_now_; }

  Result<RunResult> run(std::uint32_t draw) const {
    process_flow::RunSettings settings{.horizon = scenario_.horizon.in_seconds(),
                                       .seed = scenario_.seed,
                                       .replication = draw,
                                       .events_max = kEventsMax};
    GEMEL_ASSIGN(const auto state, process_flow::complete(as_now_, present_.known, settings));
    GEMEL_ASSIGN(const auto plan, plan_of(draw));
    settings.start = &state;
    settings.sampled = &moments_s_;
    return process_flow::run_flow(plan, settings);
  }

 private:
  Result<Alteration> alteration_of(const Change& change) const {
    if (!change.control.valid()) return Alteration{change.quantity, change.value, change.how};
    for (const auto& [quantity, control] : spec_.controls) {
      if (control != change.control) continue;
      const auto& unit = plant_.control(control).unit;
      if (change.how == How::Scale) return Alteration{quantity, change.value, change.how};
      const double zero = change.how == How::Add ? unit.to_si(0.0) : 0.0;
      return Alteration{quantity, unit.to_si(change.value) - zero, change.how};
    }
    return Error{ErrorCode::InvalidInput, "the flow " + spec_.name + " knows nothing of " +
                                              plant_.control(change.control).path +
                                              "; bind it to one of its quantities"};
  }

  /// The flow of one draw: what is uncertain first, so that changes act on what was drawn.
  Result<process_flow::Plan> plan_of(std::uint32_t draw) const {
    auto flow = present_.flow;
    for (std::size_t i = 0; i < scenario_.uncertain.size(); ++i) {
      const auto& quantity = scenario_.uncertain[i].quantity;
      const double value = drawn_.value(i, draw, value_in(flow, quantity));
      GEMEL_TRY(set(flow, quantity, value, Beyond::Nearest));
    }
    for (const auto& [quantity, value, how] : alterations_)
      GEMEL_TRY(set(flow, quantity, changed(value_in(flow, quantity), value, how), Beyond::Refuse));
    auto plan = process_flow::make_plan(std::move(flow));
    if (!plan) return not_possible(plan.error());
    return plan;
  }

  const Plant& plant_;
  const SimulatorSpec& spec_;
  const Scenario& scenario_;
  DrawnQuantities drawn_;
  FlowPresent present_;
  std::vector<double> moments_s_;
  process_flow::Plan as_now_;
  std::vector<Alteration> alterations_;
};

/// Series and indicators of all futures.
class Answer {
 public:
  Answer(const Plant& plant, const SimulatorSpec& spec, const Question& question,
         const std::vector<RunResult>& futures, double judged_from_s)
      : plant_(plant),
        spec_(spec),
        question_(question),
        futures_(futures),
        judged_from_s_(judged_from_s) {}

  Outcome tell() && {
    out_.draws = static_cast<std::uint32_t>(futures_.size());
    out_.warnings = question_.present().warnings;
    for (const double t : question_.moments_s()) out_.times.push_back(Duration::from_seconds(t));
    const auto& names = question_.as_now().series;
    for (std::size_t row = 0; row < names.size(); ++row) {
      if (worth_telling(names[row])) tell_series(row, names[row]);
    }
    tell_indicators();
    const auto locked = std::ranges::count_if(futures_, &RunResult::locked);
    if (locked > 0) {
      out_.findings.push_back("in " + std::to_string(locked) + " of " +
                              std::to_string(futures_.size()) +
                              " futures everything comes to wait for room, for ever: " +
                              std::ranges::find_if(futures_, &RunResult::locked)->standstill);
    }
    return std::move(out_);
  }

 private:
  /// Machines that can't be down needn't be told as such; wear is for those who watch it.
  bool worth_telling(const std::string& name) const {
    if (name.ends_with(".worn") || name.ends_with(".maintained"))
      return spec_.signals.contains(name);
    for (const auto& station : question_.as_now().flow.stations) {
      if (name == station.name + ".down") return station.failures || station.maintenance;
    }
    return true;
  }

  void tell_series(std::size_t row, const std::string& name) {
    SimulatedSignal what{.signal = {}, .name = name, .unit = question_.as_now().series_units[row]};
    Unit unit;
    if (const auto bound = spec_.signals.find(name); bound != spec_.signals.end()) {
      const auto& signal = plant_.signal(bound->second);
      what = {.signal = bound->second, .name = signal.path, .unit = signal.unit.symbol};
      unit = signal.unit;
    }
    const auto& counted = question_.present().counted;
    const auto before = counted.find(name);
    const double base = before == counted.end() ? 0.0 : before->second;
    Fan fan(std::move(what), futures_.size());
    std::vector<double> values;
    const auto& moments_s = question_.moments_s();
    for (std::size_t t = 0; t < moments_s.size(); ++t) {
      values.clear();
      for (const auto& future : futures_)
        values.push_back(unit.from_si(base + future.series[row][t]));
      fan.add(values, moments_s[t] >= judged_from_s_ || t + 1 == moments_s.size());
    }
    out_.signals.push_back(fan.take());
  }

  void tell_indicators() {
    const auto& plan = question_.as_now();
    for (std::size_t k = 0; k < plan.indicators.size(); ++k) {
      // Nobody counts in items a second.
      const bool rate = plan.units[k] == "1/s";
      std::vector<double> draws;
      for (const auto& future : futures_) {
        const double value =
            future.indicators[k].value_or(std::numeric_limits<double>::quiet_NaN());
        draws.push_back(rate ? value * kSecondsPerHour : value);
      }
      if (std::ranges::none_of(draws, [](double v) { return std::isfinite(v); })) {
        out_.warnings.push_back("nothing can be said of " + plan.indicators[k] +
                                ": no item got that far; look further ahead");
        continue;
      }
      out_.indicators.push_back(
          indicator(plan.indicators[k], rate ? "1/h" : plan.units[k], std::move(draws)));
    }
  }

  const Plant& plant_;
  const SimulatorSpec& spec_;
  const Question& question_;
  const std::vector<RunResult>& futures_;
  const double judged_from_s_;
  Outcome out_;
};

}  // namespace

FlowSimulator::FlowSimulator(std::shared_ptr<const Plant> plant, SimulatorSpec spec)
    : plant_(std::move(plant)),
      spec_(std::move(spec)),
      version_("process_flow-" + plant_->version) {}

Result<std::shared_ptr<const Simulator>> FlowSimulator::make(std::shared_ptr<const Plant> plant,
                                                             SimulatorSpec spec) {
  const auto* flow = std::get_if<Flow>(&spec.description);
  if (flow == nullptr)
    return Error{ErrorCode::InvalidInput, "the simulator " + spec.name + " describes no flow"};
  GEMEL_TRY(process_flow::make_plan(*flow));
  return std::shared_ptr<const Simulator>(new FlowSimulator(std::move(plant), std::move(spec)));
}

std::string FlowSimulator::summary() const {
  const auto& flow = std::get<Flow>(spec_.description);
  std::string out = "a process flow, as described:\n";
  for (const auto& each : flow.sources)
    out += "  " + each.name + ": every " + each.between.to_string() + " s\n";
  for (const auto& each : flow.stations) {
    out += "  " + each.name + ": " + std::to_string(each.machines) + " × " +
           each.service.to_string() + " s at speed " + text::number(each.speed);
    if (each.failures)
      out += ", fails after " + each.failures->uptime.to_string() + " s, repair " +
             each.failures->repair.to_string() + " s";
    out += '\n';
  }
  for (const auto& each : flow.fleets)
    out += "  " + each.name + ": " + std::to_string(each.vehicles) + " vehicles at " +
           text::number(each.speed) + " m/s\n";
  return out;
}

std::vector<SignalId> FlowSimulator::signals() const {
  std::vector<SignalId> out;
  for (const auto& [port, signal] : spec_.signals) out.push_back(signal);
  return out;
}

std::vector<ControlId> FlowSimulator::controls() const {
  std::vector<ControlId> out;
  for (const auto& [quantity, control] : spec_.controls) out.push_back(control);
  return out;
}

std::vector<Adjustable> FlowSimulator::adjustables() const {
  return process_flow::adjustables(std::get<Flow>(spec_.description));
}

Result<Outcome> FlowSimulator::what_if(const Snapshot& start, const Scenario& scenario,
                                       const Progress& progress) const {
  GEMEL_TRY(check_scenario(scenario));
  Question question(*plant_, spec_, start, scenario);
  GEMEL_TRY(question.prepare());
  GEMEL_ASSIGN(auto drawn,
               draw_futures<Result<RunResult>>(scenario.draws, progress,
                                               [&](auto draw) { return question.run(draw); }));
  std::vector<RunResult> futures;
  for (auto& each : drawn) {
    GEMEL_TRY(each);
    futures.push_back(*std::move(each));
  }
  auto out = Answer(*plant_, spec_, question, futures, scenario.judged_from.in_seconds()).tell();
  out.version = version_;
  return out;
}

}  // namespace gemel::simulation
