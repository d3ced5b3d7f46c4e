#include "history/memory_history.hpp"

#include <algorithm>

#include "history/detail/buckets.hpp"
#include "history/detail/requests.hpp"

namespace gemel::history {
namespace {

bool same_content(const Record& held, const Sample& sample) {
  const bool missing = sample.quality.grade == Grade::Missing;
  return missing == (held.quality.grade == Grade::Missing) &&
         (missing || held.value == sample.value);
}

Record to_record(const Sample& sample, Timestamp known_at) {
  return {sample.source_time, known_at, sample.value, sample.quality};
}

}  // namespace

std::vector<Record> MemoryHistory::visible(SignalId signal, TimeRange range,
                                           Timestamp known_at) const {
  std::map<Timestamp, Record> newest;
  const auto& series = series_[signal.index];
  for (auto it = series.lower_bound(range.from); it != series.end() && it->first < range.until;
       ++it) {
    const auto& record = it->second;
    if (record.known_at > known_at) continue;
    const auto [slot, added] = newest.try_emplace(it->first, record);
    if (!added && record.known_at > slot->second.known_at) slot->second = record;
  }
  std::vector<Record> records;
  for (const auto& [time, record] : newest) records.push_back(record);
  return records;
}

Result<std::vector<Record>> MemoryHistory::read(SignalId signal, TimeRange range,
                                                Timestamp known_at, std::size_t limit) const {
  GEMEL_TRY(detail::check_signal(signal, series_.size()));
  const std::lock_guard lock(mutex_);
  auto records = visible(signal, range, known_at);
  if (records.size() > limit) return detail::too_many(limit);
  return records;
}

Result<BeliefTable> MemoryHistory::beliefs(Timestamp at, Timestamp known_at) const {
  const std::lock_guard lock(mutex_);
  BeliefTable table(series_.size());
  for (std::uint32_t i = 0; i < series_.size(); ++i) {
    for (const auto& [time, record] : series_[i]) {
      if (time <= at && record.known_at <= known_at) table.edit(SignalId{i}).absorb(record);
    }
  }
  return table;
}

Result<std::vector<Bucket>> MemoryHistory::downsample(SignalId signal, TimeRange range,
                                                      std::size_t count, Timestamp known_at) const {
  GEMEL_TRY(detail::check_signal(signal, series_.size()));
  GEMEL_TRY(detail::check_buckets(range, count));
  const std::lock_guard lock(mutex_);
  detail::Buckets buckets(range, count);
  for (const auto& record : visible(signal, range, known_at)) buckets.add(record);
  return buckets.finish();
}

Result<std::vector<Event>> MemoryHistory::events(TimeRange known, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  std::vector<Event> found;
  for (const auto& event : events_) {
    if (known.contains(event.known_at)) found.push_back(event);
  }
  if (found.size() > limit)
    found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(limit));
  return found;
}

Result<Timestamp> MemoryHistory::frame_at_or_before(Timestamp t) const {
  const std::lock_guard lock(mutex_);
  const auto after = std::upper_bound(frames_.begin(), frames_.end(), t);
  if (after == frames_.begin()) return detail::no_frame(t);
  return *std::prev(after);
}

Result<TimeRange> MemoryHistory::extent() const {
  const std::lock_guard lock(mutex_);
  std::optional<TimeRange> extent;
  for (const auto& series : series_) {
    if (series.empty()) continue;
    const TimeRange own{series.begin()->first, detail::just_past(series.rbegin()->first)};
    if (!extent) extent = own;
    extent = TimeRange{std::min(extent->from, own.from), std::max(extent->until, own.until)};
  }
  if (!extent) return detail::is_empty();
  return *extent;
}

Result<std::size_t> MemoryHistory::drop_known(std::vector<Sample>& samples) {
  const std::lock_guard lock(mutex_);
  std::vector<Series> seen(series_.size());
  const auto known = [](const Series& series, const Sample& sample) {
    const auto [first, last] = series.equal_range(sample.source_time);
    return std::any_of(first, last,
                       [&](const auto& held) { return same_content(held.second, sample); });
  };
  const auto dropped = std::erase_if(samples, [&](const Sample& sample) {
    const auto i = sample.signal.index;
    if (i >= series_.size()) return false;  // commit() refuses it with a reason
    if (known(series_[i], sample) || known(seen[i], sample)) return true;
    seen[i].emplace(sample.source_time, to_record(sample, {}));
    return false;
  });
  status_.duplicates += dropped;
  return dropped;
}

Result<void> MemoryHistory::commit(const Frame& frame) {
  const std::lock_guard lock(mutex_);
  if (failing_) return *failing_;
  if (!frames_.empty()) GEMEL_TRY(detail::check_later(frame.known_at, frames_.back()));
  GEMEL_TRY(detail::check_events(frame));
  for (const auto& sample : frame.samples)
    GEMEL_TRY(detail::check_signal(sample.signal, series_.size()));
  for (const auto& sample : frame.samples) {
    series_[sample.signal.index].emplace(sample.source_time, to_record(sample, frame.known_at));
  }
  events_.insert(events_.end(), frame.events.begin(), frame.events.end());
  frames_.push_back(frame.known_at);
  status_.samples += frame.samples.size();
  status_.events += frame.events.size();
  status_.last_known_at = frame.known_at;
  return {};
}

HistoryStatus MemoryHistory::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void MemoryHistory::fail_commits(std::optional<Error> error) {
  const std::lock_guard lock(mutex_);
  failing_ = std::move(error);
}

}  // namespace gemel::history
