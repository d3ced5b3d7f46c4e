#pragma once
// Roll-ups: of each series of a segment, what buckets of equal width come to, aligned to the epoch.
// A trend over months reads them instead of chunks; they outlive the samples that retention takes.

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "history/detail/chunk.hpp"
#include "history/file_system.hpp"

namespace gemel::history::detail {

struct EncodedRollUps {
  std::string bytes;
  struct Width {
    Duration width;
    std::vector<std::int64_t> ends;  // of each series, within the width's bytes
  };
  std::vector<Width> widths;
};

/// Makes buckets of one series. Shapes: `records` in the order of source time, one a source time.
std::vector<ChunkInfo> roll_up(std::span<const Record> records, Duration width);

/// Puts series after series in. Order: of their numbers.
class RollUpEncoder {
 public:
  explicit RollUpEncoder(std::span<const Duration> widths);
  /// Of one series. Shapes: for each width its buckets.
  void add(std::span<const std::vector<ChunkInfo>> buckets);
  EncodedRollUps finish();

 private:
  std::vector<EncodedRollUps::Width> widths_;
  std::vector<std::string> bytes_;
};

/// Where the roll-ups of one width are in a segment.
struct RollUpPlaces {
  Duration width;
  std::uint64_t offset = 0;
  std::vector<std::int64_t> ends;  // of each series, from `offset`
};

void write_roll_up_places(ByteWriter& out, const EncodedRollUps& roll_ups);
/// On damage `in` fails.
std::vector<RollUpPlaces> read_roll_up_places(ByteReader& in, Section section);

/// Empty when the series has none. Errors: Corruption, Unavailable.
Result<std::vector<ChunkInfo>> read_roll_up(const ReadableFile& file, const RollUpPlaces& places,
                                            std::uint32_t series);

}  // namespace gemel::history::detail
