#pragma once
// Aligns the samples of a detector's signals into rows.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/time.hpp"
#include "core/detector.hpp"
#include "core/plant.hpp"
#include "core/sample.hpp"

namespace gemel::inference {

/// A row is complete, and given out at once, when every signal has a sample newer than the last
/// row. When one keeps it waiting, the row is given out as soon as a sample arrives that is about a
/// period newer than the row's first: the signal that is missing keeps its last value while that is
/// fresh (its gap, or three periods) and is Missing otherwise.
///
/// The rows depend on the order of the samples only. A sample older than the last row changes no
/// row that was given out. Threads: one.
class RowAssembler {
 public:
  /// `period` 0: the median of the signals' nominal periods.
  RowAssembler(const Plant& plant, std::span<const SignalId> signals, Duration period = {});

  /// Takes a sample of the signal at `slot`. Lifetime: the row's spans live until the next take().
  std::optional<Row> take(std::size_t slot, const Sample& sample);

  Duration period() const { return period_; }
  std::size_t width() const { return slots_.size(); }

 private:
  struct Slot {
    Duration fresh_for;
    Timestamp time = Timestamp::min();
    double value = 0.0;
    Quality quality;
    bool newer_than_row = false;
  };
  void hold(Slot& slot, const Sample& sample);
  Row give_out();

  std::vector<Slot> slots_;
  Duration period_;
  Duration due_after_;
  std::size_t waiting_ = 0;  // slots that are newer than the last row
  Timestamp waiting_since_ = Timestamp::max();
  Timestamp waiting_until_ = Timestamp::min();
  Timestamp last_row_ = Timestamp::min();
  std::vector<double> values_;
  std::vector<Quality> qualities_;
};

/// The median of the signals' nominal periods: one slow signal doesn't slow a detector down, one
/// fast doesn't rush it.
Duration median_period(const Plant& plant, std::span<const SignalId> signals);

}  // namespace gemel::inference
