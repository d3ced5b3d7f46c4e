#include "history/detail/known.hpp"

#include <algorithm>
#include <span>

#include "base/log.hpp"
#include "history/detail/requests.hpp"

namespace gemel::history::detail {
namespace {

bool same_content(const Sample& sample, double value, bool missing) {
  return missing == (sample.quality.grade == Grade::Missing) && (missing || sample.value == value);
}

/// Samples of one drop_known(), in an order in which they can be looked up.
struct Lookup {
  std::vector<Sample>& samples;
  const std::vector<SeriesId>& series_of;
  std::vector<std::uint32_t> order;  // by series, source time, place
  std::vector<char> known;           // by place

  SeriesId series(std::uint32_t i) const { return series_of[samples[i].signal.index]; }
  Timestamp time(std::uint32_t i) const { return samples[i].source_time; }

  void mark_if_in(std::uint32_t i, std::span<const Entry> entries) {
    for (const auto& entry : within(entries, {time(i), just_past(time(i))})) {
      if (same_content(samples[i], entry.value, entry.missing())) known[i] = 1;
    }
  }
};

void mark_repeats_at_hand(Lookup& lookup) {
  for (std::size_t k = 0; k < lookup.order.size(); ++k) {
    const auto i = lookup.order[k];
    for (std::size_t j = k; !lookup.known[i] && j-- > 0 &&
                            lookup.series(lookup.order[j]) == lookup.series(i) &&
                            lookup.time(lookup.order[j]) == lookup.time(i);) {
      const auto& earlier = lookup.samples[lookup.order[j]];
      if (same_content(lookup.samples[i], earlier.value, earlier.quality.grade == Grade::Missing))
        lookup.known[i] = 1;
    }
  }
}

void mark_held_in_tail(Lookup& lookup, const Tail& tail) {
  for (const auto i : lookup.order) lookup.mark_if_in(i, tail.series(lookup.series(i)).entries);
}

/// Those of one series that fall into one segment.
Result<void> mark_held(Lookup& lookup, std::span<const std::uint32_t> places,
                       const Segment& segment, SeriesId series) {
  GEMEL_ASSIGN(const auto chunks, segment.chunks(series));
  ChunkDecoder decoder;
  auto place = places.begin();
  for (const auto& chunk : chunks) {
    while (place != places.end() && lookup.time(*place) < chunk.first) ++place;
    if (place == places.end()) break;
    if (lookup.time(*place) > chunk.last) continue;
    GEMEL_ASSIGN(const auto bytes, segment.chunk_bytes(series, chunk));
    const auto entries = decoder.decode(bytes, chunk);
    if (entries.empty())
      return segment.damaged(segment.offset_of(series) + chunk.offset, "samples");
    for (; place != places.end() && lookup.time(*place) <= chunk.last; ++place)
      lookup.mark_if_in(*place, entries);
  }
  return {};
}

Result<void> mark_held_in(Lookup& lookup, const SealedSegment& sealed, OpenSegments& open) {
  const auto inside = [&](std::uint32_t i) {
    return sealed.info.min_source <= lookup.time(i) && lookup.time(i) <= sealed.info.max_source;
  };
  if (std::none_of(lookup.order.begin(), lookup.order.end(), inside)) return {};
  GEMEL_ASSIGN(const auto segment, open.get(sealed));
  for (std::size_t from = 0, to = 0; from < lookup.order.size(); from = to) {
    const auto series = lookup.series(lookup.order[from]);
    while (to < lookup.order.size() && lookup.series(lookup.order[to]) == series) ++to;
    GEMEL_TRY(
        mark_held(lookup, std::span(lookup.order).subspan(from, to - from), *segment, series));
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
  seen_ = newest_;
}

void KnownSamples::add(const SeriesFrame& frame) {
  for (const auto& sample : frame.samples) {
    auto& newest = newest_[sample.series.index];
    newest = std::max(newest, sample.source_time);
    seen_[sample.series.index] = newest;
  }
}

std::size_t KnownSamples::drop(std::vector<Sample>& samples, const std::vector<SeriesId>& series_of,
                               const Tail& tail, const SealedSegments& sealed, OpenSegments& open) {
  Lookup lookup{samples, series_of, {}, std::vector<char>(samples.size())};
  bool doubtful = false;
  for (const auto& sample : samples) {
    if (sample.signal.index >= series_of.size()) continue;  // commit() refuses it with a reason
    auto& seen = seen_[series_of[sample.signal.index].index];
    if (sample.source_time > seen)
      seen = sample.source_time;
    else
      doubtful = true;
  }
  for (const auto& sample : samples) {
    if (sample.signal.index >= series_of.size()) continue;
    const auto series = series_of[sample.signal.index].index;
    seen_[series] = newest_[series];
  }
  if (!doubtful) return 0;

  for (std::uint32_t i = 0; i < samples.size(); ++i) {
    if (samples[i].signal.index < series_of.size()) lookup.order.push_back(i);
  }
  std::stable_sort(lookup.order.begin(), lookup.order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(lookup.series(a), lookup.time(a)) <
           std::pair(lookup.series(b), lookup.time(b));
  });
  mark_repeats_at_hand(lookup);
  mark_held_in_tail(lookup, tail);
  for (const auto& segment : sealed) {
    if (auto marked = mark_held_in(lookup, segment, open); !marked) {
      log::warning("history", "repeats can't be told from new samples here",
                   {{"why", marked.error().message}});
    }
  }
  std::uint32_t place = 0;
  return std::erase_if(samples, [&](const Sample&) { return lookup.known[place++] != 0; });
}

}  // namespace gemel::history::detail
