#pragma once
// The port of the durable record. What is not in history did not happen.

#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/event.hpp"
#include "core/sample.hpp"
#include "core/snapshot.hpp"

namespace gemel {

/// All that one tick of the engine adds. Written whole or not at all.
struct Frame {
  Timestamp known_at;
  std::vector<Sample> samples;  // of the plant's signals, measured and derived
  std::vector<Event> events;

  bool empty() const { return samples.empty() && events.empty(); }
};

/// What a trend draws for one pixel. Units: the signal's declared unit.
struct Bucket {
  Timestamp start;
  double min = 0.0;
  double max = 0.0;
  double mean = 0.0;
  double first = 0.0;
  double last = 0.0;
  std::uint32_t count = 0;  // of values that are not Missing; 0: nothing in this bucket
  std::uint32_t bad = 0;    // of those, how many are not usable
};

/// Reads take two times: `at` or a range of source times (when it was so), and `known_at` (when we
/// knew it). Timestamp::max() for known_at means "as known now". Where several records of a signal
/// share a source time, the one known last counts, among those known by `known_at`. Threads: every
/// member from any thread, at the same time as commits.
class HistoryReader {
 public:
  virtual ~HistoryReader() = default;

  /// Records of one signal in the order of source time; Missing marks included. Errors: Corruption,
  /// Unavailable; Capacity when there are more than `limit`.
  virtual Result<std::vector<Record>> read(SignalId signal, TimeRange range, Timestamp known_at,
                                           std::size_t limit) const = 0;

  /// Beliefs of all signals as of `at`, as known at `known_at`. Shapes: one for each signal of the
  /// plant.
  virtual Result<BeliefTable> beliefs(Timestamp at, Timestamp known_at) const = 0;

  /// `count` buckets of equal width over the range. Shapes: exactly `count`, empty ones included.
  /// count ≥ 1.
  virtual Result<std::vector<Bucket>> downsample(SignalId signal, TimeRange range,
                                                 std::size_t count, Timestamp known_at) const = 0;

  /// The same of several signals, in their order, and faster than one by one.
  virtual Result<std::vector<std::vector<Bucket>>> trends(std::span<const SignalId> signals,
                                                          TimeRange range, std::size_t count,
                                                          Timestamp known_at) const {
    std::vector<std::vector<Bucket>> trends;
    for (const auto signal : signals) {
      GEMEL_ASSIGN(auto buckets, downsample(signal, range, count, known_at));
      trends.push_back(std::move(buckets));
    }
    return trends;
  }

  /// Events with known_at in the range, oldest first; the newest `limit` of them when there are
  /// more.
  virtual Result<std::vector<Event>> events(TimeRange known, std::size_t limit) const = 0;

  /// known_at of the newest frame at or before `t`. NotFound if there is none.
  virtual Result<Timestamp> frame_at_or_before(Timestamp t) const = 0;

  /// From the oldest to the newest source time held (until is just past it). NotFound while empty.
  virtual Result<TimeRange> extent() const = 0;
};

struct HistoryStatus {
  std::uint64_t samples = 0;
  std::uint64_t events = 0;
  std::uint64_t duplicates = 0;  // dropped since open
  std::uint64_t bytes_on_disk = 0;
  Timestamp last_known_at = Timestamp::min();
};

class History : public HistoryReader {
 public:
  /// Takes out of `samples` what is already held, or stands earlier in `samples`: same signal,
  /// source time and value (or both Missing). Quality does not count: a repeat is marked Late where
  /// the original was not. Returns how many. Threads: the committing one.
  virtual Result<std::size_t> drop_known(std::vector<Sample>& samples) = 0;

  /// Adds a frame; known_at must be later than every frame before. With commit_every = 0 it is
  /// durable on return; otherwise after the next sync(). On error nothing of it was added, and it
  /// may be tried again. Errors: Unavailable (disk full or failing: the message says which),
  /// InvalidInput (known_at not later). Threads: one.
  virtual Result<void> commit(const Frame& frame) = 0;

  /// Makes every committed frame durable. Threads: the committing one.
  virtual Result<void> sync() = 0;

  virtual HistoryStatus status() const = 0;

  /// Does one due piece of upkeep, such as forgetting what need not be kept; false: nothing was
  /// due. Threads: one, at the same time as commits and reads.
  virtual Result<bool> tend(std::stop_token) { return false; }
};

}  // namespace gemel
