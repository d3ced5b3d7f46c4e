#pragma once
// Keeps the promise of few false alarms while the plant changes: a threshold that each alarm lifts
// a little and that time lowers again.

#include "base/time.hpp"

namespace gemel::inference {

/// The factor by which scores must exceed the threshold of training. Each alarm multiplies it by
/// kStep, and the time in which one alarm was wished for divides it by as much, so that over a long
/// time as many alarms come as were wished for: N alarms in a time T, with N at most rate x T +
/// log(most) / log(kStep), whatever the scores do, as long as it is below its `most`.
///
/// What keeps it safe: it is never below 1 nor above `most`, so what exceeds the threshold that
/// often is told at any time; only an alarm that was told lifts it; the alarm that lifts it is not
/// ended by it (the caller keeps the factor while an alarm is open); and it sinks also while an
/// alarm is open. It depends on the times of alarms alone, which are in the record: after a restart
/// it is what it was. Source: Gibbs, Candès, NeurIPS 2021 (adaptive conformal inference);
/// Angelopoulos, Candès, Tibshirani, NeurIPS 2023 (quantile tracking). Threads: one.
class AdaptiveThreshold {
 public:
  static constexpr double kStep = 1.4;

  /// `rate_per_s`: the wished rate of alarms. `most`: 1 keeps the factor at 1.
  AdaptiveThreshold(double rate_per_s, double most);

  /// Order: by time.
  void raised(Timestamp onset);
  double factor(Timestamp at) const;

 private:
  double steps_at(Timestamp at) const;

  double rate_per_s_;
  double steps_max_;
  double steps_ = 0.0;  // at last_
  Timestamp last_ = Timestamp::min();
};

}  // namespace gemel::inference
