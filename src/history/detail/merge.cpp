#include "history/detail/merge.hpp"

#include <algorithm>
#include <optional>

namespace gemel::history::detail {
namespace {

bool holds(TimeRange range, const ChunkInfo& head) {
  return range.contains(head.first) && range.contains(head.last);
}

bool begins_earlier(const Piece& a, const Piece& b) { return a.first < b.first; }

/// The pieces that are being read.
class Merge {
 public:
  Merge(std::vector<Piece> pieces, TimeRange range, const MergeSinks& sinks, ChunkReader& reader)
      : pieces_(std::move(pieces)), range_(range), sinks_(sinks), reader_(reader) {
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
    const auto& head = piece.chunk.head;
    return piece.chunk.segment && head.distinct &&
           (piece.rolled_up || head.last_frame < piece.frames);
  }

  bool has_summary(const Piece& piece) const {
    return sinks_.summary && is_whole(piece) && holds(range_, piece.chunk.head) &&
           holds(piece.clip, piece.chunk.head);
  }

  Result<void> start(std::size_t at, std::optional<Timestamp> upcoming) {
    const auto& piece = pieces_[at];
    const bool alone = stands_alone(piece, upcoming);
    if (alone && has_summary(piece) && sinks_.summary(piece.chunk.head)) return {};
    if (piece.rolled_up) return put_in_chunks(at);
    if (alone && sinks_.stretch && is_whole(piece)) return pass_on_columns(piece);
    if (alone && piece.chunk.segment && piece.chunk.head.distinct) {
      records_.clear();
      GEMEL_TRY(decode(piece, records_));
      enough_ = !records_.empty() && !sinks_.records(records_);
      return {};
    }
    std::vector<Record> records;
    if (piece.chunk.segment)
      GEMEL_TRY(decode(piece, records));
    else
      records = std::move(pieces_[at].records);
    if (alone && !piece.chunk.segment) {
      keep_last_known(records);
      enough_ = !records.empty() && !sinks_.records(records);
      return {};
    }
    if (!records.empty()) cursors_.push_back({std::move(records)});
    return {};
  }

  /// Puts the chunks in the place of the roll-up.
  Result<void> put_in_chunks(std::size_t at) {
    GEMEL_ASSIGN(auto chunks, expand(pieces_[at]));
    if (chunks.empty() && sinks_.coarse) sinks_.coarse(pieces_[at].chunk.head);
    for (auto& chunk : chunks) {
      const auto place =
          std::upper_bound(pieces_.begin() + static_cast<std::ptrdiff_t>(next_piece_),
                           pieces_.end(), chunk, begins_earlier);
      pieces_.insert(place, std::move(chunk));
    }
    return {};
  }

  Result<void> pass_on_columns(const Piece& piece) {
    GEMEL_ASSIGN(const auto stretch, reader_.stretch(piece.chunk));
    sinks_.stretch(stretch.within(range_).within(piece.clip));
    return {};
  }

  /// Appends those that count.
  Result<void> decode(const Piece& piece, std::vector<Record>& records) {
    GEMEL_ASSIGN(const auto entries, reader_.entries(piece.chunk));
    GEMEL_ASSIGN(const auto known, reader_.known(piece.chunk));
    const auto wanted = within(within(entries, range_), piece.clip);
    records.reserve(records.size() + wanted.size());
    for (const auto& entry : wanted) {
      if (entry.frame >= piece.frames) continue;
      records.push_back({entry.source_time, known[entry.frame - piece.chunk.head.first_frame],
                         entry.value, entry.quality});
    }
    return {};
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
  ChunkReader& reader_;
  std::size_t next_piece_ = 0;
  std::vector<Cursor> cursors_;
  bool enough_ = false;
  std::vector<Record> records_;
};

}  // namespace

Result<void> merge(std::vector<Piece> pieces, TimeRange range, const MergeSinks& sinks,
                   ChunkReader& reader) {
  return Merge(std::move(pieces), range, sinks, reader).run();
}

}  // namespace gemel::history::detail
