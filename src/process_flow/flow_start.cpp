#include "process_flow/flow_start.hpp"

#include <algorithm>
#include <cmath>

#include "process_flow/detail/run.hpp"

namespace gemel::process_flow {
namespace {

/// Draws of the past are none of those of what comes.
constexpr std::uint64_t kPast = 0x9d39247e33776d41ULL;

bool repairs_are_known(const MachineState& machine) {
  return (machine.activity != Activity::Failed && machine.activity != Activity::Maintained) ||
         machine.repaired_for.has_value();
}

/// Whether what is known leaves it open that items wait at a source: something that it leads to may
/// be full.
bool may_wait(const Plan& plan, std::size_t source, const FlowState& known) {
  return std::ranges::any_of(plan.source_ways[source], [&](const Way& way) {
    const auto i = way.to.index;
    if (way.to.kind == ElementKind::Station) {
      const auto full = plan.flow.stations[i].buffer;
      return i >= known.stations.size() || known.stations[i].buffer.value_or(full) >= full;
    }
    if (way.to.kind == ElementKind::Conveyor) {
      const auto full = plan.flow.conveyors[i].capacity;
      return i >= known.conveyors.size() || known.conveyors[i].value_or(full) >= full;
    }
    return false;
  });
}

/// At sources where none can wait none does.
void tell_sources(const Plan& plan, FlowState& state) {
  state.sources.resize(plan.flow.sources.size());
  for (std::size_t i = 0; i < state.sources.size(); ++i) {
    if (!state.sources[i] && !may_wait(plan, i, state)) state.sources[i] = 0;
  }
}

/// Wear aside: that is drawn without a run.
bool all_is_known(const Flow& flow, const FlowState& known) {
  if (known.stations.size() < flow.stations.size() ||
      known.conveyors.size() < flow.conveyors.size() || known.fleets.size() < flow.fleets.size())
    return false;
  for (std::size_t i = 0; i < flow.stations.size(); ++i) {
    const auto& station = known.stations[i];
    if (!station.buffer || station.machines.size() < flow.stations[i].machines) return false;
    for (const auto& machine : station.machines) {
      if (!machine.activity) return false;
    }
  }
  for (std::size_t i = 0; i < flow.fleets.size(); ++i) {
    const auto& fleet = known.fleets[i];
    if (!fleet.items || fleet.vehicles.size() < flow.fleets[i].vehicles) return false;
    for (const auto& vehicle : fleet.vehicles) {
      if (!vehicle.point || (flow.fleets[i].battery && !vehicle.charge)) return false;
    }
  }
  const auto has_value = [](const auto& items) { return items.has_value(); };
  return std::ranges::all_of(known.conveyors, has_value) &&
         std::ranges::all_of(known.sources, has_value);
}

/// The wear of a machine that is met at a random moment, since its last maintenance.
double draw_worn(const FlowStation& station, Random& random) {
  const double age = detail::draw_age(station.failures->uptime, random);
  const auto& maintenance = station.maintenance;
  if (!maintenance || maintenance->first > maintenance->every) return age;
  return std::min(age, maintenance->every - maintenance->first);
}

/// Those that a crew has not the people for wait for it.
void share_out_crews(const Plan& plan, FlowState& state, const std::vector<Random>& randoms) {
  std::vector<std::uint32_t> free;
  for (const auto& crew : plan.flow.crews) free.push_back(crew.people);
  const auto each_down = [&](auto visit) {
    for (std::size_t i = 0; i < state.stations.size(); ++i) {
      for (auto& machine : state.stations[i].machines) {
        const bool planned = machine.activity == Activity::Maintained;
        if (!planned && machine.activity != Activity::Failed) continue;
        visit(machine, i, planned, (planned ? plan.maintenance_crews : plan.failure_crews)[i]);
      }
    }
  };
  each_down([&](const MachineState& machine, std::size_t, bool, std::uint32_t crew) {
    if (machine.repaired_for.value_or(0.0) > 0.0 && crew != kFlowUnlimited && free[crew] > 0)
      --free[crew];
  });
  auto draws = randoms;
  each_down([&](MachineState& machine, std::size_t i, bool planned, std::uint32_t crew) {
    if (repairs_are_known(machine)) return;
    const bool waits = crew != kFlowUnlimited && free[crew] == 0;
    if (!waits && crew != kFlowUnlimited) --free[crew];
    const auto& station = plan.flow.stations[i];
    if (waits)
      machine.repaired_for = 0.0;
    else if (planned)
      machine.repaired_for =
          draws[i].uniform() * (station.maintenance ? station.maintenance->duration : 0.0);
    else if (station.failures)
      machine.repaired_for = detail::draw_age(station.failures->repair, draws[i]);
    else
      machine.repaired_for = 0.0;
  });
}

/// What stands there at the end of a run up to now.
Result<FlowState> past(const Plan& plan, const FlowState& worn, RunSettings settings) {
  const double stretch = plan.flow.settles_within;
  Plan before = plan;
  for (auto& station : before.flow.stations) {
    if (!station.maintenance) continue;
    auto& first = station.maintenance->first;
    const double every = station.maintenance->every;
    first = first <= every ? std::fmod(first + stretch, every) : first + stretch;
  }
  auto empty = worn;
  empty.time -= stretch;
  settings.warm_up = 0.0;
  settings.horizon = stretch;
  settings.start = &empty;
  settings.sampled = nullptr;
  detail::Run run(before, settings);
  GEMEL_TRY(run.run());
  return run.state();
}

template <class Value>
void fill(std::optional<Value>& known, const std::optional<Value>& drawn) {
  if (!known) known = drawn;
}

void merge(FlowState& state, const FlowState& drawn) {
  for (std::size_t i = 0; i < state.stations.size(); ++i) {
    auto& station = state.stations[i];
    fill(station.buffer, drawn.stations[i].buffer);
    for (std::size_t m = 0; m < drawn.stations[i].machines.size(); ++m) {
      const auto& from = drawn.stations[i].machines[m];
      auto& machine = station.machines[m];
      fill(machine.worn, from.worn);
      if (!machine.activity) {
        machine.maintenance_due = from.maintenance_due;
        fill(machine.activity, from.activity);
        fill(machine.repaired_for, from.repaired_for);
      }
      if (machine.activity == from.activity) fill(machine.work_left, from.work_left);
    }
  }
  for (std::size_t i = 0; i < state.conveyors.size(); ++i)
    fill(state.conveyors[i], drawn.conveyors[i]);
  for (std::size_t i = 0; i < state.sources.size(); ++i) fill(state.sources[i], drawn.sources[i]);
  for (std::size_t i = 0; i < state.fleets.size(); ++i) {
    auto& fleet = state.fleets[i];
    const auto& from = drawn.fleets[i];
    fill(fleet.items, from.items);
    fleet.vehicles.resize(std::max(fleet.vehicles.size(), from.vehicles.size()));
    for (std::size_t v = 0; v < from.vehicles.size(); ++v) {
      auto& vehicle = fleet.vehicles[v];
      // One that stands elsewhere than it was drawn to does something else there.
      if (!vehicle.point && !vehicle.charge) fill(vehicle.charging, from.vehicles[v].charging);
      fill(vehicle.point, from.vehicles[v].point);
      fill(vehicle.charge, from.vehicles[v].charge);
    }
  }
}

}  // namespace

Result<FlowState> complete(const Plan& plan, const FlowState& known, const RunSettings& settings) {
  const auto& flow = plan.flow;
  auto of_past = settings;
  of_past.seed ^= kPast;
  FlowState state = known;
  tell_sources(plan, state);
  const bool known_all = all_is_known(flow, state);
  state.stations.resize(flow.stations.size());
  state.conveyors.resize(flow.conveyors.size());
  state.fleets.resize(flow.fleets.size());
  FlowState worn{.time = known.time};
  worn.stations.resize(flow.stations.size());
  std::vector<Random> randoms;
  for (std::size_t i = 0; i < flow.stations.size(); ++i) {
    const auto& station = flow.stations[i];
    auto& machines = state.stations[i].machines;
    machines.resize(station.machines);
    worn.stations[i].machines.resize(station.machines);
    randoms.emplace_back(detail::seed_of(of_past, station.name, "worn"));
    for (std::size_t m = 0; m < machines.size() && station.failures; ++m) {
      // Drawn where it is known as well: what is known of one leaves the others' draws alone.
      const double drawn = draw_worn(station, randoms[i]);
      worn.stations[i].machines[m].worn = drawn;
      if (known_all) fill(machines[m].worn, std::optional(drawn));
    }
  }
  if (!known_all) {
    GEMEL_ASSIGN(const auto drawn, past(plan, worn, of_past));
    merge(state, drawn);
  }
  share_out_crews(plan, state, randoms);
  return state;
}

}  // namespace gemel::process_flow
