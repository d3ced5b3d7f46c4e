// What a run counts, and what it tells at its end: in the order of Plan::indicators and series.

#include "process_flow/detail/run.hpp"

namespace gemel::process_flow::detail {
namespace {

std::optional<double> each_of(double sum, std::uint64_t count) {
  if (count == 0) return {};
  return sum / static_cast<double>(count);
}

double spent(const StationRun& run, State state) {
  return run.time_in[static_cast<std::size_t>(state)];
}

constexpr double kJoulesPerKilowattHour = 3.6e6, kSecondsPerHour = 3600.0;

}  // namespace

void Run::count_from_here() {
  result_.items = 0;
  time_in_system_ = 0.0;
  times_in_system_.clear();
  inside_area_ = 0.0;
  inside_since_ = now_;
  sunk_before_ = sunk_;
  for (auto& run : stations_) {
    run.time_in = {};
    for (auto& machine : run.machines) machine.since = now_;
    run.queue_area = run.wait_sum = 0.0;
    run.queue_since = now_;
    run.begun = run.failures = run.maintenances = 0;
  }
  for (auto& run : conveyors_) {
    run.area = 0.0;
    run.since = now_;
  }
  for (auto& run : crews_) {
    run.busy = 0.0;
    run.since = now_;
  }
  for (std::uint32_t v = 0; v < vehicles_.size(); ++v) {
    set_phase(v, vehicles_[v].phase);
    vehicles_[v].busy_since = now_;
  }
  for (auto& run : fleets_) {
    run.time_in = {};
    run.busy = run.wait_sum = run.charged = 0.0;
    run.taken = run.delivered = run.failures = 0;
    run.lowest = kNever;
    for (auto v = run.first; run.fleet->battery && v < run.first + run.fleet->vehicles; ++v)
      run.lowest = std::min(run.lowest, vehicles_[v].charge / run.fleet->battery->capacity);
  }
}

void Run::sample(std::uint32_t k) {
  if (k + 1 < settings_.sampled->size())
    plan_event((*settings_.sampled)[k + 1], Happens::Sample, 0, k + 1);
  std::size_t row = 0;
  const auto put = [&](auto value) { result_.series[row++][k] = static_cast<double>(value); };
  put(inside_);
  for (const auto& run : sources_) put(run.outbox.count);
  for (const auto& run : stations_) {
    put(run.queue.count);
    std::array<std::uint32_t, 4> in{};
    for (const auto& machine : run.machines) ++in[static_cast<std::size_t>(machine.state)];
    put(in[static_cast<std::size_t>(State::Working)]);
    put(in[static_cast<std::size_t>(State::Blocked)]);
    put(in[static_cast<std::size_t>(State::Down)]);
    const auto mean = [&](auto of) {
      double sum = 0.0;
      for (const auto& machine : run.machines) sum += of(machine);
      return sum / static_cast<double>(run.machines.size());
    };
    if (run.station->failures) put(mean([&](const Machine& each) { return worn(run, each); }));
    if (run.station->maintenance)
      put(mean([&](const Machine& each) { return now_ - each.maintained; }));
  }
  for (const auto& run : conveyors_) put(run.row.count);
  for (std::uint32_t v = 0; v < vehicles_.size(); ++v) set_phase(v, vehicles_[v].phase);
  for (const auto& run : fleets_) {
    put(items_of(run));
    std::uint32_t working = 0, charging = 0;
    double charge = 0.0;
    for (auto v = run.first; v < run.first + run.fleet->vehicles; ++v) {
      working += vehicles_[v].task == Task::Request ? 1 : 0;
      charging += vehicles_[v].phase == Phase::Charging ? 1 : 0;
      charge += vehicles_[v].charge;
    }
    put(working);
    if (!run.fleet->battery) continue;
    put(charging);
    put(charge / (run.fleet->battery->capacity * run.fleet->vehicles));
  }
  for (const auto items : sunk_) put(items);
}

std::uint32_t Run::items_of(const FleetRun& run) const {
  auto items = run.waiting;
  for (auto v = run.first; v < run.first + run.fleet->vehicles; ++v)
    items += vehicles_[v].item != kNone ? 1 : 0;
  return items;
}

void Run::tell_fleet(FleetRun& run) {
  const auto& fleet = *run.fleet;
  const double horizon = settings_.horizon, all = horizon * fleet.vehicles;
  auto& out = result_.indicators;
  for (auto v = run.first; v < run.first + fleet.vehicles; ++v) {
    set_phase(v, vehicles_[v].phase);
    if (vehicles_[v].task == Task::Request) run.busy += now_ - vehicles_[v].busy_since;
  }
  const auto share = [&](Doing doing) {
    return run.time_in[static_cast<std::size_t>(doing)] / all;
  };
  out.push_back(run.busy / all);
  for (const auto doing : {Doing::Loaded, Doing::Empty, Doing::Waiting, Doing::Idle})
    out.push_back(share(doing));
  if (fleet.battery) out.push_back(share(Doing::Charging));
  if (fleet.failures) out.push_back(share(Doing::Down));
  out.push_back(each_of(run.wait_sum, run.taken));
  out.push_back(static_cast<double>(run.delivered) / horizon);
  if (fleet.battery) out.push_back(run.lowest);
  if (fleet.failures) out.push_back(static_cast<double>(run.failures));
}

void Run::tell() {
  const double horizon = settings_.horizon;
  auto& out = result_.indicators;
  change_inside(0);
  out.push_back(static_cast<double>(result_.items) / horizon);
  out.push_back(each_of(time_in_system_, times_in_system_.count()));
  out.push_back(times_in_system_.quantile(0.9));
  out.push_back(inside_area_ / horizon);
  double joules = 0.0, cost = 0.0, down = 0.0;
  for (auto& run : stations_) {
    for (auto& machine : run.machines) set_state(run, machine, machine.state);
    count_queue(run);
    const auto machines = static_cast<double>(run.machines.size());
    for (const auto state : {State::Working, State::Idle, State::Blocked, State::Down})
      out.push_back(spent(run, state) / (horizon * machines));
    out.push_back(run.queue_area / horizon);
    out.push_back(each_of(run.wait_sum, run.begun));
    const auto& station = *run.station;
    if (station.failures) {
      out.push_back(static_cast<double>(run.failures));
      cost += station.failures->cost * static_cast<double>(run.failures);
    }
    if (station.maintenance)
      cost += station.maintenance->cost * static_cast<double>(run.maintenances);
    cost += station.cost_per_hour * machines * horizon / kSecondsPerHour;
    joules += station.power_working * spent(run, State::Working) +
              station.power_idle * (spent(run, State::Idle) + spent(run, State::Blocked));
    down += spent(run, State::Down);
  }
  for (auto& run : conveyors_) {
    count_conveyor(run);
    out.push_back(run.area / horizon);
  }
  for (auto& run : fleets_) {
    tell_fleet(run);
    const auto& fleet = *run.fleet;
    cost += fleet.cost_per_hour * fleet.vehicles * horizon / kSecondsPerHour;
    if (fleet.failures) cost += fleet.failures->cost * static_cast<double>(run.failures);
    down += run.time_in[static_cast<std::size_t>(Doing::Down)];
    joules += run.charged;
  }
  for (auto& run : crews_) {
    count_crew(run);
    out.push_back(run.busy / (horizon * run.people));
  }
  for (std::size_t i = 0; i < sunk_.size(); ++i)
    out.push_back(static_cast<double>(sunk_[i] - sunk_before_[i]));
  out.push_back(down / kSecondsPerHour);
  const double energy = joules / kJoulesPerKilowattHour;
  if (plan_.tells.energy) out.push_back(energy);
  if (!plan_.tells.cost) return;
  cost += energy * plan_.flow.energy_price;
  out.push_back(cost);
  if (!plan_.tells.value) return;
  double value = 0.0;
  for (std::size_t i = 0; i < sunk_.size(); ++i)
    value += plan_.flow.sinks[i].value * static_cast<double>(sunk_[i] - sunk_before_[i]);
  out.push_back(value - cost);
}

}  // namespace gemel::process_flow::detail
