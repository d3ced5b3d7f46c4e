#pragma once
// How chance moves a network's quantities: over steps that are short or long beside the time in
// which the equations bring them back.

#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "equations/network.hpp"
#include "simulation/network_place.hpp"

namespace gemel::simulation {

/// A state, input or parameter that walks at random. It stays within its place's bounds.
struct Wandering {
  NetworkPlace place;
  double wander = 0.0;  // standard deviation gained in a second's root, ≥ 0
  double memory = 0.0;  // s, of an input or parameter: it comes back to what is usual; 0: never
};

/// Where a future is. Shapes: the network's states; its solver's parameters; the binding's
/// maintenance.
struct NetworkStart {
  std::vector<double> state;
  std::vector<double> parameters;
  std::vector<double> due = {};    // s until each maintenance
  std::vector<double> usual = {};  // of each that wanders and has a memory: what it comes back to

  double& at(const NetworkPlace& place);
};

/// Moves one future.
///
/// An input or parameter with a memory is an Ornstein–Uhlenbeck process about what is usual of it.
///
/// A state that the equations bring back at the rate λ is pushed by a force that stays the same
/// throughout a step, and by a kick at its end; force and kick together leave it the variance of
/// dx = −λx dt + wander dW over the step, and what is behind it that of its integral, however long
/// the step is. Source: Gardiner, "Stochastic Methods", 4th ed., 2009 (the
/// Ornstein–Uhlenbeck process). Of a state that has forgotten the kick long before the next step is
/// over, it is only shown: what is forgotten need not be carried on.
class NetworkChance {
 public:
  NetworkChance(const std::vector<Wandering>& wandering, std::uint64_t seed);

  /// How fast the equations bring back each wandering state at present, 1/s, ≥ 0. Shape: forces.
  void set_rates(std::vector<double> rates) { rates_ = std::move(rates); }
  /// The forces of a step, of each wandering state in their order; derivatives' units.
  void draw_forces(double step_s, std::vector<double>& forces);
  /// What a step leaves beside them.
  void move(NetworkStart& now, double step_s);
  /// Adds to a copy of the state what is only shown.
  void flutter(std::vector<double>& state) const;

 private:
  const std::vector<Wandering>& wandering_;
  Random random_;
  std::vector<double> rates_;    // of each that is a state
  std::vector<double> flutter_;  // likewise
};

}  // namespace gemel::simulation
