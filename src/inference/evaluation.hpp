#pragma once
// How good alarms were, against labels: confusion, F1, false-alarm and missing-alarm rate,
// detection delay.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/time.hpp"
#include "core/event.hpp"

namespace gemel::inference {

/// A row of labelled data with what was said of it.
struct JudgedRow {
  Timestamp time;
  bool anomalous = false;  // label
  bool alarmed = false;    // an alarm was open
};

struct Confusion {
  std::size_t true_positives = 0;
  std::size_t false_positives = 0;
  std::size_t true_negatives = 0;
  std::size_t false_negatives = 0;

  /// 0 when there is nothing to find and nothing was found.
  double f1() const;
  /// FAR: share of the normal rows that were alarmed.
  double false_alarm_rate() const;
  /// MAR: share of the anomalous rows that were not.
  double missed_alarm_rate() const;
  Confusion& operator+=(const Confusion& other);
};

/// One stretch of anomalous rows. An alarm that was open when it began counts as found with no
/// delay, and is told apart.
struct Onset {
  Timestamp at;
  std::optional<Duration> delay;  // empty: missed
  bool alarmed_before = false;
};

struct Evaluation {
  Confusion rows;
  std::vector<Onset> onsets;
};

/// Rows in the order of time.
Evaluation evaluate(std::span<const JudgedRow> rows);

/// Alarms' lives as intervals of source time, for `alarmed`. An alarm that was never cleared lasts
/// to the end.
class AlarmedIntervals {
 public:
  void raised(std::uint64_t alarm, Timestamp at);
  void cleared(std::uint64_t alarm, Timestamp at);
  /// From the moment it was raised (included) to the moment it was cleared (excluded).
  bool alarmed(Timestamp at) const;

 private:
  struct Interval {
    std::uint64_t alarm = 0;
    TimeRange range;
  };
  std::vector<Interval> intervals_;
};

}  // namespace gemel::inference
