#include "simulation/fmu_simulator.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "base/statistics.hpp"
#include "base/text.hpp"
#include "fmu/run.hpp"
#include "simulation/draw_futures.hpp"
#include "simulation/drawn_quantities.hpp"
#include "simulation/fan.hpp"

namespace gemel::simulation {
namespace {

using fmu::Causality;
using fmu::Variable;

constexpr double kKeptMax = 2e8;  // values of all futures, 8 bytes each

bool is_number(const Variable& v) {
  const bool text =
      v.type == fmu::Type::String || v.type == fmu::Type::Binary || v.type == fmu::Type::Clock;
  return !text && v.dimensions.empty();
}

/// Whether a value may be given before the start.
bool may_be_set(const Variable& v) {
  if (v.variability == fmu::Variability::Constant || v.start.empty()) return false;
  return v.causality == Causality::Parameter || v.causality == Causality::Input ||
         v.initial == fmu::Initial::Exact || v.initial == fmu::Initial::Approx;
}

double start_of(const Variable& v) {
  double value = 0.0;
  if (v.start.empty()) return 0.0;
  if (v.start.front() == "true") return 1.0;
  text::parse_number(v.start.front(), value);
  return value;
}

std::string written(const Variable& v, double value) {
  if (v.type == fmu::Type::Boolean) return value != 0.0 ? "true" : "false";
  if (v.type == fmu::Type::Float64 || v.type == fmu::Type::Float32) return text::number(value);
  return text::number(std::round(value));
}

/// In a table's header.
std::string quoted(const std::string& name) { return '"' + name + '"'; }

}  // namespace

/// A scenario in the FMU's terms.
struct FmuSimulator::Question {
  struct Move {
    const Variable* input = nullptr;
    double from = 0.0, to = 0.0, rate = 0.0;  // per second; 0: at once
    double at(double t) const {
      if (!(rate > 0.0)) return to;
      const double way = std::min(std::abs(to - from), rate * t);
      return from + std::copysign(way, to - from);
    }
  };

  explicit Question(const Scenario& scenario) : drawn(scenario) {}
  std::map<const Variable*, double> start;
  std::vector<Move> moves;
  std::vector<const Variable*> uncertain;  // as scenario.uncertain
  DrawnQuantities drawn;
  std::vector<double> moments_s;
  double horizon_s = 0.0, step_s = 0.0, judged_from_s = 0.0;
  std::uint32_t draws = 0;
  std::vector<std::string> warnings;
};

/// Shapes: values [moment][output].
struct FmuSimulator::Future {
  std::vector<double> values;
  std::optional<Error> error;
};

Result<std::shared_ptr<const FmuSimulator>> FmuSimulator::make(std::shared_ptr<const Plant> plant,
                                                               const SimulatorSpec& spec) {
  auto made = std::shared_ptr<FmuSimulator>(new FmuSimulator);
  made->plant_ = std::move(plant);
  made->spec_ = std::get<FmuSpec>(spec.description);
  GEMEL_ASSIGN(made->fmu_, fmu::Fmu::load(made->spec_.file));
  GEMEL_TRY(made->bind(spec));
  return std::shared_ptr<const FmuSimulator>(std::move(made));
}

Result<void> FmuSimulator::bind(const SimulatorSpec& spec) {
  const auto& described = fmu_->description();
  for (const auto& [name, id] : spec.signals) {
    GEMEL_ASSIGN(auto bound, bound_to(name, plant_->signal(id).unit));
    bound.signal = id;
    bound_.push_back(bound);
  }
  for (const auto& [name, id] : spec.controls) {
    GEMEL_ASSIGN(auto bound, bound_to(name, plant_->control(id).unit));
    if (bound.variable->causality != Causality::Input) {
      return Error{ErrorCode::InvalidInput,
                   name + " of " + described.model_name + " is no input; a control can't move it"};
    }
    bound.control = id;
    bound_.push_back(bound);
  }
  for (const auto& [name, value] : spec.parameters) {
    GEMEL_ASSIGN(const auto* variable, described.find(name));
    if (!is_number(*variable) || !may_be_set(*variable)) {
      return Error{ErrorCode::InvalidInput, name + " of " + described.model_name +
                                                " can't be given a number before the start"};
    }
    told_[name] = value;
  }
  for (const auto& variable : described.variables) {
    if (!is_number(variable)) continue;
    const bool settable =
        variable.causality == Causality::Parameter || variable.causality == Causality::Input;
    if (settable && may_be_set(variable)) adjustable_.push_back(&variable);
    const bool is_bound = std::ranges::any_of(bound_, [&](const Bound& b) {
      return b.variable == &variable && b.signal.valid() && !settable;
    });
    if (variable.causality == Causality::Output || is_bound) outputs_.push_back(&variable);
  }
  if (outputs_.empty()) {
    return Error{ErrorCode::InvalidInput,
                 described.model_name + " has no output that is a number; there is nothing to see"};
  }
  version_ = "fmu-" + described.model_name + "-" + described.token;
  return {};
}

Result<FmuSimulator::Bound> FmuSimulator::bound_to(const std::string& name,
                                                   const Unit& unit) const {
  const auto& described = fmu_->description();
  GEMEL_ASSIGN(const auto* variable, described.find(name));
  if (!is_number(*variable)) {
    return Error{ErrorCode::InvalidInput, name + " of " + described.model_name + " is a " +
                                              std::string(to_string(variable->type)) +
                                              (variable->dimensions.empty() ? "" : " array") +
                                              "; only numbers can be bound"};
  }
  Bound bound{.variable = variable, .signal = {}, .control = {}};
  const auto declared = std::ranges::find_if(
      described.units, [&](const fmu::Unit& u) { return u.name == variable->unit; });
  // Without a unit in the FMU the number is taken as the twin's own.
  if (variable->unit.empty() || declared == described.units.end()) return bound;
  bound.scale = declared->factor / unit.scale;
  bound.offset = (declared->offset - unit.offset) / unit.scale;
  return bound;
}

std::string FmuSimulator::summary() const {
  const auto& d = fmu_->description();
  return d.model_name + " of FMI " + d.fmi_version +
         (d.generation_tool.empty() ? "" : ", made by " + d.generation_tool) + ": " +
         std::to_string(adjustable_.size()) + " parameters and inputs, " +
         std::to_string(outputs_.size()) + " outputs";
}

std::vector<SignalId> FmuSimulator::signals() const {
  std::vector<SignalId> out;
  for (const auto& bound : bound_) {
    if (bound.signal.valid()) out.push_back(bound.signal);
  }
  return out;
}

std::vector<ControlId> FmuSimulator::controls() const {
  std::vector<ControlId> out;
  for (const auto& bound : bound_) {
    if (bound.control.valid()) out.push_back(bound.control);
  }
  return out;
}

std::vector<Adjustable> FmuSimulator::adjustables() const {
  std::vector<Adjustable> out;
  for (const auto* v : adjustable_) {
    const auto told = told_.find(v->name);
    Adjustable one{
        .name = v->name,
        .unit = v->unit,
        .meaning = v->description.empty() ? std::string(to_string(v->causality)) : v->description,
        .value = told == told_.end() ? start_of(*v) : told->second};
    one.low = v->min.value_or(one.low);
    one.high = v->max.value_or(one.high);
    out.push_back(std::move(one));
  }
  return out;
}

Result<FmuSimulator::Question> FmuSimulator::understand(const Snapshot& start,
                                                        const Scenario& scenario) const {
  GEMEL_TRY(check_scenario(scenario));
  Question question(scenario);
  question.horizon_s = scenario.horizon.in_seconds();
  question.step_s = scenario.step.in_seconds();
  question.judged_from_s = scenario.judged_from.in_seconds();
  question.draws = scenario.draws;
  for (double t = 0.0; t < question.horizon_s * (1.0 - 1e-9); t += question.step_s)
    question.moments_s.push_back(t);
  question.moments_s.push_back(question.horizon_s);
  const double kept = static_cast<double>(question.moments_s.size() * outputs_.size()) *
                      static_cast<double>(scenario.draws);
  if (kept > kKeptMax) {
    return Error{ErrorCode::Capacity,
                 "so many futures and moments are too much to keep; ask for "
                 "fewer futures or longer steps"};
  }
  for (const auto& [name, value] : told_) question.start[*fmu_->description().find(name)] = value;
  for (const auto& bound : bound_) {
    if (!may_be_set(*bound.variable)) continue;
    double present = 0.0;
    if (bound.signal.valid()) {
      const auto& belief = start.beliefs[bound.signal];
      if (!belief.usable()) {
        question.warnings.push_back(
            plant_->signal(bound.signal).path + " is not known now; the FMU starts from its own " +
            bound.variable->name + " = " + text::rounded(start_of(*bound.variable)));
        continue;
      }
      present = belief.value;
    } else {
      const auto setting = present_setting(*plant_, start, bound.control);
      if (!setting) continue;  // bound to a signal as well, or as the FMU proposes
      present = *setting;
    }
    question.start[bound.variable] = bound.to_fmu(present);
  }
  GEMEL_TRY(take_changes(scenario, question));
  return question;
}

Result<void> FmuSimulator::take_changes(const Scenario& scenario, Question& question) const {
  const auto adjustable = [&](const std::string& name) -> Result<const Variable*> {
    std::vector<std::string> names;
    for (const auto* v : adjustable_) {
      if (v->name == name) return v;
      names.push_back(v->name);
    }
    return Error{ErrorCode::NotFound, "the FMU has no parameter or input '" + name + "'" +
                                          text::did_you_mean(name, names)};
  };
  const auto present = [&](const Variable* v) {
    const auto known = question.start.find(v);
    return known == question.start.end() ? start_of(*v) : known->second;
  };
  for (const auto& change : scenario.changes) {
    if (change.control.valid()) {
      const auto bound =
          std::ranges::find_if(bound_, [&](const Bound& b) { return b.control == change.control; });
      if (bound == bound_.end()) {
        return Error{ErrorCode::InvalidInput, "nothing of the FMU is bound to the control " +
                                                  plant_->control(change.control).path};
      }
      const double rate = plant_->control(change.control).rate_limit_per_s / std::abs(bound->scale);
      question.moves.push_back(
          {bound->variable, present(bound->variable), bound->to_fmu(change.value), rate});
      continue;
    }
    GEMEL_ASSIGN(const auto* variable, adjustable(change.quantity));
    const double value = changed(present(variable), change.value, change.how);
    if ((variable->min && value < *variable->min) || (variable->max && value > *variable->max)) {
      return Error{ErrorCode::InvalidInput,
                   variable->name + " can't be " + text::number(value) + "; the FMU takes " +
                       (variable->min ? text::number(*variable->min) : "anything") + " to " +
                       (variable->max ? text::number(*variable->max) : "anything")};
    }
    question.start[variable] = value;
  }
  for (const auto& uncertain : scenario.uncertain) {
    GEMEL_ASSIGN(const auto* variable, adjustable(uncertain.quantity));
    question.uncertain.push_back(variable);
    question.start.emplace(variable, start_of(*variable));
  }
  return {};
}

Result<FmuSimulator::Future> FmuSimulator::run(const Question& question, std::uint32_t draw) const {
  auto start = question.start;
  for (std::size_t i = 0; i < question.uncertain.size(); ++i)
    start[question.uncertain[i]] = question.drawn.value(i, draw, start[question.uncertain[i]]);
  fmu::RunOptions options;
  const auto& experiment = fmu_->description().experiment;
  const double from = experiment.start_s.value_or(0.0);
  options.start_s = from;
  options.stop_s = from + question.horizon_s;
  options.output_s = question.step_s;
  options.event_rows = false;
  options.own_process = spec_.own_process;
  if (spec_.step > Duration{}) options.step_s = spec_.step.in_seconds();
  for (const auto& [variable, value] : start)
    options.start_values.emplace_back(variable->name, written(*variable, value));
  for (const auto* v : outputs_) options.outputs.push_back(v->name);

  std::optional<fmu::InputTable> inputs;
  if (!question.moves.empty()) {
    std::string header = "time";
    std::vector<double> turns{0.0};
    for (const auto& move : question.moves) {
      header += "," + quoted(move.input->name);
      if (move.rate > 0.0) turns.push_back(std::abs(move.to - move.from) / move.rate);
    }
    std::ranges::sort(turns);
    turns.erase(std::unique(turns.begin(), turns.end()), turns.end());
    std::string table = header + "\n";
    for (const double t : turns) {
      table += text::number(from + t);
      for (const auto& move : question.moves) table += "," + written(*move.input, move.at(t));
      table += "\n";
    }
    GEMEL_ASSIGN(inputs, fmu::InputTable::parse(table, "the scenario", fmu_->description()));
    options.inputs = &*inputs;
  }
  fmu::Recording recording;
  GEMEL_ASSIGN(const auto summary, fmu::run(*fmu_, options, recording));
  Future future;
  future.values = std::move(recording.values);
  const auto wanted = question.moments_s.size() * outputs_.size();
  if (future.values.size() < wanted) {
    return Error{ErrorCode::Unavailable,
                 "the FMU ended by itself at " + text::rounded(summary.ended_at_s - from) + " s"};
  }
  return future;
}

Result<Outcome> FmuSimulator::what_if(const Snapshot& start, const Scenario& scenario,
                                      const Progress& progress) const {
  GEMEL_ASSIGN(const auto question, understand(start, scenario));
  const auto& described = fmu_->description();
  const auto& can = described.co_simulation ? described.co_simulation : described.model_exchange;
  std::mutex one;
  const auto run_one = [&](std::uint32_t draw) {
    std::unique_lock lock(one, std::defer_lock);
    if (can && can->once_per_process && !spec_.own_process) lock.lock();
    auto done = run(question, draw);
    if (done) return std::move(done).value();
    Future failed;
    failed.error = done.error();
    return failed;
  };
  GEMEL_ASSIGN(const auto futures, draw_futures<Future>(scenario.draws, progress, run_one));
  for (std::size_t i = 0; i < futures.size(); ++i) {
    if (futures[i].error) return futures[i].error->within("future " + std::to_string(i + 1));
  }
  return summarise(question, futures);
}

Outcome FmuSimulator::summarise(const Question& question,
                                const std::vector<Future>& futures) const {
  Outcome out;
  out.draws = static_cast<std::uint32_t>(futures.size());
  out.version = version_;
  out.warnings = question.warnings;
  for (const double t : question.moments_s) out.times.push_back(Duration::from_seconds(t));
  for (std::size_t o = 0; o < outputs_.size(); ++o) {
    const auto* variable = outputs_[o];
    const auto bound = std::ranges::find_if(
        bound_, [&](const Bound& b) { return b.variable == variable && b.signal.valid(); });
    SimulatedSignal what{.name = variable->name, .unit = variable->unit};
    if (bound != bound_.end()) {
      const auto& signal = plant_->signal(bound->signal);
      what = {.signal = signal.id, .name = signal.path, .unit = signal.unit.symbol};
    }
    const auto unit = what.unit;
    const auto name = what.name;
    Fan fan(std::move(what), futures.size());
    std::vector<double> values, means(futures.size()), least(futures.size(), HUGE_VAL),
        most(futures.size(), -HUGE_VAL);
    for (std::size_t t = 0; t < question.moments_s.size(); ++t) {
      values.clear();
      for (std::size_t f = 0; f < futures.size(); ++f) {
        double value = futures[f].values[t * outputs_.size() + o];
        if (bound != bound_.end()) value = bound->to_twin(value);
        means[f] += value / static_cast<double>(question.moments_s.size());
        least[f] = std::min(least[f], value);
        most[f] = std::max(most[f], value);
        values.push_back(value);
      }
      fan.add(values, question.moments_s[t] >= question.judged_from_s ||
                          t + 1 == question.moments_s.size());
    }
    out.signals.push_back(fan.take());
    if (bound == bound_.end()) continue;
    out.indicators.push_back(indicator("mean_" + name, unit, std::move(means)));
    out.indicators.push_back(indicator("min_" + name, unit, std::move(least)));
    out.indicators.push_back(indicator("max_" + name, unit, std::move(most)));
  }
  return out;
}

}  // namespace gemel::simulation
