#include "simulation/held_quantities.hpp"

#include <algorithm>
#include <cmath>

namespace gemel::simulation {

double wandered(const FollowedQuantity& quantity, double seconds) {
  if (quantity.memory > 0.0) seconds = quantity.memory * -std::expm1(-seconds / quantity.memory);
  return quantity.wander * std::sqrt(seconds);
}

HeldQuantity held_quantity(const Plant& plant, const FollowedQuantity& quantity, bool is_state,
                           const Snapshot& snapshot) {
  HeldQuantity described{quantity.start, quantity.spread, false};
  if (!quantity.middle.valid()) return described;
  const auto& middle = snapshot.beliefs[quantity.middle];
  const auto& low = snapshot.beliefs[quantity.low];
  const auto& high = snapshot.beliefs[quantity.high];
  if (!middle.usable() || !low.usable() || !high.usable()) return described;
  const auto& unit = plant.signal(quantity.middle).unit;
  const double then = (unit.to_si(high.value) - unit.to_si(low.value)) / kIntervalSigmas;
  const double since = std::max(middle.age(snapshot.at).in_seconds(), 0.0);
  const double spread = std::hypot(then, wandered(quantity, since));
  // A state that nothing wanders moves nevertheless: its old value is worth little.
  const bool old = since > 60.0 && (is_state || spread > quantity.spread);
  return old ? described : HeldQuantity{unit.to_si(middle.value), spread, true};
}

std::vector<HeldQuantity> held_quantities(const Plant& plant, const NetworkBinding& binding,
                                          const Snapshot& snapshot) {
  std::vector<HeldQuantity> held;
  for (const auto& [quantity, place] : binding.followed)
    held.push_back(held_quantity(plant, quantity, place.is_state(), snapshot));
  return held;
}

}  // namespace gemel::simulation
