#pragma once
// A process flow as it is described: where items come from, what is done to them, where they go.
// Words: ISO 22400 and Banks et al., "Discrete-Event System Simulation", 5th ed., 2010.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/distribution.hpp"
#include "base/result.hpp"

namespace gemel::process_flow {

inline constexpr std::uint32_t kUnlimited = UINT32_MAX;

/// Where items go next, by shares that sum to 1.
struct Route {
  std::string to;
  double share = 1.0;
};

/// Where items come from. With `cards` it releases one as soon as fewer than that many are in the
/// system (CONWIP): `between` is then the least distance of two.
struct Source {
  std::string name;
  Distribution between = Distribution::exponential(1.0);  // s
  std::uint32_t batch = 1;                                // items that come at once
  std::uint32_t cards = kUnlimited;
  std::uint64_t limit = UINT64_MAX;  // items in all
  std::vector<Route> next = {};
};

/// What a machine does not work through: on and off in turns.
struct Failures {
  Distribution uptime;    // s of work (or of time, see below) until it fails
  Distribution repair;    // s that a crew needs
  bool of_work = true;    // only its working time wears it; otherwise the calendar's
  std::string crew = {};  // who repairs; empty: somebody who is always there
};

/// Planned work on a machine, after which it is as good as new: its time to the next failure is
/// drawn anew. One that is at work finishes first.
struct Maintenance {
  double first = 0.0;     // s
  double every = 0.0;     // s, from one to the next
  double duration = 0.0;  // s, that a crew needs
  std::string crew = {};
};

/// From `from` until `until` of each period, s. Outside its shifts a station begins nothing.
struct Shift {
  double from = 0.0;
  double until = 0.0;
};

enum class Discipline : std::uint8_t { FirstIn, LastIn };

/// Machines in parallel behind one buffer. What is done and finds no room behind it stays and
/// blocks its machine.
struct Station {
  std::string name;
  std::uint32_t machines = 1;
  Distribution service = Distribution::exponential(1.0);  // s, of a batch
  double speed = 1.0;                                     // divides service times
  std::uint32_t batch = 1;                                // items that are worked on at once
  std::uint32_t buffer = kUnlimited;                      // room before the machines
  Discipline discipline = Discipline::FirstIn;
  std::optional<Failures> failures = {};
  std::optional<Maintenance> maintenance = {};
  std::vector<Shift> shifts = {};  // empty: always
  double period = 86'400.0;        // of the shifts, s
  std::vector<Route> next = {};
};

/// Carries each item for the same time, at most so many at once; stands still while the first can't
/// leave.
struct Conveyor {
  std::string name;
  double travel = 1.0;  // s
  std::uint32_t capacity = kUnlimited;
  std::vector<Route> next = {};
};

/// Vehicles that carry one item each, from where they are to where it waits and on to where it
/// goes.
struct Fleet {
  std::string name;
  std::uint32_t vehicles = 1;
  double speed = 1.0;   // m/s
  double handling = 0;  // s, at each end
  std::vector<Route> next = {};
};

/// Where a station or fleet's stop is, for the way of vehicles: east and north, m. Ways follow both
/// axes.
struct Place {
  std::string of;
  double x = 0.0, y = 0.0;
};

struct Sink {
  std::string name;
};

struct Crew {
  std::string name;
  std::uint32_t people = 1;
};

struct Flow {
  std::vector<Source> sources;
  std::vector<Station> stations;
  std::vector<Conveyor> conveyors;
  std::vector<Fleet> fleets;
  std::vector<Sink> sinks;
  std::vector<Crew> crews;
  std::vector<Place> places;
};

}  // namespace gemel::process_flow
