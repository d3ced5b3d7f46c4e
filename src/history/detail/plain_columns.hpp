#pragma once
// Columns for the log: a byte width for all numbers of a column, packed in one pass. What is sealed
// soon after is written fast rather than small.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace gemel::history::detail {

void write_plain(ByteWriter& out, std::span<const std::int64_t> values);
void write_plain(ByteWriter& out, std::span<const double> values);

/// Fill `values`; on damage `in` fails.
void read_plain(ByteReader& in, std::span<std::int64_t> values);
void read_plain(ByteReader& in, std::span<double> values);

}  // namespace gemel::history::detail
