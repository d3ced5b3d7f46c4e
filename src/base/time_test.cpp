#include "base/time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gemel {
namespace {

TEST(Timestamp, ReadsIsoWithZoneFractionAndBlank) {
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:01Z")->ns, 1'000'000'000);
  EXPECT_EQ(parse_timestamp("1970-01-01 01:00:00.5+01:00")->ns, 500'000'000);
  EXPECT_EQ(to_string(*parse_timestamp("2024-02-29")), "2024-02-29T00:00:00Z");
  EXPECT_EQ(to_string(*parse_timestamp("2026-01-31T08:30:00.250-05:30")),
            "2026-01-31T14:00:00.250Z");
}

TEST(Timestamp, IsShownAsFarAsTimeGoes) {
  EXPECT_EQ(to_string(Timestamp::min()), "1677-09-21T00:12:43.145224192Z");
  EXPECT_EQ(to_string(Timestamp::max()), "2262-04-11T23:47:16.854775807Z");
  EXPECT_EQ(to_string(Timestamp{-1}), "1969-12-31T23:59:59.999999999Z");
}

TEST(Timestamp, RefusesWhatIsNoTimeAndSaysWhatToWrite) {
  for (const char* bad :
       {"", "yesterday", "2024-02-30", "2024-13-01", "2024-01-01T25:00", "2024-01-01Tx",
        "2024-01-01T00:00:00+99:00", "9999-01-01", "2024-01-01T00:00:00Zjunk"}) {
    const auto result = parse_timestamp(bad);
    ASSERT_FALSE(result) << bad;
    EXPECT_NE(result.error().message.find("ISO 8601"), std::string::npos);
  }
}

RC_GTEST_PROP(TimestampProperty, TextReadsBackAsTheSameMoment, ()) {
  const Timestamp t{
      *rc::gen::inRange<std::int64_t>(-9'000'000'000'000'000'000, 9'000'000'000'000'000'000)};
  RC_ASSERT(*parse_timestamp(to_string(t)) == t);
}

TEST(Duration, ReadsNumbersWithUnits) {
  EXPECT_EQ(*parse_duration("250 ms"), Duration::milliseconds(250));
  EXPECT_EQ(*parse_duration("1.5h"), Duration::minutes(90));
  EXPECT_EQ(*parse_duration("1 week"), Duration::days(7));
  EXPECT_EQ(*parse_duration("90"), Duration::seconds(90));
  EXPECT_FALSE(parse_duration("5 parsecs"));
  EXPECT_FALSE(parse_duration("inf"));
  EXPECT_FALSE(parse_duration(""));
}

TEST(Duration, IsShownAsPeopleSayIt) {
  EXPECT_EQ(to_string(Duration::milliseconds(250)), "250 ms");
  EXPECT_EQ(to_string(Duration::seconds(125)), "2 min 5 s");
  EXPECT_EQ(to_string(Duration::hours(26)), "1 d 2 h");
}

}  // namespace
}  // namespace gemel
