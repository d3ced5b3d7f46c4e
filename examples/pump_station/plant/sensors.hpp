// An instrument: lag, calibration error, noise, drift, resolution, and the ways in which it dies.
#pragma once

#include <array>
#include <cmath>
#include <optional>

#include "random.hpp"
#include "signals.hpp"

namespace riverside {

/// How a signal reaches the outside.
enum class SensorHealth { Alive, Null, Omitted, Frozen };

/// What is wrong with one instrument.
struct SensorFault {
  double bias = 0.0;
  SensorHealth health = SensorHealth::Alive;
};

/// One reading of every signal. `value` is absent where the instrument is dead; `omitted` says
/// that the message then leaves the name out, too.
struct Reading {
  std::optional<double> value;
  bool omitted = false;

  friend bool operator==(const Reading&, const Reading&) = default;
};
using Readings = std::array<Reading, kSignalCount>;

/// One instrument with its own small calibration error, fixed when it was installed.
class Instrument {
 public:
  /// Draws the calibration error: gain within about 0.3 %, offset within about 0.1 % of span.
  void install(const SensorSpec& spec, Random& chance) {
    if (spec.lag_s <= 0.0) return;
    gain_ = 1.0 + 0.003 * chance.normal();
    offset_ = 0.001 * spec.span * chance.normal();
  }

  /// Follows the truth for `step_s` and shows what it makes of it.
  Reading read(const SensorSpec& spec, double truth, const SensorFault& fault, double step_s,
               Random& chance);

  template <class Visitor>
  void visit(Visitor& v) {
    v("gain", gain_);
    v("offset", offset_);
    v("lagged", lagged_);
    v("shown", shown_);
    v("settled", settled_);
  }

 private:
  double gain_ = 1.0;
  double offset_ = 0.0;
  double lagged_ = 0.0;
  double shown_ = 0.0;
  bool settled_ = false;

  /// Of the gap to the truth, the share that one step closes.
  double closed(const SensorSpec& spec, double step_s);
  double closed_ =
      1.0;  // for the step and lag below: they stay, and so need not be worked out again
  double step_s_ = 0.0;
  double lag_s_ = 0.0;
};

}  // namespace riverside
