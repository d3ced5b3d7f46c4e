#pragma once
// Watches an expression of the twin file: "(flow < 3 l/min for 1 min) and speed > 900 rpm".

#include "base/time.hpp"
#include "core/plant.hpp"
#include "core/sample.hpp"
#include "inference/expression_run.hpp"
#include "inference/settings.hpp"
#include "inference/turn_delay.hpp"

namespace gemel::inference {

/// Raised when the expression has been true for its time; cleared when it has been false, by the
/// hystereses, for `clear_after`. While it is unknown it neither raises nor clears, and its time
/// starts anew.
///
/// Samples of one instant are judged together, once each of its signals has one of that instant, a
/// later one came, or up to five seconds (two periods) passed: half of a message is never held
/// against the other half of the one before. A sample older than that instant counts from the next
/// one on, if it is still its signal's newest; what was judged stays.
class ExpressionWatch {
 public:
  ExpressionWatch(std::shared_ptr<const Expression> expression, const Plant& plant,
                  const DetectorSettings& settings);

  /// A sample of the signal at `slot`.
  Turn observe(std::size_t slot, const Sample& sample);
  /// Some sample showed that it is `plant_time`.
  Turn pass(Timestamp plant_time);
  /// When pass() may bring a turn; max(): not before the next sample of its signals.
  Timestamp due() const;

  /// The stretch before the start that warm() should be given, so that its windows are full; 0:
  /// none.
  Duration memory() const;
  /// A sample from before the start: fills windows, turns nothing.
  void warm(std::size_t slot, const Sample& sample);

  void restore_open() { delay_.restore_open(); }
  bool open() const { return delay_.open(); }
  Timestamp onset() const { return delay_.onset(); }
  const ExpressionRun& run() const { return run_; }

 private:
  Turn judge(Timestamp now);
  void take(std::size_t slot, const Sample& sample);

  ExpressionRun run_;
  Duration slack_;
  TurnDelay delay_;
  Timestamp instant_ = Timestamp::min();
  bool pending_ = false;  // the instant has samples that were not judged
};

}  // namespace gemel::inference
