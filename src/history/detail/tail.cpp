#include "history/detail/tail.hpp"

#include <algorithm>

namespace gemel::history::detail {
namespace {

// How many samples ahead a series' place, and the end of its entries, are fetched into the cache.
constexpr std::size_t kFar = 24;
constexpr std::size_t kNear = 12;

/// After everything of the same or an earlier source time: where entries that are later than `t`
/// begin. Looked for from the end: what is late mostly is so by little, and the last entries are at
/// hand.
std::ptrdiff_t place_after(std::span<const Entry> entries, Timestamp t) {
  const auto later = [](Timestamp time, const Entry& entry) { return time < entry.source_time; };
  std::size_t step = 1;
  while (step < entries.size() && later(t, entries[entries.size() - step])) step *= 2;
  const auto from = entries.size() - std::min(step, entries.size());
  const auto near = entries.subspan(from, std::min(step, entries.size()) - step / 2);
  return static_cast<std::ptrdiff_t>(from) +
         (std::upper_bound(near.begin(), near.end(), t, later) - near.begin());
}

}  // namespace

Tail Tail::like(const Tail& before) {
  Tail fresh(before.series_.size());
  // A little more, since no two tails are alike; a series that is new to this one grows by itself.
  for (std::size_t i = 0; i < fresh.series_.size(); ++i) {
    const auto held = before.series_[i].entries.size();
    if (held > 0) fresh.series_[i].entries.reserve(held + held / 16 + 4);
  }
  return fresh;
}

void Tail::append(const SeriesFrame& frame) {
  const auto number = static_cast<std::uint32_t>(frames_.size());
  frames_.push_back(frame.known_at);
  const auto& samples = frame.samples;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    // Neighbours in a frame are strangers in memory; the processor is told in time.
    if (i + kFar < samples.size()) __builtin_prefetch(&series_[samples[i + kFar].series.index], 1);
    if (i + kNear < samples.size()) {
      const auto& entries = series_[samples[i + kNear].series.index].entries;
      __builtin_prefetch(entries.data() + entries.size(), 1);
    }
    const auto& sample = samples[i];
    auto& series = series_[sample.series.index];
    auto& entries = series.entries;
    const bool in_order = entries.empty() || entries.back().source_time <= sample.source_time;
    const auto place =
        in_order ? entries.end() : entries.begin() + place_after(entries, sample.source_time);
    // In place: a copy of what has just been put together has to wait for it.
    entries.emplace(place, sample.source_time, sample.value, number, sample.quality);
    if (sample.quality.grade == Grade::Missing) ++series.gaps;
    span_ = {std::min(span_.from, sample.source_time), std::max(span_.until, sample.source_time)};
  }
  events_.insert(events_.end(), frame.events.begin(), frame.events.end());
  samples_ += samples.size();
}

GroupContents Tail::contents() const {
  return {frames_, series_.size(),
          [this](std::uint32_t i) { return std::span<const Entry>(series_[i].entries); }};
}

std::span<const Entry> Tail::entries_at(SeriesId id, Timestamp t) const {
  const auto until = std::span<const Entry>(series(id).entries)
                         .first(static_cast<std::size_t>(place_after(series(id).entries, t)));
  std::size_t same = 0;
  while (same < until.size() && until[until.size() - 1 - same].source_time == t) ++same;
  return until.last(same);
}

std::uint32_t Tail::frames_known_by(Timestamp known_at) const {
  return static_cast<std::uint32_t>(std::upper_bound(frames_.begin(), frames_.end(), known_at) -
                                    frames_.begin());
}

std::vector<Record> Tail::records(SeriesId id, TimeRange range, Timestamp known_at) const {
  std::vector<Record> records;
  const auto entries = within(series(id).entries, range);
  records.reserve(entries.size());
  for (const auto& entry : entries) {
    const auto known = frames_[entry.frame];
    if (known <= known_at)
      records.push_back({entry.source_time, known, entry.value, entry.quality});
  }
  return records;
}

void Tail::absorb_into(Belief& belief, SeriesId id, Timestamp at, std::uint32_t frames) const {
  const auto& [entries, gaps] = series(id);
  Newest newest;
  find_newest(entries, at, frames, gaps > 0, newest);
  for (const auto& found : {newest.value, newest.gap}) {
    if (found)
      belief.absorb({found->source_time, frames_[found->frame], found->value, found->quality});
  }
}

}  // namespace gemel::history::detail
