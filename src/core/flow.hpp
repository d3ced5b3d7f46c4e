#pragma once
// A process flow as it is described: where items come from, what is done to them, where they go.
// Words: ISO 22400 and Banks et al., "Discrete-Event System Simulation", 5th ed., 2010.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/distribution.hpp"

namespace gemel {

inline constexpr std::uint32_t kFlowUnlimited = UINT32_MAX;

/// Where items go next, by shares that sum to 1.
struct FlowRoute {
  std::string to;
  double share = 1.0;
};

/// Where items come from. With `cards` it releases one as soon as fewer than that many are in the
/// system (CONWIP): `between` is then the least distance of two.
struct FlowSource {
  std::string name;
  Distribution between = Distribution::exponential(1.0);  // s
  std::uint32_t batch = 1;                                // items that come at once
  std::uint32_t cards = kFlowUnlimited;
  std::uint64_t limit = UINT64_MAX;  // items in all
  std::vector<FlowRoute> next = {};
};

/// What a machine does not work through: on and off in turns.
struct FlowFailures {
  Distribution uptime;    // s of work (or of time, see below) until it fails
  Distribution repair;    // s that a crew needs
  bool of_work = true;    // only its working time wears it; otherwise the calendar's
  std::string crew = {};  // who repairs; empty: somebody who is always there
  double cost = 0.0;      // of a repair, Flow::currency
};

/// Planned work on a machine, after which it is as good as new: its time to the next failure is
/// drawn anew. One that is at work finishes first.
struct FlowMaintenance {
  double first = 0.0;     // s from the beginning of a run
  double every = 0.0;     // s, from one to the next
  double duration = 0.0;  // s, that a crew needs
  std::string crew = {};
  double cost = 0.0;              // of one, Flow::currency
  std::optional<double> on = {};  // s since 1970, of any one of them: `first` follows from it then
};

/// From `from` until `until` of each period, s; periods begin at midnight, UTC. Outside its shifts
/// a station begins nothing.
struct FlowShift {
  double from = 0.0;
  double until = 0.0;
};

enum class FlowDiscipline : std::uint8_t { FirstIn, LastIn };

/// Machines in parallel behind one buffer. What is done and finds no room behind it stays and
/// blocks its machine.
struct FlowStation {
  std::string name;
  std::uint32_t machines = 1;
  Distribution service = Distribution::exponential(1.0);  // s, of a batch
  double speed = 1.0;                                     // divides service times
  std::uint32_t batch = 1;                                // items that are worked on at once
  std::uint32_t buffer = kFlowUnlimited;                  // room before the machines
  FlowDiscipline discipline = FlowDiscipline::FirstIn;
  std::optional<FlowFailures> failures = {};
  std::optional<FlowMaintenance> maintenance = {};
  std::vector<FlowShift> shifts = {};  // empty: always
  double period = 86'400.0;            // of the shifts, s
  double power_working = 0.0;          // of a machine at work, W
  double power_idle = 0.0;             // of one that waits or is blocked, W; down: none
  double cost_per_hour = 0.0;          // of a machine, whatever it does, Flow::currency
  std::vector<FlowRoute> next = {};
};

/// Carries each item for the same time, at most so many at once; stands still while the first can't
/// leave.
struct FlowConveyor {
  std::string name;
  double travel = 1.0;  // s
  std::uint32_t capacity = kFlowUnlimited;
  std::vector<FlowRoute> next = {};
};

/// Which request an idle vehicle is sent to; it is always the nearest vehicle that can go. Source:
/// Egbelu & Tanchoco, "Characterization of automatic guided vehicle dispatching rules", Int. J.
/// Production Research 22, 1984.
enum class FlowDispatching : std::uint8_t {
  FirstCome,     // the one that waits longest
  Nearest,       // the one with the shortest way to it (shortest travel distance)
  LongestQueue,  // the oldest where most wait (maximum outgoing queue size)
};

/// What a vehicle drives on. It never strands: it takes no request after which it could not reach a
/// charger, and one that has to wait does so on what it need not drive on.
struct FlowBattery {
  double capacity = 0.0;      // J
  double driving = 0.0;       // W, while it drives
  double standing = 0.0;      // W, otherwise
  double charging = 0.0;      // W, into the battery
  double charge_below = 0.3;  // of the capacity: it goes to charge once it has nothing to carry
  double charge_until = 0.9;  // of the capacity
};

/// Where a fleet takes the items of one element.
struct FlowTrip {
  std::string from;
  std::vector<FlowRoute> next;
};

/// Automated guided vehicles that carry one item each: from where they are to where it waits and on
/// to where it goes, on the shortest way. With a FlowLayout they share its ways with all fleets;
/// without one each goes straight, along both axes, and meets nobody.
struct FlowFleet {
  std::string name;
  std::uint32_t vehicles = 1;
  double speed = 1.0;   // m/s
  double loaded = 1.0;  // its share of `speed` that it has with an item
  Distribution loading = Distribution::constant(0.0);    // s
  Distribution unloading = Distribution::constant(0.0);  // s
  FlowDispatching dispatching = FlowDispatching::FirstCome;
  std::optional<FlowBattery> battery = {};
  std::optional<FlowFailures> failures = {};  // of driving
  double cost_per_hour = 0.0;                 // of a vehicle, whatever it does, Flow::currency
  std::vector<FlowRoute> next = {};           // of what has no trip of its own
  std::vector<FlowTrip> trips = {};
};

/// Where an element stands, for the way of vehicles that go without a layout: east and north, m.
struct FlowPlace {
  std::string of;
  double x = 0.0, y = 0.0;
};

/// Where vehicles load, unload, wait, charge or meet.
struct FlowPoint {
  std::string name;
  std::vector<std::string> serves = {};  // elements whose items are fetched and brought here
  std::uint32_t chargers = 0;            // vehicles that charge here at once
  std::uint32_t parking = 0;             // idle vehicles that stand here
  std::uint32_t holds = kFlowUnlimited;  // vehicles at once; unlimited: they stand beside the way
};

/// From one point to another. On a way for both directions all go in one at a time; none overtakes.
struct FlowWay {
  std::string name;
  std::string from, to;
  double length = 0.0;  // m
  bool both_ways = false;
  std::uint32_t vehicles = 1;  // at once
};

/// The guide path of all fleets.
struct FlowLayout {
  std::vector<FlowPoint> points;
  std::vector<FlowWay> ways;
  bool empty() const { return points.empty() && ways.empty(); }
};

struct FlowSink {
  std::string name;
  double value = 0.0;  // of an item that leaves here, Flow::currency
};

struct FlowCrew {
  std::string name;
  std::uint32_t people = 1;
};

struct Flow {
  std::vector<FlowSource> sources;
  std::vector<FlowStation> stations;
  std::vector<FlowConveyor> conveyors;
  std::vector<FlowFleet> fleets;
  std::vector<FlowSink> sinks;
  std::vector<FlowCrew> crews;
  std::vector<FlowPlace> places;
  FlowLayout layout = {};
  std::string currency = {};  // "EUR"; empty: costs are not told
  double energy_price = 0.0;  // currency per kWh
  double settles_within =
      3600.0;  // s in which it forgets how it began, for what of the present isn't known
};

}  // namespace gemel
