#pragma once
// A flow that was checked, its names replaced by places in tables. Immutable and shared.

#include <array>
#include <string>
#include <vector>

#include "core/flow.hpp"
#include "process_flow/guide_path.hpp"

namespace gemel::process_flow {

enum class ElementKind : std::uint8_t { Source, Station, Conveyor, Fleet, Sink };

struct Element {
  ElementKind kind = ElementKind::Sink;
  std::uint32_t index = 0;  // among those of its kind
};

/// A way on, with the sum of shares up to it.
struct Way {
  Element to;
  double up_to = 1.0;
};

/// Of a battery's capacity, with which a vehicle still reaches a charger.
inline constexpr double kBatteryReserve = 0.01;

struct Plan {
  Flow flow;
  std::vector<std::vector<Way>> source_ways, station_ways, conveyor_ways, fleet_ways;
  std::vector<std::uint32_t> failure_crews,
      maintenance_crews;                   // of stations; kFlowUnlimited: always there
  std::vector<std::uint32_t> fleet_crews;  // who repair vehicles, likewise
  GuidePath path;                          // of vehicles
  /// The point of it at which an element stands, by kind and index; kNoStop: vehicles don't go
  /// there.
  std::array<std::vector<std::uint32_t>, 5> stops;
  static constexpr std::uint32_t kNoStop = UINT32_MAX;
  std::uint32_t stop(const Element& of) const {
    return stops[static_cast<std::size_t>(of.kind)][of.index];
  }
  std::vector<std::vector<Element>> fleet_feeders;  // what leads to each fleet
  struct Trip {
    Element from;
    std::vector<Way> ways;
  };
  std::vector<std::vector<Trip>> fleet_trips;
  /// Where a fleet takes what it fetched at an element.
  const std::vector<Way>& ways_of_fleet(std::uint32_t fleet, const Element& from) const {
    for (const auto& trip : fleet_trips[fleet]) {
      if (trip.from.kind == from.kind && trip.from.index == from.index) return trip.ways;
    }
    return fleet_ways[fleet];
  }
  /// By point, for a shared path: the nearest with chargers, and the nearest where nobody is in the
  /// way; kNoStop: none.
  std::vector<std::uint32_t> nearest_charger, nearest_haven;
  /// What a run tells, in its order: "throughput", "press.utilisation" …
  std::vector<std::string> indicators;
  std::vector<std::string> units;
  /// What it writes down at asked times: "items_in_system"; of sources "castings.waiting"; of
  /// stations "press.queue", and machines "press.working", "press.blocked", "press.down", where
  /// they fail "press.worn" (their mean, s since they were as good as new), where they are
  /// maintained "press.maintained" (s since then); of conveyors and fleets "belt.items"; of fleets
  /// "agv.working" (vehicles on a request) and, with batteries, "agv.charging" (vehicles) and
  /// "agv.charge" (their mean, of the capacity); of sinks, all that left since the beginning,
  /// "out.items".
  std::vector<std::string> series;
  std::vector<std::string> series_units;
  /// Where items come from that are found at an element: the first source that leads there, and the
  /// first station (UINT32_MAX: none).
  struct Origin {
    std::uint32_t source = 0, station = UINT32_MAX;
  };
  std::array<std::vector<Origin>, 5> origins;  // by kind and index
  const Origin& origin(const Element& of) const {
    return origins[static_cast<std::size_t>(of.kind)][of.index];
  }
  struct {
    bool energy = false, cost = false, value = false;
  } tells;  // what the description gives numbers for
};

/// Errors: InvalidInput, naming the element, value and remedy: a name used twice, a route to
/// nothing, shares that do not sum to 1, an element that leads nowhere, machines, speeds, batches
/// or times that can't be, a layout on which vehicles could not do what is asked of them (see
/// detail/vehicle_plan.hpp).
Result<Plan> make_plan(Flow flow);

}  // namespace gemel::process_flow
