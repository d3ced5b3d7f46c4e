#pragma once
// What each element of a flow is doing in one run.

#include <array>
#include <deque>
#include <limits>
#include <vector>

#include "process_flow/detail/chance.hpp"
#include "process_flow/detail/items.hpp"
#include "process_flow/detail/vehicle.hpp"
#include "process_flow/plan.hpp"

namespace gemel::process_flow::detail {

inline constexpr double kNever = std::numeric_limits<double>::infinity();

enum class State : std::uint8_t { Idle, Working, Blocked, Down };

struct Machine {
  State state = State::Idle;
  bool maintenance_due = false;
  bool in_maintenance = false;
  bool waits_for_room = false;
  std::uint32_t version = 0;          // of its Done, Repaired and, at work, Fail
  std::uint32_t failure_version = 0;  // of Fail by the calendar
  double since = 0.0;                 // of its state
  double ends = 0.0;                  // its work, if nothing comes between
  double work_left = 0.0;             // when it is down
  double until_failure = 0.0;         // of work that it has not begun
  Row load;
  Element to;               // of the load's first, once it has been drawn
  bool drawn = false;       // whether it has
  double fails = kNever;    // at work, if nothing comes between
  double life = 0.0;        // s from as good as new until it fails
  double renewed = 0.0;     // when it was as good as new, by the calendar
  double seen_to = kNever;  // when its repair or maintenance began
  double maintained = 0.0;  // when its last maintenance ended
};

/// Who holds an item that found no room: a machine, a source, a conveyor or a vehicle.
struct Sender {
  ElementKind kind;
  std::uint32_t index;
  std::uint32_t machine;  // or vehicle, of all
};

struct StationRun {
  const FlowStation* station;
  Streams streams;
  Row queue{};
  std::vector<Machine> machines{};
  std::vector<std::uint32_t> idle{};
  std::deque<Sender> senders{};     // that wait for room here
  std::array<double, 4> time_in{};  // machine seconds, by State
  double queue_area = 0.0, queue_since = 0.0, wait_sum = 0.0;
  std::uint64_t begun = 0, failures = 0, maintenances = 0;
};

struct SourceRun {
  const FlowSource* source;
  Streams streams;
  Row outbox{};
  std::uint64_t released = 0;
  std::uint32_t inside = 0;  // items that have not left
  bool waits_for_card = false;
  bool waits_for_room = false;
  Element to{};
  bool drawn = false;
};

struct ConveyorRun {
  const FlowConveyor* conveyor;
  Streams streams;
  Row row{};
  std::deque<Sender> senders{};
  bool waits_for_room = false;
  Element to{};
  bool drawn = false;
  double area = 0.0, since = 0.0;
};

/// For a crew: a machine of a station, or a vehicle of a fleet.
struct Job {
  ElementKind kind;
  std::uint32_t index, machine;
  double duration;
};
struct CrewRun {
  std::uint32_t people = 0;
  std::uint32_t free = people;
  std::deque<Job> waiting{};
  double busy = 0.0, since = 0.0;  // people's seconds
};

}  // namespace gemel::process_flow::detail
