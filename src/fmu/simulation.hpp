#pragma once
// An instance taken through time, whichever interface it has.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "fmu/input_table.hpp"
#include "fmu/instance.hpp"
#include "fmu/variable_row.hpp"

namespace gemel::fmu {

struct SimulationSettings {
  double start_s = 0.0;
  std::optional<double> stop_s;        // told to the FMU; advance() decides
  std::optional<double> tolerance;     // relative: of the integrator here, or of the FMU's own
  double step_s = 0.01;                // co-simulation: between communication points
  double integrator_step_max_s = 0.0;  // model exchange; 0: any
  /// In the order of setting, before initialisation.
  std::vector<std::pair<std::string, std::string>> start_values;
  const InputTable* inputs = nullptr;  // outlives the simulation
  /// Model exchange: continuous states at the start, by their place; others as the FMU begins.
  std::vector<std::pair<std::size_t, double>> states = {};
  /// Called before and after each event, when outputs may be read.
  std::function<Result<void>(double time_s)> on_event;
  /// Co-simulation of FMI 3.0: give interpolated inputs inside a step, where the FMU asks for them.
  bool intermediate_inputs = false;
  /// Co-simulation: hold inputs at their value in the middle of a step instead of its start. Better
  /// by an order for what integrates them, wrong by half a step for what passes them on.
  bool inputs_at_middle = false;
};

/// What an instance is doing: its time, its events, its clocks. Threads: its owner's.
class Simulation {
 public:
  /// For the interface that the instance was made for; `instance` outlives it.
  static std::unique_ptr<Simulation> make(Instance& instance, SimulationSettings settings);
  virtual ~Simulation() = default;

  /// Sets start values and inputs, initialises. Errors: those of the FMU; NotFound for a name.
  virtual Result<void> start() = 0;
  /// Up to `time_s`, unless the FMU ends the simulation before. Afterwards outputs may be read.
  /// Errors: those of the FMU, with the time; Unavailable when events don't come to rest.
  virtual Result<void> advance(double time_s) = 0;

  /// From now on these continuous states and these values of `row`, which the FMU meets as an
  /// event: what jumps with them may move states again. Model exchange, after start(); Unsupported
  /// in co-simulation. Shapes: all continuous states; `row`. Errors: those of the FMU.
  virtual Result<void> put(std::span<const double> states, const VariableRow& row,
                           std::span<const double> values) = 0;

  virtual double time() const = 0;
  /// The FMU asked for the end.
  virtual bool ended() const = 0;
  virtual std::uint64_t events() const = 0;
  /// Of input clocks, and of output clocks.
  virtual std::uint64_t clock_ticks() const = 0;
  virtual std::uint64_t output_clock_ticks() const = 0;
};

}  // namespace gemel::fmu
