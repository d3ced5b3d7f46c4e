#include "simulation/fmu_simulator.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "base/random.hpp"
#include "base/statistics.hpp"
#include "base/text.hpp"
#include "fmu/run.hpp"
#include "simulation/draw_futures.hpp"
#include "simulation/drawn_quantities.hpp"
#include "simulation/fan.hpp"
#include "simulation/fmu_tracker.hpp"

namespace gemel::simulation {
namespace {

using fmu::Causality;
using fmu::Variable;

constexpr double kKeptMax = 2e8;  // values of all futures, 8 bytes each

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

  /// What is followed, drawn for each future, and what the scenario makes of it.
  struct Followed {
    const FmuFollowing::Followed* what = nullptr;
    FmuStart start;
  };
  struct FollowedChange {
    const Variable* variable = nullptr;
    double value = 0.0;
    How how = How::Set;
  };

  explicit Question(const Scenario& scenario) : drawn(scenario), seed(scenario.seed) {}
  std::map<const Variable*, double> start;
  std::vector<Followed> followed;
  std::vector<FollowedChange> followed_changes;
  std::vector<Move> moves;
  std::vector<const Variable*> uncertain;  // as scenario.uncertain
  DrawnQuantities drawn;
  std::uint64_t seed;
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

Result<std::shared_ptr<const FmuSimulator>> FmuSimulator::make(
    std::shared_ptr<const Plant> plant, const SimulatorSpec& spec,
    const FmuFollowing::ReadingNoise& learnt) {
  auto made = std::shared_ptr<FmuSimulator>(new FmuSimulator);
  made->plant_ = std::move(plant);
  made->spec_ = std::get<FmuSpec>(spec.description);
  GEMEL_ASSIGN(made->fmu_, fmu::Fmu::load(made->spec_.file));
  GEMEL_TRY(made->bind(spec));
  if (!made->spec_.followed.empty()) {
    GEMEL_ASSIGN(auto following, FmuFollowing::of(*made->plant_, spec, made->fmu_, learnt));
    made->following_ = std::make_shared<const FmuFollowing>(std::move(following));
  }
  return std::shared_ptr<const FmuSimulator>(std::move(made));
}

Result<void> FmuSimulator::bind(const SimulatorSpec& spec) {
  const auto& described = fmu_->description();
  for (const auto& [name, id] : spec.signals) {
    GEMEL_ASSIGN(const auto found, FmuVariable::find(described, name, plant_->signal(id).unit));
    bound_.push_back({found, id, {}});
  }
  for (const auto& [name, id] : spec.controls) {
    GEMEL_ASSIGN(const auto found, FmuVariable::find(described, name, plant_->control(id).unit));
    if (found.variable->causality != Causality::Input) {
      return Error{ErrorCode::InvalidInput,
                   name + " of " + described.model_name + " is no input; a control can't move it"};
    }
    bound_.push_back({found, {}, id});
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

std::string FmuSimulator::summary() const {
  const auto& d = fmu_->description();
  std::string followed;
  if (following_) {
    followed = "\n" + std::to_string(following_->followed.size()) + " quantities followed by " +
               std::to_string(following_->members) + " members of the " +
               std::string(to_string(following_->filter)) + " filter, in " +
               std::string(to_string(following_->interface));
  }
  return d.model_name + " of FMI " + d.fmi_version +
         (d.generation_tool.empty() ? "" : ", made by " + d.generation_tool) + ": " +
         std::to_string(adjustable_.size()) + " parameters and inputs, " +
         std::to_string(outputs_.size()) + " outputs" + followed;
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
  take_followed(start, question);
  GEMEL_TRY(take_changes(scenario, question));
  return question;
}

void FmuSimulator::take_followed(const Snapshot& start, Question& question) const {
  if (!following_) return;
  const auto present = fmu_present(*plant_, *following_, start);
  for (std::size_t i = 0; i < following_->followed.size(); ++i) {
    const auto& what = following_->followed[i];
    const auto* variable = what.of.variable;
    auto at = present.starts[i];
    if (!present.told[i]) {
      question.warnings.push_back(what.quantity.name +
                                  " is not followed now; it starts as described");
      if (!std::isfinite(at.mean)) at.mean = start_of(*variable);
      // A state that a gauge shows starts there, as what is bound does.
      if (what.kind != FmuFollowing::Kind::Slow && question.start.contains(variable)) continue;
    }
    question.start[variable] = at.mean;
    question.followed.push_back({&what, at});
  }
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
    question.followed_changes.push_back({variable, change.value, change.how});
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
  fmu::RunOptions options;
  Random random(question.seed * 0x9e3779b97f4a7c15ULL + draw);
  for (const auto& [what, at] : question.followed) {
    const auto* variable = what->of.variable;
    double value = at.mean + at.spread * random.normal();
    for (const auto& change : question.followed_changes) {
      if (change.variable == variable) value = changed(value, change.value, change.how);
    }
    if (variable->min) value = std::max(value, *variable->min);
    if (variable->max) value = std::min(value, *variable->max);
    start[variable] = value;
    if (what->kind != FmuFollowing::Kind::State) continue;
    options.states.emplace_back(what->place, value);
    start.erase(variable);
  }
  for (std::size_t i = 0; i < question.uncertain.size(); ++i)
    start[question.uncertain[i]] = question.drawn.value(i, draw, start[question.uncertain[i]]);
  // As it is followed, so it runs on.
  if (following_) options.kind = following_->interface;
  const auto& experiment = fmu_->description().experiment;
  const double from = experiment.start_s.value_or(0.0);
  options.start_s = from;
  options.stop_s = from + question.horizon_s;
  options.output_s = question.step_s;
  options.event_rows = false;
  options.own_process = spec_.own_process;
  if (spec_.step > Duration{}) options.step_s = spec_.step.in_seconds();
  for (const auto& [variable, value] : start) {
    if (!may_be_set(*variable)) continue;  // of co-simulation: nothing can be told of it
    options.start_values.emplace_back(variable->name, written(*variable, value));
  }
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

std::unique_ptr<StateTracker> FmuSimulator::track(const Snapshot& from) const {
  if (!following_) return nullptr;
  return std::make_unique<FmuTracker>(plant_, following_, from);
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
