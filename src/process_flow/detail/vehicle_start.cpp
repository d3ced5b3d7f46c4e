// Where vehicles stand when a run begins.

#include <algorithm>

#include "process_flow/detail/run.hpp"

namespace gemel::process_flow::detail {

/// A point at which vehicles may stand for long, as near to `point` as can be.
std::uint32_t Run::out_of_the_way(std::uint32_t fleet, std::uint32_t point,
                                  std::uint32_t home) const {
  if (point >= plan_.path.points()) return home;
  const auto there = plan_.path.haven(point) ? point : refuge(fleet, point);
  if (there == Plan::kNoStop) return home;
  const double to_and_fro = plan_.path.distance(home, there) + plan_.path.distance(there, home);
  return to_and_fro < GuidePath::kUnreachable ? there : home;
}

/// At rest, out of each other's way.
void Run::put_vehicles(std::uint32_t index, const FleetState& known) {
  auto& run = fleets_[index];
  const auto& fleet = *run.fleet;
  run.first = static_cast<std::uint32_t>(vehicles_.size());
  run.free = fleet.vehicles;
  const auto& points = plan_.flow.layout.points;
  Random random(seed_of(settings_, fleet.name, "start"));
  const VehicleState unknown;
  for (std::uint32_t k = 0; k < fleet.vehicles; ++k) {
    auto& vehicle = vehicles_.emplace_back(Vehicle{.fleet = index});
    const auto& at = k < known.vehicles.size() ? known.vehicles[k] : unknown;
    if (fleet.failures)
      vehicle.until_failure =
          settings_.start != nullptr
              ? draw_age(fleet.failures->uptime, random)
              : std::max(fleet.failures->uptime.draw(run.streams.failures), 0.0);
    if (!plan_.path.shared()) {
      const auto origin = static_cast<std::uint32_t>(plan_.path.points() - 1);
      vehicle.point = std::min(at.point.value_or(origin), origin);
      continue;
    }
    const auto home = refuge(index, plan_.stop(plan_.fleet_feeders[index].front()));
    if (at.point) {
      vehicle.point = out_of_the_way(index, *at.point, home);
      vehicle.parks = yards_[vehicle.point].parked < points[vehicle.point].parking;
    } else {
      const auto parking = std::ranges::find_if(points, [&](const FlowPoint& point) {
        return yards_[static_cast<std::size_t>(&point - points.data())].parked < point.parking;
      });
      vehicle.parks = parking != points.end();
      vehicle.point = vehicle.parks ? static_cast<std::uint32_t>(parking - points.begin()) : home;
    }
    vehicle.rest = vehicle.point;
    yards_[vehicle.point].parked += vehicle.parks ? 1 : 0;
    if (!fleet.battery) continue;
    const double share = at.charge.value_or(fleet.battery->charge_until);
    vehicle.charge = std::clamp(share, 0.0, 1.0) * fleet.battery->capacity;
    vehicle.charge = std::max(vehicle.charge, need(vehicle));
  }
}

}  // namespace gemel::process_flow::detail
