#pragma once
// Sums of packed numbers without unpacking them: every other number stays where it is in its word,
// and the room of its neighbour is room for the sum to grow into.

#include <algorithm>

#include "history/detail/bit_packing.hpp"

namespace gemel::history::detail {

/// Wider numbers are too few to a word.
inline constexpr unsigned kSummedWidthMax = 15;

/// Of some numbers, each with a base added to it.
struct PackedSums {
  std::uint64_t whole = 0;
  std::uint64_t remainders = 0;  // of each number when it is divided by a power of two
};

/// Of the first `count` of `numbers`, each plus `base`; remainders of dividing by 2^shift.
/// shift ≤ numbers.width ≤ kSummedWidthMax.
inline PackedSums packed_sums(const PackedBits& numbers, std::size_t count, std::uint64_t base,
                              unsigned shift) {
  const auto width = numbers.width;
  const auto base_left = base & low_bits(shift);
  if (width == 0) return {count * base, 0};
  // So many numbers begin at a half byte at most, and end within eight bytes.
  const unsigned per_word = width <= 8 ? 8 : 4;
  const unsigned lane_width = 2 * width;
  std::uint64_t ones = 0;
  for (unsigned lane = 0; lane < per_word / 2; ++lane)
    ones |= std::uint64_t{1} << (lane * lane_width);
  const auto lanes = ones * low_bits(width);
  const auto low = ones * low_bits(shift);
  const auto added = ones * base_left;
  // A lane takes so many pairs of numbers before it may spill into the next.
  const std::size_t room = std::size_t{1} << (width - 1);

  PackedSums sums;
  const auto total = [&](std::uint64_t lane_sums) {
    std::uint64_t sum = 0;
    for (unsigned lane = 0; lane < per_word / 2; ++lane)
      sum += (lane_sums >> (lane * lane_width)) & low_bits(lane_width);
    return sum;
  };
  for (std::size_t i = 0; i < count;) {
    std::uint64_t whole = 0, remainders = 0;
    for (std::size_t words = 0; words < room && i < count; ++words, i += per_word) {
      const auto there = static_cast<unsigned>(std::min<std::size_t>(per_word, count - i));
      const auto word = PackedBits::bits(numbers.at, numbers.buffer_end, i * width, there * width);
      const auto even = word & lanes, odd = (word >> width) & lanes;
      whole += even + odd;
      remainders += (((even & low) + added) & low) + (((odd & low) + added) & low);
    }
    sums.whole += total(whole);
    sums.remainders += total(remainders);
  }
  // The last word is filled up with zeros.
  const auto filled = (count + per_word - 1) / per_word * per_word - count;
  sums.remainders -= filled * base_left;
  sums.whole += count * base;
  return sums;
}

}  // namespace gemel::history::detail
