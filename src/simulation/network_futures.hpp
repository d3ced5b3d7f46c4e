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

namespace gemel::simulation {

/// A state, or a place in the solver's parameters, that walks at random. It stays within bounds.
struct Wandering {
  bool is_state = false;
  std::size_t place = 0;
  double wander = 0.0;  // standard deviation gained in a second's root, ≥ 0
  double low = 0.0, high = 0.0;
};

/// Where a future starts. Shapes: the network's states; its solver's parameters.
struct NetworkStart {
  std::vector<double> state;
  std::vector<double> parameters;
};

/// Immutable. Threads: any.
class NetworkFutures {
 public:
  struct Settings {
    std::vector<Wandering> wandering;
    std::vector<std::size_t> shown;  // observables that are told, by place
    double step_s = 5.0;             // chance moves once in each
    std::size_t steps = 120;
    std::size_t told_every = 1;  // steps
    std::uint64_t seed = 1;
    equations::Tolerances tolerances = {.relative = 1e-4, .absolute = 1e-7};
  };

  NetworkFutures(std::shared_ptr<const equations::Network> network, Settings settings);

  /// Fills in the start of a draw; called once for each, before it is told of.
  using Start = std::function<void(std::size_t draw, NetworkStart& start)>;
  /// What a draw shows the `k`-th time, k = 0 … steps / told_every − 1. Shape: shown.
  using Tell = std::function<void(std::size_t draw, std::size_t k, std::span<const double> shown)>;

  /// Runs draws `first` … `last` − 1, on this thread. A draw's numbers depend on the seed and on
  /// its own, not on those beside it; the same draw of two networks' inputs meets the same chance.
  /// Errors: Internal (equations that could not be solved, with how many draws).
  Result<void> run(std::size_t first, std::size_t last, const Start& start, const Tell& tell) const;

 private:
  const std::shared_ptr<const equations::Network> network_;
  const Settings settings_;
};

}  // namespace gemel::simulation
