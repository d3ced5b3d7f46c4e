// An instrument: lag, calibration error, noise, drift, resolution, and the ways in which it dies.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
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
  // For the step and lag below: they stay, and so it need not be worked out again.
  double closed_ = 1.0;
  double step_s_ = 0.0;
  double lag_s_ = 0.0;
};

/// To the nearest step of `resolution`, halves away from zero.
inline double quantised(double value, double resolution) {
  if (resolution <= 0.0) return value;
  const double steps = value / resolution;
  // Readings are far within 64 bits; std::round is a call where the processor may be an old one.
  return static_cast<double>(static_cast<std::int64_t>(steps + std::copysign(0.5, steps))) *
         resolution;
}

inline Reading Instrument::read(const SensorSpec& spec, double truth, const SensorFault& fault,
                                double step_s, Random& chance) {
  const bool lags = settled_ && spec.lag_s > 0.0;
  lagged_ = lags ? lagged_ + (truth - lagged_) * closed(spec, step_s) : truth;
  settled_ = true;
  // The noise is drawn even when nobody sees it: a dead instrument must not change the others.
  const double noise = spec.noise > 0.0 ? spec.noise * chance.normal() : 0.0;
  if (fault.health == SensorHealth::Null) return {std::nullopt, false};
  if (fault.health == SensorHealth::Omitted) return {std::nullopt, true};
  if (fault.health == SensorHealth::Frozen) return {shown_, false};

  const double seen = lagged_ * gain_ + offset_ + fault.bias + noise;
  shown_ = spec.lag_s > 0.0
               ? std::clamp(quantised(seen, spec.resolution), spec.low, spec.low + 1.2 * spec.span)
               : seen;
  return {shown_, false};
}

}  // namespace riverside
