#pragma once
// A system taken through time: the co-simulation master.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "fmu/input_table.hpp"
#include "ssp/coupled_system.hpp"

namespace gemel::ssp {

enum class Exchange {
  Jacobi,       // all components step from what was known before
  GaussSeidel,  // one after the other; who comes later knows where the earlier ones have come to
};
std::string_view to_string(Exchange exchange);

struct MasterSettings {
  double start_s = 0.0;
  std::optional<double> stop_s;     // told to the FMUs; advance() decides
  std::optional<double> tolerance;  // told to the FMUs
  Exchange exchange = Exchange::GaussSeidel;
  /// Of the polynomial that stands for a Real input during a step: 0, 1 or 2. An FMU takes one
  /// value a step, so it gets the polynomial's mean: what it integrates is right to a higher order.
  std::size_t order = 2;
  /// Repeats of each step with what it came to, where all FMUs can save their state.
  int corrections = 0;
  /// Real inputs that FMUs declare to be discrete keep the value of the step's start.
  bool hold_discrete = false;
  double step_s = 0.01;  // between communication points; the first one where steps vary
  /// Varies steps so that a source's local error stays below this share of its size: the largest it
  /// has been, but no less than its nominal value.
  std::optional<double> error;
  double step_min_s = 1e-9, step_max_s = 0.0;  // of varied steps; 0: any
  double loop_tolerance = 1e-9;
  const fmu::InputTable* inputs = nullptr;  // by external_description(); outlives the master
  /// Values before initialisation, after the description's own: "drive.motor.inertia".
  std::vector<std::pair<std::string, std::string>> start_values;
  bool logging = false;
  bool own_process = false;
  std::chrono::milliseconds patience{30'000};
};

struct MasterCounts {
  std::uint64_t steps = 0;            // accepted communication steps
  std::uint64_t rejected = 0;         // taken back for their error
  std::uint64_t component_steps = 0;  // do_step calls in all
  std::uint64_t loop_iterations = 0;  // of Newton's method
};

/// What FMUs are to be told of a table's columns: the external inputs, as if of one FMU.
fmu::ModelDescription external_description(const CoupledSystem& system);

/// What a system is doing. Numbers depend on the settings alone: components are stepped one after
/// the other, in one order, whichever exchange. Threads: its owner's.
///
/// Source of the exchange schemes and step doubling: M. Arnold, C. Clauss, T. Schierz, "Error
/// analysis and error estimates for co-simulation in FMI for model exchange and co-simulation
/// v2.0", 2013.
class Master {
 public:
  /// Makes the instances; `system` and its FMUs live longer. Errors: those of Fmu::instantiate();
  /// InvalidInput for settings that don't fit, with a remedy.
  static Result<std::unique_ptr<Master>> make(const CoupledSystem& system, MasterSettings settings);
  virtual ~Master() = default;

  /// Sets start values, initialises, evaluates algebraic loops.
  virtual Result<void> start() = 0;
  /// Up to `time_s`, unless an FMU ends the simulation or `stop` asks for it before. Errors: those
  /// of the FMUs, with component and time; Unavailable for a loop that does not converge, naming
  /// its variables, and for a step that would fall below the least.
  virtual Result<void> advance(double time_s, const std::stop_token& stop = {}) = 0;
  virtual Result<void> terminate() = 0;

  virtual double time() const = 0;
  virtual bool ended() const = 0;
  virtual MasterCounts counts() const = 0;
  /// Whether steps vary: asked for, and all FMUs can.
  virtual bool varies() const = 0;
  virtual const std::vector<std::string>& notes() const = 0;

  /// Of all CoupledSystem::sources, at time().
  virtual std::span<const double> sources() const = 0;
  virtual fmu::Instance& instance(std::size_t component) = 0;

 protected:
  Master() = default;
};

}  // namespace gemel::ssp
