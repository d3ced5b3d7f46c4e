#include "simulation/fmu_following.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/text.hpp"
#include "fmu/variable_row.hpp"
#include "simulation/network_binding.hpp"

namespace gemel::simulation {
namespace {

using estimation::FilterKind;
using fmu::Interface;
using fmu::ModelDescription;

constexpr std::size_t kEnsembleByDefault = 40;
constexpr std::size_t kParticlesByDefault = 1'000;
constexpr std::size_t kProcessesMax = 64;
constexpr std::size_t kInstancesMax = 2'000;

Error invalid(std::string message) { return {ErrorCode::InvalidInput, std::move(message)}; }

Result<FilterKind> filter_of(const FmuSpec& spec, bool exchange) {
  if (spec.filter.empty()) return exchange ? FilterKind::Unscented : FilterKind::Ensemble;
  for (const auto kind :
       {FilterKind::Unscented, FilterKind::Extended, FilterKind::Ensemble, FilterKind::Particle}) {
    if (to_string(kind) == spec.filter) return kind;
  }
  return invalid("no filter '" + spec.filter +
                 "'; there are 'unscented', 'extended', 'ensemble' and 'particle'");
}

/// Names of the continuous states, element by element, in the order of set_states.
Result<std::vector<FmuFollowing::State>> states_of(const ModelDescription& description) {
  std::vector<FmuFollowing::State> states;
  for (const auto& unknown : description.structure.derivatives) {
    const auto& derivative = description.variables[unknown.variable];
    const auto* variable =
        derivative.derivative_of
            ? description.find(*derivative.derivative_of, description.major == 2
                                                              ? std::optional(fmu::Type::Float64)
                                                              : std::nullopt)
            : nullptr;
    if (variable == nullptr) {
      return invalid(description.model_name + " doesn't say of which state " + derivative.name +
                     " is the derivative");
    }
    for (const auto& name : element_names(description, *variable))
      states.push_back({name, variable});
  }
  return states;
}

/// A state by its own name or that of another variable with the same reference.
std::optional<std::size_t> find_state(const FmuFollowing& made, const std::string& name) {
  const auto by_name = std::ranges::find(made.states, name, &FmuFollowing::State::name);
  if (by_name != made.states.end()) return static_cast<std::size_t>(by_name - made.states.begin());
  const auto other = made.fmu->description().find(name);
  if (!other || !is_number(**other)) return {};
  for (std::size_t i = 0; i < made.states.size(); ++i) {
    const auto& state = *made.states[i].variable;
    if (state.reference == (*other)->reference && state.type == (*other)->type &&
        state.dimensions.empty())
      return i;
  }
  return {};
}

Result<void> bind(FmuFollowing& made, const Plant& plant, const SimulatorSpec& spec,
                  const FmuFollowing::ReadingNoise& learnt) {
  const auto& told = std::get<FmuSpec>(spec.description).noise;
  const auto& description = made.fmu->description();
  for (const auto& [name, id] : spec.signals) {
    const auto& signal = plant.signal(id);
    GEMEL_ASSIGN(const auto of, FmuVariable::find(description, name, signal.unit));
    if (may_be_moved(*of.variable)) {
      made.inputs.push_back({of, id, {}});
      continue;
    }
    if (of.variable->causality == fmu::Causality::Parameter) {
      made.settings.push_back({of, id, {}});
      continue;
    }
    double noise_si = 0.0;
    if (const auto found = told.find(name); found != told.end()) {
      noise_si = found->second;
    } else if (learnt) {
      GEMEL_ASSIGN(noise_si, learnt(signal));
    } else {
      return invalid("how far a reading of " + name +
                     " may be off is not known; say it under "
                     "'noise'");
    }
    made.watched.push_back(
        {of, id, estimate_of(plant, id), of.difference_to_fmu(noise_si / signal.unit.scale)});
  }
  if (made.watched.empty())
    return invalid("no signal measures an output of " + description.model_name +
                   "; a filter follows what is measured");
  for (const auto& [name, id] : spec.controls) {
    GEMEL_ASSIGN(const auto of, FmuVariable::find(description, name, plant.control(id).unit));
    const bool measured = std::ranges::any_of(
        made.inputs, [&](const auto& input) { return input.of.variable == of.variable; });
    if (!measured) made.inputs.push_back({of, {}, id});
  }
  return {};
}

Result<void> follow(FmuFollowing& made, const Plant& plant, const FollowedQuantity& quantity) {
  const auto& description = made.fmu->description();
  FmuFollowing::Followed followed;
  followed.quantity = quantity;
  const Unit unit = quantity.middle.valid() ? plant.signal(quantity.middle).unit : Unit{};
  const auto state = find_state(made, quantity.name);
  if (state) {
    followed.of = FmuVariable::of(description, *made.states[*state].variable, unit);
    followed.kind = FmuFollowing::Kind::State;
    followed.place = *state;
  } else {
    GEMEL_ASSIGN(followed.of, FmuVariable::find(description, quantity.name, unit));
    const auto& variable = *followed.of.variable;
    const bool is_float =
        variable.type == fmu::Type::Float64 || variable.type == fmu::Type::Float32;
    const bool given = std::ranges::any_of(
        made.inputs, [&](const auto& input) { return input.of.variable == &variable; });
    if (given)
      return invalid(quantity.name +
                     " is bound to what the plant shows of it; it can't be followed as well");
    if (may_be_moved(variable) && is_float) {
      followed.kind = FmuFollowing::Kind::Slow;
    } else if (variable.causality == fmu::Causality::Parameter) {
      return invalid(quantity.name + " is a " + std::string(to_string(variable.variability)) + " " +
                     std::string(to_string(variable.type)) +
                     " parameter; only a tunable one that is a real number can be followed: export "
                     "the FMU with it tunable");
    } else if (made.interface == Interface::ModelExchange) {
      return invalid(quantity.name +
                     " is neither a continuous state nor a tunable parameter nor an input; these "
                     "are followed");
    } else {
      followed.kind = FmuFollowing::Kind::Shown;
      if (quantity.wander > 0.0)
        return invalid(quantity.name +
                       " can't wander: in co-simulation a state is the FMU's own once it has "
                       "started; leave out 'wander', or follow a parameter instead");
    }
  }
  const auto difference = [&](double si) { return followed.of.difference_to_fmu(si / unit.scale); };
  followed.start = followed.of.to_fmu(unit.from_si(quantity.start));
  followed.spread = difference(quantity.spread);
  followed.wander = difference(quantity.wander);
  made.followed.push_back(std::move(followed));
  return {};
}

/// Places in a member, once it is known how many of each kind there are.
void place(FmuFollowing& made) {
  std::size_t shown = 0, slow = made.shown();
  for (auto& each : made.followed) {
    if (each.kind == FmuFollowing::Kind::Shown) each.place = shown++;
    if (each.kind == FmuFollowing::Kind::Slow) each.place = slow++;
  }
}

Result<void> choose_members(FmuFollowing& made, const FmuSpec& spec) {
  const auto usual = made.filter == FilterKind::Particle ? kParticlesByDefault : kEnsembleByDefault;
  made.members = made.is_gaussian() ? 2 * made.size() + 1 : spec.members > 0 ? spec.members : usual;
  if (made.interface == Interface::CoSimulation) return {};
  const auto& description = made.fmu->description();
  if (description.model_exchange->once_per_process && !made.own_process)
    return invalid(description.model_name +
                   " allows one instance a process, and each member of a filter is one; leave out "
                   "'own_process: false'");
  const auto most = made.own_process ? kProcessesMax : kInstancesMax;
  if (made.members <= most) return {};
  return invalid("the filter has " + std::to_string(made.members) + " members, each an instance " +
                 (made.own_process ? "in a process of its own; at most " : "; at most ") +
                 std::to_string(most) + " are run" +
                 (made.own_process ? ": take fewer, or say 'own_process: false'" : ""));
}

}  // namespace

bool FmuFollowing::is_gaussian() const {
  return filter == FilterKind::Unscented || filter == FilterKind::Extended;
}

std::size_t FmuFollowing::shown() const {
  if (interface == Interface::ModelExchange) return states.size();
  return static_cast<std::size_t>(std::ranges::count(followed, Kind::Shown, &Followed::kind));
}

std::size_t FmuFollowing::slow() const {
  return static_cast<std::size_t>(std::ranges::count(followed, Kind::Slow, &Followed::kind));
}

Result<FmuFollowing> FmuFollowing::of(const Plant& plant, const SimulatorSpec& spec,
                                      std::shared_ptr<const fmu::Fmu> fmu,
                                      const ReadingNoise& learnt) {
  const auto& told = std::get<FmuSpec>(spec.description);
  const auto& description = fmu->description();
  FmuFollowing made;
  made.fmu = fmu;
  const bool exchange = description.model_exchange.has_value();
  GEMEL_ASSIGN(made.filter, filter_of(told, exchange));
  if (!exchange && !(description.co_simulation && description.co_simulation->state)) {
    return Error{ErrorCode::Unsupported,
                 description.model_name +
                     " can't be followed: it has no model exchange, and its co-simulation can't "
                     "save its state (canGetAndSetFMUState)"};
  }
  if (!exchange && made.is_gaussian()) {
    return Error{ErrorCode::Unsupported,
                 "filter '" + told.filter + "' sets states, for which " + description.model_name +
                     " would need model exchange; 'ensemble' and 'particle' do without"};
  }
  made.interface = exchange ? Interface::ModelExchange : Interface::CoSimulation;
  made.own_process = !told.followed_here;
  made.step_s =
      told.step > Duration{} ? told.step.in_seconds() : description.experiment.step_s.value_or(0.0);
  if (exchange) {
    GEMEL_ASSIGN(made.states, states_of(description));
  }
  for (const auto& [name, value] : spec.parameters) {
    GEMEL_ASSIGN(const auto* variable, description.find(name));
    made.start_values.emplace_back(name, written(*variable, value));
  }
  GEMEL_TRY(bind(made, plant, spec, learnt));
  for (const auto& quantity : told.followed) GEMEL_TRY(follow(made, plant, quantity));
  place(made);
  if (made.size() == 0)
    return invalid(description.model_name +
                   " has no continuous state, and nothing else is followed");
  GEMEL_TRY(choose_members(made, told));
  return made;
}

}  // namespace gemel::simulation
