#pragma once
// What a simulator of kind "equations" follows, and the planned work that changes it.

#include "core/plant.hpp"
#include "equations/network.hpp"
#include "spec/detail/draft.hpp"
#include "spec/detail/fields.hpp"

namespace gemel::spec {

/// Fills in `made.followed`, every state of the network among them, and adds the signals that tell
/// them; every trouble is reported where it stands.
void follow_network(Draft& draft, const Fields& fields, Location at, const SimulatorSpec& simulator,
                    const equations::Network& network, NetworkSpec& made);

/// Fills in `made.maintenance`.
void plan_maintenance(Draft& draft, const Fields& fields, const equations::Network& network,
                      NetworkSpec& made);

}  // namespace gemel::spec
