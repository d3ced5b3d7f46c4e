#include <algorithm>
#include <cmath>
#include <utility>

#include "process_flow/detail/run.hpp"

namespace gemel::process_flow::detail {

void Run::leave_conveyor(std::uint32_t index) {
  auto& run = conveyors_[index];
  if (!run.drawn) {
    run.to = draw_way(plan_.conveyor_ways[index], run.streams.ways);
    run.drawn = true;
  }
  if (!has_room(run.to)) {
    if (!run.waits_for_room) wait_for_room(run.to, {ElementKind::Conveyor, index, 0});
    run.waits_for_room = true;
    return;
  }
  run.drawn = false;
  count_conveyor(run);
  const auto id = items_.take_first(run.row);
  if (run.row.count > 0)
    plan_event(std::max(now_, items_[run.row.head].queued), Happens::Exit, index);
  accept(Element(run.to), id);
  tell_of_room({ElementKind::Conveyor, index}, run.senders);
}

std::pair<double, double> Run::place(std::uint32_t station) const {
  return station == kNone ? std::pair{0.0, 0.0} : plan_.station_places[station];
}
std::pair<double, double> Run::place(const Element& element) const {
  return place(element.kind == ElementKind::Station ? element.index : kNone);
}

std::size_t Run::items_of(const FleetRun& run) {
  const auto riding = std::count_if(run.vehicles.begin(), run.vehicles.end(),
                                    [](const Vehicle& each) { return each.item != kNone; });
  return run.jobs.size() + static_cast<std::size_t>(riding);
}

void Run::dispatch(std::uint32_t index) {
  auto& run = fleets_[index];
  const auto& fleet = *run.fleet;
  while (!run.jobs.empty()) {
    const auto [item, to] = run.jobs.front();
    const auto [x, y] = place(items_[item].station);
    Vehicle* nearest = nullptr;
    double way = 0.0;
    for (auto& vehicle : run.vehicles) {
      const double there = std::fabs(vehicle.x - x) + std::fabs(vehicle.y - y);
      if (vehicle.item == kNone && (nearest == nullptr || there < way)) {
        nearest = &vehicle;
        way = there;
      }
    }
    if (nearest == nullptr) return;
    run.jobs.pop_front();
    const auto [to_x, to_y] = place(to);
    const double trip = way + std::fabs(to_x - x) + std::fabs(to_y - y);
    *nearest = {item, to, to_x, to_y, now_};
    run.wait_sum += now_ - items_[item].queued + way / fleet.speed;
    ++run.taken;
    plan_event(now_ + trip / fleet.speed + 2.0 * fleet.handling, Happens::Arrive, index,
               static_cast<std::uint32_t>(nearest - run.vehicles.data()));
  }
}

void Run::arrive(std::uint32_t index, std::uint32_t v) {
  auto& run = fleets_[index];
  auto& vehicle = run.vehicles[v];
  if (!has_room(vehicle.to)) return wait_for_room(vehicle.to, {ElementKind::Fleet, index, v});
  const auto item = std::exchange(vehicle.item, kNone);
  run.busy += now_ - vehicle.since;
  accept(Element(vehicle.to), item);
  dispatch(index);
}

}  // namespace gemel::process_flow::detail
