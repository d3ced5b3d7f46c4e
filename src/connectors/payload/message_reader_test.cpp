#include "connectors/payload/message_reader.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gemel::connectors::payload {
namespace {

constexpr Timestamp kArrival{1'700'000'099'000'000'000};
constexpr Timestamp kTime{1'700'000'000'000'000'000};

Signal signal(std::uint32_t index, std::string path, std::vector<std::string> states = {}) {
  Signal made;
  made.id = {index};
  made.path = std::move(path);
  made.states = std::move(states);
  return made;
}

const Plant& plant() {
  static const Plant kMade = [] {
    Plant p;
    p.signals = {signal(0, "pump_1.flow"), signal(1, "pump_1.pressure"),
                 signal(2, "site.mode", {"local", "remote"})};
    return p;
  }();
  return kMade;
}

MessageLayout layout(std::string time, std::vector<std::string> paths) {
  Binding binding;
  binding.time_path = std::move(time);
  std::uint32_t index = 0;
  for (auto& path : paths) binding.fields.push_back({SignalId{index++}, std::move(path), 1.0, 0.0});
  auto made = MessageLayout::compile(plant(), binding);
  EXPECT_TRUE(made) << (made ? "" : made.error().message);
  return *std::move(made);
}

struct Read {
  ReadOutcome outcome;
  std::vector<Sample> samples;
};

Read read(const MessageLayout& layout, std::string_view bytes) {
  MessageReader reader;
  Read out;
  out.outcome = reader.read(layout, bytes, kArrival, out.samples);
  return out;
}

Sample good(std::uint32_t index, Timestamp time, double value) {
  return {SignalId{index}, {}, time, value};
}

bool is_fault(const Sample& sample) {
  return sample.quality.grade == Grade::Bad && sample.quality.has(Cause::SensorFault);
}

TEST(MessageReader, ReadsOneObject) {
  const auto got =
      read(layout("$.ts", {"$.flow", "$.p"}), R"({"ts":1700000000000,"flow":12.5,"p":3})");
  EXPECT_EQ(got.samples, (std::vector<Sample>{good(0, kTime, 12.5), good(1, kTime, 3)}));
  EXPECT_EQ(got.outcome.rows, 1u);
  EXPECT_EQ(got.outcome.samples, 2u);
  EXPECT_EQ(got.outcome.faults, 0u);
}

TEST(MessageReader, FindsKeysInAnyOrder) {
  const auto got = read(layout("$.ts", {"$.flow", "$.p"}),
                        R"({"p":3,"x":{"flow":9},"flow":12.5,"ts":"2023-11-14T22:13:20Z"})");
  EXPECT_EQ(got.samples, (std::vector<Sample>{good(0, kTime, 12.5), good(1, kTime, 3)}));
}

TEST(MessageReader, FollowsNestedPathsAndIndices) {
  const auto got = read(layout("$.head.t", {"$.m[1].v", "$.m[0].v"}),
                        R"({"head":{"t":1700000000},"m":[{"v":1},{"v":2}]})");
  EXPECT_EQ(got.samples, (std::vector<Sample>{good(0, kTime, 2), good(1, kTime, 1)}));
}

TEST(MessageReader, TakesTheTimeOfArrivalWithoutATimePath) {
  EXPECT_EQ(read(layout("", {"$.flow"}), R"({"flow":1})").samples,
            std::vector<Sample>{good(0, kArrival, 1)});
}

TEST(MessageReader, ReadsAnArrayOfRows) {
  std::string batch = "[";
  for (int i = 0; i < 50; ++i) {
    batch += (i ? "," : "") + std::string(R"({"ts":)") + std::to_string(1'700'000'000 + i) +
             R"(,"flow":)" + std::to_string(i) + "}";
  }
  const auto got = read(layout("$.ts", {"$.flow"}), batch + "]");
  ASSERT_EQ(got.samples.size(), 50u);
  EXPECT_EQ(got.outcome.rows, 50u);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(got.samples[i], good(0, kTime + Duration::seconds(i), i));
}

TEST(MessageReader, ReadsRowsBelowAKeyThatAllPathsShare) {
  const auto got = read(
      layout("$.data.ts", {"$.data.flow", "$.data.p"}),
      R"({"gateway":"g1","data":[{"ts":1700000000,"flow":1},{"ts":1700000001,"flow":2,"p":3}]})");
  EXPECT_EQ(got.samples,
            (std::vector<Sample>{good(0, kTime, 1), good(0, kTime + Duration::seconds(1), 2),
                                 good(1, kTime + Duration::seconds(1), 3)}));
}

TEST(MessageReader, OneTimeBesideTheRowsHoldsForAll) {
  const auto got =
      read(layout("$.ts", {"$.data.flow"}), R"({"ts":1700000000,"data":[{"flow":1},{"flow":2}]})");
  EXPECT_EQ(got.samples, (std::vector<Sample>{good(0, kTime, 1), good(0, kTime, 2)}));
}

TEST(MessageReader, ReadsPlainNumbersStatesAndBooleans) {
  EXPECT_EQ(read(layout("", {""}), " 12.5\n").samples,
            std::vector<Sample>{good(0, kArrival, 12.5)});
  EXPECT_EQ(read(layout("", {""}), "true").samples, std::vector<Sample>{good(0, kArrival, 1)});
  Binding mode;
  mode.fields = {{SignalId{2}, "", 1.0, 0.0}};
  EXPECT_EQ(read(*MessageLayout::compile(plant(), mode), "remote").samples,
            std::vector<Sample>{good(2, kArrival, 1)});
}

TEST(MessageReader, APlainPayloadThatIsNoNumberIsASensorFault) {
  for (const auto* bytes : {"nan", "ERR", "", "1,5", "1e999"}) {
    const auto got = read(layout("", {""}), bytes);
    ASSERT_EQ(got.samples.size(), 1u) << bytes;
    EXPECT_TRUE(is_fault(got.samples[0])) << bytes;
    EXPECT_EQ(got.outcome.faults, 1u) << bytes;
  }
}

TEST(MessageReader, BooleansStatesAndNumbersInTextBecomeNumbers) {
  const auto got =
      read(layout("", {"$.a", "$.b", "$.c"}), R"({"a":true,"b":" 2.5 ","c":"remote"})");
  EXPECT_EQ(got.samples, (std::vector<Sample>{good(0, kArrival, 1), good(1, kArrival, 2.5),
                                              good(2, kArrival, 1)}));
}

TEST(MessageReader, NullIsASensorFaultAndAbsentIsNothing) {
  const auto got = read(layout("", {"$.flow", "$.p"}), R"({"flow":null})");
  ASSERT_EQ(got.samples.size(), 1u);
  EXPECT_TRUE(is_fault(got.samples[0]));
  EXPECT_EQ(got.outcome.faults, 0u);
}

TEST(MessageReader, ANullOnTheWayIsNullAndAMissingKeyOnTheWayIsAbsent) {
  const auto nested = layout("", {"$.m.flow"});
  EXPECT_EQ(read(nested, R"({"m":null})").samples.size(), 1u);
  EXPECT_TRUE(read(nested, R"({"n":{}})").samples.empty());
}

TEST(MessageReader, WrongTypesAreSensorFaultsAndTold) {
  const auto got = read(layout("", {"$.flow", "$.p"}), R"({"flow":{"v":1},"p":"high"})");
  ASSERT_EQ(got.samples.size(), 2u);
  EXPECT_TRUE(is_fault(got.samples[0]) && is_fault(got.samples[1]));
  EXPECT_EQ(got.outcome.faults, 2u);
  EXPECT_NE(got.outcome.trouble.find("'$.flow'"), std::string::npos);
}

TEST(MessageReader, AnUnreadableTimeGivesTheTimeOfArrivalAndADoubt) {
  for (const auto* bytes : {R"({"ts":"yesterday","flow":1})", R"({"flow":1})",
                            R"({"ts":null,"flow":1})", R"({"ts":1e300,"flow":1})"}) {
    const auto got = read(layout("$.ts", {"$.flow"}), bytes);
    ASSERT_EQ(got.samples.size(), 1u) << bytes;
    EXPECT_EQ(got.samples[0].source_time, kArrival);
    EXPECT_EQ(got.samples[0].quality.grade, Grade::Uncertain);
    EXPECT_EQ(got.samples[0].value, 1.0);
  }
}

TEST(MessageReader, MessagesThatAreNoJsonGiveNoSamplesAndAReason) {
  for (const auto* bytes :
       {"", "{", "hello", R"({"flow":1)", "\xff\xfe", R"({"flow":01})", R"({"flow":1}x)"}) {
    const auto got = read(layout("", {"$.flow"}), bytes);
    EXPECT_FALSE(got.outcome.readable) << bytes;
    EXPECT_TRUE(got.samples.empty()) << bytes;
    EXPECT_FALSE(got.outcome.trouble.empty());
  }
}

TEST(MessageReader, SkipsRowsThatAreNoObjects) {
  const auto got = read(layout("", {"$.flow"}), R"([1,null,{"flow":2},[]])");
  EXPECT_EQ(got.samples, std::vector<Sample>{good(0, kArrival, 2)});
  EXPECT_EQ(got.outcome.faults, 3u);
}

TEST(MessageReader, StopsAtAMillionSamplesOfOneMessage) {
  std::string bytes = "[";
  for (int i = 0; i < 400'000; ++i) bytes += i ? ",{\"m\":null}" : "{\"m\":null}";
  const auto got = read(layout("", {"$.m.a", "$.m.b", "$.m.c"}), bytes + "]");
  EXPECT_LE(got.samples.size(), 1'000'003u);
  EXPECT_GT(got.outcome.faults, 0u);
}

TEST(MessageReader, ConvertsWithScaleAndOffset) {
  Binding binding;
  binding.fields = {{SignalId{0}, "$.k", 1.0, -273.15}};
  EXPECT_DOUBLE_EQ(read(*MessageLayout::compile(plant(), binding), R"({"k":300})").samples[0].value,
                   300 - 273.15);
}

TEST(MessageReader, SkipsAByteOrderMark) {
  EXPECT_EQ(read(layout("", {"$.flow"}), "\xEF\xBB\xBF{\"flow\":1}").samples.size(), 1u);
}

TEST(MessageReader, KeepsNothingFromOneMessageToTheNext) {
  MessageReader reader;
  std::vector<Sample> samples;
  const auto l = layout("$.ts", {"$.flow"});
  reader.read(l, R"({"ts":1700000000,"flow":1,"filler":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"})",
              kArrival, samples);
  reader.read(l, "{", kArrival, samples);
  reader.read(l, R"({"ts":1700000000,"flow":2})", kArrival, samples);
  EXPECT_EQ(samples, (std::vector<Sample>{good(0, kTime, 1), good(0, kTime, 2)}));
}

TEST(MessageLayout, RefusesWholePayloadBesidePaths) {
  Binding binding;
  binding.fields = {{SignalId{0}, "", 1.0, 0.0}, {SignalId{1}, "$.p", 1.0, 0.0}};
  const auto made = MessageLayout::compile(plant(), binding);
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message.find("give every field a path"), std::string::npos);
}

TEST(MessageLayout, RefusesASignalThatThePlantDoesNotHave) {
  Binding binding;
  binding.fields = {{SignalId{99}, "$.p", 1.0, 0.0}};
  EXPECT_FALSE(MessageLayout::compile(plant(), binding));
}

RC_GTEST_PROP(MessageReaderProperty, EveryNumberComesThrough, (std::vector<double> values)) {
  std::string bytes = "[";
  std::vector<Sample> expected;
  for (const double value : values) {
    char text[40];
    std::snprintf(text, sizeof text, "%.17g", value);
    bytes += (expected.empty() ? "" : ",") + std::string("{\"flow\":") + text + "}";
    expected.push_back(good(0, kArrival, value));
  }
  RC_ASSERT(read(layout("", {"$.flow"}), bytes + "]").samples == expected);
}

RC_GTEST_PROP(MessageReaderProperty, AnyBytesAreSurvived, (std::string bytes)) {
  const auto l = layout("$.ts", {"$.a[0].b", "$.c"});
  read(l, bytes);
  read(l, "{\"c\":" + bytes + "}");
  RC_SUCCEED("no crash");
}

}  // namespace
}  // namespace gemel::connectors::payload
