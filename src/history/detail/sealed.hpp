#pragma once
// The sealed segments, oldest first, and what is read from several of them.

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "history/detail/segment.hpp"

namespace gemel::history::detail {

struct SealedSegment {
  SegmentInfo info;
  bool lost = false;  // gone or unreadable; `info` then holds what its neighbours tell of its times
};

/// Immutable once shared; sealing makes a new one.
using SealedSegments = std::vector<SealedSegment>;

/// Opens segments and keeps the last used ones open. Threads: any.
class OpenSegments {
 public:
  OpenSegments(FileSystem& files, std::filesystem::path directory)
      : files_(files), directory_(std::move(directory)) {}
  Result<std::shared_ptr<const Segment>> get(const SealedSegment& sealed);

  static constexpr std::size_t kMost = 64;

 private:
  FileSystem& files_;
  std::filesystem::path directory_;
  std::mutex mutex_;
  std::list<std::shared_ptr<const Segment>> open_;  // the last used first
};

/// A stretch of one series: a sealed chunk, or records of the tail.
struct Piece {
  Timestamp first;  // source times
  Timestamp last;
  std::vector<Record> records;  // of the tail
  std::shared_ptr<const Segment> segment;
  SeriesId series;
  ChunkInfo chunk;
  std::uint32_t frames = 0;  // those of the segment that count
};

/// The chunks of a series that may hold records with source times in the range, known by then.
Result<std::vector<Piece>> pieces_of(OpenSegments& open, const SealedSegments& sealed,
                                     SeriesId series, TimeRange range, Timestamp known_at);

struct MergeSinks {
  /// One record a source time, in order. False: enough.
  std::function<bool(const Record&)> record;
  /// Asked of a chunk that nothing else overlaps; true when its summary was taken instead of its
  /// records. Empty: always records.
  std::function<bool(const ChunkInfo&)> summary;
};

/// Puts pieces together in the order of source time, within the range; of several records of one
/// source time the one known last counts. Memory: the pieces that overlap at any one time.
Result<void> merge(std::vector<Piece> pieces, TimeRange range, const MergeSinks& sinks);

/// Takes in what is believed elsewhere of the same signal.
void absorb(Belief& belief, const Belief& other);

/// What is believed as of `at`, as known then, by the sealed segments. Shapes: at least `count`
/// long.
Result<Beliefs> sealed_beliefs(OpenSegments& open, const SealedSegments& sealed, std::size_t count,
                               Timestamp at, Timestamp known_at);

}  // namespace gemel::history::detail
