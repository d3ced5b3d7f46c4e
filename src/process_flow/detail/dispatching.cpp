// Which vehicle is sent to which request, and where those go that have none.

#include <algorithm>
#include <tuple>

#include "process_flow/detail/run.hpp"

namespace gemel::process_flow::detail {
namespace {

bool may_take(const Vehicle& vehicle) {
  return (vehicle.task == Task::None || vehicle.task == Task::Park) && vehicle.phase != Phase::Down;
}

}  // namespace

/// An item wants to be fetched at `from`.
void Run::request(std::uint32_t index, std::uint32_t item, const Element& from) {
  auto& run = fleets_[index];
  const auto point = plan_.stop(from);
  auto pickup = std::ranges::find(run.pickups, point, &Pickup::point);
  if (pickup == run.pickups.end()) {
    run.pickups.push_back({point});
    pickup = run.pickups.end() - 1;
  }
  pickup->waiting.push_back(
      {item, draw_way(plan_.ways_of_fleet(index, from), run.streams.ways), now_, run.requests++});
  ++run.waiting;
  dispatch(index);
}

void Run::dispatch(std::uint32_t index) {
  auto& run = fleets_[index];
  while (run.waiting > 0 && run.free > 0 && send_one(index)) {
  }
}

/// The nearest vehicle that can go to the request that comes first by the rule. False: none can go
/// anywhere.
bool Run::send_one(std::uint32_t index) {
  auto& run = fleets_[index];
  const auto vehicles = run.first + run.fleet->vehicles;
  const auto nearest = [&](std::uint32_t point, double beyond, std::uint32_t after) {
    // The nearest of those farther than `beyond`, or as far and later than `after`.
    std::pair best{GuidePath::kUnreachable, kNone};
    for (auto v = run.first; v < vehicles; ++v) {
      if (!may_take(vehicles_[v])) continue;
      const std::pair each{plan_.path.distance(vehicles_[v].point, point), v};
      if (each > std::pair{beyond, after} && each < best) best = each;
    }
    return best;
  };
  using Key = std::tuple<double, std::uint64_t, std::uint32_t>;  // rule, number, pickup
  std::vector<Key> order;
  for (std::uint32_t p = 0; p < run.pickups.size(); ++p) {
    const auto& pickup = run.pickups[p];
    if (pickup.waiting.empty()) continue;
    double first = 0.0;
    if (run.fleet->dispatching == FlowDispatching::Nearest)
      first = nearest(pickup.point, -1.0, kNone).first;
    else if (run.fleet->dispatching == FlowDispatching::LongestQueue)
      first = -static_cast<double>(pickup.waiting.size());
    order.emplace_back(first, pickup.waiting.front().number, p);
  }
  std::ranges::sort(order);
  for (const auto& key : order) {
    const auto p = std::get<2>(key);
    const auto point = run.pickups[p].point;
    for (auto [far, v] = nearest(point, -1.0, kNone); v != kNone;
         std::tie(far, v) = nearest(point, far, v)) {
      const Request request = run.pickups[p].waiting.front();
      if (!can_take(v, point, request)) continue;
      run.pickups[p].waiting.pop_front();
      --run.waiting;
      take(v, point, request);
      return true;
    }
  }
  return false;
}

/// Its charge lasts, and the ways that it claims leave all others theirs; then they are claimed.
bool Run::can_take(std::uint32_t v, std::uint32_t pick, const Request& request) {
  auto& vehicle = vehicles_[v];
  const auto drop = plan_.stop(request.to);
  if (fleets_[vehicle.fleet].fleet->battery) {
    set_phase(v, vehicle.phase);
    auto then = vehicle;
    then.task = Task::Request;
    then.pick = pick;
    then.drop = drop;
    if (low(vehicle) || vehicle.charge < need(then) + rest_of_leg(vehicle)) {
      if (vehicle.phase == Phase::Idle) go_charge(v);
      return false;
    }
  }
  return !traffic_ || traffic_->claim(v, {pick, drop, refuge(vehicle.fleet, drop)});
}

void Run::take(std::uint32_t v, std::uint32_t pick, const Request& request) {
  auto& vehicle = vehicles_[v];
  leave_parking(vehicle);
  --fleets_[vehicle.fleet].free;
  vehicle.task = Task::Request;
  vehicle.item = request.item;
  vehicle.to = request.to;
  vehicle.asked = request.since;
  vehicle.pick = pick;
  vehicle.drop = plan_.stop(request.to);
  vehicle.busy_since = now_;
  if (vehicle.phase == Phase::AwaitingWay) traffic_->withdraw(v);
  if (vehicle.phase == Phase::Idle || vehicle.phase == Phase::AwaitingWay) proceed(v);
}

/// Where a vehicle goes that has nothing to do and may be in the way; on its way there it needs
/// nothing else.
std::uint32_t Run::refuge(std::uint32_t fleet, std::uint32_t from) const {
  return (plan_.flow.fleets[fleet].battery ? plan_.nearest_charger : plan_.nearest_haven)[from];
}

void Run::leave_parking(Vehicle& vehicle) {
  if (vehicle.parks) --yards_[vehicle.rest].parked;
  vehicle.parks = false;
}

void Run::go_to_rest(std::uint32_t v, Task task, std::uint32_t point) {
  auto& vehicle = vehicles_[v];
  vehicle.task = task;
  vehicle.rest = point;
  if (vehicle.phase == Phase::Idle) proceed(v);
}

/// One that has nothing to do charges if it must, and gets out of the way.
void Run::settle(std::uint32_t v) {
  auto& vehicle = vehicles_[v];
  if (vehicle.task != Task::None || vehicle.phase != Phase::Idle) return;
  set_phase(v, Phase::Idle);
  if (low(vehicle)) return go_charge(v);
  if (!traffic_ || vehicle.parks) return wake_when_low(v);
  auto place = kNone;
  for (std::uint32_t p = 0; p < yards_.size(); ++p) {
    if (yards_[p].parked >= plan_.flow.layout.points[p].parking) continue;
    if (place == kNone ||
        plan_.path.distance(vehicle.point, p) < plan_.path.distance(vehicle.point, place))
      place = p;
  }
  if (place != kNone && lasts_to_park(vehicle, place) && traffic_->claim(v, {place})) {
    vehicle.parks = true;
    ++yards_[place].parked;
    return go_to_rest(v, Task::Park, place);
  }
  if (plan_.path.haven(vehicle.point)) return wake_when_low(v);
  go_to_rest(v, Task::Park, traffic_->goals(v).front());
}

}  // namespace gemel::process_flow::detail
