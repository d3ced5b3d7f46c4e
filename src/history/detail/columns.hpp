#pragma once
// Columns of numbers, packed. Plain on purpose: differences, one bit width for a column, decimals
// as whole numbers.

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"

namespace gemel::history::detail {

/// The longest column a reader accepts, so that a damaged length can't ask for endless memory.
inline constexpr std::size_t kColumnMax = 1u << 24;

/// Writes the values, the values' differences or the differences' differences, whichever comes out
/// smallest.
void write_column(ByteWriter& out, std::span<const std::int64_t> values);
/// Fills `values` with the first of the `total` numbers that were written. On damage `in` fails.
void read_column(ByteReader& in, std::span<std::int64_t> values, std::size_t total);
inline void read_column(ByteReader& in, std::span<std::int64_t> values) {
  read_column(in, values, values.size());
}
std::vector<std::int64_t> read_column(ByteReader& in, std::size_t count);

/// Finite or not, every bit comes back.
void write_values(ByteWriter& out, std::span<const double> values);
/// `scratch` spares an allocation where many columns are read.
void read_values(ByteReader& in, std::span<double> values, std::size_t total,
                 std::vector<std::int64_t>& scratch);
inline void read_values(ByteReader& in, std::span<double> values,
                        std::vector<std::int64_t>& scratch) {
  read_values(in, values, values.size(), scratch);
}

/// One double in as few bytes as it has decimals.
void write_double(ByteWriter& out, double value);
double read_double(ByteReader& in);

}  // namespace gemel::history::detail
