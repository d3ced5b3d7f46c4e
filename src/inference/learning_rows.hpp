#pragma once
// Rows out of the history: what detectors learn from, and what fills their window before the first
// live row.

#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/detector.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"
#include "inference/rows.hpp"

namespace gemel::inference {

/// Rows in the order of time. Shapes: values and qualities are rows x width.
struct RowTable {
  std::size_t width = 0;
  std::vector<Timestamp> times;
  std::vector<double> values;
  std::vector<Quality> qualities;

  std::size_t rows() const { return times.size(); }
  Row row(std::size_t i) const {
    return {times[i], {&values[i * width], width}, {&qualities[i * width], width}};
  }
  void add(const Row& row);
};

/// A sample of the signal at `slot` of a detector.
struct SlotSample {
  std::size_t slot = 0;
  Sample sample;
};

/// The signals' records over the range, as known at `known_at`, in the order of source time.
/// Errors: those of the history; Capacity when a signal has more than two million.
Result<std::vector<SlotSample>> read_merged(const HistoryReader& history,
                                            std::span<const SignalId> signals, TimeRange range,
                                            Timestamp known_at);

/// The same, as rows. Of a range that holds more than 72,000 rows, 24 pieces of 1,500 rows, evenly
/// over it: what a week looks like is learnt in the time that half a day takes.
Result<RowTable> read_rows(const HistoryReader& history, RowAssembler assembler,
                           std::span<const SignalId> signals, TimeRange range, Timestamp known_at);

}  // namespace gemel::inference
