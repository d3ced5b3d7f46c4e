#include "deposits.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "state_file.hpp"
#include "station_fixture.hpp"

namespace riverside {
namespace {

constexpr double kUsual = m3_per_s_from_l_per_min(250.0);
constexpr double kStepS = 1.0;

void pass(Deposits& deposits, double flow_1, double flow_2, int seconds) {
  for (int s = 0; s < seconds; ++s) deposits.advance({flow_1, flow_2}, kStepS);
}

TEST(Deposits, GrowWithTheWaterThatPasses) {
  Deposits one(3), twice(3);
  pass(one, kUsual, 0.0, 3'600);
  pass(twice, 2.0 * kUsual, 0.0, 3'600);
  EXPECT_GT(one.share(0), 0.0);
  EXPECT_NEAR(twice.share(0), 2.0 * one.share(0), 1e-12);
  EXPECT_EQ(one.share(1), 0.0);
}

TEST(Deposits, GrowAtTheLinesRateAndTheRiversSilt) {
  Deposits deposits(3);
  double expected = 0.0;
  for (int s = 0; s < 3'600; ++s) {
    pass(deposits, kUsual, kUsual, 1);
    expected += deposits.rate_per_m3(1) * deposits.load() * kUsual;
  }
  EXPECT_NE(deposits.rate_per_m3(0), deposits.rate_per_m3(1));
  EXPECT_NEAR(deposits.share(1), expected, 1e-12);
}

TEST(Deposits, CountWaterThatPassesBetweenTheirSteps) {
  Deposits fine(3), coarse(3);
  for (int scan = 0; scan < 36'000; ++scan) fine.advance({kUsual, kUsual}, 0.1);
  pass(coarse, kUsual, kUsual, 3'600);
  EXPECT_NEAR(fine.share(0), coarse.share(0), 1e-9);
}

TEST(Deposits, CoverTheirMeanShareOverManyStations) {
  constexpr int kStations = 4'000;
  constexpr int kSeconds = 10;
  double sum = 0.0, square = 0.0;
  for (int seed = 0; seed < kStations; ++seed) {
    Deposits deposits(static_cast<std::uint64_t>(seed));
    pass(deposits, kUsual, kUsual, kSeconds);
    const double ratio = deposits.share(0) / (Deposits::kRatePerM3 * kUsual * kSeconds);
    sum += ratio;
    square += std::log(ratio) * std::log(ratio);
  }
  // Log-normal: spread 0.2 of the lines and 0.3 of the silt, so a standard error of 0.006.
  EXPECT_NEAR(sum / kStations, 1.0, 0.02);
  EXPECT_NEAR(square / kStations, 0.2 * 0.2 + 0.3 * 0.3 + 0.065 * 0.065, 0.02);
}

TEST(Deposits, CoverAboutAFifthInAMonth) {
  Deposits deposits(3);
  pass(deposits, kUsual, kUsual, 30 * 86'400);
  EXPECT_GT(deposits.share(0), 0.08);
  EXPECT_LT(deposits.share(0), 0.40);
}

TEST(Deposits, LeaveSomeOfTheMeshOpen) {
  Deposits deposits(3);
  deposits.lay(0, 0.8999999);
  pass(deposits, kUsual, kUsual, 3'600);
  EXPECT_EQ(deposits.share(0), Deposits::kShareMax);
  deposits.lay(0, 7.0);
  EXPECT_EQ(deposits.share(0), Deposits::kShareMax);
  deposits.lay(0, -1.0);
  EXPECT_EQ(deposits.share(0), 0.0);
}

/// The lines of a saved state that begin so.
std::string entries(const Plant& plant, const std::string& beginning) {
  const std::string text = "\n" + state_to_text(plant);
  std::string found;
  for (std::size_t at = text.find("\n" + beginning); at != text.npos;
       at = text.find("\n" + beginning, at + 1)) {
    found += text.substr(at, text.find('\n', at + 1) - at);
  }
  return found;
}

TEST(DepositsOfThePlant, LeaveTheOtherGeneratorsAlone) {
  Plant clean(kMorning, 5), covered(kMorning, 5);
  covered.lay(0, 0.5);
  for (Plant* each : {&clean, &covered}) run_for(*each, 60.0);
  EXPECT_NE(clean.readings(), covered.readings());
  for (const char* part : {"physics_chance.", "sensor_chance.", "outside.", "line_1.fouling",
                           "line_2.surge", "deposits.chance."}) {
    EXPECT_FALSE(entries(clean, part).empty()) << part;
    EXPECT_EQ(entries(clean, part), entries(covered, part)) << part;
  }
}

TEST(DepositsOfThePlant, DrawNothingFromThePhysics) {
  // Five draws for the surroundings and, of each line, three for its water and three for its
  // vibration: what a scan has always drawn.
  constexpr int kDrawsAScan = 5 + kLineCount * (3 + 3);
  Plant plant(kMorning, 5);
  run_for(plant, 60.0);
  Random alone(5);
  for (int i = 0; i < 600 * kDrawsAScan; ++i) alone.normal();
  std::string expected;
  const auto write = [&](const char* name, auto value) {
    if constexpr (std::is_same_v<decltype(value), std::uint64_t>) {
      expected += "\nphysics_chance." + std::string(name) + " " + std::to_string(value);
    }
  };
  alone.visit(write);
  EXPECT_EQ(entries(plant, "physics_chance.word"), expected);
}

TEST(DepositsOfThePlant, RaiseThePressureDropAndTakeFlow) {
  Plant clean = settled_plant(), covered = settled_plant();
  EXPECT_GT(clean.deposit(0), 0.0);
  covered.lay(0, 0.3);
  for (Plant* each : {&clean, &covered}) run_for(*each, 30.0);
  const double flow_ratio = truth(covered, 0, LineSignal::Flow) / truth(clean, 0, LineSignal::Flow);
  const double drop_ratio = truth(covered, 0, LineSignal::StrainerDifferentialPressure) /
                            truth(clean, 0, LineSignal::StrainerDifferentialPressure);
  EXPECT_LT(flow_ratio, 0.995);
  // The mesh was open to about 0.95 and is to 0.65: the drop goes with 1 / open².
  EXPECT_NEAR(drop_ratio / (flow_ratio * flow_ratio), std::pow(0.95 / 0.65, 2.0), 0.3);
}

}  // namespace
}  // namespace riverside
