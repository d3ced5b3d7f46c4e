#include "simulation/fmu_simulator.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "base/random.hpp"
#include "simulation/draw_futures.hpp"
#include "simulation/fan.hpp"
#include "simulation/fmu_question.hpp"

namespace gemel::simulation {

using fmu::Causality;

Result<std::shared_ptr<const FmuSimulator>> FmuSimulator::make(
    std::shared_ptr<const Plant> plant, const SimulatorSpec& spec,
    const FmuFollowing::ReadingNoise& learnt) {
  auto made = std::shared_ptr<FmuSimulator>(new FmuSimulator);
  made->plant_ = std::move(plant);
  made->spec_ = std::get<FmuSpec>(spec.description);
  GEMEL_ASSIGN(made->model_,
               spec.kind == "ssp" ? open_system(made->spec_.file) : open_fmu(made->spec_.file));
  GEMEL_TRY(made->bind(spec));
  if (!made->spec_.followed.empty() && made->model_->single() != nullptr) {
    GEMEL_ASSIGN(auto following,
                 FmuFollowing::of(*made->plant_, spec, made->model_->single(), learnt));
    made->following_ = std::make_shared<const FmuFollowing>(std::move(following));
  }
  return std::shared_ptr<const FmuSimulator>(std::move(made));
}

Result<FmuSimulator::Bound> FmuSimulator::bound_to(const std::string& name,
                                                   const Unit& unit) const {
  GEMEL_ASSIGN(const auto* quantity, model_->find(name));
  return Bound{
      FmuVariable::of(*quantity->description, *quantity->variable, unit), quantity, {}, {}};
}

const ImportedModel::Quantity* FmuSimulator::quantity_of(const fmu::Variable* variable) const {
  const auto& all = model_->quantities();
  const auto found = std::ranges::find(all, variable, &Quantity::variable);
  return found == all.end() ? nullptr : &*found;
}

Result<void> FmuSimulator::bind(const SimulatorSpec& spec) {
  for (const auto& [name, id] : spec.signals) {
    GEMEL_ASSIGN(auto bound, bound_to(name, plant_->signal(id).unit));
    bound.signal = id;
    bound_.push_back(bound);
  }
  for (const auto& [name, id] : spec.controls) {
    GEMEL_ASSIGN(auto bound, bound_to(name, plant_->control(id).unit));
    if (bound.variable->causality != Causality::Input || !bound.quantity->may_be_set) {
      return Error{ErrorCode::InvalidInput,
                   name + " of " + model_->name() + " is no input; a control can't move it"};
    }
    bound.control = id;
    bound_.push_back(bound);
  }
  for (const auto& [name, value] : spec.parameters) {
    GEMEL_ASSIGN(const auto* quantity, model_->find(name));
    if (!quantity->may_be_set) {
      return Error{ErrorCode::InvalidInput,
                   name + " of " + model_->name() + " can't be given a number before the start"};
    }
    told_[name] = value;
  }
  for (const auto& quantity : model_->quantities()) {
    const auto causality = quantity.variable->causality;
    const bool settable = causality == Causality::Parameter || causality == Causality::Input;
    if (settable && quantity.may_be_set) adjustable_.push_back(&quantity);
    const bool is_bound = std::ranges::any_of(bound_, [&](const Bound& b) {
      return b.quantity == &quantity && b.signal.valid() && !settable;
    });
    if (quantity.is_shown || is_bound) outputs_.push_back(&quantity);
  }
  if (outputs_.empty()) {
    return Error{ErrorCode::InvalidInput,
                 model_->name() + " has no output that is a number; there is nothing to see"};
  }
  version_ = model_->version();
  return {};
}

std::string FmuSimulator::summary() const {
  std::string followed;
  if (following_) {
    followed = "\n" + std::to_string(following_->followed.size()) + " quantities followed by " +
               std::to_string(following_->members) + " members of the " +
               std::string(to_string(following_->filter)) + " filter, in " +
               std::string(to_string(following_->interface));
  }
  return model_->summary() + ": " + std::to_string(adjustable_.size()) +
         " parameters and inputs, " + std::to_string(outputs_.size()) + " outputs" + followed;
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
  for (const auto* quantity : adjustable_) {
    const auto& v = *quantity->variable;
    const auto told = told_.find(quantity->name);
    Adjustable one{
        .name = quantity->name,
        .unit = v.unit,
        .meaning = v.description.empty() ? std::string(to_string(v.causality)) : v.description,
        .value = told == told_.end() ? quantity->start : told->second};
    one.low = v.min.value_or(one.low);
    one.high = v.max.value_or(one.high);
    out.push_back(std::move(one));
  }
  return out;
}

/// Where a future of what is followed starts, changes and bounds counted.
void FmuSimulator::draw_followed(const Question& question, std::uint32_t draw,
                                 std::map<const Quantity*, double>& start,
                                 ImportedModel::Experiment& experiment) {
  Random random(question.seed * 0x9e3779b97f4a7c15ULL + draw);
  for (const auto& [what, quantity, at] : question.followed) {
    double value = at.mean + at.spread * random.normal();
    for (const auto& change : question.followed_changes) {
      if (change.quantity == quantity) value = changed(value, change.value, change.how);
    }
    const auto& variable = *what->of.variable;
    if (variable.min) value = std::max(value, *variable.min);
    if (variable.max) value = std::min(value, *variable.max);
    if (what->kind == FmuFollowing::Kind::State) {
      experiment.states.emplace_back(what->place, value);
      start.erase(quantity);
    } else {
      start[quantity] = value;
    }
  }
}

Result<FmuSimulator::Future> FmuSimulator::run(const Question& question, std::uint32_t draw) const {
  ImportedModel::Experiment experiment;
  auto start = question.start;
  draw_followed(question, draw, start, experiment);
  for (std::size_t i = 0; i < question.uncertain.size(); ++i)
    start[question.uncertain[i]] = question.drawn.value(i, draw, start[question.uncertain[i]]);
  // As it is followed, so it runs on.
  if (following_) experiment.interface = following_->interface;
  experiment.horizon_s = question.horizon_s;
  experiment.output_s = question.step_s;
  experiment.step_s = spec_.step.in_seconds();
  experiment.own_process = spec_.own_process;
  experiment.outputs = outputs_;
  for (const auto& [quantity, value] : start) {
    if (quantity->may_be_set) experiment.start.emplace_back(quantity, value);
  }
  if (!question.moves.empty()) {
    auto& turns = experiment.turns_s;
    turns.push_back(0.0);
    for (const auto& move : question.moves) {
      if (move.rate > 0.0) turns.push_back(std::abs(move.to - move.from) / move.rate);
    }
    std::ranges::sort(turns);
    turns.erase(std::unique(turns.begin(), turns.end()), turns.end());
    for (const auto& move : question.moves) {
      auto& course = experiment.courses.emplace_back(move.input);
      for (const double t : turns) course.values.push_back(move.at(t));
    }
  }
  Future future;
  GEMEL_ASSIGN(future.values, model_->run(experiment));
  return future;
}

Result<Outcome> FmuSimulator::what_if(const Snapshot& start, const Scenario& scenario,
                                      const Progress& progress) const {
  GEMEL_ASSIGN(const auto question, understand(start, scenario));
  std::mutex one;
  const auto run_one = [&](std::uint32_t draw) {
    std::unique_lock lock(one, std::defer_lock);
    if (model_->one_at_a_time() && !spec_.own_process) lock.lock();
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
    const auto* quantity = outputs_[o];
    const auto bound = std::ranges::find_if(
        bound_, [&](const Bound& b) { return b.quantity == quantity && b.signal.valid(); });
    SimulatedSignal what{.name = quantity->name, .unit = quantity->variable->unit};
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
