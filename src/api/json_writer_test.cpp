#include "api/detail/json_writer.hpp"

#include <bit>
#include <cmath>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/detail/encode.hpp"

namespace gemel::api {
namespace {

std::string time_text(Timestamp t) { return JsonWriter(0).time(t).take(); }
std::string number_text(double value) { return JsonWriter(0).number(value).take(); }
std::string text_of(std::string_view text) { return JsonWriter(0).text(text).take(); }
std::string causes_text(Quality quality) { return JsonWriter(0).causes(quality).take(); }

TEST(JsonWriter, WritesTimesAsTheTreeDoes) {
  std::mt19937_64 random(7);
  for (int n = 0; n < 20'000; ++n) {
    auto ns = static_cast<std::int64_t>(random());
    if (n % 3 == 0) ns %= 10'000'000'000;  // about 1970, where the sign changes
    if (n % 3 == 1) ns = 1'700'000'000'000'000'000 + ns % 100'000'000'000'000;
    const Timestamp t{ns};
    EXPECT_EQ(time_text(t), encode_time(t).dump()) << ns;
  }
  EXPECT_EQ(time_text(Timestamp::min()), "null");
}

TEST(JsonWriter, WritesNumbersThatReadBackTheSame) {
  std::mt19937_64 random(8);
  for (int n = 0; n < 20'000; ++n) {
    double value =
        n % 2 ? std::bit_cast<double>(random()) : static_cast<double>(random() % 100'000) / 100;
    if (!std::isfinite(value)) continue;
    EXPECT_EQ(Json::parse(number_text(value)).get<double>(), value);
  }
  for (const auto& [value, written] : {std::pair(0.0, "0"),
                                       {-0.0, "-0"},
                                       {-0.5, "-0.5"},
                                       {-12.04, "-12.04"},
                                       {1e22, "1e+22"},
                                       {0.0001, "0.0001"},
                                       {100.0, "100"},
                                       {99999999999.25, "99999999999.25"},
                                       {0.1 + 0.2, "0.30000000000000004"},
                                       {1e-5, "1e-05"}}) {
    EXPECT_EQ(number_text(value), written);
  }
  EXPECT_EQ(number_text(NAN), "null");
  EXPECT_EQ(number_text(INFINITY), "null");
}

TEST(JsonWriter, EscapesTextsAndShowsWhatIsNotUtf8) {
  for (const std::string text :
       {"plain", "", "q\"b\\s/", "line\nend\ttab\x01", "Åsa", "\xff bad"}) {
    const auto tree = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
    EXPECT_EQ(text_of(text), tree);
  }
}

TEST(JsonWriter, NamesEveryCause) {
  Quality quality;
  quality.mark(Cause::Late, Grade::Good);
  quality.mark(Cause::OutOfRange, Grade::Bad);
  EXPECT_EQ(causes_text(quality), "[\"" + std::string(to_string(Cause::OutOfRange)) + "\",\"" +
                                      std::string(to_string(Cause::Late)) + "\"]");
  EXPECT_EQ(causes_text(Quality{}), "[]");
}

}  // namespace
}  // namespace gemel::api
