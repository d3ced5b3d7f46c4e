#include "base/text.hpp"

#include <gtest/gtest.h>

namespace gemel::text {
namespace {

const std::vector<std::string> kNames{"flow", "pressure", "vibration"};

TEST(NearestName, FindsTheOneThatWasMeant) {
  EXPECT_EQ(nearest("presure", kNames), "pressure");
  EXPECT_EQ(nearest("folw", kNames), "flow");
  EXPECT_EQ(did_you_mean("vibrations", kNames), "; did you mean 'vibration'?");
}

TEST(NearestName, StaysSilentWhenNothingIsNear) {
  EXPECT_EQ(nearest("temperature", kNames), "");
  EXPECT_EQ(did_you_mean(std::string(100'000, 'x'), kNames), "");
}

TEST(Number, ShowsThousandsWithoutExponent) {
  EXPECT_EQ(rounded(1450.04), "1450");
  EXPECT_EQ(rounded(123456), "123456");
  EXPECT_EQ(rounded(0.012345), "0.01235");
}

TEST(Number, AcceptsOnlyWholeFiniteNumbers) {
  double v = 0;
  EXPECT_TRUE(parse_number(" +1.5e3 ", v));
  EXPECT_EQ(v, 1500);
  for (const char* bad : {"", "nan", "inf", "1,5", "3 bar", "0x10"})
    EXPECT_FALSE(parse_number(bad, v)) << bad;
}

}  // namespace
}  // namespace gemel::text
