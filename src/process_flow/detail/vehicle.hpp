#pragma once
// Vehicles as agents: what each is at, and what waits for them.

#include <array>
#include <deque>
#include <vector>

#include "process_flow/detail/chance.hpp"
#include "process_flow/detail/items.hpp"
#include "process_flow/plan.hpp"

namespace gemel::process_flow::detail {

/// What a vehicle does at the moment.
enum class Phase : std::uint8_t {
  Idle,
  Driving,
  AwaitingWay,    // at a point, for the next leg
  BehindAnother,  // at the end of a way, for who is before it to leave
  Loading,
  Unloading,
  AwaitingRoom,  // with its item, where it goes
  AwaitingCharger,
  Charging,
  Down,
};

/// What it does it for.
enum class Task : std::uint8_t { None, Request, Park, Charge };

/// What is told of it.
enum class Doing : std::uint8_t { Loaded, Empty, Waiting, Idle, Charging, Down };

struct Vehicle {
  std::uint32_t fleet = 0;
  Phase phase = Phase::Idle;
  Task task = Task::None;
  bool aboard = false;        // its item
  bool parks = false;         // a parking place is kept for it at `rest`
  bool will_fail = false;     // before its leg ends
  std::uint32_t version = 0;  // of its next event
  std::uint32_t point = 0;    // where it stands or arrives next
  std::uint32_t item = kNone;
  Element to = {};                   // of its item
  std::uint32_t pick = 0, drop = 0;  // points of its request
  std::uint32_t rest = 0;            // where it goes to park or charge
  double asked = 0.0;                // when its request came
  double since = 0.0;                // of its phase
  double busy_since = 0.0;           // of its request
  double ends = 0.0;                 // its leg, unless it fails
  double left = 0.0;                 // s of its leg, once it is repaired
  double until_failure = 0.0;        // s of driving
  double charge = 0.0;               // J, at `since`
};

struct Request {
  std::uint32_t item = kNone;
  Element to = {};
  double since = 0.0;
  std::uint64_t number = 0;
};

/// Where items wait for vehicles.
struct Pickup {
  std::uint32_t point = 0;
  std::deque<Request> waiting = {};
};

struct FleetRun {
  const FlowFleet* fleet;
  Streams streams;
  std::uint32_t first = 0;  // of its vehicles, which follow one another in Run::vehicles_
  std::vector<Pickup> pickups{};
  std::uint32_t waiting = 0;  // requests
  std::uint32_t free = 0;     // vehicles that may take one
  std::uint64_t requests = 0;
  std::array<double, 6> time_in{};  // vehicle seconds, by Doing
  double busy = 0.0, wait_sum = 0.0;
  double lowest = 0.0, charged = 0.0;  // of the capacity; J
  std::uint64_t taken = 0, delivered = 0, failures = 0;
};

/// Chargers and parking places at one point.
struct Yard {
  std::uint32_t parked = 0;  // vehicles for which a place is kept
  std::uint32_t bound = 0;   // vehicles on their way to a charger, waiting for one, or charging
  std::uint32_t charging = 0;
  std::deque<std::uint32_t> waiting{};
};

}  // namespace gemel::process_flow::detail
