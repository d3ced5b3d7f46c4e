// Where a run starts, empty or from what stands where; and what stands where at its end.

#include <cmath>

#include "process_flow/detail/run.hpp"

namespace gemel::process_flow::detail {
namespace {

template <class Known>
Known known_of(const std::vector<Known>& all, std::size_t index) {
  return index < all.size() ? all[index] : Known{};
}

bool holds_load(const FlowStation& station, const MachineState& known) {
  switch (known.activity.value_or(Activity::Idle)) {
    case Activity::Working:
    case Activity::Blocked:
      return true;
    case Activity::Failed:  // at work, unless only the calendar wears it
      return known.work_left ? *known.work_left > 0.0
                             : station.failures && station.failures->of_work;
    case Activity::Idle:
    case Activity::Maintained:
      return false;
  }
  return false;
}

}  // namespace

Run::Run(const Plan& plan, const RunSettings& settings)
    : plan_(plan),
      settings_(settings),
      began_(settings.start != nullptr ? settings.start->time : 0.0),
      sunk_(plan.flow.sinks.size()),
      sunk_before_(sunk_) {
  const auto& flow = plan.flow;
  for (const auto& each : flow.crews) crews_.push_back({each.people});
  for (const auto& each : flow.conveyors) conveyors_.push_back({&each, {settings, each.name}});
  for (const auto& each : flow.fleets)
    fleets_.push_back({.fleet = &each, .streams = {settings, each.name}});
  for (const auto& each : flow.stations) {
    stations_.push_back({&each, {settings, each.name}});
    stations_.back().machines.resize(each.machines);
  }
  for (const auto& each : flow.sources) sources_.push_back({&each, {settings, each.name}});
  yards_.resize(flow.layout.points.size());
  for (std::uint32_t i = 0; i < fleets_.size(); ++i)
    put_vehicles(i, settings.start == nullptr ? FleetState{} : known_of(settings.start->fleets, i));
  if (plan.path.shared()) {
    traffic_.emplace(plan.path, vehicles_.size());
    for (std::uint32_t v = 0; v < vehicles_.size(); ++v) traffic_->put(v, vehicles_[v].point);
  }
  if (settings.start == nullptr)
    begin_empty();
  else
    begin_from(*settings.start);
  plan_event(settings.warm_up, Happens::Count, 0);
  if (settings.sampled != nullptr && !settings.sampled->empty()) {
    result_.series.assign(plan.series.size(), std::vector<double>(settings.sampled->size()));
    plan_event(settings.sampled->front(), Happens::Sample, 0, 0);
  }
}

void Run::begin_empty() {
  for (std::uint32_t i = 0; i < stations_.size(); ++i) {
    const auto machines = stations_[i].station->machines;
    for (std::uint32_t m = 0; m < machines; ++m) {
      stations_[i].idle.push_back(machines - 1 - m);
      new_life(i, m);
    }
    plan_upkeep(i);
  }
  for (std::uint32_t i = 0; i < sources_.size(); ++i) {
    auto& run = sources_[i];
    const bool by_time = run.source->cards == kFlowUnlimited;
    plan_event(by_time ? run.source->between.draw(run.streams.service) : 0.0, Happens::Release, i);
  }
  for (std::uint32_t v = 0; v < vehicles_.size(); ++v) settle(v);
}

void Run::plan_upkeep(std::uint32_t index) {
  const auto& station = *stations_[index].station;
  if (station.maintenance) {
    const auto& planned = *station.maintenance;
    for (std::uint32_t m = 0; m < station.machines; ++m) {
      stations_[index].machines[m].maintained = std::min(planned.first - planned.every, 0.0);
      plan_event(planned.first, Happens::MaintenanceDue, index, m);
    }
  }
  const double phase = std::fmod(began_, station.period);
  for (const auto& shift : station.shifts) {
    const double to_come = shift.from - phase;
    plan_event(to_come >= 0.0 ? to_come : to_come + station.period, Happens::ShiftBegins, index);
  }
}

/// Everything is put where it stands before anything moves: what goes on may need room elsewhere.
void Run::begin_from(const FlowState& start) {
  std::vector<StationState> known;
  for (std::uint32_t i = 0; i < stations_.size(); ++i) {
    known.push_back(known_of(start.stations, i));
    Random random(seed_of(settings_, stations_[i].station->name, "start"));
    put_station(i, known[i], random);
    plan_upkeep(i);
  }
  for (std::uint32_t i = 0; i < conveyors_.size(); ++i) {
    auto& run = conveyors_[i];
    const auto items = known_of(start.conveyors, i).value_or(0);
    for (std::uint32_t k = 0; k < items; ++k) {
      const auto id = item_found({ElementKind::Conveyor, i});
      items_[id].queued = run.conveyor->travel * (k + 1.0) / (items + 1.0);
      items_.append(run.row, id);
    }
    if (items > 0) plan_event(items_[run.row.head].queued, Happens::Exit, i);
  }
  for (const auto& run : fleets_) {
    const auto i = static_cast<std::size_t>(&run - fleets_.data());
    const auto vehicles = known_of(start.fleets, i).vehicles;
    for (std::uint32_t k = 0; k < std::min<std::size_t>(vehicles.size(), run.fleet->vehicles); ++k)
      if (run.fleet->battery && vehicles[k].charging.value_or(false)) go_charge(run.first + k);
  }
  for (std::uint32_t i = 0; i < fleets_.size(); ++i) {
    const auto items = known_of(start.fleets, i).items.value_or(0);
    const auto& feeders = plan_.fleet_feeders[i];
    for (std::uint32_t k = 0; k < items && !feeders.empty(); ++k)
      request(i, item_found({ElementKind::Fleet, i}), feeders[k % feeders.size()]);
  }
  for (std::uint32_t v = 0; v < vehicles_.size(); ++v) settle(v);
  // Crews go on with what they were at before they take up anything else.
  for (const bool waiting : {false, true}) {
    for (std::uint32_t i = 0; i < stations_.size(); ++i) call_crews(i, known[i], waiting);
  }
  for (std::uint32_t i = 0; i < stations_.size(); ++i) set_going(i);
  for (std::uint32_t i = 0; i < sources_.size(); ++i) {
    auto& run = sources_[i];
    const auto waiting = known_of(start.sources, i).value_or(0);
    for (std::uint32_t k = 0; k < waiting; ++k) {
      change_inside(+1);
      ++run.inside;
      items_.append(run.outbox, items_.make({-1.0, now_, kNone, i}));
    }
    if (waiting > 0) send_out(i);
    Random random(seed_of(settings_, run.source->name, "start"));
    const bool by_time = run.source->cards == kFlowUnlimited;
    plan_event(by_time ? draw_age(run.source->between, random) : 0.0, Happens::Release, i);
  }
}

/// An item that stands there since nobody knows when, from the first source that leads there.
std::uint32_t Run::item_found(const Element& at) {
  const auto& origin = plan_.origin(at);
  change_inside(+1);
  ++sources_[origin.source].inside;
  return items_.make({-1.0, now_, kNone, origin.source});
}

void Run::put_station(std::uint32_t index, const StationState& known, Random& random) {
  auto& run = stations_[index];
  const auto& station = *run.station;
  std::uint32_t waiting = known.buffer.value_or(0);
  // What a machine held that the plan has no longer goes back.
  for (std::size_t m = run.machines.size(); m < known.machines.size(); ++m)
    waiting += holds_load(station, known.machines[m]) ? station.batch : 0;
  for (std::uint32_t k = 0; k < waiting; ++k)
    items_.append(run.queue, item_found({ElementKind::Station, index}));
  for (std::uint32_t m = station.machines; m-- > 0;)
    put_machine(index, m, known_of(known.machines, m), random);
}

void Run::put_machine(std::uint32_t index, std::uint32_t m, const MachineState& known,
                      Random& random) {
  auto& run = stations_[index];
  const auto& station = *run.station;
  auto& machine = run.machines[m];
  machine.maintenance_due = known.maintenance_due;
  if (station.failures) {
    const double worn = known.worn.value_or(0.0);
    set_life(index, m, worn, draw_rest(station.failures->uptime, worn, random));
  }
  if (holds_load(station, known)) {
    for (std::uint32_t k = 0; k < station.batch; ++k)
      items_.append(machine.load, item_found({ElementKind::Station, index}));
  }
  const auto work_left = [&] {
    return (known.work_left ? *known.work_left : draw_age(station.service, random)) / station.speed;
  };
  switch (known.activity.value_or(Activity::Idle)) {
    case Activity::Idle:
      return run.idle.push_back(m);
    case Activity::Working:
      machine.state = State::Working;
      machine.work_left = work_left();
      return;
    case Activity::Blocked:
      machine.state = State::Blocked;
      return;
    case Activity::Failed:
      machine.work_left = machine.load.count > 0 ? work_left() : 0.0;
      break;
    case Activity::Maintained:
      machine.in_maintenance = true;
      break;
  }
  machine.state = State::Down;
  ++machine.failure_version;  // its life is over
  const double since = known.repaired_for.value_or(0.0);
  machine.ends =
      machine.in_maintenance
          ? std::max((station.maintenance ? station.maintenance->duration : 0.0) - since, 0.0)
          : draw_rest(station.failures ? station.failures->repair : Distribution(), since, random);
  if (!known.repaired_for && !machine.in_maintenance && station.failures)
    machine.ends = draw_age(station.failures->repair, random);
}

void Run::call_crews(std::uint32_t index, const StationState& known, bool waiting) {
  auto& run = stations_[index];
  for (std::uint32_t m = 0; m < run.machines.size(); ++m) {
    auto& machine = run.machines[m];
    const double since = known_of(known.machines, m).repaired_for.value_or(1.0);
    if (machine.state != State::Down || (since <= 0.0) != waiting) continue;
    call((machine.in_maintenance ? plan_.maintenance_crews : plan_.failure_crews)[index],
         {ElementKind::Station, index, m, machine.ends});
    if (machine.seen_to != kNever) machine.seen_to = now_ - since;
  }
}

void Run::set_going(std::uint32_t index) {
  auto& run = stations_[index];
  for (std::uint32_t m = 0; m < run.machines.size(); ++m) {
    auto& machine = run.machines[m];
    if (machine.state == State::Working && machine.version == 0) work(index, m, machine.work_left);
    if (machine.state == State::Blocked && !machine.waits_for_room) done(index, m);
  }
  begin(index);
  if (!run.senders.empty()) tell_of_room({ElementKind::Station, index}, run.senders);
}

FlowState Run::state() const {
  FlowState now{.time = began_ + now_};
  for (const auto& run : stations_) {
    StationState station{.buffer = run.queue.count};
    for (const auto& machine : run.machines) {
      MachineState each{.maintenance_due = machine.maintenance_due};
      if (run.station->failures) each.worn = worn(run, machine);
      double left = machine.work_left;
      if (machine.state == State::Idle) {
        each.activity = Activity::Idle;
      } else if (machine.state == State::Blocked) {
        each.activity = Activity::Blocked;
      } else if (machine.state == State::Working) {
        each.activity = Activity::Working;
        left = machine.ends - now_;
      } else {
        each.activity = machine.in_maintenance ? Activity::Maintained : Activity::Failed;
        each.repaired_for = machine.seen_to == kNever ? 0.0 : now_ - machine.seen_to;
      }
      each.work_left = std::max(left, 0.0) * run.station->speed;
      station.machines.push_back(each);
    }
    now.stations.push_back(std::move(station));
  }
  for (const auto& run : sources_) now.sources.emplace_back(run.outbox.count);
  for (const auto& run : conveyors_) now.conveyors.emplace_back(run.row.count);
  for (const auto& run : fleets_) {
    FleetState fleet{.items = items_of(run)};
    for (auto v = run.first; v < run.first + run.fleet->vehicles; ++v) {
      const auto& vehicle = vehicles_[v];
      fleet.vehicles.push_back({.point = vehicle.point, .charging = vehicle.task == Task::Charge});
      if (run.fleet->battery)
        fleet.vehicles.back().charge = vehicle.charge / run.fleet->battery->capacity;
    }
    now.fleets.push_back(std::move(fleet));
  }
  return now;
}

}  // namespace gemel::process_flow::detail
