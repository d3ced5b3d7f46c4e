#pragma once
// The range of numbers that a body's bits hold. What lies outside is patched.

#include "history/detail/column_format.hpp"
#include "history/detail/column_spread.hpp"

namespace gemel::history::detail {

/// base … base + 2^width - 1
struct Window {
  std::uint64_t base = 0;
  unsigned width = 0;
};

template <class Int>
Window whole_range(std::span<const Int> body) {
  // A loop that a compiler makes many comparisons at once of; std::minmax_element is none.
  auto low = body[0], high = body[0];
  for (const auto n : body) {
    low = std::min(low, n);
    high = std::max(high, n);
  }
  const auto base = static_cast<std::uint64_t>(static_cast<std::int64_t>(low));
  return {base, static_cast<unsigned>(std::bit_width(
                    static_cast<std::uint64_t>(static_cast<std::int64_t>(high)) - base))};
}

/// Counts the numbers in bins around the centre and slides windows of every sensible width over
/// them: the cheapest of them and of all, patches counted.
template <class Int>
Window best_window(std::span<const Int> body, const Spread<Int>& spread, const Window& all) {
  using Word = std::make_unsigned_t<Int>;
  constexpr unsigned kBinsLog2 = 6;
  constexpr std::size_t kBins = std::size_t{1} << kBinsLog2;
  constexpr std::size_t kCountedMax = 8192;  // counts and their sums fit into 16 bits
  constexpr std::size_t kLanes = 4;

  if (all.width == 0) return all;
  // The bins reach about five standard deviations to either side of a bell.
  const auto reach = static_cast<unsigned>(spread.bits) + 3;
  const unsigned shift = reach + 1 > kBinsLog2 ? reach + 1 - kBinsLog2 : 0;
  if (shift + kBinsLog2 >= sizeof(Int) * 8) return all;
  const auto low = static_cast<Word>(spread.centre) - (Word{kBins / 2} << shift);

  // Equal numbers side by side go to different counters, which need not wait for each other.
  std::array<std::array<std::int16_t, kBins + 1>, kLanes> lanes{};
  const auto stride = body.size() / kCountedMax + 1;
  const auto counted = (body.size() - 1) / stride + 1;
  const auto count_in = [&](std::size_t lane, std::size_t i) {
    const auto bin = static_cast<Word>(static_cast<Word>(body[i * stride]) - low) >> shift;
    ++lanes[lane][std::min<Word>(static_cast<Word>(bin), kBins)];
  };
  std::size_t i = 0;
  for (; i + kLanes <= counted; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) count_in(lane, i + lane);
  }
  for (; i < counted; ++i) count_in(0, i);
  for (std::size_t bin = 0; bin < kBins; ++bin)
    lanes[0][bin] =
        static_cast<std::int16_t>(lanes[0][bin] + lanes[1][bin] + lanes[2][bin] + lanes[3][bin]);
  std::array<std::int16_t, kBins + 1> before;  // numbers below the bin
  std::int16_t sum = 0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    before[bin] = sum;
    sum = static_cast<std::int16_t>(sum + lanes[0][bin]);
  }
  before[kBins] = sum;

  const auto position = position_width(body.size());
  const auto count = static_cast<double>(body.size());
  const auto scale = count / static_cast<double>(counted);
  auto best_bits = count * all.width;
  std::size_t best_span = 0;
  std::int16_t best_inside = 0;
  unsigned best_width = 0;
  // Where bins are parts of what the numbers are spread over, a few of them are never enough.
  for (unsigned j = shift == 0 ? 0 : 3; j <= kBinsLog2; ++j) {
    const auto width = shift + j;
    if (width >= all.width || count * width >= best_bits) break;
    const std::size_t span = std::size_t{1} << j;
    std::int16_t inside = 0;
    for (std::size_t bin = 0; bin + span <= kBins; ++bin)
      inside = std::max(inside, static_cast<std::int16_t>(before[bin + span] - before[bin]));
    const auto outside = static_cast<double>(counted - static_cast<std::size_t>(inside)) * scale;
    const auto bits = count * width + outside * (position + all.width - width) + 8;
    if (bits >= best_bits) continue;
    best_bits = bits;
    best_span = span;
    best_inside = inside;
    best_width = width;
  }
  if (best_span == 0) return all;
  std::size_t bin = 0;
  while (before[bin + best_span] - before[bin] != best_inside) ++bin;
  const auto base = static_cast<Int>(low + (static_cast<Word>(bin) << shift));
  return {static_cast<std::uint64_t>(static_cast<std::int64_t>(base)), best_width};
}

}  // namespace gemel::history::detail
