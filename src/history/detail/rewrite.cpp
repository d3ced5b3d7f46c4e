#include "history/detail/rewrite.hpp"

#include <algorithm>
#include <map>

#include "history/detail/checksum.hpp"
#include "history/detail/columns.hpp"
#include "history/detail/heads.hpp"

namespace gemel::history::detail {
namespace {

using Shared = std::shared_ptr<const Segment>;

/// A group and the segment that it is of.
struct Source {
  const Segment* segment;
  std::size_t number;

  Group group() const { return segment->group(number); }
  const GroupInfo& info() const { return segment->group_info(number); }
};

/// Calls `take(series, head, entries)` for every chunk of one block of series, each checked.
template <class Take>
Result<void> each_chunk(const Source& source, std::size_t block, Frames& frames,
                        ChunkDecoder& decoder, Take&& take) {
  const auto group = source.group();
  if (!group.has_heads(block)) return {};
  const auto heads = group.heads(block);
  if (!heads) return source.segment->within(heads.error());
  for (std::size_t i = 0; i < kSeriesPerBlock; ++i) {
    const auto series = static_cast<std::uint32_t>(block * kSeriesPerBlock + i);
    for (const auto& head : heads->of(i)) {
      const auto bytes = group.chunk_bytes(head);
      if (!bytes) return source.segment->within(bytes.error());
      const auto entries = decoder.decode(*bytes, head, frames);
      if (!entries) {
        return source.segment->within(
            damaged_at(group.info().chunks_offset() + head.offset, description(series, head)));
      }
      take(series, head, *entries);
    }
  }
  return {};
}

// --- Roll-ups

/// A roll-up is worth its bytes from so many buckets on; before, chunks do.
constexpr std::int64_t kBucketsLeast = 8;

/// Of one series, for each width.
using Buckets = std::vector<std::vector<ChunkInfo>>;

/// Those worth making for the span of the segments, those that already stand for samples that are
/// gone, and all when samples are about to go.
std::vector<Duration> widths_for(std::span<const Shared> segments, std::span<const Duration> widths,
                                 bool all) {
  Span span;
  std::vector<Duration> chosen;
  for (const auto& segment : segments) span.extend(segment->info().span);
  const auto is_kept = [&](Duration width) {
    return std::any_of(segments.begin(), segments.end(), [&](const auto& segment) {
      const auto& places = segment->roll_ups();
      return segment->info().forgotten > 0 &&
             std::any_of(places.begin(), places.end(),
                         [&](const auto& one) { return one.width == width; });
    });
  };
  const auto length =
      static_cast<double>(span.max_source.ns) - static_cast<double>(span.min_source.ns);
  for (const auto width : widths) {
    if (all || length >= static_cast<double>(width.ns) * kBucketsLeast || is_kept(width))
      chosen.push_back(width);
  }
  return chosen;
}

using ByNumber = std::map<std::int64_t, ChunkInfo>;

std::int64_t number_of(const ChunkInfo& bucket, Duration width) {
  return bucket.first.ns / width.ns - (bucket.first.ns % width.ns < 0 ? 1 : 0);
}

/// Two parts of one bucket.
ChunkInfo joined(const ChunkInfo& a, const ChunkInfo& b) {
  auto sum = a.first <= b.first ? a : b;
  const auto& later = a.first <= b.first ? b : a;
  sum.last = std::max(sum.last, later.last);
  sum.count += later.count;
  sum.gaps += later.gaps;
  sum.summary.add(later.summary);
  return sum;
}

void add(ByNumber& all, const std::vector<ChunkInfo>& buckets, Duration width) {
  for (const auto& bucket : buckets) {
    const auto [place, added] = all.try_emplace(number_of(bucket, width), bucket);
    if (!added) place->second = joined(place->second, bucket);
  }
}

/// Of a segment from which samples are gone: what was rolled up before where that is more.
std::vector<ChunkInfo> fuller(const std::vector<ChunkInfo>& fresh,
                              const std::vector<ChunkInfo>& before, Duration width) {
  ByNumber all;
  for (const auto& bucket : before) all.try_emplace(number_of(bucket, width), bucket);
  for (const auto& bucket : fresh) {
    const auto [place, added] = all.try_emplace(number_of(bucket, width), bucket);
    if (!added && bucket.count >= place->second.count) place->second = bucket;
  }
  std::vector<ChunkInfo> buckets;
  for (const auto& [_, bucket] : all) buckets.push_back(bucket);
  return buckets;
}

void in_order(std::vector<Record>& records) {
  const auto earlier = [](const Record& a, const Record& b) {
    return a.source_time < b.source_time;
  };
  if (!std::is_sorted(records.begin(), records.end(), earlier))
    std::stable_sort(records.begin(), records.end(), earlier);
  keep_last_known(records);
}

/// Rolls up all series of the groups, block by block.
class RollUpMaker {
 public:
  RollUpMaker(std::span<const Shared> segments, std::span<const Source> sources,
              std::vector<Duration> widths)
      : segments_(segments), sources_(sources), widths_(std::move(widths)), encoder_(widths_) {
    for (const auto& source : sources) {
      frames_.push_back(source.group().frames());
      blocks_ = std::max(blocks_, source.group().series_blocks());
    }
    for (const auto& segment : segments) {
      for (const auto& places : segment->roll_ups())
        blocks_ = std::max(blocks_, (places.ends.size() + kSeriesPerBlock - 1) / kSeriesPerBlock);
    }
  }

  /// Reads and checks everything, even when there is nothing to roll up.
  Result<EncodedRollUps> make(std::stop_token stop) {
    for (std::size_t block = 0; block < blocks_; ++block) {
      if (stop.stop_requested()) return {ErrorCode::Cancelled, "merging was stopped"};
      GEMEL_TRY(add_block(block));
    }
    return encoder_.finish();
  }

 private:
  using OfBlock = std::array<std::vector<Record>, kSeriesPerBlock>;

  Result<void> add_block(std::size_t block) {
    // Of whole segments together, so that a correction counts once; of others by themselves.
    OfBlock whole;
    std::map<const Segment*, OfBlock> partial;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      const auto* segment = sources_[i].segment;
      auto& records = segment->info().forgotten == 0 ? whole : partial[segment];
      Result<void> known;
      const auto take = [&](std::uint32_t series, const ChunkInfo&,
                            std::span<const Entry> entries) {
        for (const auto& entry : entries) {
          const auto known_at = frames_[i].known_at(entry.frame);
          if (!known_at) {
            known = known_at.error();
            return;
          }
          records[series % kSeriesPerBlock].push_back(
              {entry.source_time, *known_at, entry.value, entry.quality});
        }
      };
      GEMEL_TRY(each_chunk(sources_[i], block, frames_[i], decoder_, take));
      if (!known) return segment->within(known.error());
    }
    for (std::size_t i = 0; i < kSeriesPerBlock; ++i) {
      if (widths_.empty()) break;
      Buckets buckets;
      in_order(whole[i]);
      for (const auto width : widths_) buckets.push_back(roll_up(whole[i], width));
      for (auto& [segment, records] : partial) {
        GEMEL_TRY(add_partial(*segment, static_cast<std::uint32_t>(block * kSeriesPerBlock + i),
                              records[i], buckets));
      }
      encoder_.add(buckets);
    }
    return {};
  }

  Result<void> add_partial(const Segment& segment, std::uint32_t series,
                           std::vector<Record>& records, Buckets& buckets) const {
    in_order(records);
    for (std::size_t w = 0; w < buckets.size(); ++w) {
      const auto width = widths_[w];
      std::vector<ChunkInfo> before;
      for (const auto& places : segment.roll_ups()) {
        if (places.width != width) continue;
        auto old = segment.roll_up(places, series);
        if (!old) return segment.within(old.error());
        before = std::move(*old);
      }
      ByNumber all;
      add(all, buckets[w], width);
      add(all, fuller(roll_up(records, width), before, width), width);
      buckets[w].clear();
      for (const auto& [_, bucket] : all) buckets[w].push_back(bucket);
    }
    return {};
  }

  std::span<const Shared> segments_;
  std::span<const Source> sources_;
  std::vector<Duration> widths_;
  std::vector<Frames> frames_;
  ChunkDecoder decoder_;
  RollUpEncoder encoder_;
  std::size_t blocks_ = 0;
};

// --- Groups

/// Makes one group of small neighbours.
Result<EncodedGroup> put_groups_together(std::span<const Source> sources) {
  std::vector<Timestamp> known;
  std::vector<std::vector<Entry>> series;
  ChunkDecoder decoder;
  for (const auto& source : sources) {
    const auto group = source.group();
    auto frames = group.frames();
    const auto first = static_cast<std::uint32_t>(known.size());
    for (std::size_t block = 0; block * kFramesPerBlock < group.info().frames; ++block) {
      const auto times = frames.known_of_block(block);
      if (!times) return source.segment->within(times.error());
      known.insert(known.end(), times->begin(), times->end());
    }
    if (series.size() < group.series_blocks() * kSeriesPerBlock)
      series.resize(group.series_blocks() * kSeriesPerBlock);
    for (std::size_t block = 0; block < group.series_blocks(); ++block) {
      GEMEL_TRY(each_chunk(source, block, frames, decoder,
                           [&](std::uint32_t i, const ChunkInfo&, std::span<const Entry> entries) {
                             for (auto entry : entries) {
                               entry.frame += first;
                               series[i].push_back(entry);
                             }
                           }));
    }
  }
  for (auto& entries : series) {
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry& a, const Entry& b) { return a.source_time < b.source_time; });
  }
  const auto& last = sources.back();
  const auto after = last.group().keyframe();
  if (!after) return last.segment->within(after.error());
  return encode_group(
      {known, series.size(), [&](std::uint32_t i) { return std::span<const Entry>(series[i]); }},
      *after);
}

/// Neighbours that together weigh little enough.
std::vector<std::span<const Source>> runs_of(std::span<const Source> sources,
                                             std::uint64_t weight) {
  std::vector<std::span<const Source>> runs;
  std::size_t begin = 0;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto own = sources[i].info().samples + sources[i].info().frames;
    if (i > begin && sum + own > weight) {
      runs.push_back(sources.subspan(begin, i - begin));
      begin = i;
      sum = 0;
    }
    sum += own;
  }
  runs.push_back(sources.subspan(begin));
  return runs;
}

/// The events of all, under the same chain of hashes.
Result<void> put_events_together(std::span<const Shared> segments, SegmentDraft& draft) {
  std::vector<Event> events;
  for (const auto& segment : segments) {
    auto own = segment->events().all();
    if (!own) return segment->within(own.error());
    std::move(own->begin(), own->end(), std::back_inserter(events));
  }
  const auto ends = segments.front()->events().chain_ends();
  if (!ends) return segments.front()->within(ends.error());
  draft.events = events.size();
  draft.events_part = encode_events(events, ends->before).bytes;
  return {};
}

// --- Forgetting

/// A group as it will be written: its own bytes, or new ones.
struct Remains {
  GroupInfo info;
  std::string bytes;  // empty: those that it has
};

/// Heads and chunks of the series that stay; frames and key frame as they are.
Result<Remains> without_series(const Source& source, const ToForget& to_forget) {
  const auto group = source.group();
  const auto& old = source.info();
  Remains remains{old, {}};
  auto& info = remains.info;
  std::string heads_bytes, chunks;
  info.samples = 0;
  info.span.min_source = Timestamp::max();
  info.span.max_source = Timestamp::min();
  for (std::size_t block = 0; block < group.series_blocks(); ++block) {
    std::vector<ChunkInfo> kept;
    std::vector<std::int64_t> counts(kSeriesPerBlock);
    if (group.has_heads(block)) {
      GEMEL_ASSIGN(const auto heads, group.heads(block));
      for (std::size_t i = 0; i < kSeriesPerBlock; ++i) {
        if (to_forget(old, static_cast<std::uint32_t>(block * kSeriesPerBlock + i))) continue;
        for (const auto& head : heads.of(i)) {
          GEMEL_ASSIGN(const auto bytes, group.chunk_bytes(head));
          chunks += bytes;
          kept.push_back(head);
          ++counts[i];
          info.samples += head.count;
          info.span.min_source = std::min(info.span.min_source, head.first);
          info.span.max_source = std::max(info.span.max_source, head.last);
        }
      }
    }
    if (!kept.empty()) {
      ByteWriter out;
      out.varint(counts.size());
      write_column(out, counts);
      write_heads(out, kept);
      heads_bytes += sealed(out.take());
    }
    info.heads_ends[block] = static_cast<std::int64_t>(heads_bytes.size());
    info.chunks_ends[block] = static_cast<std::int64_t>(chunks.size());
    info.chunk_counts[block] = static_cast<std::int64_t>(kept.size());
  }
  info.heads_size = heads_bytes.size();
  info.chunks_size = chunks.size();
  GEMEL_ASSIGN(const auto all, source.segment->group_bytes(source.number));
  const auto whole = std::string_view(all);
  remains.bytes = std::string(whole.substr(0, old.frames_size)) + heads_bytes + chunks +
                  std::string(whole.substr(old.keyframe_offset() - old.offset));
  return remains;
}

/// Nothing but its last frame and its key frame.
Result<Remains> bare(const Source& source) {
  const auto group = source.group();
  GEMEL_ASSIGN(const auto after, group.keyframe());
  const Timestamp last = source.info().span.last_known;
  auto encoded = encode_group({{&last, 1}, 0, {}}, after);
  return Remains{std::move(encoded.info), std::move(encoded.bytes)};
}

bool forgets_all(const GroupInfo& info, const ToForget& to_forget) {
  for (std::uint32_t i = 0; i < info.heads_ends.size() * kSeriesPerBlock; ++i) {
    if (!to_forget(info, i)) return false;
  }
  return true;
}

Result<std::uint64_t> count_forgotten(const Source& source, const ToForget& to_forget) {
  const auto group = source.group();
  std::uint64_t samples = 0;
  for (std::size_t block = 0; block < group.series_blocks(); ++block) {
    if (!group.has_heads(block)) continue;
    GEMEL_ASSIGN(const auto heads, group.heads(block));
    for (std::size_t i = 0; i < kSeriesPerBlock; ++i) {
      if (!to_forget(source.info(), static_cast<std::uint32_t>(block * kSeriesPerBlock + i)))
        continue;
      for (const auto& head : heads.of(i)) samples += head.count;
    }
  }
  return samples;
}

std::vector<Source> sources_of(std::span<const Shared> segments) {
  std::vector<Source> sources;
  for (const auto& segment : segments) {
    for (std::size_t i = 0; i < segment->group_count(); ++i) sources.push_back({segment.get(), i});
  }
  return sources;
}

}  // namespace

Result<SegmentDraft> put_together(std::span<const Shared> segments, const Rewriting& how,
                                  std::stop_token stop) {
  const auto sources = std::make_shared<const std::vector<Source>>(sources_of(segments));
  SegmentDraft draft;
  draft.logs = {segments.front()->info().logs.first, segments.back()->info().logs.last};
  for (const auto& segment : segments) {
    draft.span.extend(segment->info().span);
    draft.forgotten += segment->info().forgotten;
  }
  GEMEL_TRY(put_events_together(segments, draft));
  GEMEL_ASSIGN(
      draft.roll_ups,
      RollUpMaker(segments, *sources, widths_for(segments, how.roll_ups, false)).make(stop));
  // What is encoded anew is small; the rest is copied when it is its turn.
  auto fresh = std::make_shared<std::map<std::size_t, std::string>>();
  std::vector<Source> taken_over;
  for (const auto run : runs_of(*sources, how.weight)) {
    taken_over.push_back(run.front());
    if (run.size() == 1) {
      draft.groups.push_back(run.front().info());
      continue;
    }
    GEMEL_ASSIGN(auto group, put_groups_together(run));
    (*fresh)[draft.groups.size()] = std::move(group.bytes);
    draft.groups.push_back(std::move(group.info));
  }
  draft.bytes_of = [fresh, taken_over](std::size_t i) -> Result<std::string> {
    if (const auto found = fresh->find(i); found != fresh->end()) return std::move(found->second);
    return taken_over[i].segment->group_bytes(taken_over[i].number);
  };
  return draft;
}

Result<SegmentDraft> without(const Shared& segment, const ToForget& to_forget, const Rewriting& how,
                             std::stop_token stop) {
  const auto sources = sources_of({&segment, 1});
  std::uint64_t forgotten = 0;
  for (const auto& source : sources) {
    const auto samples = count_forgotten(source, to_forget);
    if (!samples) return segment->within(samples.error());
    forgotten += *samples;
  }
  SegmentDraft draft;
  if (forgotten == 0) return draft;
  draft.logs = segment->info().logs;
  draft.span = segment->info().span;
  draft.forgotten = segment->info().forgotten + forgotten;
  GEMEL_TRY(put_events_together({&segment, 1}, draft));
  const std::span<const Shared> alone(&segment, 1);
  GEMEL_ASSIGN(draft.roll_ups,
               RollUpMaker(alone, sources, widths_for(alone, how.roll_ups, true)).make(stop));
  auto remains = std::make_shared<std::vector<Remains>>();
  for (const auto& source : sources) {
    const bool all = forgets_all(source.info(), to_forget);
    // One key frame must stay for what comes after.
    if (all && source.number + 1 < segment->group_count()) continue;
    auto one = all ? bare(source) : without_series(source, to_forget);
    if (!one) return segment->within(one.error());
    draft.groups.push_back(one->info);
    remains->push_back(std::move(*one));
  }
  draft.bytes_of = [remains](std::size_t i) -> Result<std::string> {
    return std::move((*remains)[i].bytes);
  };
  return draft;
}

}  // namespace gemel::history::detail
