#pragma once
// When the input clocks of an FMU of FMI 3.0 tick. The importer must say so to it.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "fmu/instance.hpp"

namespace gemel::fmu {

/// The time-based input clocks of one instance, and its output clocks. A clock of constant, fixed
/// or tunable interval ticks at start + shift + k · interval; one of changing interval or countdown
/// when its FMU says. Source: FMI 3.0.1, section 2.2.8.3 (clocks). Threads: its owner's.
class Clocks {
 public:
  explicit Clocks(const ModelDescription& description);

  bool empty() const { return clocks_.empty(); }
  /// After initialisation. Errors: InvalidInput for a clock without an interval.
  Result<void> start(Instance& instance, double start_s);
  std::optional<double> next() const;
  /// In event mode: tells the instance of every clock that is due, and goes on to its next tick.
  Result<void> tick(Instance& instance, double now_s);
  /// In event mode, after update_discrete_states: asks for intervals that change, and which output
  /// clocks have ticked (an FMU tells that once).
  Result<void> ask(Instance& instance, double now_s);
  /// How many ticks of input clocks there were, and of output clocks.
  std::uint64_t ticks() const { return ticks_; }
  std::uint64_t output_ticks() const { return output_ticks_; }

 private:
  Result<void> ask_intervals(Instance& instance, double now_s);

  struct Clock {
    ValueReference reference = 0;
    ClockTiming timing;
    double origin_s = 0.0;
    std::uint64_t count = 0;  // ticks so far
    std::optional<double> next_s;
  };
  static bool asks(const Clock& clock) {
    return clock.timing.interval == ClockInterval::Changing ||
           clock.timing.interval == ClockInterval::Countdown;
  }
  std::vector<Clock> clocks_;
  std::vector<ValueReference> outputs_;
  std::vector<double> output_values_;
  std::uint64_t ticks_ = 0, output_ticks_ = 0;
};

}  // namespace gemel::fmu
