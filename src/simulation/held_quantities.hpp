#pragma once
// What a snapshot holds of the quantities that a tracker follows.

#include <vector>

#include "core/plant.hpp"
#include "core/snapshot.hpp"
#include "simulation/network_binding.hpp"

namespace gemel::simulation {

/// Standard deviations that an interval of 5 % to 95 % is wide.
inline constexpr double kIntervalSigmas = 2.0 * 1.6448536269514722;

/// Mean and standard deviation. Units: SI.
struct HeldQuantity {
  double mean = 0.0;
  double spread = 0.0;
  bool told = false;  // by a tracker; otherwise as it was described
};

/// Standard deviation of how far a quantity goes in so many seconds.
double wandered(const FollowedQuantity& quantity, double seconds);

/// What was last told some time ago has wandered since; after so long that it could be anything
/// that the description says, that is taken. `is_state`: it moves of its own accord, too. What was
/// told with bad quality was not told.
HeldQuantity held_quantity(const Plant& plant, const FollowedQuantity& quantity, bool is_state,
                           const Snapshot& snapshot);

/// Shapes: as binding.followed.
std::vector<HeldQuantity> held_quantities(const Plant& plant, const NetworkBinding& binding,
                                          const Snapshot& snapshot);

}  // namespace gemel::simulation
