#pragma once
// What stands where in a flow at one moment: where a run begins that does not begin empty.

#include <cstdint>
#include <optional>
#include <vector>

namespace gemel::process_flow {

enum class Activity : std::uint8_t {
  Idle,
  Working,
  Blocked,  // what it holds is done and finds no room
  Failed,
  Maintained,
};

/// What is not known is left empty.
struct MachineState {
  std::optional<Activity> activity = {};
  std::optional<double> work_left = {};  // s at speed 1, of what it works on or failed at
  std::optional<double> repaired_for =
      {};                           // s that somebody has been at it; 0: it waits for a crew
  std::optional<double> worn = {};  // s since it was as good as new, of work or time
  bool maintenance_due = false;     // it is at work and will be seen to afterwards
};

struct StationState {
  std::optional<std::uint32_t> buffer = {};  // items that wait before the machines
  std::vector<MachineState> machines = {};   // those beyond its end are not known
};

struct VehicleState {
  std::optional<std::uint32_t> point = {};  // in FlowLayout::points, at which it is or arrives next
  std::optional<double> charge = {};        // of the battery's capacity
  std::optional<bool> charging = {};
};

struct FleetState {
  std::optional<std::uint32_t> items = {};  // that wait for it or ride
  std::vector<VehicleState> vehicles = {};  // those beyond its end are not known
};

/// Shapes: as Flow's lists; what a shorter list lacks is not known.
struct FlowState {
  double time = 0.0;  // s since 1970, UTC: shifts go by it
  std::vector<StationState> stations = {};
  std::vector<std::optional<std::uint32_t>> conveyors = {};  // items on it
  std::vector<std::optional<std::uint32_t>> sources = {};    // items that wait there for room
  std::vector<FleetState> fleets = {};
};

}  // namespace gemel::process_flow
