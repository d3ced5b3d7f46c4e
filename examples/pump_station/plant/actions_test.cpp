#include "actions.hpp"

#include <gtest/gtest.h>

namespace riverside {
namespace {

TEST(FaultMessage, StartsAFault) {
  const auto action = parse_fault_message(
      R"({"fault":"clogging","asset":"line_1","severity":0.6,"ramp_s":20,"duration_s":90})");
  ASSERT_TRUE(action);
  const auto& request = std::get<StartFault>(*action).request;
  EXPECT_EQ(request.kind, FaultKind::Clogging);
  EXPECT_EQ(request.severity, 0.6);
  EXPECT_EQ(request.ramp_s, 20.0);
  EXPECT_EQ(request.duration_s, 90.0);
}

TEST(FaultMessage, ClearsAndTurnsTheModeKey) {
  const auto all = parse_fault_message(R"({"fault":"clear"})");
  ASSERT_TRUE(all);
  EXPECT_FALSE(std::get<ClearFaults>(*all).only);
  const auto one = parse_fault_message(R"({"fault":"clear","what":"leak"})");
  ASSERT_TRUE(one);
  EXPECT_EQ(std::get<ClearFaults>(*one).only->kind, FaultKind::Leak);
  const auto key = parse_fault_message(R"({"mode":"local"})");
  ASSERT_TRUE(key);
  EXPECT_EQ(std::get<TurnModeKey>(*key).mode, Mode::Local);
}

TEST(FaultMessage, CleansAStrainerAndPostponesTheCrew) {
  Plant plant(0, 1);
  plant.lay(0, 0.4);
  plant.lay(1, 0.3);
  const EpochMs planned = plant.crew().next();
  for (const char* payload : {R"({"clean":"line_1"})", R"({"postpone_cleaning_days":1.5})"}) {
    const auto action = parse_fault_message(payload);
    ASSERT_TRUE(action) << payload;
    ASSERT_TRUE(carry_out(plant, *action)) << payload;
  }
  EXPECT_EQ(plant.deposit(0), 0.0);
  EXPECT_EQ(plant.deposit(1), 0.3);
  EXPECT_EQ(plant.crew().next(), planned + 36 * 3'600'000);
  EXPECT_EQ(describe(*parse_fault_message(R"({"clean":"strainer_2"})")), "clean: strainer_2");
  EXPECT_EQ(describe(*parse_fault_message(R"({"postpone_cleaning_days":30})")),
            "crew: postponed by 30 days");
}

TEST(FaultMessage, SaysWhatCanBeCleanedAndForHowLongItCanWait) {
  EXPECT_EQ(parse_fault_message(R"({"clean":"tank_1"})").error().message,
            "'tank_1' cannot be cleaned: use line_1 or line_2");
  EXPECT_EQ(parse_fault_message(R"({"postpone_cleaning_days":1e300})").error().message,
            "a cleaning cannot be postponed by 1e+06 days: use 0 to 365");
}

TEST(FaultMessage, IsRefusedWhenItMakesNoSense) {
  for (const char* wrong :
       {"", "clogging", "[]", "{}", R"({"fault":7})", R"({"fault":"rust"})",
        R"({"fault":"clogging"})", R"({"fault":"clogging","asset":"line_1","severity":"high"})",
        R"({"fault":"clogging","asset":"line_1","severity":-1})", R"({"mode":"auto"})",
        R"({"fault":"drifting_sensor","asset":"tank_1"})", R"({"clean":1})", R"({"clean":""})",
        R"({"postpone_cleaning_days":-1})", R"({"postpone_cleaning_days":null})",
        R"({"postpone_cleaning_days":"30d"})"}) {
    const auto action = parse_fault_message(wrong);
    EXPECT_FALSE(action) << wrong;
  }
}

}  // namespace
}  // namespace riverside
