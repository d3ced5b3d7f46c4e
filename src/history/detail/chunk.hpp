#pragma once
// A series within a segment: chunks of entries, each with a summary so that trends and rewinds
// decode few of them.

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "history/detail/buckets.hpp"
#include "history/detail/entry.hpp"

namespace gemel::history::detail {

/// Entries a chunk holds; more only where a source time would be torn apart.
inline constexpr std::size_t kChunkEntries = 256;

struct ChunkInfo {
  std::uint32_t count = 0;
  std::uint32_t gaps = 0;  // of these, gap marks
  Timestamp first;         // source times
  Timestamp last;
  std::uint32_t first_frame = 0;
  std::uint32_t last_frame = 0;
  bool distinct = false;  // no source time twice, so that the summary holds as it is
  Summary summary;
  std::size_t offset = 0;  // of its bytes within the series
  std::size_t size = 0;
};

/// All but where its bytes are.
ChunkInfo describe_chunk(std::span<const Entry> entries);

struct EncodedSeries {
  std::string bytes;  // heads, then chunks
  std::size_t heads_size = 0;
};

EncodedSeries encode_series(std::span<const Entry> entries);

/// From the first `heads_size` bytes of a series. Empty when they are damaged.
std::vector<ChunkInfo> decode_heads(std::string_view heads);

/// Decodes chunks one after the other, sparing allocations.
class ChunkDecoder {
 public:
  /// Valid until the next call. Empty when the bytes are damaged: a chunk is never empty.
  std::span<const Entry> decode(std::string_view bytes, const ChunkInfo& info);

  /// The same, but only of entries with source_time ≤ at; perhaps none. Empty optional: damaged.
  std::optional<std::span<const Entry>> decode_until(std::string_view bytes, const ChunkInfo& info,
                                                     Timestamp at);

 private:
  std::vector<std::int64_t> times_, frames_, qualities_, scratch_;
  std::vector<double> values_;
  std::vector<Entry> entries_;
};

}  // namespace gemel::history::detail
