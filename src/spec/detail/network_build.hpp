#pragma once
// A simulator of kind "equations": its components and links, what is bound to them, and what of
// them is followed.

#include <vector>

#include "core/plant.hpp"
#include "spec/detail/draft.hpp"
#include "spec/detail/fields.hpp"

namespace gemel::spec {

/// Fills in description, signals and controls, and adds the signals that tell what is followed;
/// every trouble is reported where it stands. Returns the signals whose readings the network
/// expects.
std::vector<SignalId> build_network(Draft& draft, const Fields& fields, Location at,
                                    SimulatorSpec& simulator);

}  // namespace gemel::spec
