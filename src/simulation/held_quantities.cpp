#include "simulation/held_quantities.hpp"

#include <algorithm>
#include <cmath>

namespace gemel::simulation {

std::vector<HeldQuantity> held_quantities(const Plant& plant, const NetworkBinding& binding,
                                          const Snapshot& snapshot) {
  std::vector<HeldQuantity> held;
  for (const auto& [quantity, place] : binding.followed) {
    HeldQuantity one{quantity.start, quantity.spread, false};
    if (quantity.middle.valid()) {
      const auto& middle = snapshot.beliefs[quantity.middle];
      const auto& low = snapshot.beliefs[quantity.low];
      const auto& high = snapshot.beliefs[quantity.high];
      if (middle.has_value() && low.has_value() && high.has_value()) {
        const auto& unit = plant.signal(quantity.middle).unit;
        const double then = (unit.to_si(high.value) - unit.to_si(low.value)) / kIntervalSigmas;
        const double since = std::max(middle.age(snapshot.at).in_seconds(), 0.0);
        const double spread = std::hypot(then, quantity.wander * std::sqrt(since));
        // A state that nothing wanders moves nevertheless: its old value is worth little.
        const bool old = since > 60.0 && (place.is_state || spread > quantity.spread);
        if (!old) one = {unit.to_si(middle.value), spread, true};
      }
    }
    held.push_back(one);
  }
  return held;
}

}  // namespace gemel::simulation
