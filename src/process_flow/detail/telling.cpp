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
  for (auto& run : fleets_) {
    run.busy = run.wait_sum = 0.0;
    run.taken = 0;
    for (auto& vehicle : run.vehicles) vehicle.since = now_;
  }
}

void Run::sample(std::uint32_t k) {
  if (k + 1 < settings_.sampled->size())
    plan_event((*settings_.sampled)[k + 1], Happens::Sample, 0, k + 1);
  std::size_t row = 0;
  const auto put = [&](auto value) { result_.series[row++][k] = static_cast<double>(value); };
  put(inside_);
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
  for (const auto& run : fleets_) put(items_of(run));
  for (const auto items : sunk_) put(items);
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
    for (auto& vehicle : run.vehicles) {
      if (vehicle.item != kNone) run.busy += now_ - vehicle.since;
    }
    out.push_back(run.busy / (horizon * static_cast<double>(run.vehicles.size())));
    out.push_back(each_of(run.wait_sum, run.taken));
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
