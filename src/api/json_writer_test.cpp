#include "api/detail/json_writer.hpp"

#include <bit>
#include <cmath>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/detail/encode.hpp"

namespace gemel::api {
namespace {

std::string written(auto value, JsonWriter& (JsonWriter::*write)(decltype(value))) {
  JsonWriter out(0);
  return (out.*write)(value).take();
}

TEST(JsonWriter, WritesTimesAsTheTreeDoes) {
  std::mt19937_64 random(7);
  JsonWriter one(0);
  for (int n = 0; n < 20'000; ++n) {
    auto ns = static_cast<std::int64_t>(random());
    if (n % 3 == 0) ns %= 10'000'000'000;  // about 1970, where the sign changes
    if (n % 3 == 1) ns = 1'700'000'000'000'000'000 + ns % 100'000'000'000'000;
    const Timestamp t{ns};
    EXPECT_EQ(written(t, &JsonWriter::time), encode_time(t).dump()) << ns;
  }
  EXPECT_EQ(written(Timestamp::min(), &JsonWriter::time), "null");
}

TEST(JsonWriter, WritesNumbersThatReadBackTheSame) {
  std::mt19937_64 random(8);
  for (int n = 0; n < 20'000; ++n) {
    double value =
        n % 2 ? std::bit_cast<double>(random()) : static_cast<double>(random() % 100'000) / 100;
    if (!std::isfinite(value)) continue;
    EXPECT_EQ(Json::parse(written(value, &JsonWriter::number)).get<double>(), value);
  }
  EXPECT_EQ(written(NAN, &JsonWriter::number), "null");
  EXPECT_EQ(written(INFINITY, &JsonWriter::number), "null");
}

TEST(JsonWriter, EscapesTextsAndShowsWhatIsNotUtf8) {
  for (const std::string text :
       {"plain", "", "q\"b\\s/", "line\nend\ttab\x01", "Åsa", "\xff bad"}) {
    const auto tree = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
    EXPECT_EQ(written(std::string_view(text), &JsonWriter::text), tree);
  }
}

TEST(JsonWriter, NamesEveryCause) {
  Quality quality;
  quality.mark(Cause::Late, Grade::Good);
  quality.mark(Cause::OutOfRange, Grade::Bad);
  EXPECT_EQ(written(quality, &JsonWriter::causes),
            "[\"" + std::string(to_string(Cause::OutOfRange)) + "\",\"" +
                std::string(to_string(Cause::Late)) + "\"]");
  EXPECT_EQ(written(Quality{}, &JsonWriter::causes), "[]");
}

}  // namespace
}  // namespace gemel::api
