#include "inference/network_detector.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "inference/test_station.hpp"
#include "inference/training.hpp"
#include "networks/network_card.hpp"
#include "networks/onnx_graph.hpp"
#include "networks/onnx_network.hpp"

namespace gemel::inference {
namespace {

using ::testing::HasSubstr;
using namespace test;
using networks::Answer;
using networks::NetworkCard;
using networks::Shape;

constexpr std::size_t kRows = 4;

/// Flow wanders about 30, pressure about 5: both by noise alone.
RowTable noise(std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  RowTable table;
  table.width = 2;
  const std::vector<Quality> good(2);
  for (std::size_t i = 0; i < rows; ++i) {
    const std::vector<double> values{30.0 + 2.0 * random.normal(), 5.0 + 0.1 * random.normal()};
    table.add({at(static_cast<double>(i)), values, good});
  }
  return table;
}

/// A network that answers zeros, what is usual, as long as everything that it sees is above -8
/// spreads, and NaN otherwise.
std::string zeros(const Shape& in, const Shape& out) {
  networks::OnnxGraph graph;
  graph.input("window", in);
  const auto log = graph.node("Log", {graph.node("Add", {"window", graph.scalar(8.0F)})});
  const auto mean = graph.node("ReduceMean", {graph.node("Mul", {log, graph.scalar(0.0F)})},
                               {{"keepdims", std::int64_t{0}}});
  const std::vector<float> zero(networks::count(out), 0.0F);
  const auto shape = graph.constant("zeros", out, std::span<const float>(zero));
  graph.output(graph.node("Add", {shape, mean}), "values", out);
  return graph.finish("zeros", "1");
}

class NetworkDetectorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!networks::onnx_available()) GTEST_SKIP() << networks::onnx_available().error().message;
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("gemel_network_detector_" + std::to_string(::getpid()));
    spec_.path = "pump_1.seen";
    spec_.kind = "network";
    spec_.signals = {kFlow, kPressure};
    spec_.false_alarms_per_s = 1.0 / 3600.0;
    spec_.model = (folder_ / "pump.card.json").string();
    settings_.episode = {1, 1, 1};
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  NetworkCard card(Answer answer) const {
    NetworkCard out;
    out.inputs = {{"pump_1.suction_pressure", "bar", 5.0, 0.1}, {"flow", "", 30.0, 2.0}};
    out.rows = kRows;
    out.answer = answer;
    out.horizon = answer == Answer::Forecast ? 3 : 0;
    return out;
  }
  void write(const NetworkCard& card) const {
    const auto done = networks::write_network((folder_ / "pump").string(), card,
                                              zeros(card.input_shape(), card.output_shape()));
    ASSERT_TRUE(done) << done.error().message;
  }
  Result<std::shared_ptr<const Detector>> trained(std::size_t rows = 2000) const {
    return train(*finished(bare_station()), spec_, settings_, noise(rows, 1), Duration::seconds(1),
                 1);
  }
  static std::optional<Finding> observe(DetectorRun& run, double second, double flow,
                                        double pressure, bool pressure_missing = false) {
    const std::vector<double> values{flow, pressure};
    std::vector<Quality> qualities(2);
    if (pressure_missing) qualities[1].grade = Grade::Missing;
    return run.observe({at(second), values, qualities});
  }

  std::filesystem::path folder_;
  DetectorSpec spec_;
  DetectorSettings settings_;
};

TEST_F(NetworkDetectorTest, NamesTheSignalThatIsFarFromWhatTheNetworkSays) {
  for (const auto answer : {Answer::Reconstruction, Answer::Forecast}) {
    write(card(answer));
    const auto detector = trained();
    ASSERT_TRUE(detector) << detector.error().message;
    const auto run = (*detector)->start();
    std::optional<Finding> finding;
    for (int i = 0; i < 8; ++i) finding = observe(*run, i, 30.0, 5.0);
    ASSERT_TRUE(finding);
    EXPECT_FALSE(finding->abnormal);
    finding = observe(*run, 8, 30.0, 7.0);
    ASSERT_TRUE(finding);
    EXPECT_TRUE(finding->abnormal);
    ASSERT_FALSE(finding->drivers.empty());
    EXPECT_EQ(finding->drivers[0].signal, "pump_1.suction_pressure");
    EXPECT_EQ(finding->drivers[0].value, 7.0);
    EXPECT_NEAR(finding->drivers[0].expected, 5.0, 1e-6);
    EXPECT_GT(finding->drivers[0].contribution, 0.9);
  }
}

TEST_F(NetworkDetectorTest, JudgesWithASignalMissingAndSaysSo) {
  write(card(Answer::Reconstruction));
  const auto detector = trained();
  ASSERT_TRUE(detector) << detector.error().message;
  const auto run = (*detector)->start();
  for (int i = 0; i < 8; ++i) (void)observe(*run, i, 30.0, 5.0);
  const auto calm = observe(*run, 8, 30.0, 99.0, true);
  ASSERT_TRUE(calm);
  EXPECT_TRUE(calm->degraded);
  EXPECT_FALSE(calm->abnormal);
  const auto wild = observe(*run, 9, 60.0, 99.0, true);
  ASSERT_TRUE(wild);
  EXPECT_TRUE(wild->abnormal);
  EXPECT_EQ(wild->drivers[0].signal, "pump_1.flow");
}

TEST_F(NetworkDetectorTest, WaitsForAFullWindowAgainAfterASilence) {
  write(card(Answer::Reconstruction));
  const auto detector = trained();
  ASSERT_TRUE(detector) << detector.error().message;
  const auto run = (*detector)->start();
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(observe(*run, i, 30.0, 5.0)) << i;
  EXPECT_TRUE(observe(*run, 3, 30.0, 5.0));
  for (int i = 100; i < 103; ++i) EXPECT_FALSE(observe(*run, i, 30.0, 5.0)) << i;
  EXPECT_TRUE(observe(*run, 103, 30.0, 5.0));
}

TEST_F(NetworkDetectorTest, IsAnotherWhenTheNetworkIs) {
  write(card(Answer::Reconstruction));
  const auto first = trained();
  const auto same = trained();
  ASSERT_TRUE(first && same);
  EXPECT_EQ((*first)->card().version, (*same)->card().version);
  EXPECT_EQ((*first)->card().memory_rows, kRows);
  write(card(Answer::Forecast));
  EXPECT_NE((*trained())->card().version, (*first)->card().version);
}

TEST_F(NetworkDetectorTest, SaysWhatDoesNotFit) {
  const auto error_of = [&](const NetworkCard& given) {
    write(given);
    const auto detector = trained();
    return detector ? std::string("none") : detector.error().message;
  };
  auto other = card(Answer::Reconstruction);
  other.inputs[1].signal = "vibration";
  EXPECT_THAT(error_of(other), HasSubstr("'vibration' is none of the detector's signals"));
  other = card(Answer::Reconstruction);
  other.inputs[0].unit = "Pa";
  EXPECT_THAT(error_of(other),
              HasSubstr("is scaled for 'Pa', but pump_1.suction_pressure is in 'bar'"));
  other = card(Answer::Reconstruction);
  other.period = Duration::seconds(5);
  EXPECT_THAT(error_of(other), HasSubstr("wants a row every 5 s and gets one every 1 s"));
  write(card(Answer::Reconstruction));
  EXPECT_THAT(trained(60).error().message, HasSubstr("rows that the network can judge"));
  std::ofstream(spec_.model, std::ios::trunc) << "{}";
  EXPECT_THAT(trained().error().message, HasSubstr("pump.card.json"));
  spec_.model = "/nowhere.card.json";
  EXPECT_EQ(trained().error().code, ErrorCode::NotFound);
}

// Asked at 0 it fails, rests at 1, fails at 2, for the bad row is still in the window, rests at 3
// and 4.
TEST_F(NetworkDetectorTest, RestsLongerAndLongerWhileTheNetworkFails) {
  write(card(Answer::Reconstruction));
  const auto detector = trained();
  ASSERT_TRUE(detector) << detector.error().message;
  const auto run = (*detector)->start();
  for (int i = -5; i < -1; ++i) (void)observe(*run, i, 30.0, 5.0);
  EXPECT_TRUE(observe(*run, -1, 30.0, 5.0));
  EXPECT_FALSE(observe(*run, 0, -10.0, 5.0));
  for (int i = 1; i < 5; ++i) EXPECT_FALSE(observe(*run, i, 30.0, 5.0)) << i;
  EXPECT_TRUE(observe(*run, 5, 30.0, 5.0));
}

TEST_F(NetworkDetectorTest, IsNotTrainedWhileItsServerIsAway) {
  write(card(Answer::Reconstruction));
  auto given = card(Answer::Reconstruction);
  given.server = networks::CardServer{"http://127.0.0.1:1", "m", Duration::milliseconds(50)};
  std::ofstream(spec_.model, std::ios::trunc) << networks::to_json(given);
  const auto detector = trained();
  ASSERT_FALSE(detector);
  EXPECT_EQ(detector.error().code, ErrorCode::Unavailable);
}

}  // namespace
}  // namespace gemel::inference
