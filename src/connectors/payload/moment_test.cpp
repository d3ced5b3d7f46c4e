#include "connectors/payload/moment.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace gemel::connectors::payload {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kEpoch = 1'583'749'233;  // 2020-03-09 10:20:33

TEST(Moment, TellsTheUnitOfANumberByItsSize) {
  EXPECT_EQ(moment_of(kEpoch), Timestamp{kEpoch * kSecond});
  EXPECT_EQ(moment_of(kEpoch * 1'000 + 250), Timestamp{kEpoch * kSecond + 250'000'000});
  EXPECT_EQ(moment_of(kEpoch * 1'000'000 + 7), Timestamp{kEpoch * kSecond + 7'000});
  EXPECT_EQ(moment_of(kEpoch * kSecond + 3), Timestamp{kEpoch * kSecond + 3});
  EXPECT_EQ(moment_of(std::int64_t{0}), Timestamp{0});
  EXPECT_EQ(moment_of(std::int64_t{-60}), Timestamp{-60 * kSecond});
}

TEST(Moment, KeepsFractionsOfSecondsToTheMicrosecond) {
  EXPECT_EQ(moment_of(1583749233.25), Timestamp{kEpoch * kSecond + 250'000'000});
  EXPECT_EQ(moment_of(1583749233.123456), Timestamp{kEpoch * kSecond + 123'456'000});
  EXPECT_EQ(moment_of(1583749233123.5), Timestamp{kEpoch * kSecond + 123'500'000});
}

TEST(Moment, ReadsIsoTextAndNumbersInText) {
  EXPECT_EQ(moment_of("2020-03-09 10:20:33"), Timestamp{kEpoch * kSecond});
  EXPECT_EQ(moment_of(" 2020-03-09T11:20:33.5+01:00 "), Timestamp{kEpoch * kSecond + kSecond / 2});
  EXPECT_EQ(moment_of("1583749233"), Timestamp{kEpoch * kSecond});
  EXPECT_EQ(moment_of("1583749233.25"), Timestamp{kEpoch * kSecond + kSecond / 4});
}

TEST(Moment, RefusesWhatIsNoTime) {
  for (const auto* text : {"", "soon", "2020-13-09 10:00:00", "2020-03-09x", "12:30", "nan"}) {
    EXPECT_EQ(moment_of(text), std::nullopt) << text;
  }
  EXPECT_EQ(moment_of(std::numeric_limits<double>::quiet_NaN()), std::nullopt);
  EXPECT_EQ(moment_of(1e300), std::nullopt);
}

TEST(Moment, NeverOverflows) {
  for (const std::int64_t size :
       {std::int64_t{99'999'999'999}, std::int64_t{99'999'999'999'999},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    const auto moment = moment_of(size);
    EXPECT_TRUE(!moment || (moment->ns > 0) == (size > 0)) << size;
    (void)moment_of(static_cast<double>(size));
  }
}

}  // namespace
}  // namespace gemel::connectors::payload
