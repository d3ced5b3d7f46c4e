#include "crew.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "station_fixture.hpp"

namespace riverside {
namespace {

constexpr EpochMs kHourMs = 3'600'000;
// 2026-06-02 is day 20,606 since 1970-01-01; 20,610 is divisible by 30.
constexpr EpochMs kVisit = 20'610 * Crew::kDayMs + 6 * kHourMs;

TEST(Crew, ComesOnTheCalendarAtSix) {
  EXPECT_EQ(Crew(kMorning).next(), kVisit);
  EXPECT_EQ(Crew(kVisit - 1).next(), kVisit);
  EXPECT_EQ(Crew(kVisit).next(), kVisit + 30 * Crew::kDayMs);
  EXPECT_EQ(Crew(-1).next(), 6 * kHourMs);
}

TEST(Crew, ComesOnceAndThenEveryThirtyDays) {
  Crew crew(kMorning);
  EXPECT_FALSE(crew.arrives(kVisit - 100));
  EXPECT_TRUE(crew.arrives(kVisit));
  EXPECT_FALSE(crew.arrives(kVisit + 100));
  EXPECT_EQ(crew.next(), kVisit + 30 * Crew::kDayMs);
}

TEST(Crew, TakesThePostponementAlong) {
  Crew crew(kMorning);
  crew.postpone(12 * Crew::kDayMs);
  EXPECT_FALSE(crew.arrives(kVisit));
  EXPECT_TRUE(crew.arrives(kVisit + 12 * Crew::kDayMs));
  EXPECT_EQ(crew.next(), kVisit + 42 * Crew::kDayMs);
}

TEST(CrewOfThePlant, CleansBothStrainersAndSaysSo) {
  Plant plant(kVisit - 60'000, 4);
  for (int line = 0; line < kLineCount; ++line) plant.lay(line, 0.4);
  run_for(plant, 59.0);
  EXPECT_GE(plant.deposit(0), 0.4);
  EXPECT_GE(plant.deposit(1), 0.4);
  plant.take_events();
  run_for(plant, 2.0);
  EXPECT_LT(plant.deposit(0), 1e-6);
  EXPECT_LT(plant.deposit(1), 1e-6);
  const auto events = plant.take_events();
  EXPECT_EQ(std::count(events.begin(), events.end(), "crew: strainer_1 and strainer_2 cleaned"), 1);
}

TEST(CrewOfThePlant, StaysAwayWhenItIsPostponed) {
  Plant plant(kVisit - 60'000, 4);
  plant.lay(0, 0.4);
  plant.crew().postpone(30 * Crew::kDayMs);
  run_for(plant, 120.0);
  EXPECT_GE(plant.deposit(0), 0.4);
}

TEST(CrewOfThePlant, FollowsItsCalendarWhenTheClockIsMoved) {
  Plant plant(kVisit - 60'000, 4);
  plant.lay(0, 0.4);
  plant.relabel(kVisit + Crew::kDayMs);
  run_for(plant, 1.0);
  EXPECT_GE(plant.deposit(0), 0.4);
  EXPECT_EQ(plant.crew().next(), kVisit + 30 * Crew::kDayMs);
}

}  // namespace
}  // namespace riverside
