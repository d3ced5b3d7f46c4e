#include "history/detail/sealed.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "history/detail/names.hpp"

namespace gemel::history::detail {

Result<std::shared_ptr<const Segment>> OpenSegments::get(const SealedSegment& sealed) {
  const auto& info = sealed.info;
  if (sealed.lost) {
    return {ErrorCode::Corruption,
            segment_name(info.number) + " is missing or can't be read; it held what was known " +
                "between " + to_string(info.first_known) + " and " + to_string(info.last_known)};
  }
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(open_.begin(), open_.end(), [&](const auto& segment) {
    return segment->info().number == info.number;
  });
  if (found != open_.end()) {
    open_.splice(open_.begin(), open_, found);
    return open_.front();
  }
  GEMEL_ASSIGN(auto segment, Segment::open(files_, directory_ / segment_name(info.number), info));
  open_.push_front(segment);
  if (open_.size() > kMost) open_.pop_back();
  return segment;
}

Result<std::vector<Piece>> pieces_of(OpenSegments& open, const SealedSegments& sealed,
                                     SeriesId series, TimeRange range, Timestamp known_at) {
  std::vector<Piece> pieces;
  for (const auto& one : sealed) {
    const auto& info = one.info;
    if (info.first_known > known_at) break;
    if (info.max_source < range.from || info.min_source >= range.until) continue;
    GEMEL_ASSIGN(const auto segment, open.get(one));
    if (!segment->has(series)) continue;
    GEMEL_ASSIGN(const auto chunks, segment->chunks(series));
    GEMEL_ASSIGN(const auto frames, segment->frames_known_by(known_at));
    for (const auto& chunk : chunks) {
      if (chunk.last < range.from || chunk.first >= range.until || chunk.first_frame >= frames)
        continue;
      pieces.push_back({chunk.first, chunk.last, {}, segment, series, chunk, frames});
    }
  }
  return pieces;
}

namespace {

Result<std::vector<Record>> decode(Piece& piece, TimeRange range) {
  if (!piece.segment) return std::move(piece.records);
  GEMEL_ASSIGN(const auto bytes, piece.segment->chunk_bytes(piece.series, piece.chunk));
  ChunkDecoder decoder;
  const auto entries = decoder.decode(bytes, piece.chunk);
  if (entries.empty()) {
    return piece.segment->damaged(piece.segment->offset_of(piece.series) + piece.chunk.offset,
                                  "samples from " + to_string(piece.first) + " to " +
                                      to_string(piece.last) + " of series " +
                                      std::to_string(piece.series.index));
  }
  FrameTimes times(*piece.segment);
  std::vector<Record> records;
  for (const auto& entry : within(entries, range)) {
    if (entry.frame >= piece.frames) continue;
    GEMEL_ASSIGN(const auto known_at, times.known_at(entry.frame));
    records.push_back({entry.source_time, known_at, entry.value, entry.quality});
  }
  return records;
}

/// The pieces that are being read.
class Merge {
 public:
  Merge(std::vector<Piece> pieces, TimeRange range, const MergeSinks& sinks)
      : pieces_(std::move(pieces)), range_(range), sinks_(sinks) {
    std::stable_sort(pieces_.begin(), pieces_.end(),
                     [](const Piece& a, const Piece& b) { return a.first < b.first; });
  }

  Result<void> run() {
    for (;;) {
      const auto upcoming = next_time();
      const bool piece_is_due =
          next_piece_ < pieces_.size() && (!upcoming || pieces_[next_piece_].first <= *upcoming);
      if (piece_is_due) {
        GEMEL_TRY(start(pieces_[next_piece_++], upcoming));
      } else if (!upcoming || !sinks_.record(take(*upcoming))) {
        return {};
      }
    }
  }

 private:
  struct Cursor {
    std::vector<Record> records;
    std::size_t at = 0;
    Timestamp time() const { return records[at].source_time; }
    bool done() const { return at == records.size(); }
  };

  std::optional<Timestamp> next_time() const {
    std::optional<Timestamp> next;
    for (const auto& cursor : cursors_) {
      if (!next || cursor.time() < *next) next = cursor.time();
    }
    return next;
  }

  bool stands_alone(const Piece& piece, std::optional<Timestamp> upcoming) const {
    const bool others_later = !upcoming || *upcoming > piece.last;
    const bool next_later =
        next_piece_ == pieces_.size() || pieces_[next_piece_].first > piece.last;
    return others_later && next_later;
  }

  bool has_summary(const Piece& piece) const {
    return sinks_.summary && piece.segment && piece.chunk.distinct &&
           piece.chunk.last_frame < piece.frames && range_.contains(piece.first) &&
           range_.contains(piece.last);
  }

  Result<void> start(Piece& piece, std::optional<Timestamp> upcoming) {
    if (has_summary(piece) && stands_alone(piece, upcoming) && sinks_.summary(piece.chunk))
      return {};
    GEMEL_ASSIGN(auto records, decode(piece, range_));
    if (!records.empty()) cursors_.push_back({std::move(records)});
    return {};
  }

  /// The record of that source time that counts; moves every cursor past it.
  Record take(Timestamp time) {
    const Record* best = nullptr;
    for (auto& cursor : cursors_) {
      for (; !cursor.done() && cursor.time() == time; ++cursor.at) {
        const auto& record = cursor.records[cursor.at];
        if (!best || record.known_at > best->known_at) best = &record;
      }
    }
    const Record record = *best;
    std::erase_if(cursors_, [](const Cursor& cursor) { return cursor.done(); });
    return record;
  }

  std::vector<Piece> pieces_;
  TimeRange range_;
  const MergeSinks& sinks_;
  std::size_t next_piece_ = 0;
  std::vector<Cursor> cursors_;
};

/// Folds one segment's entries into beliefs, reading its chunks in one go.
class SegmentFold {
 public:
  SegmentFold(const Segment& segment, Timestamp at, std::uint32_t frames)
      : segment_(segment), times_(segment), at_(at), frames_(frames) {}

  Result<void> into(Beliefs& beliefs) {
    GEMEL_ASSIGN(const auto all, segment_.all_series());
    const auto count = std::min(beliefs.size(), segment_.series_count());
    for (std::uint32_t i = 0; i < count; ++i) {
      if (segment_.has({i})) GEMEL_TRY(fold({i}, segment_.part_of(all, {i}), beliefs[i]));
    }
    return {};
  }

 private:
  Result<void> fold(SeriesId id, std::string_view bytes, Belief& belief) {
    const auto chunks = decode_heads(bytes.substr(0, segment_.heads_size(id)));
    if (chunks.empty())
      return segment_.damaged(segment_.offset_of(id),
                              "the heads of series " + std::to_string(id.index));
    Newest newest;
    // Chunks don't overlap: the last one that has a value decides, and the same for gap marks.
    for (auto chunk = chunks.rbegin(); chunk != chunks.rend(); ++chunk) {
      const bool wanted =
          (!newest.value && chunk->count > chunk->gaps) || (!newest.gap && chunk->gaps > 0);
      if (!wanted || chunk->first > at_ || chunk->first_frame >= frames_ ||
          is_older(*chunk, belief))
        continue;
      if (chunk->offset > bytes.size() || chunk->size > bytes.size() - chunk->offset)
        return broken(id, *chunk);
      const auto entries =
          decoder_.decode_until(bytes.substr(chunk->offset, chunk->size), *chunk, at_);
      if (!entries) return broken(id, *chunk);
      find_newest(*entries, at_, frames_, chunk->gaps > 0, newest);
    }
    for (const auto& found : {newest.value, newest.gap}) {
      if (!found) continue;
      GEMEL_ASSIGN(const auto known_at, times_.known_at(found->frame));
      belief.absorb({found->source_time, known_at, found->value, found->quality});
    }
    return {};
  }

  /// Nothing in it can change the belief.
  static bool is_older(const ChunkInfo& chunk, const Belief& belief) {
    return chunk.last < belief.value_time && (chunk.gaps == 0 || chunk.last < belief.missing_since);
  }

  Error broken(SeriesId id, const ChunkInfo& chunk) const {
    return segment_.damaged(segment_.offset_of(id) + chunk.offset,
                            "samples from " + to_string(chunk.first) + " to " +
                                to_string(chunk.last) + " of series " + std::to_string(id.index));
  }

  const Segment& segment_;
  FrameTimes times_;
  ChunkDecoder decoder_;
  Timestamp at_;
  std::uint32_t frames_;
};

/// How many segments a key frame may stand for: those before the first whose beliefs reach past
/// `at` or `known_at`.
std::size_t covered(const SealedSegments& sealed, Timestamp at, Timestamp known_at) {
  std::size_t n = sealed.size();
  while (n > 0) {
    const auto& [info, lost] = sealed[n - 1];
    if (!lost && info.last_known <= known_at && info.newest_belief <= at) break;
    --n;
  }
  return n;
}

}  // namespace

Result<void> merge(std::vector<Piece> pieces, TimeRange range, const MergeSinks& sinks) {
  return Merge(std::move(pieces), range, sinks).run();
}

void absorb(Belief& belief, const Belief& other) {
  if (other.has_value())
    belief.absorb({other.value_time, other.known_at, other.value, other.value_quality});
  if (other.missing_since == Timestamp::min()) return;
  Quality gap;
  gap.grade = Grade::Missing;
  belief.absorb({other.missing_since, other.missing_known_at, 0.0, gap});
}

Result<Beliefs> sealed_beliefs(OpenSegments& open, const SealedSegments& sealed, std::size_t count,
                               Timestamp at, Timestamp known_at) {
  Beliefs beliefs;
  auto from = covered(sealed, at, known_at);
  for (; from > 0; --from) {
    if (sealed[from - 1].lost) continue;
    const auto segment = open.get(sealed[from - 1]);
    auto keyframe = segment ? (*segment)->keyframe() : Result<Beliefs>(segment.error());
    if (keyframe) {
      beliefs = std::move(*keyframe);
      break;
    }
    log::warning("history", "a key frame can't be read; going on from the one before",
                 {{"why", keyframe.error().message}});
  }
  beliefs.resize(std::max(beliefs.size(), count));
  for (auto i = from; i < sealed.size() && sealed[i].info.first_known <= known_at; ++i) {
    if (sealed[i].info.min_source > at) continue;
    GEMEL_ASSIGN(const auto segment, open.get(sealed[i]));
    GEMEL_ASSIGN(const auto frames, segment->frames_known_by(known_at));
    GEMEL_TRY(SegmentFold(*segment, at, frames).into(beliefs));
  }
  return beliefs;
}

}  // namespace gemel::history::detail
