#pragma once
// A flow that was checked, its names replaced by places in tables. Immutable and shared.

#include <string>
#include <vector>

#include "core/flow.hpp"

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

struct Plan {
  Flow flow;
  std::vector<std::vector<Way>> source_ways, station_ways, conveyor_ways, fleet_ways;
  std::vector<std::uint32_t> failure_crews,
      maintenance_crews;  // of stations; kFlowUnlimited: always there
  std::vector<std::pair<double, double>> station_places;  // m
  /// What a run tells, in its order: "throughput", "press.utilisation" …
  std::vector<std::string> indicators;
  std::vector<std::string> units;
};

/// Errors: InvalidInput, naming the element, value and remedy: a name used twice, a route to
/// nothing, shares that do not sum to 1, an element that leads nowhere, machines, speeds, batches
/// or times that can't be.
Result<Plan> make_plan(Flow flow);

}  // namespace gemel::process_flow
