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

/// Those of one group.
Result<void> add_chunks(const Shared& segment, std::uint32_t number, const Wanted& wanted,
                        TimeRange clip, std::vector<Piece>& pieces) {
  const auto& info = segment->group_info(number);
  if (info.span.first_known > wanted.known_at ||
      !overlaps(info.span.min_source, info.span.max_source, wanted.range))
    return {};
  const auto group = segment->group(number);
  const auto summaries = wanted.width.ns > 0 ? Summaries::All : Summaries::None;
  const auto heads = group.heads_of(wanted.series, summaries);
  if (!heads) return segment->within(heads.error());
  if (heads->empty()) return {};
  auto frames = static_cast<std::uint32_t>(info.frames);
  if (wanted.known_at < info.span.last_known) {
    const auto known = group.frames().known_by(wanted.known_at);
    if (!known) return segment->within(known.error());
    frames = *known;
  }
  for (const auto& head : *heads) {
    if (!overlaps(head.first, head.last, wanted.range) || head.first_frame >= frames) continue;
    auto& piece = pieces.emplace_back();
    piece.first = std::max(head.first, clip.from);
    piece.last = std::min(head.last, clip.until);
    piece.clip = clip;
    piece.head = head;
    piece.segment = segment;
    piece.series = wanted.series;
    piece.group = number;
    piece.frames = frames;
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

Result<void> add_roll_ups(const Shared& segment, const RollUpPlaces& places, const Wanted& wanted,
                          std::vector<Piece>& pieces) {
  const auto buckets = segment->roll_up(places, wanted.series);
  if (!buckets) return segment->within(buckets.error());
  for (const auto& bucket : *buckets) {
    if (!overlaps(bucket.first, bucket.last, wanted.range)) continue;
    auto& piece = pieces.emplace_back();
    piece.first = bucket.first;
    piece.last = bucket.last;
    piece.head = bucket;
    piece.segment = segment;
    piece.series = wanted.series;
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

Result<std::vector<Piece>> pieces_of(OpenSegments& open, const SealedSegments& sealed,
                                     const Wanted& wanted) {
  std::vector<Piece> pieces;
  for (const auto& one : sealed) {
    const auto& span = one.info.span;
    if (span.first_known > wanted.known_at) break;
    if (!overlaps(span.min_source, span.max_source, wanted.range)) continue;
    GEMEL_ASSIGN(const auto segment, open.get(one));
    if (const auto* places = wanted.width.ns > 0 ? roll_up_for(*segment, wanted) : nullptr) {
      GEMEL_TRY(add_roll_ups(segment, *places, wanted, pieces));
      continue;
    }
    for (std::uint32_t i = 0; i < segment->group_count(); ++i)
      GEMEL_TRY(add_chunks(segment, i, wanted, {}, pieces));
  }
  return pieces;
}

Result<std::vector<Piece>> expand(const Piece& rolled_up) {
  const TimeRange clip{rolled_up.first, just_past(rolled_up.last)};
  // A width, for whoever meets a roll-up draws a trend and takes chunks' summaries as well.
  const Wanted wanted{rolled_up.series, clip, Timestamp::max(), Duration{1}};
  std::vector<Piece> pieces;
  for (std::uint32_t i = 0; i < rolled_up.segment->group_count(); ++i)
    GEMEL_TRY(add_chunks(rolled_up.segment, i, wanted, clip, pieces));
  return pieces;
}

}  // namespace gemel::history::detail
