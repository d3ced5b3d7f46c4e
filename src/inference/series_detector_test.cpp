// Detectors of windows and half-space trees, from rows of a plant to findings.

#include "inference/series_detector.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "inference/training.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kRows = 3000;
constexpr std::size_t kSignals = 2;

Plant plant_of_two() {
  Plant plant;
  Asset pump;
  pump.id = {0};
  pump.name = pump.path = "pump";
  for (std::uint32_t s = 0; s < kSignals; ++s) {
    Signal signal;
    signal.id = {s};
    signal.asset = pump.id;
    signal.name = s == 0 ? "flow" : "pressure";
    signal.path = "pump." + signal.name;
    plant.signals.push_back(signal);
    pump.signals.push_back(signal.id);
  }
  plant.assets.push_back(pump);
  plant.index_paths();
  return plant;
}

DetectorSpec spec_of(const Plant& plant, const std::string& kind) {
  DetectorSpec spec;
  spec.asset = {0};
  spec.name = "behaviour";
  spec.path = "pump.behaviour";
  spec.kind = kind;
  spec.signals = plant.assets[0].signals;
  spec.false_alarms_per_s = 1.0 / 5000.0;
  return spec;
}

/// Two strokes in step, 30 rows each, with some noise.
double value_at(std::size_t row, std::size_t signal, Random& random) {
  const double phase = 2 * M_PI * static_cast<double>(row % 30) / 30.0;
  return 5.0 + std::sin(phase + static_cast<double>(signal)) + 0.05 * random.normal();
}

RowTable rows_of(std::uint64_t seed) {
  Random random(seed);
  RowTable rows;
  rows.width = kSignals;
  for (std::size_t i = 0; i < kRows; ++i) {
    rows.times.push_back(Timestamp{} + Duration::seconds(static_cast<std::int64_t>(i)));
    for (std::size_t s = 0; s < kSignals; ++s) rows.values.push_back(value_at(i, s, random));
  }
  rows.qualities.resize(rows.values.size());
  return rows;
}

Result<std::shared_ptr<const Detector>> learn(const std::string& kind, RowTable rows) {
  const auto plant = plant_of_two();
  const auto spec = spec_of(plant, kind);
  return train(plant, spec, *read_settings(spec), std::move(rows), Duration::seconds(1), 1);
}

struct Seen {
  std::size_t before = 0, during = 0;  // abnormal rows
  Finding worst;
};

/// 600 rows; from 300 to 360 the pressure stands still, in the middle of its range.
Seen judge(const Detector& detector) {
  const auto run = detector.start();
  Random random(99);
  Seen seen;
  for (std::size_t i = 0; i < 600; ++i) {
    std::vector<double> values{value_at(i, 0, random), value_at(i, 1, random)};
    const bool still = i >= 300 && i < 360;
    if (still) values[1] = 5.0;
    const std::vector<Quality> qualities(kSignals);
    const auto time = Timestamp{} + Duration::seconds(static_cast<std::int64_t>(kRows + i));
    const auto finding = run->observe({time, values, qualities});
    if (!finding || !finding->abnormal) continue;
    ++(i < 300 ? seen.before : seen.during);
    if (still && finding->score > seen.worst.score) seen.worst = *finding;
  }
  return seen;
}

class SeriesKinds : public testing::TestWithParam<const char*> {};

TEST_P(SeriesKinds, FindsASignalThatStandsStillWithinItsRange) {
  const auto detector = learn(GetParam(), rows_of(1));
  ASSERT_TRUE(detector) << detector.error().message;
  const auto seen = judge(**detector);
  EXPECT_LE(seen.before, 3u) << (*detector)->card().summary;
  EXPECT_GE(seen.during, 20u) << (*detector)->card().summary;
  ASSERT_FALSE(seen.worst.drivers.empty());
  EXPECT_EQ(seen.worst.drivers.front().signal, "pump.pressure");
}

TEST_P(SeriesKinds, IsTheSameDetectorFromTheSameRows) {
  const auto once = learn(GetParam(), rows_of(2)), again = learn(GetParam(), rows_of(2));
  ASSERT_TRUE(once && again);
  EXPECT_EQ((*once)->card().version, (*again)->card().version);
  EXPECT_EQ(judge(**once).worst.score, judge(**again).worst.score);
}

INSTANTIATE_TEST_SUITE_P(Kinds, SeriesKinds,
                         testing::Values("discord", "subspace", "k_means", "panel"));

TEST(SeriesDetector, BeginsAWindowAnewAfterALongSilenceOfASignal) {
  const auto detector = learn("discord", rows_of(3));
  ASSERT_TRUE(detector);
  const auto run = (*detector)->start();
  Random random(5);
  for (std::size_t i = 0; i < 300; ++i) {
    const std::vector<double> values{value_at(i, 0, random), value_at(i, 1, random)};
    std::vector<Quality> qualities(kSignals);
    // Rows 100 to 107, a quarter of a stroke out of step: held for three rows, then given up.
    if (i >= 100 && i < 108) qualities[1].mark(Cause::OutOfRange, Grade::Bad);
    const auto time = Timestamp{} + Duration::seconds(static_cast<std::int64_t>(i));
    const auto finding = run->observe({time, values, qualities});
    if (i < 29) {
      EXPECT_FALSE(finding) << "no window is full yet: row " << i;
    }
    if (i >= 110) {
      ASSERT_TRUE(finding);
      EXPECT_FALSE(finding->abnormal) << "row " << i;
    }
  }
}

TEST(SeriesDetector, SaysHowManyRowsItNeeds) {
  auto rows = rows_of(4);
  rows.times.resize(60);
  rows.values.resize(60 * kSignals);
  rows.qualities.resize(60 * kSignals);
  const auto detector = learn("subspace", std::move(rows));
  ASSERT_FALSE(detector);
  EXPECT_NE(detector.error().message.find("60 rows"), std::string::npos)
      << detector.error().message;
}

TEST(HalfSpaceDetector, TakesWhatLastsForUsualAfterAWhile) {
  const auto detector = learn("half_space_trees", rows_of(6));
  ASSERT_TRUE(detector) << detector.error().message;
  const auto run = (*detector)->start();
  Random random(7);
  std::size_t abnormal_first = 0, abnormal_last = 0;
  for (std::size_t i = 0; i < 2000; ++i) {
    const std::vector<double> values{value_at(i, 0, random) + 8.0, value_at(i, 1, random)};
    const std::vector<Quality> qualities(kSignals);
    const auto time = Timestamp{} + Duration::seconds(static_cast<std::int64_t>(kRows + i));
    const auto finding = run->observe({time, values, qualities});
    ASSERT_TRUE(finding);
    if (i >= 20 && i < 220) abnormal_first += finding->abnormal ? 1 : 0;
    if (i >= 1800) abnormal_last += finding->abnormal ? 1 : 0;
    if (i == 100 && finding->abnormal) {
      EXPECT_EQ(finding->drivers.front().signal, "pump.flow");
    }
  }
  EXPECT_GT(abnormal_first, 150u) << (*detector)->card().summary;
  EXPECT_LT(abnormal_last, 20u);
}

}  // namespace
}  // namespace gemel::inference
