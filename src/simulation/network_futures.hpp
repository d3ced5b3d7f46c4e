#pragma once
// Many futures of a network of equations: each starts from a draw of the present and is moved, step
// by step, by its own chance.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "equations/ensemble.hpp"
#include "equations/network.hpp"
#include "simulation/network_chance.hpp"

namespace gemel::simulation {

/// Planned work that sets quantities, again and again.
struct PlannedWork {
  double every = 0.0;  // s
  std::vector<std::pair<NetworkPlace, double>> sets;
};

/// Immutable. Threads: any.
class NetworkFutures {
 public:
  struct Settings {
    std::vector<Wandering> wandering;
    std::vector<PlannedWork> maintenance = {};  // done between two steps, at the nearest time
    std::vector<std::size_t> shown;             // observables that are told, by place
    double step_s = 5.0;                        // chance is drawn once for each
    std::size_t steps = 120;
    std::size_t told_every = 1;  // steps
    std::uint64_t seed = 1;
    equations::Tolerances tolerances = {.relative = 1e-4, .absolute = 1e-7};
  };

  NetworkFutures(std::shared_ptr<const equations::Network> network, Settings settings);

  /// Fills in the start of a draw, what is usual included; called once for each, before it is told
  /// of.
  using Start = std::function<void(std::size_t draw, NetworkStart& start)>;
  /// What a draw shows the `k`-th time, k = 0 … steps / told_every − 1. Shape: shown.
  using Tell = std::function<void(std::size_t draw, std::size_t k, std::span<const double> shown)>;

  /// Runs draws `first` … `last` − 1, on this thread. A draw's numbers depend on the seed and on
  /// its own, not on those beside it; the same draw of two networks' inputs meets the same chance.
  /// Errors: Internal (equations that could not be solved, with how many draws).
  Result<void> run(std::size_t first, std::size_t last, const Start& start, const Tell& tell) const;

 private:
  void maintain(NetworkStart& now) const;

  const std::shared_ptr<const equations::Network> network_;
  Settings settings_;
  std::vector<std::size_t> pushed_;  // states that wander
  std::vector<double> wide_;         // how far each of them wanders in a step
};

}  // namespace gemel::simulation
