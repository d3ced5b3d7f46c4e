// The decode cases of the format's authors (github.com/influxdata/line-protocol,
// lineprotocol/testdata/corpus.json), which are not part of this repository:
// GEMEL_LINE_PROTOCOL_CORPUS names the file.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "connectors/line_protocol/decoder.hpp"
#include "connectors/line_protocol/detail/point.hpp"

namespace gemel::connectors::line_protocol {
namespace {

using Json = nlohmann::json;

/// Where we differ from the corpus on purpose: its key, and why.
const std::vector<std::pair<std::string, std::string>> kDifferences{};

int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

std::string from_base64(const std::string& text) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    if (sextet(c) < 0) break;
    bits = bits << 6 | static_cast<unsigned>(sextet(c));
    if ((count += 6) >= 8) out += static_cast<char>(bits >> (count -= 8) & 0xff);
  }
  return out;
}

/// A text, or what JSON can't hold as one.
std::string bytes_of(const Json& text) {
  return text.is_string() ? text.get<std::string>() : from_base64(text.at("binary"));
}

Duration unit_of(const std::string& precision) {
  if (precision == "1s") return Duration::seconds(1);
  if (precision == "1ms") return Duration::milliseconds(1);
  if (precision == "1µs") return Duration::microseconds(1);
  return Duration::nanoseconds(1);
}

/// A point in the corpus' own words.
Json describe(const Point& point, std::int64_t time) {
  std::map<std::string, std::string> tags;
  for (const auto& tag : point.tags) tags[tag.key] = tag.value;
  Json out{{"name", point.measurement}, {"time", time}, {"tags", Json::array()}};
  for (const auto& [key, value] : tags) out["tags"].push_back({{"key", key}, {"value", value}});
  constexpr std::array kKinds{"float", "int", "uint", "bool", "string"};
  for (const auto& field : point.fields) {
    const Json value = std::visit([](const auto& v) { return Json(v); }, field.value);
    out["fields"].push_back(
        {{"key", field.name}, {"value", {{kKinds[field.value.index()], value}}}});
  }
  return out;
}

/// The expected point with JSON's strings and base64 made one.
Json normalised(Json point) {
  point["name"] = bytes_of(point["name"]);
  if (point["tags"].is_null()) point["tags"] = Json::array();
  for (auto& tag : point["tags"]) {
    tag["key"] = bytes_of(tag["key"]);
    tag["value"] = bytes_of(tag["value"]);
  }
  for (auto& field : point["fields"]) {
    field["key"] = bytes_of(field["key"]);
    if (field["value"].contains("string"))
      field["value"]["string"] = bytes_of(field["value"]["string"]);
    if (field["value"].contains("float"))
      field["value"]["float"] = field["value"]["float"].get<double>();
  }
  return point;
}

/// All points of a body, or nothing when any line is wrong.
std::optional<Json> read_all(std::string_view body, Duration unit, std::int64_t arrival) {
  Json points = Json::array();
  Point point;
  const char* p = body.data();
  const char* end = p + body.size();
  while (skip_to_point(p, end)) {
    if (read_point(p, end, point)) return std::nullopt;
    std::int64_t time = arrival - arrival % unit.ns;
    if (point.time && __builtin_mul_overflow(*point.time, unit.ns, &time)) return std::nullopt;
    points.push_back(describe(point, time));
  }
  return points;
}

double as_number(const Json& value) {
  if (value.contains("bool")) return value["bool"].get<bool>() ? 1.0 : 0.0;
  const auto& number = value.begin().value();
  if (number.is_number_unsigned()) return static_cast<double>(number.get<std::uint64_t>());
  if (number.is_number_integer()) return static_cast<double>(number.get<std::int64_t>());
  return number.get<double>();
}

/// The decoder as the twin uses it: everything bound that the expected points name, twice, so that
/// the second pass takes the fast way where it can. Returns what differs.
std::string through_decoder(const std::string& body, Duration unit, std::int64_t arrival,
                            const Json& expected, bool wrong) {
  Plant plant;
  plant.sources = {{"corpus", LineProtocolSource{}}};
  std::vector<double> values;
  std::set<std::pair<std::string, std::string>> bound;
  for (const auto& point : expected) {
    for (const auto& field : point["fields"]) {
      if (!bound.emplace(point["name"], field["key"]).second) return "";  // fed twice: not for us
      Signal signal;
      signal.id = {static_cast<std::uint32_t>(plant.signals.size())};
      plant.signals.push_back(signal);
      Binding binding;
      binding.measurement = point["name"];
      binding.fields = {{signal.id, field["key"], 1.0, 0.0}};
      plant.bindings.push_back(binding);
      values.push_back(field["value"].contains("string") ? NAN : as_number(field["value"]));
    }
  }
  auto decoder = std::move(Decoder::make(plant, 0)).value();
  for (int pass = 0; pass < 2; ++pass) {
    std::vector<Sample> samples;
    DecodeOutcome outcome;
    std::size_t at = 0;
    decoder.decode(body, at, unit, Timestamp{arrival}, SIZE_MAX / 2, samples, outcome);
    if ((outcome.dropped > 0) != wrong) return "dropped: " + outcome.trouble;
    if (wrong) continue;
    if (samples.size() != values.size()) return std::to_string(samples.size()) + " samples";
    for (const auto& sample : samples) {
      const double value = values[sample.signal.index];
      if (!std::isnan(value) && value != sample.value) return std::to_string(sample.value);
    }
  }
  return "";
}

/// The file that GEMEL_LINE_PROTOCOL_CORPUS names: lineprotocol/testdata/corpus.json of
/// github.com/influxdata/line-protocol, which is not ours to carry. Without it there is no case.
std::vector<std::string> corpus_files() {
  const char* path = std::getenv("GEMEL_LINE_PROTOCOL_CORPUS");
  return path == nullptr || *path == '\0' ? std::vector<std::string>()
                                          : std::vector{std::string(path)};
}

class LineProtocolCorpus : public ::testing::TestWithParam<std::string> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LineProtocolCorpus);
INSTANTIATE_TEST_SUITE_P(Of, LineProtocolCorpus, ::testing::ValuesIn(corpus_files()),
                         [](const auto&) { return std::string("itsAuthors"); });

TEST_P(LineProtocolCorpus, IsReadAsItsAuthorsDo) {
  const auto& path = GetParam();
  std::ifstream file(path);
  ASSERT_TRUE(file) << path;
  const auto corpus = Json::parse(file);
  std::set<std::string> different;
  for (const auto& [key, entry] : corpus.at("decode").items()) {
    const auto& input = entry.at("input");
    const auto body = bytes_of(input.at("text"));
    const auto unit = unit_of(input.at("precision"));
    const auto arrival = input.at("defaultTime").get<std::int64_t>();
    const bool wrong = entry.at("output").contains("error");
    Json expected = Json::array();
    if (!wrong && entry.at("output").contains("result")) {
      for (const auto& point : entry.at("output").at("result"))
        expected.push_back(normalised(point));
    }
    const auto read = read_all(body, unit, arrival);
    const bool same = wrong ? !read : read && *read == expected;
    const auto decoded = through_decoder(body, unit, arrival, expected, wrong);
    if (same && decoded.empty()) continue;
    different.insert(key);
    const bool known = std::any_of(kDifferences.begin(), kDifferences.end(),
                                   [&](const auto& one) { return one.first == key; });
    EXPECT_TRUE(known) << key << "\n"
                       << input.dump(-1, ' ', true, Json::error_handler_t::replace) << "\nexpected "
                       << entry.at("output").dump() << "\nread "
                       << (read ? read->dump(-1, ' ', true, Json::error_handler_t::replace)
                                : "a mistake")
                       << "\ndecoder " << decoded;
  }
  for (const auto& [key, why] : kDifferences)
    EXPECT_TRUE(different.contains(key)) << key << " no longer differs: " << why;
  RecordProperty("cases", static_cast<int>(corpus.at("decode").size()));
}

}  // namespace
}  // namespace gemel::connectors::line_protocol
