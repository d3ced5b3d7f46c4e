#include "questions.hpp"

#include <algorithm>

namespace gemel::bench {
namespace {

constexpr std::int64_t kRecords = 1'000;
constexpr std::uint32_t kAveraged = 100;

Timestamp moment_in(Random& random, TimeRange range) {
  const auto span = static_cast<std::uint64_t>((range.until - range.from).ns);
  return range.from + Duration::nanoseconds(static_cast<std::int64_t>(random.below(span)));
}

SignalId signal_in(Random& random, const Extent& extent) {
  return {static_cast<std::uint32_t>(random.below(extent.signals))};
}

/// Times `turns` of `ask`, which gives a Result.
template <class Ask>
Result<Latencies> time_turns(const Extent& extent, Ask ask) {
  Random random(kPicksSeed);
  std::vector<double> seconds;
  for (int i = 0; i < extent.turns; ++i) {
    const auto signal = signal_in(random, extent);
    const auto moment = moment_in(random, extent.range);
    const Stopwatch stopwatch;
    GEMEL_TRY(ask(signal, moment));
    seconds.push_back(stopwatch.seconds());
  }
  return summarise(std::move(seconds));
}

}  // namespace

Result<Latencies> ask_rewind(const HistoryReader& history, const Extent& extent, KnownBy known_by) {
  return time_turns(extent, [&](SignalId, Timestamp at) {
    return history.beliefs(at, known_by == KnownBy::Now ? Timestamp::max() : at);
  });
}

Result<Latencies> ask_latest(const HistoryReader& history, const Extent& extent) {
  // Ten periods back there is always one: at most five are late, and few are lost.
  const TimeRange newest{extent.range.until - extent.period * 10, Timestamp::max()};
  return time_turns(extent, [&](SignalId signal, Timestamp) {
    return history.read(signal, newest, Timestamp::max(), 100);
  });
}

Result<Latencies> ask_range(const HistoryReader& history, const Extent& extent) {
  const auto length = extent.period * kRecords;
  const auto last_start = std::max(extent.range.from, extent.range.until - length);
  return time_turns(extent, [&](SignalId signal, Timestamp from) {
    from = std::min(from, last_start);
    return history.read(signal, {from, from + length}, Timestamp::max(), 2 * kRecords);
  });
}

Result<Latencies> ask_averages(const HistoryReader& history, const Extent& extent, Duration width) {
  const auto count = (extent.range.until - extent.range.from).ns / width.ns;
  const TimeRange range{extent.range.from, extent.range.from + width * count};
  std::vector<SignalId> signals(kAveraged);
  return time_turns(extent, [&](SignalId first, Timestamp) {
    for (std::uint32_t i = 0; i < kAveraged; ++i) signals[i] = {(first.index + i) % extent.signals};
    return history.trends(signals, range, static_cast<std::size_t>(count), Timestamp::max());
  });
}

}  // namespace gemel::bench
