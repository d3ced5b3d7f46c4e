#include "inference/residual_detector.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "inference/test_station.hpp"
#include "inference/training.hpp"

namespace gemel::inference {
namespace {

using test::at;

constexpr SignalId kFlowEstimate{7}, kPressureEstimate{8}, kVibrationEstimate{9};
constexpr std::size_t kTrained = 4'000;  // rows

/// The station with estimates of the pump's signals, and a detector that compares them.
std::shared_ptr<const Plant> station() {
  Plant plant = test::bare_station();
  const auto add = [&](SignalId id, SignalId of) {
    const auto measured = plant.signals[of.index];
    auto signal = test::make_signal(id, test::kPump, measured.path + ".estimate",
                                    measured.unit.symbol, SignalRole::Estimate);
    signal.of = of;
    plant.signals.push_back(signal);
  };
  add(kFlowEstimate, test::kFlow);
  add(kPressureEstimate, test::kPressure);
  add(kVibrationEstimate, test::kVibration);
  DetectorSpec spec = test::behaviour();
  spec.kind = "residual";
  spec.signals = {test::kFlow,   test::kPressure,   test::kVibration,
                  kFlowEstimate, kPressureEstimate, kVibrationEstimate};
  plant.detectors = {spec};
  return test::finished(std::move(plant));
}

/// What the station shows: its speed goes up and down over minutes, and with it flow and pressure;
/// a model knows both to within 1 l/min and 0.01 bar. Vibration has noise alone.
struct Second {
  double flow, pressure, vibration;
  double flow_estimate, pressure_estimate, vibration_estimate;
};
Second second_of(Random& random, std::size_t t) {
  const double duty = std::sin(static_cast<double>(t) / 150.0);
  const double flow = 250.0 + 40.0 * duty, pressure = 1.2 - 0.3 * duty;
  return {flow + random.normal(),
          pressure + 0.01 * random.normal(),
          2.0 + 0.1 * random.normal(),
          flow,
          pressure,
          2.0};
}

struct Bench {
  std::shared_ptr<const Plant> plant = station();
  Random random{1};
  std::size_t t = 0;
  RowTable rows{.width = 6, .times = {}, .values = {}, .qualities = {}};
  std::shared_ptr<const Detector> detector{};

  static std::vector<double> values_of(const Second& s) {
    return {s.flow,          s.pressure,          s.vibration,
            s.flow_estimate, s.pressure_estimate, s.vibration_estimate};
  }
  void add(std::size_t count, const std::vector<std::size_t>& missing = {}) {
    for (std::size_t i = 0; i < count; ++i, ++t) {
      const auto values = values_of(second_of(random, t));
      std::vector<Quality> qualities(6);
      for (const auto slot : missing) qualities[slot].grade = Grade::Missing;
      rows.add({at(static_cast<double>(t)), values, qualities});
    }
  }
  Result<std::shared_ptr<const Detector>> learn() {
    const auto& spec = plant->detectors[0];
    return train(*plant, spec, *read_settings(spec), rows, Duration::seconds(1), 1);
  }
  void learn_all() {
    add(kTrained);
    auto learnt = learn();
    ASSERT_TRUE(learnt) << learnt.error().message;
    detector = *learnt;
  }

  /// The last finding after `count` rows that `change` spoilt.
  template <class Change>
  std::optional<Finding> judge(DetectorRun& run, std::size_t count, Change change,
                               const std::vector<std::size_t>& missing = {}) {
    std::optional<Finding> last;
    for (std::size_t i = 0; i < count; ++i, ++t) {
      auto second = second_of(random, t);
      change(second, i);
      std::vector<Quality> qualities(6);
      for (const auto slot : missing) qualities[slot].grade = Grade::Missing;
      last = run.observe({at(static_cast<double>(t)), values_of(second), qualities});
    }
    return last;
  }
};

constexpr auto kAsUsual = [](Second&, std::size_t) {};

TEST(ResidualDetector, FindsWhatStaysFarInsideTheSignalsOwnRange) {
  Bench bench;
  bench.learn_all();
  const auto run = bench.detector->start();
  (void)bench.judge(*run, 600, kAsUsual);
  const auto found = bench.judge(*run, 600, [](Second& s, std::size_t) { s.flow -= 4.0; });
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->abnormal) << found->score << "; " << bench.detector->card().summary;
  ASSERT_FALSE(found->drivers.empty());
  EXPECT_EQ(found->drivers[0].signal, "pump_1.flow");
  EXPECT_GT(found->drivers[0].contribution, 0.8);
  EXPECT_NEAR(found->drivers[0].expected - found->drivers[0].value, 4.0, 3.0);
}

TEST(ResidualDetector, FindsWhatCreepsWhereEverySingleRowIsUsual) {
  Bench bench;
  bench.learn_all();
  const auto run = bench.detector->start();
  (void)bench.judge(*run, 600, kAsUsual);
  // At its end 1.5 usual widths of one row.
  const auto found = bench.judge(*run, 3'000, [](Second& s, std::size_t i) {
    s.pressure -= 0.015 * static_cast<double>(i) / 3'000.0;
  });
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->abnormal) << found->score << "; " << bench.detector->card().summary;
  EXPECT_EQ(found->drivers.at(0).signal, "pump_1.suction_pressure");
}

TEST(ResidualDetector, TakesChangesOfOperationForWhatTheyAre) {
  Bench bench;
  bench.learn_all();
  const auto run = bench.detector->start();
  std::size_t abnormal = 0;
  for (int i = 0; i < 10'000; ++i) {
    // Twice as far as in training, but as the model says.
    const auto found = bench.judge(*run, 1, [](Second& s, std::size_t) {
      s.flow += s.flow_estimate - 250.0;
      s.flow_estimate += s.flow_estimate - 250.0;
    });
    abnormal += found && found->abnormal;
  }
  EXPECT_EQ(abnormal, 0u);
}

TEST(ResidualDetector, JudgesTheRestWhenAnEstimateIsMissingAndSaysSo) {
  Bench bench;
  bench.learn_all();
  const auto run = bench.detector->start();
  const auto usual = bench.judge(*run, 600, kAsUsual, {5});
  ASSERT_TRUE(usual);
  EXPECT_TRUE(usual->degraded);
  EXPECT_FALSE(usual->abnormal);
  const auto found = bench.judge(*run, 600, [](Second& s, std::size_t) { s.flow -= 4.0; }, {5});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->abnormal);
  EXPECT_TRUE(found->degraded);
}

TEST(ResidualDetector, IsSilentWhenMostIsMissing) {
  Bench bench;
  bench.learn_all();
  const auto run = bench.detector->start();
  EXPECT_FALSE(bench.judge(*run, 600, kAsUsual, {0, 4}));
  EXPECT_TRUE(bench.judge(*run, 100, kAsUsual));
}

TEST(ResidualDetector, TakesOneWildRowForNoEvidence) {
  Bench bench;
  bench.learn_all();
  const auto run = bench.detector->start();
  (void)bench.judge(*run, 600, kAsUsual);
  (void)bench.judge(*run, 1, [](Second& s, std::size_t) { s.flow = 0.0; });
  std::size_t abnormal = 0;
  for (int i = 0; i < 100; ++i) {
    const auto found = bench.judge(*run, 1, kAsUsual);
    abnormal += found && found->abnormal;
  }
  EXPECT_LT(abnormal, 3u);  // fewer rows than an alarm takes
}

TEST(ResidualDetector, LeavesOutEstimatesThatHaveNoValuesAndSaysSo) {
  Bench bench;
  bench.add(kTrained, {5});
  const auto learnt = bench.learn();
  ASSERT_TRUE(learnt) << learnt.error().message;
  EXPECT_NE((*learnt)->card().summary.find("no values of pump_1.vibration.estimate"),
            std::string::npos)
      << (*learnt)->card().summary;
  const auto run = (*learnt)->start();
  const auto found = bench.judge(*run, 600, kAsUsual, {5});
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->degraded);
}

TEST(ResidualDetector, CountsRowsFromWhenThereAreEstimates) {
  Bench bench;
  bench.add(5'000, {3, 4, 5});
  bench.add(300);
  const auto learnt = bench.learn();
  ASSERT_FALSE(learnt);
  EXPECT_NE(learnt.error().message.find("holds 300 rows in which both"), std::string::npos)
      << learnt.error().message;
  bench.add(kTrained);
  EXPECT_TRUE(bench.learn());
}

TEST(ResidualDetector, TakesItsTimeToGatherOfTheTwinFile) {
  Bench bench;
  Plant plant = *bench.plant;
  plant.detectors[0].settings["window"] = 20;
  bench.plant = test::finished(std::move(plant));
  bench.learn_all();
  const auto& summary = bench.detector->card().summary;
  EXPECT_NE(summary.find("over 2 rows"), std::string::npos) << summary;
  EXPECT_NE(summary.find("over 20 rows"), std::string::npos) << summary;
}

TEST(ResidualDetector, LearnsTheSameFromTheSame) {
  Bench one, other;
  one.learn_all();
  other.learn_all();
  EXPECT_EQ(one.detector->card().version, other.detector->card().version);
  EXPECT_EQ(one.detector->card().summary, other.detector->card().summary);
}

}  // namespace
}  // namespace gemel::inference
