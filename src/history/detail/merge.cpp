#include "history/detail/merge.hpp"

#include <algorithm>

namespace gemel::history::detail {
namespace {

bool holds(TimeRange range, const ChunkInfo& head) {
  return range.contains(head.first) && range.contains(head.last);
}

bool begins_earlier(const Piece& a, const Piece& b) { return a.first < b.first; }

/// The pieces that are being read.
class Merge {
 public:
  Merge(std::vector<Piece> pieces, TimeRange range, const MergeSinks& sinks)
      : pieces_(std::move(pieces)), range_(range), sinks_(sinks) {
    if (!std::is_sorted(pieces_.begin(), pieces_.end(), begins_earlier))
      std::stable_sort(pieces_.begin(), pieces_.end(), begins_earlier);
  }

  Result<void> run() {
    while (!enough_) {
      const auto upcoming = next_time();
      const bool piece_is_due =
          next_piece_ < pieces_.size() && (!upcoming || pieces_[next_piece_].first <= *upcoming);
      if (piece_is_due) {
        GEMEL_TRY(start(next_piece_++, upcoming));
      } else if (!upcoming) {
        return {};
      } else {
        enough_ = !take(*upcoming);
      }
    }
    return {};
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

  /// A chunk or roll-up, each of whose records counts.
  static bool is_whole(const Piece& piece) {
    return piece.segment && piece.head.distinct &&
           (piece.rolled_up || piece.head.last_frame < piece.frames);
  }

  bool has_summary(const Piece& piece) const {
    return sinks_.summary && is_whole(piece) && holds(range_, piece.head) &&
           holds(piece.clip, piece.head);
  }

  Result<void> start(std::size_t at, std::optional<Timestamp> upcoming) {
    const auto& piece = pieces_[at];
    const bool alone = stands_alone(piece, upcoming);
    if (alone && has_summary(piece) && sinks_.summary(piece.head)) return {};
    if (piece.rolled_up) return put_in_chunks(at);
    if (alone && sinks_.stretch && is_whole(piece)) return pass_on_columns(piece);
    if (alone && piece.segment && piece.head.distinct) {
      records_.clear();
      GEMEL_TRY(decode(piece, records_));
      enough_ = !records_.empty() && !sinks_.records(records_);
      return {};
    }
    std::vector<Record> records;
    if (piece.segment)
      GEMEL_TRY(decode(piece, records));
    else
      records = std::move(pieces_[at].records);
    if (!records.empty()) cursors_.push_back({std::move(records)});
    return {};
  }

  /// Puts the chunks in the place of the roll-up.
  Result<void> put_in_chunks(std::size_t at) {
    GEMEL_ASSIGN(auto chunks, expand(pieces_[at]));
    if (chunks.empty() && sinks_.coarse) sinks_.coarse(pieces_[at].head);
    for (auto& chunk : chunks) {
      const auto place =
          std::upper_bound(pieces_.begin() + static_cast<std::ptrdiff_t>(next_piece_),
                           pieces_.end(), chunk, begins_earlier);
      pieces_.insert(place, std::move(chunk));
    }
    return {};
  }

  Result<void> pass_on_columns(const Piece& piece) {
    GEMEL_ASSIGN(const auto bytes, bytes_of(piece));
    const auto stretch = decoder_.stretch(bytes, piece.head);
    if (!stretch) return broken(piece, stretch.error());
    sinks_.stretch(stretch->within(range_).within(piece.clip));
    return {};
  }

  /// Appends those that count.
  Result<void> decode(const Piece& piece, std::vector<Record>& records) {
    GEMEL_ASSIGN(const auto bytes, bytes_of(piece));
    auto& frames = frames_of(piece);
    const auto& head = piece.head;
    const auto entries = decoder_.decode(bytes, head, frames);
    if (!entries) return broken(piece, entries.error());
    const auto known = frames.known(head.first_frame, head.last_frame);
    if (!known) return broken(piece, known.error());
    const auto wanted = within(within(*entries, range_), piece.clip);
    records.reserve(records.size() + wanted.size());
    for (const auto& entry : wanted) {
      if (entry.frame >= piece.frames) continue;
      records.push_back({entry.source_time, (*known)[entry.frame - head.first_frame], entry.value,
                         entry.quality});
    }
    return {};
  }

  /// Valid until the next call.
  Result<std::string_view> bytes_of(const Piece& piece) {
    bytes_.resize(piece.head.size);
    const auto read = piece.segment->group(piece.group).read_chunks(piece.head.offset, bytes_);
    if (!read) return broken(piece, read.error());
    return std::string_view(bytes_.data(), bytes_.size());
  }

  static Error broken(const Piece& piece, const Error& error) {
    if (error.code != ErrorCode::Corruption) return piece.segment->within(error);
    const auto& group = piece.segment->group_info(piece.group);
    return piece.segment->within(damaged_at(group.chunks_offset() + piece.head.offset,
                                            description(piece.series, piece.head)));
  }

  /// Neighbouring pieces are mostly of one group.
  Frames& frames_of(const Piece& piece) {
    if (!frames_ || framed_segment_ != piece.segment || framed_group_ != piece.group) {
      frames_.emplace(piece.segment->group(piece.group).frames());
      framed_segment_ = piece.segment;
      framed_group_ = piece.group;
    }
    return *frames_;
  }

  /// Passes on the record of that source time that counts; moves every cursor past it.
  bool take(Timestamp time) {
    if (cursors_.size() == 1) return take_run();
    const Record* best = nullptr;
    for (auto& cursor : cursors_) {
      for (; !cursor.done() && cursor.time() == time; ++cursor.at) {
        const auto& record = cursor.records[cursor.at];
        if (!best || record.known_at > best->known_at) best = &record;
      }
    }
    const bool more = sinks_.records({best, 1});
    std::erase_if(cursors_, [](const Cursor& cursor) { return cursor.done(); });
    return more;
  }

  /// While nothing else is near, record after record of the only cursor.
  bool take_run() {
    auto& cursor = cursors_.front();
    const auto until = next_piece_ < pieces_.size() ? pieces_[next_piece_].first : Timestamp::max();
    bool more = true;
    do {
      const auto* best = &cursor.records[cursor.at++];
      const auto time = best->source_time;
      for (; !cursor.done() && cursor.time() == time; ++cursor.at) {
        const auto& record = cursor.records[cursor.at];
        if (record.known_at > best->known_at) best = &record;
      }
      more = sinks_.records({best, 1});
    } while (more && !cursor.done() && cursor.time() < until);
    if (cursor.done()) cursors_.clear();
    return more;
  }

  std::vector<Piece> pieces_;
  TimeRange range_;
  const MergeSinks& sinks_;
  std::size_t next_piece_ = 0;
  std::vector<Cursor> cursors_;
  bool enough_ = false;
  ChunkDecoder decoder_;
  std::vector<char> bytes_;
  std::vector<Record> records_;
  std::optional<Frames> frames_;
  std::shared_ptr<const Segment> framed_segment_;
  std::uint32_t framed_group_ = 0;
};

}  // namespace

Result<void> merge(std::vector<Piece> pieces, TimeRange range, const MergeSinks& sinks) {
  return Merge(std::move(pieces), range, sinks).run();
}

}  // namespace gemel::history::detail
