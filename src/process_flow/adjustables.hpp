#pragma once
// What of a flow can be changed by name: "press.speed", "source.between", "crew.people".

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "core/flow.hpp"
#include "core/simulator.hpp"

namespace gemel::process_flow {

/// Of every element, in the order of the description. What an element has not (failures, a limited
/// buffer) is not among them. Of distributions it is the mean: another one scales the distribution,
/// which keeps its shape.
/// Units: SI but costs and prices; counts are plain numbers.
std::vector<Adjustable> adjustables(const Flow& flow);

enum class Beyond : std::uint8_t { Refuse, Nearest };

/// Gives one of them another value. Errors: NotFound, with the nearest name; InvalidInput (beyond
/// its bounds, or no whole number where machines, people or places are counted): unless it may take
/// the nearest that can be.
Result<void> adjust(Flow& flow, std::string_view name, double value,
                    Beyond beyond = Beyond::Refuse);

}  // namespace gemel::process_flow
