#include "inference/alarms.hpp"

#include <gtest/gtest.h>

#include "inference/test_station.hpp"
#include "inference/wording.hpp"

namespace gemel::inference {
namespace {

using test::at;

AlarmRaised finding(double score = 2.0) {
  AlarmRaised alarm;
  alarm.asset = "pump_1";
  alarm.source = "pump_1.behaviour";
  alarm.score = score;
  alarm.drivers = {{"pump_1.flow", 0.9, 171, 248}};
  return alarm;
}

class Book : public testing::Test {
 protected:
  void raise(double second) { book.raise(finding(), at(second), next_id, events); }
  void update(double second, double score, std::vector<Driver> drivers) {
    book.update("pump_1.behaviour", "name", score, drivers, at(second), events);
  }
  AlarmBook book;
  std::uint64_t next_id = 7;
  std::vector<Event> events;
};

TEST_F(Book, HoldsOneOpenAlarmForASource) {
  raise(0);
  raise(1);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(std::get<AlarmRaised>(events[0].body).alarm, 7u);
  EXPECT_EQ(next_id, 8u);
  book.clear("pump_1.behaviour", events);
  book.clear("pump_1.behaviour", events);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(std::get<AlarmCleared>(events[1].body).alarm, 7u);
}

TEST_F(Book, TellsOfOtherDriversAndOfTwiceTheScoreButNotOften) {
  raise(0);
  const std::vector<Driver> same{{"pump_1.flow", 0.7, 1, 2}, {"pump_1.vibration", 0.1, 1, 2}};
  const std::vector<Driver> other{{"pump_1.vibration", 0.8, 1, 2}};
  update(5, 9.0, other);  // too soon
  update(40, 3.9, same);  // nothing new
  EXPECT_EQ(events.size(), 1u);
  update(41, 4.0, same);    // twice the score
  update(80, 4.0, other);   // another driver
  update(90, 99.0, other);  // too soon again
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(std::get<AlarmUpdated>(events[1].body).score, 4.0);
  EXPECT_EQ(std::get<AlarmUpdated>(events[2].body).drivers, other);
}

TEST_F(Book, EndsAShelvingOnceWhenItsTimeIsOver) {
  Snapshot working(1);
  Alarm shelved;
  shelved.raised = finding();
  shelved.raised.alarm = 3;
  shelved.shelved_until = at(100);
  working.alarms = std::make_shared<const std::vector<Alarm>>(std::vector<Alarm>{shelved});
  book.expire_shelving(working, at(99), events);
  EXPECT_TRUE(events.empty());
  book.expire_shelving(working, at(100), events);
  book.expire_shelving(working, at(101), events);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(std::get<AlarmUnshelved>(events[0].body), (AlarmUnshelved{3, "expiry"}));

  shelved.shelved_until = at(200);  // shelved again
  working.alarms = std::make_shared<const std::vector<Alarm>>(std::vector<Alarm>{shelved});
  book.expire_shelving(working, at(201), events);
  EXPECT_EQ(events.size(), 2u);
}

TEST_F(Book, KnowsTheOpenAlarmsOfASnapshotAndOnlyThose) {
  Snapshot snapshot(1);
  Alarm open;
  open.raised = finding();
  Alarm cleared = open;
  cleared.raised.source = "pump_1.cavitation";
  cleared.cleared_at = at(5);
  snapshot.alarms = std::make_shared<const std::vector<Alarm>>(std::vector<Alarm>{open, cleared});
  book.restore(snapshot);
  EXPECT_TRUE(book.is_open("pump_1.behaviour"));
  EXPECT_FALSE(book.is_open("pump_1.cavitation"));
}

TEST(Wording, NamesAnAlarmAfterItsDrivers) {
  const auto plant = test::station_with({test::behaviour()});
  const auto& spec = plant->detectors[0];
  EXPECT_EQ(finding_name(*plant, spec,
                         {{"pump_1.flow", 0.5, 0, 0},
                          {"pump_1.suction_pressure", 0.4, 0, 0},
                          {"pump_1.vibration", 0.1, 0, 0}}),
            "pump_1: flow and suction_pressure abnormal");
  EXPECT_EQ(finding_name(*plant, spec, {}), "pump_1: behaviour abnormal");
  EXPECT_EQ(finding_name(*plant, test::cavitation(), {}), "pump_1: cavitation");
}

TEST(Wording, PutsTheValueBesideWhatWasExpected) {
  const auto plant = test::station_with({test::behaviour()});
  const auto& spec = plant->detectors[0];
  EXPECT_EQ(finding_cause(*plant, spec, {{"pump_1.flow", 1.0, 171.04, 248.2}}, false),
            "flow 171 l/min, expected 248 l/min");
  EXPECT_EQ(finding_cause(*plant, spec, {{"pump_1.flow", 1.0, 248.12, 248.29}}, false),
            "flow 248.1 l/min, expected 248.3 l/min");
  EXPECT_NE(
      finding_cause(*plant, spec, {{"pump_1.flow", 1.0, 248.0, 248.0}}, true).find("unsteady"),
      std::string::npos);
}

TEST(DriverMix, RemembersRowsAndLetsThemFade) {
  DriverMix mix;
  mix.add({{"a", 1.0, 1, 0}});
  mix.add({{"b", 1.0, 2, 0}});
  const auto drivers = mix.drivers();
  ASSERT_EQ(drivers.size(), 2u);
  EXPECT_EQ(drivers[0].signal, "b");
  EXPECT_NEAR(drivers[0].contribution + drivers[1].contribution, 1.0, 1e-12);
  EXPECT_GT(drivers[0].contribution, drivers[1].contribution);
}

}  // namespace
}  // namespace gemel::inference
