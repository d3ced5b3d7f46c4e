#pragma once
// What co-simulation with event mode and model exchange do alike at an event.

#include <cstdint>
#include <optional>
#include <vector>

#include "fmu/clocks.hpp"
#include "fmu/simulation.hpp"

namespace gemel::fmu::detail {

/// Inputs, clocks and the iteration of events of one instance.
class Events {
 public:
  Events(Instance& instance, const SimulationSettings& settings);

  /// The inputs that hold at that moment: all of them where the FMU takes all, in initialisation
  /// and in events, or those that may be set at any time. Allocates nothing.
  Result<void> set_inputs(double time_s, InputTable::Side side);
  Result<void> set_continuous_inputs(double time_s, InputTable::Side side);
  /// Before initialisation: start values, then inputs.
  Result<void> prepare();
  /// After initialisation, in event mode: the first clocks, and the iteration.
  Result<EventOutcome> begin(double time_s);
  /// In event mode: inputs after the event, clocks, and updates until nothing changes any more.
  Result<EventOutcome> handle(double time_s);

  /// In event mode: updates until nothing changes any more, after something was set from outside.
  /// Neither inputs nor clocks are looked at.
  Result<EventOutcome> settle(double time_s) { return iterate(time_s); }

  /// The next moment at which something is known to happen: a jump of an input, a tick, the FMU's
  /// own next event.
  std::optional<double> next(double after_s) const;
  std::uint64_t count() const { return count_; }
  const Clocks& clocks() const { return clocks_; }

 private:
  Result<EventOutcome> iterate(double time_s);

  Instance& instance_;
  const SimulationSettings& settings_;
  Clocks clocks_;
  std::vector<double> input_row_;
  std::optional<double> next_event_s_;
  std::uint64_t count_ = 0;
  double last_s_ = 0.0;
  int at_once_ = 0;  // events at one moment
};

/// Two moments nearer than this are one.
inline double same_within(double time_s) {
  return 1e-12 + 1e-12 * (time_s < 0.0 ? -time_s : time_s);
}

}  // namespace gemel::fmu::detail
