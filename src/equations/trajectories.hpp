#pragma once
// What an ensemble's solver is asked and how it answers.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace gemel::equations {

/// How steps are made.
enum class Method : std::uint8_t {
  DormandPrince,  // order 5; steps within about 3.3 of the shortest time constant
  Chebyshev,      // order 2; for systems that settle, with time constants far apart
};

struct Tolerances {
  double relative = 1e-6;
  double absolute = 1e-9;
  double step_max = std::numeric_limits<double>::infinity();
  double step_first = 0.0;            // tried first; 0: one is guessed
  std::uint32_t steps_max = 100'000;  // tried, of a trajectory
  Method method = Method::DormandPrince;
};

enum class Ending : std::uint8_t {
  Reached,    // the end of its time
  NotFinite,  // a state or derivative is no number
  TooManySteps,
};

/// What an ensemble is made of and where its answers go. Trajectories are numbered; a number's
/// calls come in the order below, those of several interleave.
class Trajectories {
 public:
  virtual ~Trajectories() = default;
  /// Fills in the state that trajectory `i` starts from, and its parameters.
  virtual void begin(std::size_t i, std::span<double> state, std::span<double> parameters) = 0;
  /// The state at times[k].
  virtual void sample(std::size_t /*i*/, std::size_t /*k*/, std::span<const double> /*state*/) {}
  virtual void end(std::size_t i, Ending ending, std::span<const double> state) = 0;
};

/// Time that trajectories cover. Shapes: `times` ascending, within from … until.
struct TimeSpan {
  double from = 0.0;
  double until = 1.0;
  std::span<const double> times = {};  // at which states are asked for
};

}  // namespace gemel::equations
