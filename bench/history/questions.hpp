#pragma once
// The questions that the benchmark asks a history in process; the same, over HTTP, go to its peers.

#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "core/history.hpp"
#include "measuring.hpp"

namespace gemel::bench {

constexpr std::uint64_t kPicksSeed = 7;

/// What is there to be asked about.
struct Extent {
  std::uint32_t signals = 0;
  TimeRange range;
  Duration period;
  int turns = 60;
};

/// Everything believed as of random moments, as known now or as known then.
enum class KnownBy { Now, Then };
Result<Latencies> ask_rewind(const HistoryReader& history, const Extent& extent, KnownBy known_by);

/// The newest record of a random signal.
Result<Latencies> ask_latest(const HistoryReader& history, const Extent& extent);

/// About a thousand records of a random signal, from a random moment on.
Result<Latencies> ask_range(const HistoryReader& history, const Extent& extent);

/// The whole range of a hundred random signals in buckets of `width`.
Result<Latencies> ask_averages(const HistoryReader& history, const Extent& extent, Duration width);

}  // namespace gemel::bench
