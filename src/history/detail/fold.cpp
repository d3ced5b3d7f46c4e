#include "history/detail/fold.hpp"

#include <algorithm>

#include "base/parallel.hpp"
#include "history/detail/chunk_reader.hpp"

namespace gemel::history::detail {
namespace {

using Shared = std::shared_ptr<const Segment>;

/// Folds entries of one group into beliefs. Threads: one, but several may fold different blocks.
class GroupFold {
 public:
  /// Of the group's frames the first `visible` count.
  GroupFold(const Group& group, Timestamp at, std::uint32_t visible)
      : group_(group), frames_(group.frames()), bytes_(group), at_(at), visible_(visible) {}

  /// Those of the blocks from `first_block` up to `last_block`.
  Result<void> into(Beliefs& beliefs, std::string_view all_heads, std::size_t first_block,
                    std::size_t last_block) {
    HeadsBlock heads;
    for (auto block = first_block; block < last_block; ++block) {
      if (!group_.has_heads(block)) continue;
      GEMEL_TRY(group_.read_heads(block, all_heads, heads, Summaries::None));
      const auto first = block * kSeriesPerBlock;
      const auto last = std::min(beliefs.size(), first + kSeriesPerBlock);
      for (auto i = first; i < last; ++i)
        GEMEL_TRY(fold(static_cast<std::uint32_t>(i), heads.of(i - first), beliefs[i]));
    }
    return {};
  }

 private:
  Result<void> fold(std::uint32_t series, std::span<const ChunkInfo> chunks, Belief& belief) {
    Newest newest;
    // Chunks don't overlap: the last one that has a value decides, and the same for gap marks.
    for (auto chunk = chunks.rbegin(); chunk != chunks.rend(); ++chunk) {
      const bool wanted =
          (!newest.value && chunk->count > chunk->gaps) || (!newest.gap && chunk->gaps > 0);
      if (!wanted || chunk->first > at_ || chunk->first_frame >= visible_ ||
          is_older(*chunk, belief))
        continue;
      if (auto done = look_into(*chunk, newest); !done) return broken(series, *chunk, done.error());
    }
    for (const auto* found : {&newest.value, &newest.gap}) {
      if (!*found) continue;
      const auto& entry = **found;
      GEMEL_ASSIGN(const auto known_at, frames_.known_at(entry.frame));
      belief.absorb({entry.source_time, known_at, entry.value, entry.quality});
    }
    return {};
  }

  Result<void> look_into(const ChunkInfo& chunk, Newest& newest) {
    GEMEL_ASSIGN(const auto bytes, bytes_.of(chunk, group_.info().chunks_size));
    if (chunk.gaps == 0 && chunk.distinct) {
      GEMEL_ASSIGN(newest.value, decoder_.newest(bytes, chunk, at_, visible_, frames_));
      return {};
    }
    GEMEL_ASSIGN(const auto entries, decoder_.decode_until(bytes, chunk, at_, frames_));
    find_newest(entries, at_, visible_, chunk.gaps > 0, newest);
    return {};
  }

  /// Nothing in it can change the belief.
  static bool is_older(const ChunkInfo& chunk, const Belief& belief) {
    return chunk.last < belief.value_time && (chunk.gaps == 0 || chunk.last < belief.missing_since);
  }

  Error broken(std::uint32_t series, const ChunkInfo& chunk, const Error& why) const {
    if (why.code != ErrorCode::Corruption) return why;
    return damaged_at(group_.info().chunks_offset() + chunk.offset, description(series, chunk));
  }

  Group group_;
  Frames frames_;
  ChunkBytes bytes_;
  ChunkDecoder decoder_;
  Timestamp at_;
  std::uint32_t visible_;
};

/// Folds what was known of a group by `known_at`.
Result<void> fold_group(const Group& group, Timestamp at, Timestamp known_at, Beliefs& beliefs) {
  constexpr std::size_t kBlocksTogether = 16;  // some hundred microseconds
  auto visible = static_cast<std::uint32_t>(group.info().frames);
  if (known_at < group.info().span.last_known) {
    GEMEL_ASSIGN(visible, group.frames().known_by(known_at));
  }
  GEMEL_ASSIGN(const auto all_heads, group.all_heads());
  const auto blocks =
      std::min(group.series_blocks(), (beliefs.size() + kSeriesPerBlock - 1) / kSeriesPerBlock);
  return share_out(blocks, kBlocksTogether, [&](std::size_t first, std::size_t last) {
    return GroupFold(group, at, visible).into(beliefs, all_heads, first, last);
  });
}

bool may_stand_for(const Span& span, Timestamp at, Timestamp known_at) {
  return span.last_known <= known_at && span.newest_belief <= at;
}

/// Where the fold begins: behind group `group` of segment `segment`, whose key frame `beliefs` is.
struct Start {
  std::size_t segment = 0;
  std::size_t group = 0;
  Beliefs beliefs;
};

/// The newest key frame of a segment that tells nothing later than `at` and `known_at`.
Result<bool> find_in(OpenSegments& open, const Shared& segment, Timestamp at, Timestamp known_at,
                     Start& start) {
  for (auto i = segment->group_count(); i-- > 0;) {
    if (!may_stand_for(segment->group_info(i).span, at, known_at)) continue;
    auto keyframe = segment->group(i).keyframe();
    if (keyframe) {
      start.group = i + 1;
      start.beliefs = std::move(*keyframe);
      return true;
    }
    if (keyframe.error().code != ErrorCode::Corruption) return segment->within(keyframe.error());
    open.warn_once("a key frame can't be read; going on from the one before",
                   segment->within(keyframe.error()));
  }
  return false;
}

Result<Start> find_start(OpenSegments& open, const SealedSegments& sealed, Timestamp at,
                         Timestamp known_at) {
  Start start;
  // Of the segments only those around `at` are opened: the first whose last key frame will do, and
  // the one after it, some of whose groups may be later still.
  for (auto i = sealed.size(); i-- > 0;) {
    const auto& [info, lost] = sealed[i];
    if (lost || info.span.first_known > known_at) continue;
    const bool whole = may_stand_for(info.span, at, known_at);
    if (!whole && (info.groups < 2 || info.kept_from > at)) continue;
    const auto segment = open.get(sealed[i]);
    if (!segment) {
      open.warn_once("a key frame can't be read; going on from the one before", segment.error());
      continue;
    }
    GEMEL_ASSIGN(const bool found, find_in(open, *segment, at, known_at, start));
    if (!found) continue;
    start.segment = i;
    return start;
  }
  return start;
}

}  // namespace

void absorb(Belief& belief, const Belief& other) {
  if (!belief.has_value() && belief.missing_since == Timestamp::min()) {
    belief = other;
    return;
  }
  if (other.has_value())
    belief.absorb({other.value_time, other.known_at, other.value, other.value_quality});
  if (other.missing_since == Timestamp::min()) return;
  Quality gap;
  gap.grade = Grade::Missing;
  belief.absorb({other.missing_since, other.missing_known_at, 0.0, gap});
}

Result<Beliefs> sealed_beliefs(OpenSegments& open, const SealedSegments& sealed, std::size_t count,
                               Timestamp at, Timestamp known_at) {
  GEMEL_ASSIGN(auto start, find_start(open, sealed, at, known_at));
  auto& beliefs = start.beliefs;
  beliefs.resize(std::max(beliefs.size(), count));
  auto first_group = start.group;
  for (auto i = start.segment; i < sealed.size(); ++i, first_group = 0) {
    const auto& info = sealed[i].info;
    if (info.span.first_known > known_at) break;
    if (info.span.min_source > at) continue;
    GEMEL_ASSIGN(const auto segment, open.get(sealed[i]));
    for (auto g = first_group; g < segment->group_count(); ++g) {
      const auto& span = segment->group_info(g).span;
      if (span.first_known > known_at) break;
      if (span.min_source > at) continue;
      if (auto done = fold_group(segment->group(g), at, known_at, beliefs); !done)
        return segment->within(done.error());
    }
  }
  return std::move(beliefs);
}

}  // namespace gemel::history::detail
