#pragma once
// Numbers that go on at a steady pace and skip a place now and then: sampling with a period, where
// each sample is a little early or late and some are missing.

#include <cmath>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "history/detail/column_spread.hpp"

namespace gemel::history::detail {

/// From number `position` on, `skipped` places have been left out in all.
struct Skip {
  std::size_t position = 0;
  std::uint64_t skipped = 0;
};

inline constexpr std::uint64_t kSkippedMax = UINT32_MAX;

struct Pace {
  std::uint64_t pace = 0;  // from place to place
  unsigned fraction = 0;   // bits behind the point
  std::vector<Skip> skips;

  std::uint64_t at(std::uint64_t place) const {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(pace * place) >> fraction);
  }
};

/// Calls `with(i, place)` for each number from `from` to before `to`.
template <class With>
void for_each_place(const Pace& pace, std::size_t from, std::size_t to, With with) {
  std::uint64_t skipped = 0;
  auto i = from;
  for (const auto& skip : pace.skips) {
    for (const auto end = std::min(skip.position, to); i < end; ++i) with(i, i + skipped);
    skipped = skip.skipped;
  }
  for (; i < to; ++i) with(i, i + skipped);
}

/// The pace of the fastest of some stretches: nothing is skipped there.
template <class Int>
double rough_pace(std::span<const Int> numbers) {
  const auto stretches = std::clamp<std::size_t>(numbers.size() / 16, 1, 8);
  const auto length = (numbers.size() - 1) / stretches;
  double pace = INFINITY;
  for (std::size_t i = 0; i < stretches; ++i) {
    const auto distance =
        static_cast<double>(numbers[(i + 1) * length]) - static_cast<double>(numbers[i * length]);
    pace = std::min(pace, distance / static_cast<double>(length));
  }
  return pace;
}

/// Nothing where places are skipped so often that there is no pace.
template <class Int>
std::optional<std::vector<Skip>> skips_of(std::span<const Int> numbers, double pace) {
  std::vector<Skip> skips;
  std::uint64_t skipped = 0;
  const auto most = static_cast<Int>(pace * 1.5);
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    const auto distance = numbers[i] - numbers[i - 1];
    if (distance <= most) continue;
    // A single late one is followed by one in time: then nothing is skipped.
    if (i + 1 < numbers.size() && static_cast<double>(numbers[i + 1] - numbers[i - 1]) < pace * 2.5)
      continue;
    if (skips.size() == numbers.size() / 8) return std::nullopt;
    skipped += static_cast<std::uint64_t>(static_cast<double>(distance) / pace + 0.5) - 1;
    skips.push_back({i, skipped});
  }
  if (skipped > kSkippedMax) return std::nullopt;
  return skips;
}

/// The pace that fits the first and the last quarter best, in as round a number as fits as well.
template <class Int>
void settle(Pace& found, std::span<const Int> numbers, double rough) {
  const auto quarter = std::max<std::size_t>(numbers.size() / 4, 1);
  // How far a stretch is off the rough pace in all, and the sum of its places.
  const auto stretch = [&](std::size_t from) {
    // Whole numbers are added faster than doubles; long ones might overflow.
    std::conditional_t<sizeof(Int) == 4, std::int64_t, double> sum = 0;
    std::uint64_t places = 0;
    for_each_place(found, from, from + quarter, [&](std::size_t i, std::uint64_t place) {
      sum += static_cast<decltype(sum)>(numbers[i]);
      places += place;
    });
    const auto at = static_cast<double>(places);
    return std::pair{static_cast<double>(sum) - rough * at, at};
  };
  const auto [early, early_place] = stretch(0);
  const auto [late, late_place] = stretch(numbers.size() - quarter);
  const auto pace = rough + (late - early) / (late_place - early_place);
  const auto middle = early / static_cast<double>(quarter);
  double far = 0;
  for_each_place(found, 0, quarter, [&](std::size_t i, std::uint64_t place) {
    far += std::fabs(static_cast<double>(numbers[i]) - pace * static_cast<double>(place) - middle);
  });
  // What the line may stray by without widening the numbers' distance from it.
  const auto stray = std::max(0.5, far / static_cast<double>(quarter)) / 2;
  const auto places = static_cast<double>(numbers.size());
  for (double round = 1e4; round >= 1; round /= 10) {
    const auto rounded = std::round(pace / round) * round;
    if (rounded > 0 && std::fabs(rounded - pace) * places <= stray) {
      found.pace = static_cast<std::uint64_t>(rounded);
      return;
    }
  }
  // As fine as can be, while places times the pace stay below 2^63.
  const auto room = 60 - std::ilogb(pace * places * 2);
  found.fraction = static_cast<unsigned>(std::clamp(room, 0, 16));
  found.pace =
      static_cast<std::uint64_t>(std::llround(std::ldexp(pace, static_cast<int>(found.fraction))));
}

/// Nothing where there is no pace: it may still fit badly.
template <class Int>
std::optional<Pace> find_pace(std::span<const Int> numbers, Int longest_distance) {
  const auto rough = rough_pace(numbers);
  if (!(rough >= 1)) return std::nullopt;
  Pace found;
  if (static_cast<double>(longest_distance) > rough * 1.5) {
    auto skips = skips_of(numbers, rough);
    if (!skips) return std::nullopt;
    found.skips = std::move(*skips);
  }
  settle(found, numbers, rough);
  return found;
}

}  // namespace gemel::history::detail
