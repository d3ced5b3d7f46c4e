#pragma once
// Any moment of the past: the fold of the history up to it.

#include <mutex>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"
#include "core/snapshot.hpp"

namespace gemel::state {

/// Rewinds, and remembers on the way what the events had come to, so that the next rewind folds
/// only a few of them. Threads: any.
class Rewinder {
 public:
  /// A moment is remembered about every `events_apart` events. Memory: each three lists of what was
  /// open then.
  explicit Rewinder(std::size_t events_apart = 512) : events_apart_(events_apart) {}

  /// The plant as of `at`, as known at `known_at` (Timestamp::max(): as known now). `known_at`
  /// falls back to the newest frame at or before it, and `at` to no later than that. So with
  /// known_at = at the result equals, bit for bit, the snapshot that was live at that moment,
  /// provided that no sample was known before its source time (the pipeline sees to that). Alarms,
  /// recommendations and commands are those at `at`. Errors: NotFound before the first frame; those
  /// of the history. Order: always of the same history, which only grows.
  Result<Snapshot> rewind(const HistoryReader& history, const Plant& plant, Timestamp at,
                          Timestamp known_at);

 private:
  Result<void> fold_up_to(const HistoryReader& history, Timestamp at, Snapshot& snapshot);

  const std::size_t events_apart_;
  std::mutex mutex_;
  std::vector<Snapshot> remembered_;  // without beliefs, in the order of `at`
};

/// The same, once.
Result<Snapshot> rewind(const HistoryReader& history, const Plant& plant, Timestamp at,
                        Timestamp known_at);

}  // namespace gemel::state
