#pragma once
// Puts the stretches of one series that lie in segments and tails together in the order of source
// time.

#include <functional>
#include <span>
#include <vector>

#include "history/detail/chunk_reader.hpp"

namespace gemel::history::detail {

/// A stretch of one series: a chunk, a bucket of a roll-up, or records of a tail.
struct Piece {
  Timestamp first;  // source times
  Timestamp last;
  TimeRange clip;               // of what the head speaks of, only this counts
  PlacedChunk chunk;            // or a roll-up's head; without a segment: of a tail
  std::vector<Record> records;  // of a tail
  std::uint32_t frames = 0;     // of the group's frames, how many count
  bool rolled_up = false;       // the head sums up chunks, unless retention took them
};

struct MergeSinks {
  /// Some records, one a source time, in order. False: enough.
  std::function<bool(std::span<const Record>)> records;
  /// Instead of the records of a chunk that nothing else overlaps. Empty: always records.
  std::function<void(const Stretch&)> stretch;
  /// Asked of a stretch that nothing else overlaps; true when its summary was taken instead of its
  /// records. Empty: always records.
  std::function<bool(const ChunkInfo&)> summary;
  /// Takes the summary of a stretch whose records are forgotten and that `summary` did not take.
  std::function<void(const ChunkInfo&)> coarse;
};

/// The chunks that a roll-up sums up; none when retention took them.
Result<std::vector<Piece>> expand(const Piece& rolled_up);

/// Within the range; of several records of one source time the one known last counts. Memory: the
/// pieces that overlap at any one time. Errors: Corruption naming file, byte and times; those of
/// the disk.
Result<void> merge(std::vector<Piece> pieces, TimeRange range, const MergeSinks& sinks,
                   ChunkReader& reader);

}  // namespace gemel::history::detail
