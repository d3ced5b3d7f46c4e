#pragma once
// The part of a plan that vehicles go by: where elements stand, and whether vehicles can do what is
// asked of them.

#include "process_flow/plan.hpp"

namespace gemel::process_flow::detail {

/// Fills path, stops, fleet_feeders, nearest_charger and nearest_haven. Errors: InvalidInput,
/// naming the fleet, point or way and a remedy: a malformed layout, an element that a fleet serves
/// and that stands at no point, points that can't be reached from one another, limited points with
/// no haven to clear them to, a battery without chargers or one that doesn't last for a request.
Result<void> plan_vehicles(Plan& plan);

}  // namespace gemel::process_flow::detail
