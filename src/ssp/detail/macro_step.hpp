#pragma once
// One communication step of a whole system: what each input is held at, and who steps when.

#include <span>
#include <vector>

#include "fmu/input_table.hpp"
#include "ssp/detail/running_system.hpp"
#include "ssp/master.hpp"
#include "ssp/signal_history.hpp"

namespace gemel::ssp::detail {

/// External inputs over time, from a table. Its storage is used again.
class ExternalValues {
 public:
  ExternalValues(const CoupledSystem& system, const fmu::InputTable* table);
  /// Which are given at all.
  const std::vector<bool>& given() const { return given_; }
  /// Of CoupledSystem::external; those that are not given are zero, and nobody looks.
  std::span<const double> at(double time_s, fmu::InputTable::Side side);
  /// The next jump.
  std::optional<double> next_event(double after_s) const;

 private:
  const fmu::InputTable* table_;
  std::vector<std::size_t> places_;  // of the table's columns in CoupledSystem::external
  std::vector<bool> given_;
  std::vector<double> row_, values_;
};

class MacroStep {
 public:
  MacroStep(const CoupledSystem& system, const MasterSettings& settings, RunningSystem& running,
            ExternalValues& external);

  /// From the last point of `history`, which is the running system's present, by `step_s`. A
  /// history that is shorter than the order asks for makes the step repeat itself where states
  /// can be saved, so that a start costs no accuracy. Afterwards the history has one point more.
  /// Errors: those of the FMUs, with component and time.
  Result<void> take(double time_s, double step_s, SignalHistory& history);
  bool ended() const { return ended_; }
  std::uint64_t component_steps() const { return component_steps_; }

 private:
  Result<void> pass(double time_s, double step_s, const SignalHistory& history, bool again);
  void hold(std::size_t component, double time_s, double step_s, const SignalHistory& history);
  double value(std::size_t input, double time_s, double end_s, const SignalHistory& history);
  std::size_t order_of(std::size_t input) const;
  Result<void> look_ahead(std::size_t component, double end_s, const SignalHistory& history);

  const CoupledSystem& system_;
  const MasterSettings& settings_;
  RunningSystem& running_;
  ExternalValues& external_;
  RunningSystem::Saved begin_;
  std::vector<double> held_;         // inputs, during a step
  std::vector<double> end_sources_;  // at the step's end, where known
  std::vector<bool> known_;
  std::uint64_t component_steps_ = 0;
  bool ended_ = false;
};

}  // namespace gemel::ssp::detail
