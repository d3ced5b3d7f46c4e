#pragma once
// A what-if put to a network of equations: where its futures start, and what is other than now.

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/sobol.hpp"
#include "core/simulator.hpp"
#include "simulation/held_quantities.hpp"
#include "simulation/network_binding.hpp"
#include "simulation/network_futures.hpp"

namespace gemel::simulation {

/// Immutable. Threads: any.
class NetworkQuestion {
 public:
  /// Errors: InvalidInput (an unknown control or quantity, a value out of its bounds).
  static Result<NetworkQuestion> put(const Plant& plant, const NetworkBinding& binding,
                                     const Snapshot& snapshot, const Scenario& scenario);

  /// Where a draw starts; the same draw of two questions with one seed meets the same chance.
  void start(std::size_t draw, NetworkStart& at) const;
  std::vector<Wandering> wandering() const;

  const std::vector<std::string>& warnings() const { return warnings_; }
  const std::vector<std::string>& findings() const { return findings_; }

 private:
  struct Moved {
    NetworkPlace place;
    double value = 0.0;  // SI
    How how = How::Set;
  };
  struct Drawn {
    NetworkPlace place;
    Distribution distribution;
    How how = How::Set;
  };

  explicit NetworkQuestion(const NetworkBinding& binding) : binding_(binding) {}
  void take_present(const Plant& plant, const Snapshot& snapshot);
  Result<void> take(const Plant& plant, const Scenario& scenario);

  const NetworkBinding& binding_;
  std::uint64_t seed_ = 1;
  std::vector<double> parameters_;  // of the solver, as they are shown
  std::vector<HeldQuantity> held_;
  std::vector<Moved> moved_;
  std::vector<Drawn> drawn_;
  std::optional<Sobol> sobol_;
  std::vector<std::string> warnings_, findings_;
};

}  // namespace gemel::simulation
