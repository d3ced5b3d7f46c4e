#include "history/detail/columns.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.hpp"

namespace gemel::history::detail {
namespace {

std::string written(const std::vector<std::int64_t>& values) {
  ByteWriter out;
  write_column(out, values);
  return out.take();
}

std::vector<std::int64_t> back(const std::string& bytes, std::size_t count) {
  ByteReader in(bytes);
  const auto values = read_column(in, count);
  EXPECT_TRUE(in.finished());
  return values;
}

std::size_t bytes_of(const std::vector<double>& values) {
  ByteWriter out;
  write_values(out, values);
  std::vector<double> again(values.size());
  ByteReader in(out.bytes());
  std::vector<std::int64_t> scratch;
  read_values(in, again, scratch);
  EXPECT_TRUE(in.finished());
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(std::bit_cast<std::uint64_t>(again[i]), std::bit_cast<std::uint64_t>(values[i]))
        << values[i];
  }
  return out.size();
}

RC_GTEST_PROP(Columns, ReadBackWhatWasWritten, (const std::vector<std::int64_t>& values)) {
  RC_ASSERT(back(written(values), values.size()) == values);
}

TEST(Columns, HoldNumbersOfEveryWidth) {
  Random random(7);
  for (unsigned width = 0; width <= 64; ++width) {
    for (const std::size_t count : {1, 2, 3, 9, 100}) {
      std::vector<std::int64_t> values(count);
      for (auto& value : values)
        value = static_cast<std::int64_t>(width == 0 ? 0 : random.next() >> (64 - width));
      EXPECT_EQ(back(written(values), count), values) << width << " bits, " << count;
    }
  }
  const std::vector<std::int64_t> extremes{INT64_MIN, INT64_MAX, 0, INT64_MIN, -1, INT64_MAX};
  EXPECT_EQ(back(written(extremes), extremes.size()), extremes);
}

TEST(Columns, SpendAlmostNothingOnEvenTimes) {
  std::vector<std::int64_t> times;
  for (int i = 0; i < 1000; ++i) times.push_back(1'700'000'000'000'000'000 + i * 1'000'000'000LL);
  EXPECT_LT(written(times).size(), 30u);
}

TEST(Columns, RefuseWhatIsCutShort) {
  const auto whole = written({5, 17, 3, 1'000'000, 4});
  for (std::size_t n = 0; n < whole.size(); ++n) {
    ByteReader in(std::string_view(whole).substr(0, n));
    read_column(in, std::size_t{5});
    EXPECT_FALSE(in.ok()) << n;
  }
}

TEST(Values, KeepEveryBit) {
  bytes_of({0.0, -0.0, 1e300, -1e-300, std::numeric_limits<double>::denorm_min(), 0.1, 1.0 / 3.0});
  bytes_of({std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest()});
  bytes_of({});
  bytes_of({-0.0});
}

RC_GTEST_PROP(Values, OfAnyKindReadBack, (const std::vector<double>& values)) { bytes_of(values); }

TEST(Values, WithFewDecimalsAreSmall) {
  Random random(3);
  std::vector<double> slow;
  double level = 20.0;
  for (int i = 0; i < 1000; ++i) {
    level += 0.01 * random.normal();
    slow.push_back(std::round(level * 100) / 100);
  }
  EXPECT_LT(bytes_of(slow), 600u);
}

RC_GTEST_PROP(Doubles, ReadBack, (double value)) {
  ByteWriter out;
  write_double(out, value);
  ByteReader in(out.bytes());
  RC_ASSERT(std::bit_cast<std::uint64_t>(read_double(in)) == std::bit_cast<std::uint64_t>(value));
  RC_ASSERT(in.finished());
}

}  // namespace
}  // namespace gemel::history::detail
