#pragma once
// Which prediction leaves the least to be written: judged by the spread of what each leaves.

#include "history/detail/column_pace.hpp"
#include "history/detail/column_window.hpp"

namespace gemel::history::detail {

/// A body and what it is to be understood by.
template <class Int>
struct Plan {
  Prediction prediction = Prediction::Plain;
  std::span<Int> body;
  Spread<Int> spread;
  Int second = 0;  // Difference: the second number's distance from the first
  Pace pace;
};

template <class Int>
Int minus(Int a, Int b) {
  using Word = std::make_unsigned_t<Int>;
  return static_cast<Int>(static_cast<Word>(a) - static_cast<Word>(b));
}
template <class Int>
Int plus(Int a, Int b) {
  using Word = std::make_unsigned_t<Int>;
  return static_cast<Int>(static_cast<Word>(a) + static_cast<Word>(b));
}

/// The mean of a smoothed level's surprises: rounding down lets the level sag.
template <class Int>
constexpr Int sag(unsigned shift) {
  return static_cast<Int>((1 << shift) / 2);
}

/// How much fewer bits each surprise takes when the level follows by 2^-shift of it: the best of
/// all shifts, and 0 when none is worth it.
template <class Int>
std::pair<unsigned, float> best_smoothing(std::span<const Int> numbers, const Spread<Int>& steps) {
  constexpr std::size_t kEnough = 64;
  const auto some = numbers.first(std::min(numbers.size(), kEnough));
  // A leap must not decide.
  const auto far = static_cast<Int>(std::exp2(std::min(steps.bits, 20.0f) + 3));
  Int level1 = some[0], level2 = some[0], level3 = some[0];
  std::array<std::int64_t, 4> sums{};
  const auto add = [far](std::int64_t& sum, Int surprise) {
    const auto distance = surprise < 0 ? minus(Int{0}, surprise) : surprise;
    sum += static_cast<std::uint64_t>(distance) < static_cast<std::uint64_t>(far) ? distance : far;
  };
  for (std::size_t i = 1; i < some.size(); ++i) {
    const auto surprise1 = minus(some[i], level1);
    const auto surprise2 = minus(some[i], level2);
    const auto surprise3 = minus(some[i], level3);
    level1 = plus(level1, static_cast<Int>(surprise1 >> 1));
    level2 = plus(level2, static_cast<Int>(surprise2 >> 2));
    level3 = plus(level3, static_cast<Int>(surprise3 >> 3));
    add(sums[0], minus(minus(some[i], some[i - 1]), steps.centre));
    add(sums[1], minus(surprise1, sag<Int>(1)));
    add(sums[2], minus(surprise2, sag<Int>(2)));
    add(sums[3], minus(surprise3, sag<Int>(3)));
  }
  const auto best = std::min_element(sums.begin(), sums.end()) - sums.begin();
  const auto gain = std::log2(static_cast<float>(sums[0] + 1) /
                              static_cast<float>(sums[static_cast<std::size_t>(best)] + 1));
  return gain < 0.05f ? std::pair{0u, 0.0f} : std::pair{static_cast<unsigned>(best), gain};
}

template <class Int>
void smooth(std::span<const Int> numbers, unsigned shift, std::span<Int> surprises) {
  auto level = numbers[0];
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    const auto surprise = minus(numbers[i], level);
    surprises[i - 1] = surprise;
    level = plus(level, static_cast<Int>(surprise >> shift));
  }
}

/// A loop that compilers make many comparisons at once of; std::max_element is none.
template <class Int>
Int largest(std::span<const Int> numbers) {
  auto large = numbers[0];
  for (const auto n : numbers) large = std::max(large, n);
  return large;
}

/// What is left of the numbers beside a pace; false when it doesn't fit into an Int.
template <class Int>
bool leave(std::span<const Int> numbers, const Pace& pace, std::span<Int> left) {
  std::uint64_t lost = 0;
  for_each_place(pace, 0, numbers.size(), [&](std::size_t i, std::uint64_t place) {
    const auto rest =
        static_cast<std::uint64_t>(static_cast<std::int64_t>(numbers[i])) - pace.at(place);
    left[i] = static_cast<Int>(rest);
    lost |= rest ^ static_cast<std::uint64_t>(static_cast<std::int64_t>(left[i]));
  });
  return lost == 0;
}

/// What the predictions leave is put here; each is as long as the numbers.
template <class Int>
struct Workspace {
  std::span<Int> steps;
  std::span<Int> rest;
};

/// `numbers` are distances from the first, two or more. The body lies in them or in the workspace.
template <class Int>
Plan<Int> make_plan(std::span<Int> numbers, const Workspace<Int>& work) {
  // What the heads cost, in bits.
  constexpr float kLevelHead = 8, kDifferenceHead = 24, kPaceHead = 10, kSkip = 10;
  const auto count = numbers.size();
  const std::span<const Int> given = numbers;
  const auto steps = work.steps.first(count - 1);
  Int any = 0;  // its sign is set when that of a number or a step is
  for (std::size_t i = 1; i < count; ++i) {
    steps[i - 1] = minus(given[i], given[i - 1]);
    any |= given[i] | steps[i - 1];
  }
  const auto plain = spread_of<Int>(given);
  const auto level = spread_of<Int>(steps);
  const auto level_bits = static_cast<float>(count - 1) * level.bits + kLevelHead;
  auto best_bits = static_cast<float>(count) * plain.bits;
  Plan<Int> plan{Prediction::Plain, numbers, plain, 0, {}};
  if (level_bits < best_bits) {
    best_bits = level_bits;
    plan = {Prediction::Level, steps, level, 0, {}};
  }
  if (count < 8) return plan;

  if (any >= 0 && plan.spread.bits > 0) {
    if (auto pace = find_pace<Int>(given, largest<Int>(steps));
        pace && leave<Int>(given, *pace, work.rest)) {
      const auto spread = spread_of<Int>(work.rest);
      const auto bits = static_cast<float>(count) * spread.bits + kPaceHead +
                        kSkip * static_cast<float>(pace->skips.size());
      // Numbers at a pace can be looked up one by one; that is worth a bit.
      if (bits <= best_bits + 8) return {Prediction::Pace, work.rest, spread, 0, std::move(*pace)};
    }
  }
  const auto turn_bits =
      mean_bits(count - 2, [=](std::size_t i) { return minus(steps[i + 1], steps[i]); });
  if (static_cast<float>(count - 2) * turn_bits + kDifferenceHead < best_bits) {
    for (std::size_t i = 0; i + 2 < count; ++i) work.rest[i] = minus(steps[i + 1], steps[i]);
    return {Prediction::Difference, work.rest.first(count - 2), {0, turn_bits}, steps[0], {}};
  }
  // Turns are wider than steps by half a bit where steps are independent, and by more where each
  // takes something of the one before back: noise around a level.
  if (plan.prediction == Prediction::Level && turn_bits > level.bits + 0.55f) {
    if (const auto [shift, gain] = best_smoothing<Int>(given, level); shift > 0) {
      smooth<Int>(given, shift, work.rest);
      const auto smoothed =
          static_cast<Prediction>(static_cast<unsigned>(Prediction::Level) + shift);
      return {smoothed, work.rest.first(count - 1), {sag<Int>(shift), level.bits - gain}, 0, {}};
    }
  }
  return plan;
}

}  // namespace gemel::history::detail
