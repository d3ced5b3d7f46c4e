#pragma once
// The sealed segments, oldest first, and which of their parts a read needs.

#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "history/detail/merge.hpp"
#include "history/detail/segment.hpp"

namespace gemel::history::detail {

struct SealedSegment {
  SegmentInfo info;
  bool lost = false;  // gone or unreadable; `info` then holds what its neighbours tell of its times
};

/// Immutable once shared; sealing, merging and forgetting make a new one.
using SealedSegments = std::vector<SealedSegment>;

/// Opens segments and keeps the last used ones open. Threads: any.
class OpenSegments {
 public:
  OpenSegments(FileSystem& files, std::filesystem::path directory)
      : files_(files), directory_(std::move(directory)) {}
  Result<std::shared_ptr<const Segment>> get(const SealedSegment& sealed);
  /// Another was put in its place, or it was removed.
  void close(const SegmentInfo& info);

  /// Says it in the log, the first time only: a damaged place is come across at every read.
  void warn_once(std::string_view what, const Error& why);

  static constexpr std::size_t kMost = 64;

 private:
  FileSystem& files_;
  std::filesystem::path directory_;
  std::mutex mutex_;
  std::list<std::shared_ptr<const Segment>> open_;  // the last used first
  std::set<std::string> warned_;
};

/// What a read asks for.
struct Wanted {
  TimeRange range;
  Timestamp known_at;
  Duration width{};  // of a trend's buckets; 0: records
};

/// A series that a read asks for, and where its pieces go.
struct WantedSeries {
  std::uint32_t series = 0;
  std::vector<Piece>* pieces = nullptr;
};

/// Adds chunks that may hold records with source times in the range, known by then; roll-ups
/// instead where they are fine enough for the width. Order: `series` ascends.
/// **Cost** less for series of neighbouring numbers than for each alone.
Result<void> add_pieces(OpenSegments& open, const SealedSegments& sealed, const Wanted& wanted,
                        std::span<const WantedSeries> series);

/// How many groups may hold such records: each may give pieces.
std::size_t groups_within(const SealedSegments& sealed, TimeRange range);

}  // namespace gemel::history::detail
