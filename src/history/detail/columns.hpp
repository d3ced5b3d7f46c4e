#pragma once
// Columns of numbers, packed, and looked into without unpacking what isn't asked for. Every byte:
// docs/formats/history.md, "Pieces".

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "history/detail/bit_packing.hpp"
#include "history/detail/column_format.hpp"

namespace gemel::history::detail {

/// The longest column a reader accepts, so that a damaged length can't ask for endless memory.
inline constexpr std::size_t kColumnMax = 1u << 24;

/// Writes whole numbers in the way that comes out smallest. A `reference` near the first of them,
/// which the reader must know from elsewhere, spares some bytes. No numbers take no bytes.
void write_column(ByteWriter& out, std::span<const std::int64_t> values,
                  std::int64_t reference = 0);

/// A written column, to be looked into. Copies nothing and allocates nothing.
/// **Lifetime** the bytes that the reader was given must outlive it.
/// **Errors** damaged bytes give wrong numbers, but nothing outside of them is ever touched.
class ColumnView {
 public:
  ColumnView() = default;
  /// Opens the column of `count` numbers that `in` stands before, and leaves `in` behind it. On
  /// damage, or with a count above kColumnMax, `in` fails and the view is empty.
  /// **Cost** does not depend on the count.
  static ColumnView open(ByteReader& in, std::size_t count, std::int64_t reference = 0);

  std::size_t count() const { return count_; }
  /// Whether all numbers are known to be 0 without a look at them.
  bool all_zero() const { return count_ > 0 && prediction_ == Prediction::Constant && first_ == 0; }
  /// The i-th number; i < count(). **Cost** that of a few reads if random_access(), otherwise i.
  std::int64_t at(std::size_t i) const;
  /// The first numbers, as many as fit into `out`, which is no longer than count().
  void decode(std::span<std::int64_t> out) const;
  /// In a column in ascending order: how many of its numbers are ≤ `limit`.
  std::size_t upper_bound(std::int64_t limit) const;
  /// The same, and the last of them; 0 when there is none.
  struct Until {
    std::size_t count = 0;
    std::int64_t last = 0;
  };
  Until until(std::int64_t limit) const;
  /// Whether a number is found without decoding those before it: so it is with times at a steady
  /// pace and with numbers that have no trend.
  bool random_access() const;

 private:
  friend class ColumnCursor;

  void open_constant(ByteReader& in, unsigned tag, std::int64_t reference);
  void open_head(ByteReader& in, unsigned tag, std::int64_t reference);
  void open_pace(ByteReader& in);
  void open_patches(ByteReader& in);
  std::size_t body_count() const { return count_ - numbers_in_head(prediction_); }
  std::uint64_t on_pace(std::uint64_t place) const {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(pace_ * place) >> pace_fraction_);
  }
  std::uint64_t place(std::size_t i) const;
  std::uint64_t body(std::size_t i) const;
  std::uint64_t patch_at(std::size_t i) const;
  std::uint64_t level_steps(std::size_t i) const;
  bool can_be_summed(unsigned shift) const;
  std::int64_t decoded(std::size_t i) const;
  std::size_t likely_place(std::int64_t limit) const;
  Until until_by_access(std::int64_t limit) const;
  Until until_by_decoding(std::int64_t limit) const;

  std::size_t count_ = 0;
  Prediction prediction_ = Prediction::Constant;
  std::uint64_t first_ = 0;
  std::uint64_t step_ = 1;
  std::uint64_t base_ = 0;      // of the surprises
  std::uint64_t second_ = 0;    // Difference: the second number's distance from the first
  std::uint64_t pace_ = 0;      // Pace: the distance from place to place …
  unsigned pace_fraction_ = 0;  // … with so many bits behind the point
  PackedBits body_;
  // Each list in ascending order: a position, and below it a number of so many bits.
  PackedBits patches_, skips_;
  std::size_t patches_count_ = 0, skips_count_ = 0;
  unsigned patch_width_ = 1, skip_width_ = 0;
};

/// Fills `values` with the first of the `total` numbers that were written. On damage `in` fails.
void read_column(ByteReader& in, std::span<std::int64_t> values, std::size_t total,
                 std::int64_t reference = 0);
inline void read_column(ByteReader& in, std::span<std::int64_t> values) {
  read_column(in, values, values.size());
}
std::vector<std::int64_t> read_column(ByteReader& in, std::size_t count,
                                      std::int64_t reference = 0);

/// Finite or not, every bit comes back.
void write_values(ByteWriter& out, std::span<const double> values);

/// A written column of doubles; otherwise as a ColumnView.
class ValuesView {
 public:
  ValuesView() = default;
  static ValuesView open(ByteReader& in, std::size_t count);

  std::size_t count() const { return column_.count(); }
  /// The i-th value; i < count().
  double at(std::size_t i) const;
  /// The first values, as many as fit into `out`, which is no longer than count().
  void decode(std::span<double> out) const;

 private:
  ColumnView column_;
  unsigned decimals_ = 0;
  // What is not decimal, each a position and then its bits.
  PackedBits exceptions_, exception_bits_;
  std::size_t exceptions_count_ = 0;
};

/// Fills `values` with the first of the `total` values that were written. On damage `in` fails.
void read_values(ByteReader& in, std::span<double> values, std::size_t total);
inline void read_values(ByteReader& in, std::span<double> values) {
  read_values(in, values, values.size());
}

/// One double in as few bytes as it has decimals.
void write_double(ByteWriter& out, double value);
double read_double(ByteReader& in);

}  // namespace gemel::history::detail
