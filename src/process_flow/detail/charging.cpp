// Vehicles' batteries. What a vehicle must still drive on, up to a charger, is kept, and a little
// more: it takes no request for which that would not do, and while it stands it uses none of it
// (its drives are switched off once nothing else is left).

#include <algorithm>

#include "process_flow/detail/run.hpp"

namespace gemel::process_flow::detail {
namespace {

constexpr double kRounding = 1e-9;

const FlowBattery& battery_of(const FleetRun& run) { return *run.fleet->battery; }

}  // namespace

/// J for what is left of a leg on which it stopped or drives.
double Run::rest_of_leg(const Vehicle& vehicle) const {
  const auto& run = fleets_[vehicle.fleet];
  if (vehicle.phase == Phase::Down) return vehicle.left * battery_of(run).driving;
  if (vehicle.phase != Phase::Driving) return 0.0;
  return (vehicle.ends - now_) * battery_of(run).driving;
}

/// J to do its task and reach a charger with the reserve, from the point that it stands at or comes
/// to.
double Run::need(const Vehicle& vehicle) const {
  const auto& fleet = *fleets_[vehicle.fleet].fleet;
  const double empty = fleet.battery->driving / fleet.speed, loaded = empty / fleet.loaded;
  const auto& path = plan_.path;
  double joules = kBatteryReserve * fleet.battery->capacity;
  auto point = vehicle.point;
  const auto go = [&](std::uint32_t to, double a_metre) {
    joules += a_metre * path.distance(point, to);
    point = to;
  };
  switch (vehicle.task) {
    case Task::Request:
      if (!vehicle.aboard) go(vehicle.pick, empty);
      go(vehicle.drop, loaded);
      break;
    case Task::Charge:
      go(vehicle.rest, empty);
      return joules;
    case Task::Park:
      go(vehicle.rest, empty);
      break;
    case Task::None:
      break;
  }
  go(plan_.nearest_charger[point], empty);
  return joules;
}

void Run::use_battery(FleetRun& run, Vehicle& vehicle, double lasted) {
  const auto& battery = battery_of(run);
  auto& charge = vehicle.charge;
  if (vehicle.phase == Phase::Charging) {
    const double taken = std::min(battery.charging * lasted, full(vehicle) - charge);
    charge += taken;
    run.charged += taken;
  } else if (vehicle.phase == Phase::Driving) {
    charge = std::max(charge - battery.driving * lasted, 0.0);
  } else {
    const double kept = std::min(charge, need(vehicle) + rest_of_leg(vehicle));
    charge = std::max(charge - battery.standing * lasted, kept);
  }
  run.lowest = std::min(run.lowest, charge / battery.capacity);
}

double Run::full(const Vehicle& vehicle) const {
  const auto& battery = battery_of(fleets_[vehicle.fleet]);
  return std::max(battery.charge_until * battery.capacity, vehicle.charge);
}

/// Whether it must charge before anything else.
bool Run::low(const Vehicle& vehicle) const {
  const auto& run = fleets_[vehicle.fleet];
  if (!run.fleet->battery) return false;
  const double least = battery_of(run).charge_below * battery_of(run).capacity;
  return vehicle.charge <= std::max(least, need(vehicle) + rest_of_leg(vehicle)) +
                               kRounding * battery_of(run).capacity;
}

bool Run::lasts_to_park(const Vehicle& vehicle, std::uint32_t place) const {
  if (!fleets_[vehicle.fleet].fleet->battery) return true;
  auto then = vehicle;
  then.task = Task::Park;
  then.rest = place;
  return vehicle.charge > need(then) + kRounding * battery_of(fleets_[vehicle.fleet]).capacity;
}

/// An idle one looks at its battery again when standing will have brought it low.
void Run::wake_when_low(std::uint32_t v) {
  const auto& vehicle = vehicles_[v];
  const auto& run = fleets_[vehicle.fleet];
  if (!run.fleet->battery || battery_of(run).standing <= 0.0) return;
  const double least =
      std::max(battery_of(run).charge_below * battery_of(run).capacity, need(vehicle));
  wake(v, (vehicle.charge - least) / battery_of(run).standing);
}

/// To the nearest charger that nobody is bound for, or else the nearest of all.
void Run::go_charge(std::uint32_t v) {
  auto& vehicle = vehicles_[v];
  auto& run = fleets_[vehicle.fleet];
  const auto& points = plan_.flow.layout.points;
  const double a_metre = battery_of(run).driving / run.fleet->speed;
  auto best = plan_.nearest_charger[vehicle.point];
  bool taken = yards_[best].bound >= points[best].chargers;
  for (std::uint32_t p = 0; p < points.size(); ++p) {
    const double far = plan_.path.distance(vehicle.point, p);
    const bool free = yards_[p].bound < points[p].chargers;
    if (!free || a_metre * far > vehicle.charge) continue;
    if (!taken && far >= plan_.path.distance(vehicle.point, best)) continue;
    best = p;
    taken = false;
  }
  if (!traffic_->claim(v, {best})) {
    // Where it stands it may be in the way: first as it has claimed, which is to a charger as well.
    return go_to_rest(v, Task::Park, traffic_->goals(v).front());
  }
  leave_parking(vehicle);
  --run.free;
  ++yards_[best].bound;
  go_to_rest(v, Task::Charge, best);
}

void Run::plug_in(std::uint32_t v) {
  auto& yard = yards_[vehicles_[v].rest];
  if (yard.charging >= plan_.flow.layout.points[vehicles_[v].rest].chargers) {
    set_phase(v, Phase::AwaitingCharger);
    return yard.waiting.push_back(v);
  }
  ++yard.charging;
  set_phase(v, Phase::Charging);
  const auto& battery = battery_of(fleets_[vehicles_[v].fleet]);
  wake(v, (full(vehicles_[v]) - vehicles_[v].charge) / battery.charging);
}

void Run::charged(std::uint32_t v) {
  auto& vehicle = vehicles_[v];
  auto& run = fleets_[vehicle.fleet];
  set_phase(v, Phase::Idle);
  auto& yard = yards_[vehicle.rest];
  --yard.charging;
  --yard.bound;
  vehicle.charge = full(vehicle);  // whatever rounding left
  vehicle.task = Task::None;
  ++run.free;
  if (!yard.waiting.empty()) {
    const auto next = yard.waiting.front();
    yard.waiting.pop_front();
    plug_in(next);
  }
  dispatch(vehicle.fleet);
  settle(v);
}

}  // namespace gemel::process_flow::detail
