#include "history/detail/sealed.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "history/detail/names.hpp"
#include "history/detail/requests.hpp"

namespace gemel::history::detail {
namespace {

/// So many buckets of a roll-up a pixel at least, so that few lie across its edges.
constexpr std::int64_t kRollUpsPerBucket = 2;

using Shared = std::shared_ptr<const Segment>;

/// After forgetting, another file has the same name.
bool is(const SegmentInfo& a, const SegmentInfo& b) {
  return a.logs == b.logs && a.file_bytes == b.file_bytes;
}

bool overlaps(Timestamp first, Timestamp last, TimeRange range) {
  return last >= range.from && first < range.until;
}

/// Adds one group's chunks of some series.
class ChunksOfGroup {
 public:
  ChunksOfGroup(const Shared& segment, std::uint32_t number, const Wanted& wanted, TimeRange clip)
      : segment_(segment),
        number_(number),
        info_(segment->group_info(number)),
        group_(segment->group(number)),
        wanted_(wanted),
        clip_(clip),
        summaries_(wanted.width.ns > 0 ? Summaries::All : Summaries::None) {}

  Result<void> add(std::span<const WantedSeries> series) {
    if (info_.span.first_known > wanted_.known_at ||
        !overlaps(info_.span.min_source, info_.span.max_source, wanted_.range))
      return {};
    frames_ = static_cast<std::uint32_t>(info_.frames);
    if (wanted_.known_at < info_.span.last_known) {
      GEMEL_ASSIGN(frames_, group_.frames().known_by(wanted_.known_at));
    }
    while (!series.empty()) {
      const auto block = series.front().series / kSeriesPerBlock;
      const auto end = std::find_if(series.begin(), series.end(), [=](const WantedSeries& one) {
        return one.series / kSeriesPerBlock != block;
      });
      const auto count = static_cast<std::size_t>(end - series.begin());
      if (group_.has_heads(block)) GEMEL_TRY(add_of_block(block, series.first(count)));
      series = series.subspan(count);
    }
    return {};
  }

 private:
  Result<void> add_of_block(std::size_t block, std::span<const WantedSeries> series) {
    if (series.size() == 1) {
      GEMEL_ASSIGN(const auto heads, group_.heads_of(series.front().series, summaries_));
      add(series.front(), heads, 0);
      return {};
    }
    GEMEL_ASSIGN(const auto heads, group_.heads(block, summaries_));
    for (std::size_t i = 0; i < series.size();) {
      // Chunks of series that follow one another do so, too.
      auto last = i;
      while (last + 1 < series.size() && series[last + 1].series == series[last].series + 1) ++last;
      std::uint64_t ahead = 0;
      for (auto k = last + 1; k-- > i && ahead == 0;) {
        if (const auto of_last = heads.of(series[k].series % kSeriesPerBlock); !of_last.empty())
          ahead = of_last.back().offset + of_last.back().size;
      }
      for (; i <= last; ++i) add(series[i], heads.of(series[i].series % kSeriesPerBlock), ahead);
    }
    return {};
  }

  void add(const WantedSeries& one, std::span<const ChunkInfo> heads, std::uint64_t ahead) {
    for (const auto& head : heads) {
      if (!overlaps(head.first, head.last, wanted_.range) || head.first_frame >= frames_) continue;
      auto& piece = one.pieces->emplace_back();
      piece.first = std::max(head.first, clip_.from);
      piece.last = std::min(head.last, clip_.until);
      piece.clip = clip_;
      piece.chunk = {segment_, number_, one.series, head, ahead};
      piece.frames = frames_;
    }
  }

  const Shared& segment_;
  std::uint32_t number_;
  const GroupInfo& info_;
  Group group_;
  const Wanted& wanted_;
  TimeRange clip_;
  Summaries summaries_;
  std::uint32_t frames_ = 0;  // of the group's, how many count
};

Result<void> add_chunks(const Shared& segment, const Wanted& wanted, TimeRange clip,
                        std::span<const WantedSeries> series) {
  for (std::uint32_t i = 0; i < segment->group_count(); ++i) {
    if (auto done = ChunksOfGroup(segment, i, wanted, clip).add(series); !done)
      return segment->within(done.error());
  }
  return {};
}

/// The coarsest that is fine enough. Null when none is, or when the segment holds what was not
/// known yet.
const RollUpPlaces* roll_up_for(const Segment& segment, const Wanted& wanted) {
  if (segment.info().span.last_known > wanted.known_at) return nullptr;
  const RollUpPlaces* best = nullptr;
  for (const auto& places : segment.roll_ups()) {
    if (places.width.ns * kRollUpsPerBucket > wanted.width.ns) continue;
    if (!best || places.width > best->width) best = &places;
  }
  // Where samples are gone, anything is better than nothing.
  if (!best && segment.info().forgotten > 0 && !segment.roll_ups().empty())
    best = &segment.roll_ups().front();
  return best;
}

Result<void> add_roll_ups(const Shared& segment, const RollUpPlaces& places, TimeRange range,
                          const WantedSeries& one) {
  const auto buckets = segment->roll_up(places, one.series);
  if (!buckets) return segment->within(buckets.error());
  for (const auto& bucket : *buckets) {
    if (!overlaps(bucket.first, bucket.last, range)) continue;
    auto& piece = one.pieces->emplace_back();
    piece.first = bucket.first;
    piece.last = bucket.last;
    piece.chunk = {segment, 0, one.series, bucket, 0};
    piece.rolled_up = true;
  }
  return {};
}

}  // namespace

Result<Shared> OpenSegments::get(const SealedSegment& sealed) {
  const auto& info = sealed.info;
  if (sealed.lost) {
    return {ErrorCode::Corruption, segment_name(info.logs) +
                                       " is missing or can't be read; it held what was known " +
                                       "between " + to_string(info.span.first_known) + " and " +
                                       to_string(info.span.last_known)};
  }
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(open_.begin(), open_.end(),
                                  [&](const auto& segment) { return is(segment->info(), info); });
  if (found != open_.end()) {
    open_.splice(open_.begin(), open_, found);
    return open_.front();
  }
  GEMEL_ASSIGN(auto segment, Segment::open(files_, directory_ / segment_name(info.logs), info));
  open_.push_front(segment);
  if (open_.size() > kMost) open_.pop_back();
  return segment;
}

void OpenSegments::warn_once(std::string_view what, const Error& why) {
  const std::lock_guard lock(mutex_);
  if (warned_.insert(why.message).second) log::warning("history", what, {{"why", why.message}});
}

void OpenSegments::close(const SegmentInfo& info) {
  const std::lock_guard lock(mutex_);
  open_.remove_if([&](const auto& segment) { return is(segment->info(), info); });
}

Result<void> add_pieces(OpenSegments& open, const SealedSegments& sealed, const Wanted& wanted,
                        std::span<const WantedSeries> series) {
  for (const auto& one : sealed) {
    const auto& span = one.info.span;
    if (span.first_known > wanted.known_at) break;
    if (!overlaps(span.min_source, span.max_source, wanted.range)) continue;
    GEMEL_ASSIGN(const auto segment, open.get(one));
    const auto* places = wanted.width.ns > 0 ? roll_up_for(*segment, wanted) : nullptr;
    if (!places) {
      GEMEL_TRY(add_chunks(segment, wanted, {}, series));
      continue;
    }
    for (const auto& wanted_series : series)
      GEMEL_TRY(add_roll_ups(segment, *places, wanted.range, wanted_series));
  }
  return {};
}

std::size_t groups_within(const SealedSegments& sealed, TimeRange range) {
  std::size_t groups = 0;
  for (const auto& [info, lost] : sealed) {
    if (overlaps(info.span.min_source, info.span.max_source, range)) groups += info.groups;
  }
  return groups;
}

Result<std::vector<Piece>> expand(const Piece& rolled_up) {
  const auto& chunk = rolled_up.chunk;
  const TimeRange clip{rolled_up.first, just_past(rolled_up.last)};
  // A width, for whoever meets a roll-up draws a trend and takes chunks' summaries as well.
  const Wanted wanted{clip, Timestamp::max(), Duration{1}};
  std::vector<Piece> pieces;
  const WantedSeries one{chunk.series, &pieces};
  GEMEL_TRY(add_chunks(chunk.segment, wanted, clip, {&one, 1}));
  return pieces;
}

}  // namespace gemel::history::detail
