#pragma once
// How widely numbers are spread: what packing them will cost, without packing them.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>

namespace gemel::history::detail {

/// Numbers around a centre. `bits` is the mean of log2(1 + distance): unlike a variance it does
/// not mind a few numbers that are far away, and neither do packed columns.
template <class Int>
struct Spread {
  Int centre = 0;
  float bits = 0;
};

/// The middle one of five numbers from all over.
template <class Int>
Int rough_median(std::span<const Int> numbers) {
  const auto count = numbers.size();
  if (count < 5) return numbers[count / 2];
  const auto at = [=](std::size_t i) { return numbers[i * (count - 1) / 4]; };
  // Of four, neither the smallest nor the largest; of the two left and the fifth, the middle one.
  const auto low = std::max(std::min(at(0), at(1)), std::min(at(3), at(4)));
  const auto high = std::min(std::max(at(0), at(1)), std::max(at(3), at(4)));
  return std::max(std::min(low, high), std::min(std::max(low, high), at(2)));
}

/// The sum of a rough log2(1 + |distance|), from the bits of a float: its exponent, and the
/// mantissa for the logarithm between two powers of two. `distance(i)` is cheap and pure.
template <class Distance>
float mean_bits(std::size_t count, Distance distance) {
  constexpr std::size_t kBlock = 512;  // what a sum of 32 bits can't overflow in
  constexpr int kDropped = 8;
  std::int64_t sum = 0;
  for (std::size_t from = 0; from < count; from += kBlock) {
    std::int32_t block = 0;
    for (auto i = from; i < std::min(count, from + kBlock); ++i) {
      const auto far = std::fabs(static_cast<float>(distance(i))) + 1.0f;
      block += (std::bit_cast<std::int32_t>(far) - std::bit_cast<std::int32_t>(1.0f)) >> kDropped;
    }
    sum += block;
  }
  return static_cast<float>(sum) / static_cast<float>(count << (23 - kDropped));
}

template <class Int>
Spread<Int> spread_of(std::span<const Int> numbers) {
  using Word = std::make_unsigned_t<Int>;
  const auto centre = rough_median(numbers);
  return {centre, mean_bits(numbers.size(), [=](std::size_t i) {
            return static_cast<Int>(static_cast<Word>(numbers[i]) - static_cast<Word>(centre));
          })};
}

}  // namespace gemel::history::detail
