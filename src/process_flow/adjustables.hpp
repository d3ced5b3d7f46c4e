#pragma once
// What of a flow can be changed by name: "press.speed", "source.between", "crew.people".

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "core/flow.hpp"

namespace gemel::process_flow {

/// Units: `value`, `low` and `high` in `unit`, all SI but costs and prices; counts are plain
/// numbers.
struct Adjustable {
  std::string name;
  std::string unit;
  std::string meaning;
  double value = 0.0;
  double low = 0.0, high = 0.0;
};

/// Of every element, in the order of the description. What an element has not (failures, a limited
/// buffer) is not among them. Of distributions it is the mean: another one scales the distribution,
/// which keeps its shape.
std::vector<Adjustable> adjustables(const Flow& flow);

/// Gives one of them another value. Errors: NotFound, with the nearest name; InvalidInput (beyond
/// its bounds, or no whole number where machines, people or places are counted).
Result<void> adjust(Flow& flow, std::string_view name, double value);

}  // namespace gemel::process_flow
