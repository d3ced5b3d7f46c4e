#pragma once
// A network of equations and what its quantities are in the twin: which signals show them, which
// controls move them, which are followed.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/plant.hpp"
#include "core/snapshot.hpp"
#include "equations/network.hpp"
#include "simulation/network_place.hpp"

namespace gemel::simulation {

struct NetworkBinding {
  struct Watched {
    std::string name;            // of an observable: "pump_1.flow"
    std::size_t observable = 0;  // its place
    SignalId signal;             // that measures it
    SignalId estimate;           // what is expected of that; invalid: nobody asked
  };
  struct Input {
    std::string name;  // "drive_1.setpoint"
    std::size_t place = 0;
    SignalId signal;
  };
  struct Moved {
    std::string name;
    std::size_t place = 0;
    ControlId control;
  };
  struct Followed {
    FollowedQuantity quantity;
    NetworkPlace place;
  };

  /// The latest that a what-if may put planned work off to: a hundred years.
  static constexpr double kLatest_s = 3.15576e9;
  struct Maintenance {
    std::string name;
    double every = 0.0;  // s
    Timestamp on;
    std::vector<std::pair<NetworkPlace, double>> sets;
  };

  std::shared_ptr<const equations::Network> network;
  std::vector<Watched> watched;
  std::vector<Input> inputs;
  std::vector<Moved> moved;
  std::vector<Followed> followed;  // states first, in the network's order
  std::vector<Maintenance> maintenance;

  /// Errors: those of Network::compile; NotFound (a quantity, with the nearest name), InvalidInput
  /// (what is bound can't be bound so). `spec` has a NetworkSpec.
  static Result<NetworkBinding> of(const Plant& plant, const SimulatorSpec& spec);

  /// Of a state, input, parameter, or the time until a maintenance ("cleaning.first"). Errors:
  /// NotFound, with the nearest name.
  Result<NetworkPlace> find(const std::string& name) const;
};

/// The signal that tells what is expected of a measured one; invalid: there is none.
SignalId estimate_of(const Plant& plant, SignalId measured);

/// What a signal shows now, in SI. Nothing: it is not usable, or older than ten seconds and five of
/// its periods.
std::optional<double> shown_now(const Plant& plant, const Snapshot& snapshot, SignalId id);

}  // namespace gemel::simulation
