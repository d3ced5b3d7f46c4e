#include "inference/sensor_watch.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include <gtest/gtest.h>

#include "inference/health.hpp"
#include "inference/test_station.hpp"

namespace gemel::inference {
namespace {

using test::at;

/// A station whose four signals report each second unless told to be silent; the pipeline's gap
/// marks come after 5 s.
class Station : public testing::Test {
 protected:
  using Silent = std::function<bool(SignalId)>;

  void run(
      int from_s, int until_s, const Silent& silent = [](SignalId) { return false; },
      Quality quality = {}) {
    for (int s = from_s; s < until_s; ++s) {
      for (const auto id : {test::kFlow, test::kPressure, test::kVibration, test::kLevel}) {
        auto& last = last_heard_[id.index];
        if (!silent(id)) {
          last = s;
          watch->take({id, id == test::kFlow ? quality : Quality{}, at(s), 1.0}, at(s));
        } else if (s - last == 6) {
          Quality gap;
          gap.mark(Cause::Gap, Grade::Missing);
          watch->take({id, gap, at(last + 5), 0.0}, at(s));
        }
      }
      watch->judge(at(s), book, next_id, events);
    }
  }
  std::vector<AlarmRaised> raised() const {
    std::vector<AlarmRaised> out;
    for (const auto& e : events) {
      if (const auto* alarm = std::get_if<AlarmRaised>(&e.body)) out.push_back(*alarm);
    }
    return out;
  }

  std::shared_ptr<const Plant> plant = test::station_with({});
  std::unique_ptr<SensorWatch> watch = std::make_unique<SensorWatch>(plant);
  AlarmBook book;
  std::uint64_t next_id = 1;
  std::vector<Event> events;

 private:
  std::array<int, 4> last_heard_{};
};

TEST_F(Station, IsQuietWhileEverythingReports) {
  run(0, 120);
  EXPECT_TRUE(events.empty());
}

TEST_F(Station, RaisesOneAlarmForOneDeadSensorAndClearsItWhenItIsBack) {
  run(0, 20);
  run(20, 60, [](SignalId id) { return id == test::kVibration; });
  ASSERT_EQ(raised().size(), 1u);
  EXPECT_EQ(raised()[0].name, "pump_1.vibration: dead sensor");
  EXPECT_EQ(raised()[0].source, "pump_1.vibration.sensor");
  EXPECT_EQ(raised()[0].onset, at(19));
  EXPECT_FALSE(raised()[0].action.empty());
  run(60, 80);
  EXPECT_TRUE(book.open().empty());
  EXPECT_EQ(events.size(), 2u);
}

TEST_F(Station, RaisesOneAlarmForAWholeLinkNotOneForEachSignal) {
  run(0, 20);
  run(20, 80, [](SignalId) { return true; });
  ASSERT_EQ(raised().size(), 1u);
  EXPECT_EQ(raised()[0].source, "source.broker.link");
  EXPECT_EQ(raised()[0].name, "broker: link lost");
  run(80, 120);
  EXPECT_TRUE(book.open().empty());
  EXPECT_EQ(events.size(), 2u);
}

TEST_F(Station, NamesTheAssetWhenOnlyItsSignalsAreSilent) {
  run(0, 20);
  run(20, 60, [](SignalId id) { return id != test::kLevel; });
  ASSERT_EQ(raised().size(), 1u);
  EXPECT_EQ(raised()[0].source, "pump_1.link");
}

TEST_F(Station, TellsOfTheSensorThatStaysAwayWhenTheLinkIsBack) {
  run(0, 20);
  run(20, 60, [](SignalId) { return true; });
  run(60, 90, [](SignalId id) { return id == test::kFlow; });
  std::set<std::string> open;
  for (const auto& [source, alarm] : book.open()) open.insert(source);
  EXPECT_EQ(open, (std::set<std::string>{"pump_1.flow.sensor"}));
}

TEST_F(Station, DoesNotFollowAFlickeringLink) {
  run(0, 20);
  for (int i = 0; i < 10; ++i) {
    run(20 + 20 * i, 37 + 20 * i, [](SignalId) { return true; });
    run(37 + 20 * i, 40 + 20 * i);  // three seconds of life
  }
  EXPECT_EQ(raised().size(), 1u);
}

TEST_F(Station, TellsAStuckAndAFaultySensorApart) {
  Quality stuck;
  stuck.mark(Cause::Stuck, Grade::Uncertain);
  run(0, 5, [](SignalId) { return false; }, stuck);
  ASSERT_EQ(raised().size(), 1u);
  EXPECT_EQ(raised()[0].name, "pump_1.flow: stuck sensor");
  run(5, 30);
  EXPECT_TRUE(book.open().empty());
  events.clear();

  Quality range;
  range.mark(Cause::OutOfRange, Grade::Bad);
  run(30, 38, [](SignalId) { return false; }, range);
  EXPECT_TRUE(events.empty());  // a few seconds are no fault of the sensor yet
  run(38, 50, [](SignalId) { return false; }, range);
  ASSERT_EQ(raised().size(), 1u);
  EXPECT_EQ(raised()[0].name, "pump_1.flow: faulty sensor");
  EXPECT_NE(raised()[0].cause.find("out of range"), std::string::npos);
}

TEST_F(Station, NeitherRepeatsNorForgetsAnAlarmAfterARestart) {
  run(0, 20);
  run(20, 60, [](SignalId id) { return id == test::kVibration; });
  ASSERT_EQ(raised().size(), 1u);
  Snapshot snapshot(plant->signals.size());
  snapshot.known_at = at(60);
  Alarm open;
  open.raised = raised()[0];
  snapshot.alarms = std::make_shared<const std::vector<Alarm>>(std::vector<Alarm>{open});
  auto& belief = snapshot.beliefs.edit(test::kVibration);
  belief.value_time = at(19);
  belief.missing_since = at(24);

  book = {};
  book.restore(snapshot);
  events.clear();
  watch = std::make_unique<SensorWatch>(plant);
  watch->restore(snapshot, book);
  run(61, 90, [](SignalId id) { return id == test::kVibration; });
  EXPECT_TRUE(events.empty());
  run(90, 110);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<AlarmCleared>(events[0].body));
}

double newest(const std::vector<Sample>& samples, SignalId signal) {
  double value = -1.0;
  for (const auto& s : samples) {
    if (s.signal == signal) value = s.value;
  }
  return value;
}

TEST(Health, FallsWithScoresAndAlarmsAndWeighsOnTheParent) {
  HealthKeeper health(test::station_with({test::behaviour()}));
  AlarmBook book;
  std::vector<Sample> derived;
  health.score(0, 0.2);
  health.write(0, book, at(0), derived);
  EXPECT_EQ(newest(derived, test::kPumpHealth), 1.0);

  std::uint64_t next_id = 1;
  std::vector<Event> events;
  AlarmRaised alarm;
  alarm.asset = "pump_1";
  alarm.source = "pump_1.behaviour";
  alarm.priority = Priority::High;
  book.raise(alarm, at(1), next_id, events);
  health.write(0, book, at(1), derived);
  EXPECT_DOUBLE_EQ(newest(derived, test::kPumpHealth), 0.4);
  EXPECT_DOUBLE_EQ(newest(derived, test::kPlantHealth), 1.0 - 0.7 * 0.6);

  for (int s = 2; s < 200; ++s) {
    health.score(0, 8.0);
    health.write(0, book, at(s), derived);
  }
  EXPECT_LT(newest(derived, test::kPumpHealth), 0.05);
}

TEST(Health, IsWrittenOnChangeAndOnceAMinute) {
  HealthKeeper health(test::station_with({test::behaviour()}));
  std::vector<Sample> derived;
  for (int s = 0; s < 300; ++s) {
    health.score(0, 0.1);
    health.write(0, {}, at(s), derived);
  }
  EXPECT_EQ(std::ranges::count(derived, test::kPumpHealth, &Sample::signal), 5);
}

TEST(Health, SaysNothingOfWhatNobodyJudged) {
  HealthKeeper health(test::station_with({test::behaviour()}));
  std::vector<Sample> derived;
  health.write(0, {}, at(0), derived);
  EXPECT_TRUE(derived.empty());
}

}  // namespace
}  // namespace gemel::inference
