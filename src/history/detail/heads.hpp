#pragma once
// What is said of stretches of series, as columns: chunks of a group, buckets of a roll-up.

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "history/detail/chunk.hpp"

namespace gemel::history::detail {

/// All members but `offset`. Sums of decimals are exact, others to about seven digits of their
/// distance from count · first.
void write_heads(ByteWriter& out, std::span<const ChunkInfo> heads);

/// `count` of them; on damage `in` fails and they mean nothing. Offsets are left 0.
std::vector<ChunkInfo> read_heads(ByteReader& in, std::size_t count);

}  // namespace gemel::history::detail
