#pragma once
// What is due: which segments to merge, which samples to forget. Decisions only.

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/plant.hpp"
#include "history/detail/sealed.hpp"

namespace gemel::history::detail {

/// So many segments of a size become one.
inline constexpr std::size_t kMergedAtOnce = 8;
/// A segment of that many groups is merged no more.
inline constexpr std::uint32_t kGroupsMost = 64;

/// Neighbours in the list of segments.
struct Run {
  std::size_t first = 0;
  std::size_t count = 0;
};

/// kMergedAtOnce neighbours of about one size, the oldest such; so every sample is copied once for
/// each power of kMergedAtOnce up to kGroupsMost. Source: size-tiered compaction, as in Cassandra.
std::optional<Run> due_to_merge(const SealedSegments& sealed,
                                const std::set<LogRange>& unmergeable);

/// The first neighbours that together have no more than kGroupsMost groups, or are fewer than could
/// be; empty when merging would change nothing.
std::optional<Run> can_be_merged(const SealedSegments& sealed,
                                 const std::set<LogRange>& unmergeable);

/// How long samples are kept; zero: for ever.
struct Keep {
  std::vector<Duration> by_series;
  Duration shortest;  // of those that are not for ever
};
Keep keep_of(const Plant& plant, const std::vector<SeriesId>& series_of, std::size_t series);

/// All of the group's samples are older than that.
bool is_due(const GroupInfo& group, Duration keep, Timestamp now);

/// Remembers when a segment was looked through, so that it isn't looked through again before more
/// of it can be due.
using LookedThrough = std::map<LogRange, Timestamp>;

/// An eighth of the segment's time has come of age since it was looked through the last time.
bool may_be_due(const SegmentInfo& info, const Keep& keep, Timestamp now,
                LookedThrough& looked_through);

}  // namespace gemel::history::detail
