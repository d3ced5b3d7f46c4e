// Whether anything can still move at the end of a run, and who waits for what if nothing can.

#include "process_flow/detail/run.hpp"

namespace gemel::process_flow::detail {

/// Whether an event that is still to come brings an item on. Maintenance, the end of a life by the
/// calendar and an idle vehicle's battery go on for ever and move nothing.
bool Run::moves_items(const Event& event) const {
  const auto element = event.what & 0xFFFFFFu;
  switch (static_cast<Happens>(event.what >> 24)) {
    case Happens::Release:
    case Happens::Exit:
    case Happens::Repaired:
      return true;
    case Happens::Done:
      return stations_[element].machines[event.machine].version == event.version;
    case Happens::Fail: {
      const auto& run = stations_[element];
      return run.station->failures->of_work && run.machines[event.machine].version == event.version;
    }
    case Happens::ShiftBegins:
      return stations_[element].queue.count >= stations_[element].station->batch;
    case Happens::Vehicle: {
      const auto& vehicle = vehicles_[element];
      return vehicle.version == event.version &&
             (vehicle.task == Task::Request || fleets_[vehicle.fleet].waiting > 0);
    }
    case Happens::MaintenanceDue:
    case Happens::Count:
    case Happens::Sample:
      return false;
  }
  return false;
}

/// The first few of them.
std::string Run::who_waits() const {
  constexpr int kNamed = 4;
  const auto& flow = plan_.flow;
  const auto name = [&](const Element& of) -> const std::string& {
    switch (of.kind) {
      case ElementKind::Source:
        return flow.sources[of.index].name;
      case ElementKind::Station:
        return flow.stations[of.index].name;
      case ElementKind::Conveyor:
        return flow.conveyors[of.index].name;
      case ElementKind::Fleet:
        return flow.fleets[of.index].name;
      case ElementKind::Sink:
        break;
    }
    return flow.sinks[of.index].name;
  };
  std::string out;
  int named = 0;
  const auto add = [&](const std::string& each) {
    if (++named <= kNamed) out += (out.empty() ? "" : ", ") + each;
  };
  for (std::uint32_t v = 0; v < vehicles_.size(); ++v) {
    const auto& vehicle = vehicles_[v];
    const auto& run = fleets_[vehicle.fleet];
    const auto& points = flow.layout.points;
    const auto who = run.fleet->name + " " + std::to_string(v - run.first + 1) +
                     (points.empty() ? "" : " at " + points[vehicle.point].name);
    if (vehicle.phase == Phase::AwaitingRoom) add(who + " for room at " + name(vehicle.to));
    if (vehicle.phase == Phase::AwaitingWay) {
      const auto leg = plan_.path.leg(vehicle.point, target(vehicle));
      add(who + " for the way " + flow.layout.ways[leg.way].name);
    }
  }
  for (std::uint32_t i = 0; i < stations_.size(); ++i) {
    for (const auto& machine : stations_[i].machines) {
      if (!machine.waits_for_room) continue;
      add(flow.stations[i].name + " for room at " + name(machine.to));
      break;
    }
  }
  for (std::uint32_t i = 0; i < conveyors_.size(); ++i) {
    if (conveyors_[i].waits_for_room)
      add(flow.conveyors[i].name + " for room at " + name(conveyors_[i].to));
  }
  if (named > kNamed) out += " and " + std::to_string(named - kNamed) + " more";
  return out;
}

}  // namespace gemel::process_flow::detail
