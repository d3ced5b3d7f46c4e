#pragma once
// What a scenario leaves to chance: a value of each uncertain quantity for each future.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/sobol.hpp"
#include "core/simulator.hpp"

namespace gemel::simulation {

/// The same scenario's draw has the same values, and so has another scenario's with the same seed
/// and quantities: futures meet the same chance. Immutable. Threads: any.
class DrawnQuantities {
 public:
  explicit DrawnQuantities(const Scenario& scenario);

  /// Of Scenario::uncertain[index], in future `draw`, where it is `present` otherwise.
  double value(std::size_t index, std::uint32_t draw, double present) const;

 private:
  std::vector<Uncertain> uncertain_;
  std::uint64_t seed_;
  std::optional<Sobol> points_;
};

}  // namespace gemel::simulation
