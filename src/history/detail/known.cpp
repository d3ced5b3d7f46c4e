#include "history/detail/known.hpp"

#include <algorithm>
#include <span>

#include "history/detail/requests.hpp"

namespace gemel::history::detail {
namespace {

bool same_content(const Sample& sample, double value, bool missing) {
  return missing == (sample.quality.grade == Grade::Missing) && (missing || sample.value == value);
}

/// The samples of one drop_known() that are not newer than all of their series, in an order in
/// which they can be looked up.
struct Lookup {
  const std::vector<Sample>& samples;
  const std::vector<SeriesId>& series_of;
  std::vector<std::uint32_t> order;  // places; by series, source time, place
  std::vector<char> known;           // by place

  SeriesId series(std::uint32_t i) const { return series_of[samples[i].signal.index]; }
  Timestamp time(std::uint32_t i) const { return samples[i].source_time; }

  /// `entries`: of its series and source time.
  void mark_if_in(std::uint32_t i, std::span<const Entry> entries) {
    for (const auto& entry : entries) {
      if (same_content(samples[i], entry.value, entry.missing())) known[i] = 1;
    }
  }
};

/// Where samples of one series and time stand in the batch, for those times that are asked for.
void mark_repeats_at_hand(Lookup& lookup) {
  const auto less = [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(lookup.series(a), lookup.time(a)) <
           std::pair(lookup.series(b), lookup.time(b));
  };
  // All samples that stand before the last one in doubt, and are of one series and time with any of
  // them.
  std::vector<char> asked(lookup.series_of.size());
  for (const auto i : lookup.order) asked[lookup.samples[i].signal.index] = 1;
  std::vector<std::uint32_t> same;
  const auto last = *std::max_element(lookup.order.begin(), lookup.order.end());
  for (std::uint32_t i = 0; i <= last; ++i) {
    const auto signal = lookup.samples[i].signal.index;
    if (signal < asked.size() && asked[signal]) same.push_back(i);
  }
  std::stable_sort(same.begin(), same.end(), less);
  for (const auto i : lookup.order) {
    const auto [first, end] = std::equal_range(same.begin(), same.end(), i, less);
    for (auto j = first; j != end && *j < i; ++j) {
      const auto& earlier = lookup.samples[*j];
      if (same_content(lookup.samples[i], earlier.value, earlier.quality.grade == Grade::Missing))
        lookup.known[i] = 1;
    }
  }
}

void mark_held_in_tail(Lookup& lookup, const Tail& tail) {
  for (const auto i : lookup.order)
    lookup.mark_if_in(i, tail.entries_at(lookup.series(i), lookup.time(i)));
}

/// Those of one series that fall into one group.
Result<void> mark_held(Lookup& lookup, std::span<const std::uint32_t> places, const Group& group,
                       SeriesId series) {
  const auto block = series.index / kSeriesPerBlock;
  if (!group.has_heads(block)) return {};
  GEMEL_ASSIGN(const auto heads, group.heads(block));
  auto frames = group.frames();
  ChunkDecoder decoder;
  auto place = places.begin();
  for (const auto& chunk : heads.of(series.index % kSeriesPerBlock)) {
    while (place != places.end() && lookup.time(*place) < chunk.first) ++place;
    if (place == places.end()) break;
    if (lookup.time(*place) > chunk.last) continue;
    GEMEL_ASSIGN(const auto bytes, group.chunk_bytes(chunk));
    GEMEL_ASSIGN(const auto entries, decoder.decode(bytes, chunk, frames));
    for (; place != places.end() && lookup.time(*place) <= chunk.last; ++place)
      lookup.mark_if_in(*place,
                        within(entries, {lookup.time(*place), just_past(lookup.time(*place))}));
  }
  return {};
}

Result<void> mark_held_in(Lookup& lookup, const Group& group) {
  const auto& span = group.info().span;
  for (std::size_t from = 0, to = 0; from < lookup.order.size(); from = to) {
    const auto series = lookup.series(lookup.order[from]);
    while (to < lookup.order.size() && lookup.series(lookup.order[to]) == series) ++to;
    const auto places = std::span(lookup.order).subspan(from, to - from);
    const bool inside = std::any_of(places.begin(), places.end(), [&](std::uint32_t i) {
      return span.min_source <= lookup.time(i) && lookup.time(i) <= span.max_source;
    });
    if (inside) GEMEL_TRY(mark_held(lookup, places, group, series));
  }
  return {};
}

Result<void> mark_held_in(Lookup& lookup, const SealedSegment& sealed, OpenSegments& open) {
  const auto inside = [&](const Span& span) {
    return std::any_of(lookup.order.begin(), lookup.order.end(), [&](std::uint32_t i) {
      return span.min_source <= lookup.time(i) && lookup.time(i) <= span.max_source;
    });
  };
  if (!inside(sealed.info.span)) return {};
  GEMEL_ASSIGN(const auto segment, open.get(sealed));
  for (std::size_t i = 0; i < segment->group_count(); ++i) {
    if (!inside(segment->group_info(i).span)) continue;
    if (auto marked = mark_held_in(lookup, segment->group(i)); !marked)
      return segment->within(marked.error());
  }
  return {};
}

}  // namespace

void KnownSamples::restore(const Beliefs& base, const Tail& tail) {
  newest_.assign(tail.series_count(), Timestamp::min());
  for (std::uint32_t i = 0; i < newest_.size(); ++i) {
    if (i < base.size()) newest_[i] = std::max(base[i].value_time, base[i].missing_since);
    if (const auto& entries = tail.series({i}).entries; !entries.empty()) {
      newest_[i] = std::max(newest_[i], entries.back().source_time);
    }
  }
}

void KnownSamples::add(const SeriesFrame& frame) {
  for (const auto& sample : frame.samples) {
    auto& newest = newest_[sample.series.index];
    newest = std::max(newest, sample.source_time);
  }
}

/// Samples that are newer than all before them of their series need no look; the others do.
std::vector<std::uint32_t> KnownSamples::doubtful(const std::vector<Sample>& samples,
                                                  const std::vector<SeriesId>& series_of) {
  std::vector<std::uint32_t> places;
  changed_.clear();
  for (std::uint32_t i = 0; i < samples.size(); ++i) {
    const auto& sample = samples[i];
    if (sample.signal.index >= series_of.size()) continue;  // commit() refuses it with a reason
    const auto series = series_of[sample.signal.index].index;
    auto& newest = newest_[series];
    if (sample.source_time <= newest) {
      places.push_back(i);
      continue;
    }
    changed_.push_back({series, newest});
    newest = sample.source_time;
  }
  // They are not held before they are committed.
  for (auto it = changed_.rbegin(); it != changed_.rend(); ++it) newest_[it->series] = it->before;
  return places;
}

std::size_t KnownSamples::drop(std::vector<Sample>& samples, const std::vector<SeriesId>& series_of,
                               std::span<const Tail* const> tails, const SealedSegments& sealed,
                               OpenSegments& open) {
  Lookup lookup{samples, series_of, doubtful(samples, series_of), {}};
  if (lookup.order.empty()) return 0;
  lookup.known.resize(samples.size());
  std::stable_sort(lookup.order.begin(), lookup.order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(lookup.series(a), lookup.time(a)) <
           std::pair(lookup.series(b), lookup.time(b));
  });
  mark_repeats_at_hand(lookup);
  for (const auto* tail : tails) mark_held_in_tail(lookup, *tail);
  for (const auto& segment : sealed) {
    if (auto marked = mark_held_in(lookup, segment, open); !marked) {
      open.warn_once("repeats can't be told from new samples here", marked.error());
    }
  }
  if (std::find(lookup.known.begin(), lookup.known.end(), 1) == lookup.known.end()) return 0;
  std::uint32_t place = 0;
  return std::erase_if(samples, [&](const Sample&) { return lookup.known[place++] != 0; });
}

}  // namespace gemel::history::detail
