#include "connectors/line_protocol/decoder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gemel::connectors::line_protocol {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Duration kNs = Duration::nanoseconds(1);
constexpr Timestamp kArrival{1'700'000'000'123'456'789};

/// A plant of three pumps, bound by measurement "pump" and tag "asset"; and a valve with states.
Plant plant() {
  Plant made;
  Source source;
  source.name = "telegraf";
  source.settings = LineProtocolSource{};
  made.sources = {source};
  const auto add_signal = [&](std::vector<std::string> states = {}) {
    Signal signal;
    signal.id = {static_cast<std::uint32_t>(made.signals.size())};
    signal.path = "s" + std::to_string(signal.id.index);
    signal.states = std::move(states);
    made.signals.push_back(signal);
    return signal.id;
  };
  for (const auto* pump : {"pump_1", "pump_2", "pump_3"}) {
    Binding binding;
    binding.measurement = "pump";
    binding.tags = {{"asset", pump}};
    binding.fields.push_back({add_signal(), "flow_rate", 1.0, 0.0});
    binding.fields.push_back({add_signal(), "p", 2.0, 1.0});
    made.bindings.push_back(binding);
  }
  Binding valve;
  valve.measurement = "my valve";
  valve.fields.push_back({add_signal({"closed", "open"}), "position", 1.0, 0.0});
  made.bindings.push_back(valve);
  return made;
}

class LineProtocol : public ::testing::Test {
 protected:
  /// What a body says, and the same once more, from what was learnt of it.
  std::vector<Sample> decode(std::string_view body, Duration unit = kNs) {
    auto first = decode_once(body, unit);
    const auto told = outcome_;
    const auto second = decode_once(body, unit);
    EXPECT_EQ(first, second) << body;
    EXPECT_EQ(told.lines, outcome_.lines);
    EXPECT_EQ(told.dropped, outcome_.dropped);
    EXPECT_EQ(told.unbound, outcome_.unbound);
    EXPECT_EQ(told.trouble, outcome_.trouble);
    outcome_ = told;
    return first;
  }

  std::vector<Sample> decode_once(std::string_view body, Duration unit = kNs) {
    // A body of its own size on the heap: a sanitizer sees the first byte read beyond it.
    const std::vector<char> exact(body.begin(), body.end());
    std::vector<Sample> samples;
    outcome_ = {};
    std::size_t at = 0;
    decoder_.decode({exact.data(), exact.size()}, at, unit, kArrival, SIZE_MAX / 2, samples,
                    outcome_);
    EXPECT_EQ(at, body.size());
    return samples;
  }

  static Sample sample(std::uint32_t signal, double value, Timestamp time = kArrival) {
    return {.signal = {signal}, .quality = {}, .source_time = time, .value = value};
  }

  Decoder decoder_ = std::move(Decoder::make(plant(), 0)).value();
  DecodeOutcome outcome_;
};

TEST_F(LineProtocol, GivesASampleForEachBoundField) {
  EXPECT_THAT(decode("pump,asset=pump_2 flow_rate=12.5,p=3 1700000000000000001\n"),
              ElementsAre(sample(2, 12.5, {1'700'000'000'000'000'001}),
                          sample(3, 7.0, {1'700'000'000'000'000'001})));
  EXPECT_EQ(outcome_.lines, 1u);
  EXPECT_EQ(outcome_.unbound, 0u);
}

TEST_F(LineProtocol, IgnoresTagsAndFieldsThatNoBindingNames) {
  EXPECT_THAT(decode("pump,asset=pump_1,host=a\\ b extra=1,p=1,more=\"x\",flow_rate=2 5\n"
                     "pump,host=c,asset=pump_3 flow_rate=1 5\n"),
              ElementsAre(sample(1, 3.0, {5}), sample(0, 2.0, {5}), sample(4, 1.0, {5})));
  EXPECT_EQ(outcome_.unbound, 0u);
}

TEST_F(LineProtocol, CountsAndNamesSeriesThatNobodyBound) {
  EXPECT_THAT(decode_once("cpu,host=a usage=1 5\npump,asset=other p=1 5\ncpu,host=a usage=2 6\n"),
              IsEmpty());
  EXPECT_EQ(outcome_.lines, 3u);
  EXPECT_EQ(outcome_.dropped, 0u);
  EXPECT_EQ(outcome_.unbound, 3u);
  EXPECT_THAT(outcome_.strangers, ElementsAre("cpu,host=a", "pump,asset=other"));
  EXPECT_THAT(decode_once("cpu,host=a usage=1 5\n"), IsEmpty());
  EXPECT_THAT(outcome_.strangers, IsEmpty()) << "known by now";
}

TEST_F(LineProtocol, ReadsEveryKindOfNumberExactly) {
  const std::vector<std::pair<std::string, double>> numbers{
      {"1", 1},
      {"-1", -1},
      {"1.5", 1.5},
      {".5", 0.5},
      {"-.5", -0.5},
      {"1.", 1},
      {"0.1", 0.1},
      {"1e3", 1000},
      {"1.5E-2", 0.015},
      {"7i", 7},
      {"-7i", -7},
      {"7u", 7},
      {"t", 1},
      {"T", 1},
      {"true", 1},
      {"True", 1},
      {"TRUE", 1},
      {"f", 0},
      {"F", 0},
      {"false", 0},
      {"False", 0},
      {"FALSE", 0},
      {"1e-400", 0},
      {"\"2.5\"", 2.5},
      {"123456789012345678", 123456789012345678.0},
      {"0.30000000000000004", 0.30000000000000004},
      {"9007199254740993", 9007199254740992.0},
      {"9223372036854775807i", 9223372036854775807.0},
      {"18446744073709551615u", 18446744073709551615.0},
      {"1.7976931348623157e308", 1.7976931348623157e308}};
  for (const auto& [text, value] : numbers) {
    EXPECT_THAT(decode("pump,asset=pump_1 flow_rate=" + text + " 5\n"),
                ElementsAre(sample(0, value, {5})))
        << text;
  }
}

TEST_F(LineProtocol, RefusesWhatIsNoValue) {
  for (const auto* text : {"",
                           "x",
                           "1x",
                           "1.5i",
                           "1.5u",
                           "-1u",
                           "i",
                           "-",
                           ".",
                           "1e",
                           "--1",
                           "+1",
                           "nan",
                           "inf",
                           "-inf",
                           "0x10",
                           "0x1p4",
                           "1_0",
                           "1e400",
                           "9223372036854775808i",
                           "18446744073709551616u",
                           "tru",
                           "tRUE",
                           "\"open",
                           "\"a\"b",
                           "1 2 3",
                           "1 x",
                           "1 1.5",
                           "1 5i"}) {
    EXPECT_THAT(decode("pump,asset=pump_1 p=1,flow_rate=" + std::string(text)), IsEmpty()) << text;
    EXPECT_EQ(outcome_.dropped, 1u) << text;
    EXPECT_FALSE(outcome_.trouble.empty());
  }
}

TEST_F(LineProtocol, TakesTimesInTheUnitOfTheWrite) {
  const std::string line = "pump,asset=pump_1 p=1 1700000000\n";
  EXPECT_EQ(decode(line, Duration::seconds(1)).at(0).source_time.ns, 1'700'000'000'000'000'000);
  EXPECT_EQ(decode(line, Duration::milliseconds(1)).at(0).source_time.ns, 1'700'000'000'000'000);
  EXPECT_EQ(decode("pump,asset=pump_1 p=1 -3", Duration::hours(1)).at(0).source_time.ns,
            -3 * Duration::hours(1).ns);
}

TEST_F(LineProtocol, TakesLinesWithoutATimeAsOfArrivalInWholeUnits) {
  EXPECT_EQ(decode("pump,asset=pump_1 p=1").at(0).source_time, kArrival);
  EXPECT_EQ(decode("pump,asset=pump_1 p=1\n", Duration::seconds(1)).at(0).source_time.ns,
            1'700'000'000'000'000'000);
}

TEST_F(LineProtocol, RefusesTimesThatNoTimestampHolds) {
  for (const auto* time : {"9223372036854775807", "-9223372036854775808", "9223372036854775808",
                           "99999999999999999999999"}) {
    EXPECT_THAT(decode("pump,asset=pump_1 p=1 " + std::string(time) + "\n"), IsEmpty()) << time;
    EXPECT_EQ(outcome_.dropped, 1u) << time;
  }
  EXPECT_THAT(decode("pump,asset=pump_1 p=1 1700000000000000000\n", Duration::seconds(1)),
              IsEmpty());
  EXPECT_THAT(outcome_.trouble, HasSubstr("is the precision right?"));
}

TEST_F(LineProtocol, ReadsEscapesInNamesAndTexts) {
  EXPECT_THAT(decode("my\\ valve,a\\=b=c\\,d position=\"open\" 5"),
              ElementsAre(sample(6, 1.0, {5})));
  EXPECT_THAT(decode("my\\ valve pos\\ition=1,position=\"clo\\\\sed\" 5").at(0).quality.grade,
              Grade::Bad);
}

TEST_F(LineProtocol, MarksATextThatIsNoStateAsAFault) {
  const auto samples = decode("my\\ valve position=\"ajar\" 5");
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_TRUE(samples[0].quality.has(Cause::SensorFault));
  EXPECT_EQ(outcome_.faults, 1u);
  EXPECT_EQ(outcome_.dropped, 0u);
}

TEST_F(LineProtocol, SkipsCommentsAndEmptyLinesAndTakesEveryLineEnd) {
  EXPECT_THAT(decode("\n# a comment\r\n  \r\npump,asset=pump_1 p=1 5\r\n   # more\n"
                     "  pump,asset=pump_1   p=2   6  \n\n"),
              ElementsAre(sample(1, 3.0, {5}), sample(1, 5.0, {6})));
  EXPECT_EQ(outcome_.lines, 2u);
  EXPECT_EQ(outcome_.dropped, 0u);
}

TEST_F(LineProtocol, TakesTheGoodLinesOfABodyAndTellsThePlaceOfTheBadOnes) {
  EXPECT_THAT(decode("pump,asset=pump_1 p=1 5\npump,asset=pump_1 p=oops 6\n\npump,asset p=1 7\n"
                     "pump,asset=pump_1 p=1 8\n"),
              ElementsAre(sample(1, 3.0, {5}), sample(1, 3.0, {8})));
  EXPECT_EQ(outcome_.lines, 4u);
  EXPECT_EQ(outcome_.dropped, 2u);
  EXPECT_EQ(outcome_.trouble_line, 2u);
  EXPECT_THAT(outcome_.trouble,
              HasSubstr("line 2, column 21: 'oops' is no value of the field 'p'"));
  EXPECT_THAT(
      outcome_.trouble,
      HasSubstr("line 4, column 11: expected '=' after the tag key 'asset', found a blank"));
}

TEST_F(LineProtocol, TakesALineWholeOrNotAtAll) {
  EXPECT_THAT(decode("pump,asset=pump_1 flow_rate=1,p=2\npump,asset=pump_1 flow_rate=1,p=2x\n"),
              ElementsAre(sample(0, 1.0), sample(1, 5.0)));
  EXPECT_EQ(outcome_.dropped, 1u);
}

TEST_F(LineProtocol, LearnsAnotherOrderOfFields) {
  for (int turn = 0; turn < 3; ++turn) {
    EXPECT_THAT(decode_once("pump,asset=pump_1 flow_rate=1,p=2 5\n"),
                ElementsAre(sample(0, 1.0, {5}), sample(1, 5.0, {5})));
    EXPECT_THAT(decode_once("pump,asset=pump_1 p=2,flow_rate=1 5\n"),
                ElementsAre(sample(1, 5.0, {5}), sample(0, 1.0, {5})));
    EXPECT_THAT(decode_once("pump,asset=pump_1 p=2 5\n"), ElementsAre(sample(1, 5.0, {5})));
  }
}

TEST_F(LineProtocol, IsNotMisledByALineThatOnlyBeginsLikeTheExpectedOne) {
  decode_once("pump,asset=pump_1 p=1 5\npump,asset=pump_2 p=1 5\n");
  EXPECT_THAT(decode_once("pump,asset=pump_1 p=1 5\npump,asset=pump_2,x=y p=1 5\n"
                          "pump,asset=pump_2\\ b p=1 5\npump,asset=pump_2 pp=1 5\n"),
              ElementsAre(sample(1, 3.0, {5}), sample(3, 3.0, {5})));
  EXPECT_EQ(outcome_.unbound, 2u);
}

TEST_F(LineProtocol, ReadsABodyInParts) {
  std::string body;
  for (int n = 0; n < 100; ++n) body += "pump,asset=pump_1 p=1 " + std::to_string(n) + "\n";
  body += "pump p=";
  std::vector<Sample> all;
  DecodeOutcome outcome;
  for (std::size_t at = 0; at < body.size();) {
    std::vector<Sample> part;
    decoder_.decode(body, at, kNs, kArrival, 7, part, outcome);
    EXPECT_LE(part.size(), 7u);
    all.insert(all.end(), part.begin(), part.end());
  }
  ASSERT_EQ(all.size(), 100u);
  EXPECT_EQ(all[99].source_time.ns, 99);
  EXPECT_EQ(outcome.trouble_line, 101u);
}

TEST_F(LineProtocol, ForgetsStrangersRatherThanGrow) {
  std::string body;
  for (int n = 0; n < 200'000; ++n) body += "x,n=" + std::to_string(n) + " v=1\n";
  EXPECT_THAT(decode_once(body), IsEmpty());
  EXPECT_EQ(outcome_.unbound, 200'000u);
  EXPECT_THAT(decode("pump,asset=pump_1 p=1 5\n"), ElementsAre(sample(1, 3.0, {5})));
}

}  // namespace
}  // namespace gemel::connectors::line_protocol
