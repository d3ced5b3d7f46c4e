#pragma once
// A stretch of history in pieces that fit into memory, whatever the sampling rates.

#include <span>
#include <vector>

#include "core/history.hpp"
#include "core/plant.hpp"
#include "exchange/export.hpp"

namespace gemel::exchange::detail {

/// In place of a known_at where a row has none: it is a mean.
inline constexpr Timestamp kNotTold = Timestamp::max();

/// Walks through a range of source times in windows of about 200,000 records of all its signals
/// together. Threads: one; any number of walks at the same time.
class RecordWindows {
 public:
  /// `range` is one that held() gave. `every`: as in ExportRequest.
  RecordWindows(const HistoryReader& history, std::vector<SignalId> signals, TimeRange range,
                Timestamp known_at, Duration every);

  /// Reads the next window. False at the end. Errors: those of the history.
  Result<bool> next();

  /// Of the window, by signal, in the order of source time; an average has kNotTold as known_at.
  const std::vector<std::vector<Record>>& records() const { return records_; }
  const std::vector<SignalId>& signals() const { return signals_; }
  /// 0 … 1.
  double done() const;

 private:
  __extension__ using Wide = __int128;  // a range may be wider than 64 bits

  Timestamp at(Wide offset) const;
  Result<void> read(TimeRange window);
  Result<std::vector<Record>> means(SignalId signal, TimeRange window, std::size_t limit) const;

  const HistoryReader& history_;
  const std::vector<SignalId> signals_;
  const Timestamp known_at_;
  const Duration every_;
  TimeRange range_;
  Wide whole_ = 0;
  Wide done_ = 0;
  Wide width_ = 0;
  std::vector<std::vector<Record>> records_;
};

/// The part of the range that can hold anything; with `every`, out to multiples of it. Empty when
/// nothing does. Errors: InvalidInput (the range is empty), those of the history.
Result<TimeRange> held(const HistoryReader& history, TimeRange range, Duration every);

/// Those of the request, or all of the plant. Errors: InvalidInput (a number that the plant has
/// not).
Result<std::vector<SignalId>> signals_of(const ExportRequest& request, const Plant& plant);

}  // namespace gemel::exchange::detail
