#pragma once
// A what-if put to a network of equations: where its futures start, and what is other than now.

#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/simulator.hpp"
#include "simulation/drawn_quantities.hpp"
#include "simulation/held_quantities.hpp"
#include "simulation/network_binding.hpp"
#include "simulation/network_futures.hpp"

namespace gemel::simulation {

/// Immutable. Threads: any.
class NetworkQuestion {
 public:
  /// Errors: NotFound (no such quantity), InvalidInput (a control that moves nothing here, a value
  /// out of its bounds).
  static Result<NetworkQuestion> put(const Plant& plant, const NetworkBinding& binding,
                                     const Snapshot& snapshot, const Scenario& scenario);

  /// Where a draw starts; the same draw of two questions with one seed meets the same chance.
  void start(std::size_t draw, NetworkStart& at) const;
  std::vector<Wandering> wandering() const;
  std::vector<PlannedWork> maintenance() const;

  const std::vector<std::string>& warnings() const { return warnings_; }
  const std::vector<std::string>& findings() const { return findings_; }

 private:
  struct Moved {
    NetworkPlace place;
    double value = 0.0;  // SI
    How how = How::Set;
  };

  NetworkQuestion(const NetworkBinding& binding, const Scenario& scenario)
      : binding_(binding), seed_(scenario.seed), drawn_(scenario) {}
  void take_present(const Plant& plant, const Snapshot& snapshot);
  Result<void> take(const Plant& plant, const Scenario& scenario);
  double present(const std::string& name, const NetworkPlace& place) const;

  const NetworkBinding& binding_;
  std::uint64_t seed_;
  std::vector<double> parameters_;  // of the solver, as they are shown
  std::vector<double> due_;         // s until each maintenance
  std::vector<HeldQuantity> held_;
  std::vector<Moved> moved_;
  std::vector<NetworkPlace> uncertain_;  // as Scenario::uncertain
  DrawnQuantities drawn_;
  std::vector<std::string> warnings_, findings_;
};

}  // namespace gemel::simulation
