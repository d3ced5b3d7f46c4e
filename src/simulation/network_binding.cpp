#include "simulation/network_binding.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gemel::simulation {
namespace {

using equations::Network;

constexpr Duration kStaleAfter = Duration::seconds(10);
constexpr int kStalePeriods = 5;

Result<std::size_t> input_place(const Network& network, const std::string& name) {
  GEMEL_ASSIGN(const auto input, network.find_input(name));
  return network.parameters().size() + input;
}

}  // namespace

Result<NetworkPlace> NetworkBinding::find(const std::string& name) const {
  using Of = NetworkPlace::Of;
  const auto& states = network->states();
  const auto state = std::ranges::find(states, name, &equations::Quantity::name);
  if (state != states.end())
    return NetworkPlace{Of::State, static_cast<std::size_t>(state - states.begin()), state->low,
                        state->high};
  if (const auto input = network->find_input(name)) {
    const auto& quantity = network->inputs()[*input];
    return NetworkPlace{Of::Parameter, network->parameters().size() + *input, quantity.low,
                        quantity.high};
  }
  if (const auto parameter = network->find_parameter(name)) {
    const auto& quantity = network->parameters()[*parameter];
    return NetworkPlace{Of::Parameter, *parameter, quantity.low, quantity.high};
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < maintenance.size(); ++i) {
    names.push_back(maintenance[i].name + ".first");
    if (names.back() == name) return NetworkPlace{Of::Maintenance, i, 0.0, kLatest_s};
  }
  for (const auto* list : {&states, &network->inputs(), &network->parameters()}) {
    for (const auto& each : *list) names.push_back(each.name);
  }
  return Error{ErrorCode::NotFound, "the equations have no state, input or parameter '" + name +
                                        "'" + text::did_you_mean(name, names)};
}

Result<NetworkBinding> NetworkBinding::of(const Plant& plant, const SimulatorSpec& spec) {
  const auto& description = std::get<NetworkSpec>(spec.description);
  GEMEL_ASSIGN(auto compiled, Network::compile(description.parts, description.links));
  NetworkBinding made;
  made.network = std::make_shared<const Network>(std::move(compiled));
  const Network& network = *made.network;
  for (const auto& [name, signal] : spec.signals) {
    if (network.find_input(name)) {
      GEMEL_ASSIGN(const auto place, input_place(network, name));
      made.inputs.push_back({name, place, signal});
      continue;
    }
    GEMEL_ASSIGN(const auto observable, network.find_observable(name));
    made.watched.push_back({name, observable, signal, estimate_of(plant, signal)});
  }
  for (const auto& [name, control] : spec.controls) {
    GEMEL_ASSIGN(const auto place, input_place(network, name));
    made.moved.push_back({name, place, control});
  }
  for (const auto& state : network.states()) {
    FollowedQuantity quantity{state.name, state.value,
                              std::max(0.05 * std::abs(state.value), 1e-6)};
    GEMEL_ASSIGN(const auto place, made.find(state.name));
    made.followed.push_back({std::move(quantity), place});
  }
  for (const auto& quantity : description.followed) {
    GEMEL_ASSIGN(const auto place, made.find(quantity.name));
    if (place.is_state())
      made.followed[place.place].quantity = quantity;
    else
      made.followed.push_back({quantity, place});
  }
  for (const auto& planned : description.maintenance) {
    Maintenance each{planned.name, planned.every, planned.on, {}};
    for (const auto& [name, value] : planned.sets) {
      GEMEL_ASSIGN(const auto place, made.find(name));
      each.sets.emplace_back(place, value);
    }
    made.maintenance.push_back(std::move(each));
  }
  return made;
}

SignalId estimate_of(const Plant& plant, SignalId measured) {
  for (const auto id : plant.asset(plant.signal(measured).asset).signals) {
    const auto& signal = plant.signal(id);
    if (signal.role == SignalRole::Estimate && signal.of == measured) return id;
  }
  return {};
}

std::optional<double> shown_now(const Plant& plant, const Snapshot& snapshot, SignalId id) {
  const auto& signal = plant.signal(id);
  const auto& belief = snapshot.beliefs[id];
  if (!belief.usable()) return {};
  if (belief.age(snapshot.at) > std::max(kStaleAfter, signal.period * kStalePeriods)) return {};
  return signal.unit.to_si(belief.value);
}

}  // namespace gemel::simulation
