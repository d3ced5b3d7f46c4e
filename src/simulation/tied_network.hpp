#pragma once
// A network of equations tied to its plant: a filter follows its states, and parameters that change
// slowly (wear, fouling), by what is measured.

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/plant.hpp"
#include "equations/ensemble.hpp"
#include "equations/network.hpp"
#include "estimation/filter.hpp"
#include "simulation/held_quantities.hpp"

namespace gemel::simulation {

/// A measured observable. Units: the network's.
struct WatchedQuantity {
  std::string name;    // "pump_1.flow"
  double noise = 0.0;  // standard deviation of its error, > 0
};

/// One owner; the same calls give the same numbers.
class TiedNetwork {
 public:
  struct Settings {
    /// What the filter follows: states of the network, and inputs or parameters that nobody
    /// measures and that change slowly. States that it does not name start from the network's,
    /// known to a twentieth, and don't wander.
    std::vector<FollowedQuantity> followed;
    std::vector<HeldQuantity> held = {};  // what is known of them by now; empty: as described
    std::vector<WatchedQuantity> watched;
    std::vector<std::string> inputs;  // that are given with each step, by name
    /// What is followed may also change at once, by FollowedQuantity::sudden; inputs and parameters
    /// that wander by thirty spreads where that is not said. More if nothing else explains what is
    /// measured.
    estimation::FilterSettings filter = {.kind = estimation::FilterKind::Unscented,
                                         .surprise = 5.0};
    equations::Tolerances tolerances = {};
  };

  /// Errors: NotFound (a name, with the nearest), InvalidInput (spreads and wanders that can't be,
  /// nothing to watch).
  static Result<TiedNetwork> tie(std::shared_ptr<const equations::Network> network,
                                 Settings settings);
  TiedNetwork(TiedNetwork&&) noexcept;
  TiedNetwork& operator=(TiedNetwork&&) noexcept;
  ~TiedNetwork();

  /// Goes on to `until` under `inputs` (as named in the settings, constant since the last step),
  /// then takes in what was measured; a missing value is no number. Errors: those of the filter.
  Result<estimation::Innovation> step(double until, std::span<const double> inputs,
                                      std::span<const double> measured);

  /// All that is followed, in the order of mean(): the network's states, then the others as the
  /// settings name them.
  const std::vector<FollowedQuantity>& followed() const;
  /// Shapes: followed.
  std::vector<double> mean() const;
  std::vector<double> spread() const;
  /// A state and solver's parameters that may be, to start a what-if from: shapes as the network's.
  struct Draw {
    std::vector<double> state;
    std::vector<double> parameters;
  };
  Draw draw(std::uint64_t number) const;

 private:
  struct Inside;
  explicit TiedNetwork(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace gemel::simulation
