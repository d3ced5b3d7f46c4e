#include "history/detail/columns.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.hpp"

namespace gemel::history::detail {
namespace {

using Numbers = std::vector<std::int64_t>;
using Doubles = std::vector<double>;

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kStart = 1'767'225'600'000 * kMillisecond;

std::string written(const Numbers& values, std::int64_t reference = 0) {
  ByteWriter out;
  write_column(out, values, reference);
  return out.take();
}

std::string written_values(const Doubles& values) {
  ByteWriter out;
  write_values(out, values);
  return out.take();
}

Numbers bits_of(const Doubles& values) {
  Numbers bits;
  for (const double value : values) bits.push_back(std::bit_cast<std::int64_t>(value));
  return bits;
}

/// Reads the column in all ways; they have to agree. Something stands behind it, as in a chunk.
void expect_back(const Numbers& values, std::int64_t reference = 0) {
  const auto bytes = written(values, reference) + "behind";
  ByteReader in(bytes);
  EXPECT_EQ(read_column(in, values.size(), reference), values);
  EXPECT_EQ(in.rest(), "behind");
  ByteReader again(bytes);
  const auto view = ColumnView::open(again, values.size(), reference);
  EXPECT_EQ(again.rest(), "behind");
  ASSERT_EQ(view.count(), values.size());
  Numbers one_by_one;
  for (std::size_t i = 0; i < values.size(); ++i) one_by_one.push_back(view.at(i));
  EXPECT_EQ(one_by_one, values);
  for (std::size_t count = 0; count < values.size(); count += 1 + count / 3) {
    Numbers some(count);
    view.decode(some);
    EXPECT_TRUE(std::equal(some.begin(), some.end(), values.begin())) << count;
    ByteReader partly(bytes);
    read_column(partly, some, values.size(), reference);
    EXPECT_EQ(partly.rest(), "behind");
  }
  if (!std::is_sorted(values.begin(), values.end())) return;
  const auto expect_bound = [&](std::int64_t limit) {
    const auto bound = std::upper_bound(values.begin(), values.end(), limit) - values.begin();
    EXPECT_EQ(view.upper_bound(limit), static_cast<std::size_t>(bound)) << limit;
  };
  expect_bound(INT64_MIN);
  expect_bound(INT64_MAX);
  for (const auto value : values) {
    expect_bound(value);
    if (value > INT64_MIN) expect_bound(value - 1);
    if (value < INT64_MAX) expect_bound(value + 1);
  }
}

void expect_values_back(const Doubles& values) {
  const auto bytes = written_values(values) + "behind";
  ByteReader in(bytes);
  const auto view = ValuesView::open(in, values.size());
  EXPECT_EQ(in.rest(), "behind");
  ASSERT_EQ(view.count(), values.size());
  Doubles all(values.size()), one_by_one;
  view.decode(all);
  EXPECT_EQ(bits_of(all), bits_of(values));
  for (std::size_t i = 0; i < values.size(); ++i) one_by_one.push_back(view.at(i));
  EXPECT_EQ(bits_of(one_by_one), bits_of(values));
  Doubles half(values.size() / 2);
  ByteReader partly(bytes);
  read_values(partly, half, values.size());
  EXPECT_EQ(bits_of(half), bits_of({values.begin(), values.begin() + half.size()}));
  EXPECT_EQ(partly.rest(), "behind");
}

std::int64_t normal(Random& random, double deviation) {
  return std::llround(deviation * random.normal());
}

/// Once a second, early or late by 2 ms or so, some missing.
Numbers sampling_times(Random& random, std::size_t count, double missing = 0.005) {
  Numbers times;
  for (std::int64_t second = 0; times.size() < count; ++second) {
    if (random.uniform() >= missing)
      times.push_back(kStart + (second * 1000 + 417 + normal(random, 2)) * kMillisecond);
  }
  return times;
}

/// A slow level under noise, in hundredths.
Doubles noisy_values(Random& random, std::size_t count, double drift, double noise) {
  Doubles values;
  double level = 200.0;
  while (values.size() < count) {
    level += drift * random.normal();
    values.push_back(std::round((level + noise * random.normal()) * 100) / 100);
  }
  return values;
}

RC_GTEST_PROP(Columns, ReadBackWhatWasWritten, (const Numbers& values, std::int64_t reference)) {
  expect_back(values, reference);
}

RC_GTEST_PROP(Columns, ReadBackWhatWasSorted, (Numbers values)) {
  std::sort(values.begin(), values.end());
  expect_back(values);
}

TEST(Columns, HoldNumbersOfEveryWidthAndCount) {
  Random random(7);
  for (unsigned width = 0; width <= 64; ++width) {
    for (const std::size_t count : {1, 2, 3, 7, 8, 9, 100, 129}) {
      Numbers values(count);
      for (auto& value : values)
        value = static_cast<std::int64_t>(width == 0 ? 0 : random.next() >> (64 - width));
      expect_back(values);
    }
  }
}

TEST(Columns, HoldEveryCount) {
  Random random(8);
  for (std::size_t count = 0; count <= 300; ++count) expect_back(sampling_times(random, count));
}

TEST(Columns, WrapAroundAtTheExtremes) {
  expect_back({INT64_MIN, INT64_MAX, 0, INT64_MIN, -1, INT64_MAX});
  expect_back({INT64_MIN, INT64_MAX});
  expect_back({INT64_MAX, INT64_MIN}, INT64_MIN);
  expect_back({INT64_MIN}, INT64_MAX);
  Numbers turns;
  for (int i = 0; i < 200; ++i) turns.push_back(i % 2 == 0 ? INT64_MIN : INT64_MAX);
  expect_back(turns);
  Numbers far;
  for (std::uint64_t i = 0; i < 200; ++i)
    far.push_back(
        static_cast<std::int64_t>((std::uint64_t{1} << 63) + i * (INT64_MAX / 100) + i % 3));
  expect_back(far);
}

// A mixture that no prediction fits: paces that change, leaps, outliers, steps, constants.
TEST(Columns, HoldMixturesOfEverything) {
  Random random(9);
  for (int round = 0; round < 2000; ++round) {
    Numbers values;
    const auto count = 1 + random.below(300);
    const auto step = static_cast<std::int64_t>(1 + random.below(3) * random.below(1000));
    auto pace = static_cast<std::int64_t>(random.below(2000));
    auto noise = std::exp2(30 * random.uniform() - 3);
    std::int64_t number = random.below(4) == 0 ? kStart / step : 0;
    while (values.size() < count) {
      if (random.below(50) == 0) pace = static_cast<std::int64_t>(random.below(2000));
      if (random.below(50) == 0) noise = std::exp2(30 * random.uniform() - 3);
      if (random.below(40) == 0) number += pace * static_cast<std::int64_t>(random.below(5));
      number += pace;
      auto value = number + normal(random, noise);
      if (random.below(60) == 0)
        value = static_cast<std::int64_t>(static_cast<std::uint64_t>(value) +
                                          (random.next() >> random.below(60)));
      values.push_back(static_cast<std::int64_t>(static_cast<std::uint64_t>(value) *
                                                 static_cast<std::uint64_t>(step)));
    }
    if (round % 2 == 0) std::sort(values.begin(), values.end());
    expect_back(values, round % 3 == 0 ? values[0] : 0);
  }
}

TEST(Columns, OfManyNumbersReadBack) {
  Random random(10);
  expect_back(sampling_times(random, 3000));
  Numbers walk{0};
  while (walk.size() < 100'000) walk.push_back(walk.back() + normal(random, 50));
  const auto bytes = written(walk);
  ByteReader in(bytes);
  EXPECT_EQ(read_column(in, walk.size()), walk);
}

TEST(Columns, RefuseMoreThanTheLongest) {
  ByteReader in("\0\0\0\0\0\0");
  EXPECT_EQ(ColumnView::open(in, kColumnMax + 1).count(), 0u);
  EXPECT_FALSE(in.ok());
}

TEST(Columns, SpendAlmostNothingOnEvenTimes) {
  Numbers times;
  for (int i = 0; i < 1000; ++i) times.push_back(kStart + i * 1'000'000'000LL);
  EXPECT_LE(written(times).size(), 14u);
  EXPECT_LE(written(times, kStart).size(), 5u);
}

TEST(Columns, SpendAByteOnWhatIsKnown) {
  EXPECT_EQ(written(Numbers(128, 7), 7).size(), 1u);
  EXPECT_EQ(written(Numbers(128, 0)).size(), 1u);
  EXPECT_EQ(written(Numbers{}).size(), 0u);
}

TEST(Columns, SpendAboutTheJitterOnSamplingTimes) {
  Random random(11);
  std::size_t bytes = 0;
  for (int i = 0; i < 100; ++i) {
    const auto times = sampling_times(random, 128);
    bytes += written(times, times[0]).size();
  }
  EXPECT_LT(bytes, 100 * 128 * 48 / 100);  // the jitter alone has 0.38 bytes
}

TEST(Columns, FindTimesAtAPaceWithoutDecodingThoseBefore) {
  Random random(12);
  const auto bytes = written(sampling_times(random, 128));
  ByteReader in(bytes);
  EXPECT_TRUE(ColumnView::open(in, 128).random_access());
}

TEST(Columns, AreNotWidenedByOneOutlier) {
  Random random(13);
  Numbers values;
  for (int i = 0; i < 128; ++i) values.push_back(static_cast<std::int64_t>(random.below(16)));
  const auto before = written(values).size();
  values[57] = 1'000'000'007;
  EXPECT_LE(written(values).size(), before + 10);
}

TEST(Columns, RefuseWhatIsCutShort) {
  Random random(14);
  for (const auto& whole :
       {written({5, 17, 3, 1'000'000, 4}), written(sampling_times(random, 128, 0.1)),
        written(bits_of(noisy_values(random, 100, 0.1, 0.1)))}) {
    const auto count = whole.size() < 20 ? 5u : whole.size() < 300 ? 128u : 100u;
    for (std::size_t n = 0; n < whole.size(); ++n) {
      ByteReader in(std::string_view(whole).substr(0, n));
      EXPECT_EQ(ColumnView::open(in, count).count(), 0u) << n;
      EXPECT_FALSE(in.ok()) << n;
    }
  }
}

// Under the sanitizers this is where a step outside would show.
TEST(Columns, StayInsideWhateverTheBytesAre) {
  Random random(15);
  for (int round = 0; round < 3000; ++round) {
    const auto count = 1 + random.below(200);
    auto bytes =
        round % 2 == 0
            ? written(sampling_times(random, count, 0.05))
            : written_values(noisy_values(random, count, 0.1, std::exp2(-random.uniform() * 8)));
    for (auto flips = 1 + random.below(3); flips > 0; --flips)
      bytes[random.below(std::min<std::size_t>(bytes.size(), 24))] ^=
          static_cast<char>(1u << random.below(8));
    const std::vector<char> exact(bytes.begin(), bytes.end());
    ByteReader in({exact.data(), exact.size()});
    if (round % 2 == 0) {
      const auto view = ColumnView::open(in, count);
      Numbers numbers(view.count());
      view.decode(numbers);
      for (std::size_t i = 0; i < view.count(); ++i) (void)view.at(i);
      EXPECT_LE(view.upper_bound(kStart), view.count());
    } else {
      const auto view = ValuesView::open(in, count);
      Doubles values(view.count());
      view.decode(values);
      for (std::size_t i = 0; i < view.count(); ++i) (void)view.at(i);
    }
  }
}

TEST(Values, KeepEveryBit) {
  constexpr auto kNaN = std::numeric_limits<double>::quiet_NaN();
  constexpr auto kInfinity = std::numeric_limits<double>::infinity();
  expect_values_back(
      {0.0, -0.0, 1e300, -1e-300, std::numeric_limits<double>::denorm_min(), 0.1, 1.0 / 3});
  expect_values_back({std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest()});
  expect_values_back(
      {kNaN, -kNaN, std::bit_cast<double>(0x7ff0000000000001), kInfinity, -kInfinity, 0.0});
  expect_values_back(Doubles{});
  expect_values_back({-0.0});
  expect_values_back({kNaN});
  expect_values_back(Doubles(100, kNaN));
}

RC_GTEST_PROP(Values, OfAnyKindReadBack, (const Doubles& values)) { expect_values_back(values); }

TEST(Values, OfEveryCountAndScaleReadBack) {
  Random random(16);
  for (std::size_t count = 0; count <= 300; ++count) {
    auto values = noisy_values(random, count, std::exp2(-10 * random.uniform()),
                               std::exp2(-10 * random.uniform()));
    const double factor = std::pow(10.0, static_cast<double>(random.below(20)) - 10);
    if (count % 3 == 1)
      for (auto& value : values) value *= factor;
    if (count % 5 == 2)
      for (auto& value : values) value = static_cast<float>(value / 3);
    if (count > 40 && count % 4 == 0) values[random.below(count)] = -0.0;
    if (count > 40 && count % 4 == 1) values[random.below(count)] = 1.0 / 3;
    expect_values_back(values);
  }
}

TEST(Values, OfRandomBitsReadBack) {
  Random random(17);
  for (std::size_t count = 1; count < 200; count += 7) {
    Doubles values(count);
    for (auto& value : values) value = std::bit_cast<double>(random.next());
    expect_values_back(values);
  }
}

TEST(Values, WithFewDecimalsAreSmall) {
  Random random(3);
  EXPECT_LT(written_values(noisy_values(random, 1000, 0.01, 0)).size(), 400u);
}

TEST(Values, OfNoiseAroundASlowLevelTakeNoMoreThanTheNoise) {
  Random random(4);
  std::size_t bytes = 0;
  for (int i = 0; i < 50; ++i) bytes += written_values(noisy_values(random, 128, 0.01, 0.2)).size();
  // Noise of 20 hundredths has 6.4 bits; its differences 6.9.
  EXPECT_LT(bytes * 8, 50u * 128 * 73 / 10);
}

TEST(Values, AreNotSpoiltByOneThatIsNoDecimal) {
  Random random(5);
  auto values = noisy_values(random, 128, 0.1, 0.1);
  const auto before = written_values(values).size();
  values[77] = 1.0 / 3;
  EXPECT_LE(written_values(values).size(), before + 12);
  expect_values_back(values);
}

TEST(Values, OfSinglePrecisionTakeNoMoreThanSinglePrecision) {
  Random random(6);
  auto values = noisy_values(random, 128, 0.1, 0.1);
  for (auto& value : values) value = static_cast<float>(value / 3);
  EXPECT_LT(written_values(values).size(), 128u * 4);
  expect_values_back(values);
}

RC_GTEST_PROP(SingleDoubles, ReadBack, (double value)) {
  ByteWriter out;
  write_double(out, value);
  ByteReader in(out.bytes());
  RC_ASSERT(std::bit_cast<std::uint64_t>(read_double(in)) == std::bit_cast<std::uint64_t>(value));
  RC_ASSERT(in.finished());
}

}  // namespace
}  // namespace gemel::history::detail
