#pragma once
// A chunk: a stretch of one series, some hundred entries, and what is said of it elsewhere so that
// trends and rewinds decode few.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "history/detail/buckets.hpp"
#include "history/detail/columns.hpp"
#include "history/detail/entry.hpp"
#include "history/detail/frames.hpp"

namespace gemel::history::detail {

/// Entries a chunk holds; more only where a source time would be torn apart.
inline constexpr std::size_t kChunkEntries = 320;

struct ChunkInfo {
  std::uint32_t count = 0;
  std::uint32_t gaps = 0;  // of these, gap marks
  Timestamp first;         // source times
  Timestamp last;
  std::uint32_t first_frame = 0;
  std::uint32_t last_frame = 0;
  bool distinct = false;  // no source time twice, so that the summary holds as it is
  bool plain = false;     // all qualities are Good without a cause; there is no column of them
  bool on_time = false;   // all came in the likely frame; there is no column of frames
  Summary summary;
  std::uint64_t offset = 0;  // of its bytes among the group's chunks
  std::uint32_t size = 0;
};

/// All but where its bytes are.
ChunkInfo describe_chunk(std::span<const Entry> entries);

/// How many of the entries, the rest of a series, go into the next chunk: even shares, and no
/// source time torn apart, so that chunks of a series don't overlap.
std::size_t next_chunk(std::span<const Entry> entries);

/// Appends a chunk's bytes and completes its description. `reached` is of the whole group.
/// Threads: one.
class ChunkEncoder {
 public:
  void encode(ByteWriter& out, std::span<const Entry> entries, ChunkInfo& info,
              std::span<const Timestamp> reached);

 private:
  std::vector<std::int64_t> times_, frames_, qualities_;
  std::vector<double> values_;
};

/// Decodes chunks one after the other, sparing allocations. Errors, for all members: Corruption
/// (without saying where; the caller knows), and those of the disk. Threads: one.
class ChunkDecoder {
 public:
  /// Valid until the next call; never empty.
  Result<std::span<const Entry>> decode(std::string_view bytes, const ChunkInfo& info,
                                        Frames& frames);

  /// The same, but only of entries with source_time ≤ at; perhaps none.
  Result<std::span<const Entry>> decode_until(std::string_view bytes, const ChunkInfo& info,
                                              Timestamp at, Frames& frames);

  /// The same without frames. Of a chunk with distinct source times, all of whose frames count.
  Result<Stretch> stretch(std::string_view bytes, const ChunkInfo& info);

  /// The newest entry with source_time ≤ at that came in the first `visible` frames, of a chunk
  /// without gap marks and with distinct source times; none when there is none. Cost: looks into
  /// the columns at a few places.
  Result<std::optional<Entry>> newest(std::string_view bytes, const ChunkInfo& info, Timestamp at,
                                      std::uint32_t visible, Frames& frames);

 private:
  bool decode_qualities(const ColumnView& column, std::size_t count);

  std::vector<std::int64_t> times_, frames_, packed_qualities_;
  std::vector<double> values_;
  std::vector<Quality> qualities_;
  std::vector<Entry> entries_;
  std::uint32_t last_frame_ = 0;  // that newest() found: the next series' is near
};

}  // namespace gemel::history::detail
