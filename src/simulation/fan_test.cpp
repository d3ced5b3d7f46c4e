#include "simulation/fan.hpp"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "simulation/draw_futures.hpp"

namespace gemel::simulation {
namespace {

TEST(Fan, HoldsNineInTenAndTheWorstOfEach) {
  Fan fan({.name = "level", .unit = "m"}, 101);
  std::vector<double> values(101);
  std::iota(values.begin(), values.end(), 0.0);
  auto first = values;
  fan.add(first, false);
  for (auto& v : values) v += 1000.0;
  fan.add(values, true);
  const auto signal = fan.take();
  EXPECT_EQ(signal.mean, (std::vector<double>{50.0, 1050.0}));
  EXPECT_EQ(signal.low, (std::vector<double>{5.0, 1005.0}));
  EXPECT_EQ(signal.high, (std::vector<double>{95.0, 1095.0}));
  EXPECT_EQ(signal.worst_low[7], 1007.0);  // the first moment was not judged
  EXPECT_EQ(signal.worst_high[7], 1007.0);
}

TEST(Fan, LeavesOutWhatIsNoNumber) {
  Fan fan({.name = "level"}, 3);
  std::vector<double> values{1.0, NAN, 3.0};
  fan.add(values, true);
  std::vector<double> none{NAN, NAN, NAN};
  fan.add(none, true);
  const auto signal = fan.take();
  EXPECT_EQ(signal.mean[0], 2.0);
  EXPECT_TRUE(std::isnan(signal.mean[1]));
  EXPECT_EQ(indicator("energy", "kWh", {1.0, NAN, 3.0}).mean, 2.0);
}

TEST(DrawFutures, KeepsTheOrderOfTheDraws) {
  const auto futures = draw_futures<std::uint32_t>(1000, {}, [](auto draw) { return draw; });
  ASSERT_TRUE(futures);
  for (std::uint32_t i = 0; i < 1000; ++i) EXPECT_EQ((*futures)[i], i);
}

TEST(DrawFutures, GivesTheFirstOnesWhenItIsStopped) {
  std::uint32_t told = 0;
  const auto stop = [&](std::uint32_t done, std::uint32_t of) {
    EXPECT_EQ(of, 10'000U);
    EXPECT_EQ(done, told + 1);
    return ++told < 50;
  };
  const auto futures = draw_futures<std::uint32_t>(10'000, stop, [](auto draw) { return draw; });
  ASSERT_TRUE(futures);
  ASSERT_GT(futures->size(), 0U);
  EXPECT_LT(futures->size(), 10'000U);
  for (std::uint32_t i = 0; i < futures->size(); ++i) EXPECT_EQ((*futures)[i], i);
}

}  // namespace
}  // namespace gemel::simulation
