#pragma once
// What is said of stretches of series, as columns: chunks of a group, buckets of a roll-up.

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "history/detail/chunk.hpp"

namespace gemel::history::detail {

/// Whether values are summed up as well, or only counted; then the columns of the sums, which are
/// the last, are not even looked at.
enum class Summaries : std::uint8_t { All, None };

/// All members but `offset`. Sums of decimals are exact, others to about seven digits of their
/// distance from count · first.
void write_heads(ByteWriter& out, std::span<const ChunkInfo> heads);

/// Fills `heads`, all but their offsets. On damage `in` fails and they mean nothing.
void read_heads(ByteReader& in, std::vector<ChunkInfo>& heads, std::size_t count,
                Summaries summaries = Summaries::All);

/// Of `count` heads those from number `first` on, as many as fit into `heads`. Their offsets are
/// counted from the first chunk of all. On damage `in` fails and they mean nothing.
/// **Cost** little for those that are not asked for.
void read_some_heads(ByteReader& in, std::size_t count, std::size_t first,
                     std::span<ChunkInfo> heads, Summaries summaries);

}  // namespace gemel::history::detail
