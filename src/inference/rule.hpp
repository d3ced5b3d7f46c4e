#pragma once
// Watches a condition of the twin file: "pressure < 0.2 bar for 10 s".

#include "base/time.hpp"
#include "core/plant.hpp"
#include "core/sample.hpp"
#include "inference/settings.hpp"
#include "inference/turn_delay.hpp"

namespace gemel::inference {

/// Raised when the condition has held for its time; cleared when it has not held, by the
/// hysteresis, for `clear_after`. The time that passes is that of samples: of its own signal, or of
/// any other while its own value is still fresh (its gap, or three periods), so that a signal which
/// only reports changes needs no second sample; the others are given up to five seconds of slack,
/// because its own next sample may be on its way. A value that isn't usable starts the condition's
/// time anew and neither raises nor clears.
class RuleWatch {
 public:
  RuleWatch(const Condition& condition, const Signal& signal, const DetectorSettings& settings);

  /// A sample of its signal. Late ones are left out.
  Turn observe(const Sample& sample);
  /// Some sample showed that it is `plant_time`.
  Turn pass(Timestamp plant_time);
  /// When pass() may bring a turn; max(): not before the next sample of its signal.
  Timestamp due() const;

  void restore_open() { delay_.restore_open(); }
  bool open() const { return delay_.open(); }
  Timestamp onset() const { return delay_.onset(); }
  double value() const { return value_; }

 private:
  bool counts(double value) const;

  Condition condition_;
  Condition relaxed_;  // holds until the hysteresis is overcome
  Duration fresh_for_;
  Duration slack_;
  TurnDelay delay_;
  Timestamp last_ = Timestamp::min();
  double value_ = 0.0;
};

}  // namespace gemel::inference
