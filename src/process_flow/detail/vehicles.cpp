// How a vehicle goes about its task: leg by leg, waiting for ways, loading and unloading, failing.

#include <algorithm>
#include <utility>

#include "process_flow/detail/run.hpp"

namespace gemel::process_flow::detail {
namespace {

Doing doing(const Vehicle& vehicle) {
  switch (vehicle.phase) {
    case Phase::Idle:
      return Doing::Idle;
    case Phase::Driving:
      return vehicle.aboard ? Doing::Loaded : Doing::Empty;
    case Phase::Loading:
    case Phase::Unloading:
      return Doing::Loaded;
    case Phase::AwaitingWay:
    case Phase::BehindAnother:
    case Phase::AwaitingRoom:
      return Doing::Waiting;
    case Phase::AwaitingCharger:
    case Phase::Charging:
      return Doing::Charging;
    case Phase::Down:
      return Doing::Down;
  }
  return Doing::Idle;
}

}  // namespace

/// Ends what it was at, which is counted, and takes from its battery what that took.
void Run::set_phase(std::uint32_t v, Phase phase) {
  auto& vehicle = vehicles_[v];
  auto& run = fleets_[vehicle.fleet];
  const double lasted = now_ - vehicle.since;
  run.time_in[static_cast<std::size_t>(doing(vehicle))] += lasted;
  if (run.fleet->battery) use_battery(run, vehicle, lasted);
  vehicle.since = now_;
  vehicle.phase = phase;
}

void Run::wake(std::uint32_t v, double after) {
  plan_event(now_ + after, Happens::Vehicle, v, 0, ++vehicles_[v].version);
}

/// What it waited for has happened: the end of its phase.
void Run::vehicle_goes_on(std::uint32_t v) {
  auto& vehicle = vehicles_[v];
  switch (vehicle.phase) {
    case Phase::Driving:
      return vehicle.will_fail ? break_down(v) : leg_over(v);
    case Phase::Loading:
      vehicle.aboard = true;
      return proceed(v);
    case Phase::Unloading:
      return hand_over(v);
    case Phase::Charging:
      return charged(v);
    case Phase::Down:
      return vehicle_repaired(v);
    case Phase::Idle:
      return settle(v);
    case Phase::AwaitingWay:
    case Phase::BehindAnother:
    case Phase::AwaitingRoom:
    case Phase::AwaitingCharger:
      return;
  }
}

std::uint32_t Run::target(const Vehicle& vehicle) {
  if (vehicle.task != Task::Request) return vehicle.rest;
  return vehicle.aboard ? vehicle.drop : vehicle.pick;
}

/// It stands at a point: on to the next, or it is there.
void Run::proceed(std::uint32_t v) {
  auto& vehicle = vehicles_[v];
  const auto to = target(vehicle);
  if (vehicle.point == to) return there(v);
  if (!traffic_) return depart(v, plan_.path.leg(vehicle.point, to));
  set_phase(v, Phase::AwaitingWay);
  traffic_->ask(v);
  admit();
}

void Run::admit() {
  for (const auto& [v, leg] : traffic_->admit()) depart(v, leg);
}

void Run::depart(std::uint32_t v, const Leg& leg) {
  auto& vehicle = vehicles_[v];
  const auto& fleet = *fleets_[vehicle.fleet].fleet;
  set_phase(v, vehicle.phase);  // what it stood on was kept for more than this leg
  vehicle.point = leg.to;
  drive(v, leg.length / (fleet.speed * (vehicle.aboard ? fleet.loaded : 1.0)));
}

void Run::drive(std::uint32_t v, double seconds) {
  set_phase(v, Phase::Driving);
  auto& vehicle = vehicles_[v];
  const bool fails = fleets_[vehicle.fleet].fleet->failures.has_value();
  vehicle.ends = now_ + seconds;
  vehicle.will_fail = fails && vehicle.until_failure < seconds;
  if (vehicle.will_fail) {
    vehicle.left = seconds - vehicle.until_failure;
    return wake(v, vehicle.until_failure);
  }
  vehicle.until_failure -= seconds;
  wake(v, seconds);
}

/// On a shared way those who came after wait for those before: none overtakes.
void Run::leg_over(std::uint32_t v) {
  if (!traffic_) return proceed(v);
  set_phase(v, Phase::BehindAnother);
  const auto left = traffic_->arrive(v);
  for (const auto each : left) proceed(each);
  if (!left.empty()) admit();
}

void Run::there(std::uint32_t v) {
  auto& vehicle = vehicles_[v];
  auto& run = fleets_[vehicle.fleet];
  if (traffic_) traffic_->reached(v);
  switch (vehicle.task) {
    case Task::Request:
      if (vehicle.aboard) {
        set_phase(v, Phase::Unloading);
        return wake(v, std::max(run.fleet->unloading.draw(run.streams.service), 0.0));
      }
      run.wait_sum += now_ - vehicle.asked;
      ++run.taken;
      set_phase(v, Phase::Loading);
      return wake(v, std::max(run.fleet->loading.draw(run.streams.service), 0.0));
    case Task::Charge:
      return plug_in(v);
    case Task::Park:
    case Task::None:
      set_phase(v, Phase::Idle);
      vehicle.task = Task::None;
      dispatch(vehicle.fleet);
      return settle(v);
  }
}

void Run::hand_over(std::uint32_t v) {
  auto& vehicle = vehicles_[v];
  auto& run = fleets_[vehicle.fleet];
  if (!has_room(vehicle.to)) {
    set_phase(v, Phase::AwaitingRoom);
    return wait_for_room(vehicle.to, {ElementKind::Fleet, vehicle.fleet, v});
  }
  set_phase(v, Phase::Idle);
  const auto item = std::exchange(vehicle.item, kNone);
  vehicle.aboard = false;
  vehicle.task = Task::None;
  run.busy += now_ - vehicle.busy_since;
  ++run.delivered;
  ++run.free;
  pass_on({ElementKind::Fleet, vehicle.fleet}, Element(vehicle.to), item);
  dispatch(vehicle.fleet);
  settle(v);
}

void Run::break_down(std::uint32_t v) {
  set_phase(v, Phase::Down);
  auto& vehicle = vehicles_[v];
  auto& run = fleets_[vehicle.fleet];
  const auto& failures = *run.fleet->failures;
  ++run.failures;
  call(plan_.fleet_crews[vehicle.fleet],
       {ElementKind::Fleet, vehicle.fleet, v,
        std::max(failures.repair.draw(run.streams.repairs), 0.0)});
}

void Run::vehicle_repaired(std::uint32_t v) {
  auto& vehicle = vehicles_[v];
  auto& run = fleets_[vehicle.fleet];
  vehicle.until_failure = std::max(run.fleet->failures->uptime.draw(run.streams.failures), 0.0);
  drive(v, vehicle.left);
  release_crew(plan_.fleet_crews[vehicle.fleet]);
}

}  // namespace gemel::process_flow::detail
