#include "recorded_signals.hpp"

#include <algorithm>

namespace gemel::bench {
namespace {

Error not_here() {
  return {ErrorCode::Unsupported, "a recorded table answers only what a detector asks"};
}

}  // namespace

void RecordedSignals::add(const Sample& sample) {
  records_[sample.signal.index].push_back(
      {sample.source_time, sample.source_time, sample.value, sample.quality});
}

Result<std::vector<Record>> RecordedSignals::read(SignalId signal, TimeRange range, Timestamp,
                                                  std::size_t limit) const {
  const auto& all = records_[signal.index];
  const auto from = std::ranges::lower_bound(all, range.from, {}, &Record::source_time);
  const auto until = std::ranges::lower_bound(all, range.until, {}, &Record::source_time);
  std::vector<Record> out(from, std::max(from, until));
  if (out.size() > limit) {
    return Error{ErrorCode::Capacity, std::to_string(out.size()) + " records, asked for at most " +
                                          std::to_string(limit)};
  }
  return out;
}

Result<TimeRange> RecordedSignals::extent() const {
  TimeRange range{Timestamp::max(), Timestamp::min()};
  for (const auto& records : records_) {
    if (records.empty()) continue;
    range.from = std::min(range.from, records.front().source_time);
    range.until = std::max(range.until, records.back().source_time + Duration::nanoseconds(1));
  }
  if (range.from > range.until) return Error{ErrorCode::NotFound, "nothing was recorded"};
  return range;
}

Result<std::vector<Event>> RecordedSignals::events(TimeRange, std::size_t) const { return events_; }
Result<BeliefTable> RecordedSignals::beliefs(Timestamp, Timestamp) const { return not_here(); }
Result<std::vector<Bucket>> RecordedSignals::downsample(SignalId, TimeRange, std::size_t,
                                                        Timestamp) const {
  return not_here();
}
Result<Timestamp> RecordedSignals::frame_at_or_before(Timestamp) const { return not_here(); }

}  // namespace gemel::bench
