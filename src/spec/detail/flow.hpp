#pragma once
// A simulator of kind process_flow.

#include "spec/detail/draft.hpp"
#include "spec/detail/fields.hpp"

namespace gemel::spec {

inline constexpr std::string_view kProcessFlow = "process_flow";

/// Reads the flow and what it is bound to into `spec`. False: something is wrong, and reported.
bool build_flow(Draft& draft, SimulatorSpec& spec, const Pending& pending, const Fields& fields);

}  // namespace gemel::spec
