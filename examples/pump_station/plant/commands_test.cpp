#include "commands.hpp"

#include <gtest/gtest.h>

#include "station_fixture.hpp"

namespace riverside {
namespace {

constexpr EpochMs kNow = kMorning;
constexpr const char* kPump1Speed = "riverside/line_1/pump_1/set/speed";
constexpr const char* kValve1Position = "riverside/line_1/valve_1/set/position";

struct Desk {
  Plant plant = settled_plant();
  CommandDesk desk;

  Verdict ask(const std::string& topic, const std::string& payload, Mode mode = Mode::Remote,
              bool retained = false) {
    return desk.handle({topic, payload, retained}, mode, kNow, plant);
  }
  double speed() const { return plant.plc().speed_setpoint_rpm(0); }
};

std::string command(const std::string& id, double value, const std::string& unit = "rpm",
                    EpochMs issued = kNow - 100, EpochMs expires = kNow + 5'000) {
  return R"({"id":")" + id + R"(","value":)" + std::to_string(value) + R"(,"unit":")" + unit +
         R"(","issued":)" + std::to_string(issued) + R"(,"expires":)" + std::to_string(expires) +
         R"(,"by":"anna"})";
}

TEST(CommandDesk, ObeysAGoodCommand) {
  Desk desk;
  const Verdict verdict = desk.ask(kPump1Speed, command("a", 1600.0));
  EXPECT_TRUE(verdict.accepted) << verdict.reason;
  EXPECT_EQ(verdict.id, "a");
  EXPECT_EQ(verdict.value, 1600.0);
  EXPECT_EQ(desk.speed(), 1600.0);
  EXPECT_TRUE(desk.ask(kValve1Position, command("b", 85.0, "%")).accepted);
  EXPECT_EQ(desk.plant.plc().valve_setpoint_percent(0), 85.0);
}

TEST(CommandDesk, RefusesAndLeavesThePlantAlone) {
  struct Case {
    const char* why;
    std::string topic, payload;
    Mode mode = Mode::Remote;
    bool retained = false;
  };
  const std::vector<Case> cases{
      {"expired", kPump1Speed, command("1", 1600.0, "rpm", kNow - 9'000, kNow - 1)},
      {"expires", kPump1Speed, command("2", 1600.0, "rpm", kNow, kNow)},
      {"range", kPump1Speed, command("3", 1801.0)},
      {"range", kPump1Speed, command("4", 0.0)},
      {"range", kValve1Position, command("5", 101.0, "%")},
      {"unit", kPump1Speed, command("6", 1600.0, "Hz")},
      {"local", kPump1Speed, command("7", 1600.0), Mode::Local},
      {"retained", kPump1Speed, command("8", 1600.0), Mode::Remote, true},
      {"nothing listens", "riverside/line_3/pump_3/set/speed", command("9", 1600.0)},
      {"nothing listens", "riverside/line_1/pump_1/set/torque", command("10", 1600.0)},
      {"malformed", kPump1Speed, "1600"},
      {"malformed", kPump1Speed, "{\"id\":\"11\",\"value\":16"},
      {"malformed", kPump1Speed,
       R"({"id":"12","value":"1600","unit":"rpm","issued":1,"expires":2})"},
      {"malformed", kPump1Speed, R"({"id":"13","value":1600,"unit":"rpm"})"},
      {"malformed", kPump1Speed, command("", 1600.0)},
      {"malformed", kPump1Speed, command(std::string(129, 'x'), 1600.0)},
  };
  for (const Case& each : cases) {
    Desk desk;
    const Verdict verdict = desk.ask(each.topic, each.payload, each.mode, each.retained);
    EXPECT_FALSE(verdict.accepted) << each.payload;
    EXPECT_NE(verdict.reason.find(each.why), std::string::npos) << verdict.reason;
    EXPECT_EQ(desk.speed(), 1450.0) << each.payload;
    EXPECT_EQ(desk.plant.plc().valve_setpoint_percent(0), 70.0) << each.payload;
  }
}

TEST(CommandDesk, CarriesOutARepeatedIdOnceAndRepeatsItsAnswer) {
  Desk desk;
  ASSERT_TRUE(desk.ask(kPump1Speed, command("a", 1600.0)).accepted);
  ASSERT_TRUE(desk.ask(kPump1Speed, command("b", 1500.0)).accepted);
  const Verdict again = desk.ask(kPump1Speed, command("a", 1600.0));
  EXPECT_TRUE(again.accepted);
  EXPECT_EQ(again.reason, "repeated: accepted");
  EXPECT_EQ(desk.speed(), 1500.0);
}

TEST(CommandDesk, AnswersBesideTheActuator) {
  EXPECT_EQ(ack_topic(kPump1Speed), "riverside/line_1/pump_1/ack");
  EXPECT_EQ(to_json({"a", true, "accepted", 1600.0}),
            R"({"accepted":true,"id":"a","reason":"accepted","value":1600.0})");
}

}  // namespace
}  // namespace riverside
