#include "text.hpp"

#include <gtest/gtest.h>

namespace riverside {
namespace {

TEST(Text, ReadsDurations) {
  EXPECT_EQ(*parse_duration_ms("500ms"), 500);
  EXPECT_EQ(*parse_duration_ms("20s"), 20'000);
  EXPECT_EQ(*parse_duration_ms("1.5min"), 90'000);
  EXPECT_EQ(*parse_duration_ms("1h"), 3'600'000);
  EXPECT_EQ(*parse_duration_ms("2d"), 172'800'000);
}

TEST(Text, RefusesWhatIsNoDuration) {
  for (const char* wrong : {"", "20", "s", "-5s", "20 s", "20sec", "nans", "1e300h", "inf s"}) {
    const auto parsed = parse_duration_ms(wrong);
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_NE(parsed.error().message.find(wrong), std::string::npos);
  }
}

TEST(Text, ReadsAndWritesIsoTimes) {
  EXPECT_EQ(*parse_iso_time("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(*parse_iso_time("2026-06-02T10:00:00.250Z"), 1'780'394'400'250);
  EXPECT_EQ(format_iso_time(1'780'394'400'250), "2026-06-02T10:00:00.250Z");
  EXPECT_EQ(format_iso_time(-1), "1969-12-31T23:59:59.999Z");
}

TEST(Text, RefusesWhatIsNoTime) {
  for (const char* wrong :
       {"", "yesterday", "2026-06-02", "2026-02-30T00:00:00Z", "2026-06-02T25:00:00Z",
        "2026-06-02T10:00:00", "2026-06-02T10:00:00+02:00"}) {
    EXPECT_FALSE(parse_iso_time(wrong)) << wrong;
  }
}

TEST(Text, ReadsWholeNumbersOnly) {
  EXPECT_EQ(*parse_number("0.8"), 0.8);
  for (const char* wrong : {"", "0.8x", "x", "inf", "nan", " 1"}) {
    EXPECT_FALSE(parse_number(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace riverside
