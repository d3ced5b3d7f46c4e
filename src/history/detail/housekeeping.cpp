#include "history/detail/housekeeping.hpp"

#include <algorithm>

namespace gemel::history::detail {
namespace {

/// By the logs that went into it, since small groups may have become one.
unsigned tier_of(const SegmentInfo& info) {
  unsigned tier = 0;
  for (std::size_t logs = info.logs.last - info.logs.first + 1; logs >= kMergedAtOnce;
       logs /= kMergedAtOnce)
    ++tier;
  return tier;
}

bool mergeable(const SealedSegment& segment, const std::set<LogRange>& unmergeable) {
  return !segment.lost && segment.info.groups < kGroupsMost &&
         !unmergeable.contains(segment.info.logs);
}

/// Times may lie at the ends of the scale.
Timestamp before(Timestamp now, Duration keep) {
  std::int64_t ns = 0;
  return __builtin_sub_overflow(now.ns, keep.ns, &ns) ? Timestamp::min() : Timestamp{ns};
}

}  // namespace

std::optional<Run> due_to_merge(const SealedSegments& sealed,
                                const std::set<LogRange>& unmergeable) {
  Run run;
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    const bool goes_on = run.count > 0 && mergeable(sealed[i], unmergeable) &&
                         tier_of(sealed[i].info) == tier_of(sealed[run.first].info);
    if (goes_on)
      ++run.count;
    else
      run = {i, mergeable(sealed[i], unmergeable) ? std::size_t{1} : std::size_t{0}};
    if (run.count == kMergedAtOnce) return run;
  }
  return std::nullopt;
}

std::optional<Run> can_be_merged(const SealedSegments& sealed,
                                 const std::set<LogRange>& unmergeable) {
  for (std::size_t first = 0; first < sealed.size(); ++first) {
    std::uint64_t groups = 0;
    std::size_t count = 0;
    while (first + count < sealed.size() && mergeable(sealed[first + count], unmergeable) &&
           groups + sealed[first + count].info.groups <= kGroupsMost) {
      groups += sealed[first + count].info.groups;
      ++count;
    }
    if (count > 1) return Run{first, count};
  }
  return std::nullopt;
}

Keep keep_of(const Plant& plant, const std::vector<SeriesId>& series_of, std::size_t series) {
  Keep keep{std::vector<Duration>(series), {}};
  for (std::size_t i = 0; i < series_of.size(); ++i) {
    const auto one = plant.signals[i].keep;
    if (series_of[i].index < series) keep.by_series[series_of[i].index] = one;
    if (one.ns > 0 && (keep.shortest.ns == 0 || one < keep.shortest)) keep.shortest = one;
  }
  return keep;
}

bool is_due(const GroupInfo& group, Duration keep, Timestamp now) {
  return keep.ns > 0 && group.span.max_source < before(now, keep);
}

bool may_be_due(const SegmentInfo& info, const Keep& keep, Timestamp now,
                LookedThrough& looked_through) {
  if (keep.shortest.ns == 0 || info.kept_from > info.kept_until) return false;
  const auto eighth =
      Duration{static_cast<std::int64_t>((static_cast<std::uint64_t>(info.kept_until.ns) -
                                          static_cast<std::uint64_t>(info.kept_from.ns)) /
                                         8)};
  if (before(now, keep.shortest) <= info.kept_from + eighth) return false;
  const auto [last, first_time] = looked_through.try_emplace(info.logs, now);
  if (first_time) return true;
  if (before(now, Duration{std::max<std::int64_t>(eighth.ns, 1)}) < last->second) return false;
  last->second = now;
  return true;
}

}  // namespace gemel::history::detail
