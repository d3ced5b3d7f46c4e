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

TEST(FaultMessage, IsRefusedWhenItMakesNoSense) {
  for (const char* wrong :
       {"", "clogging", "[]", "{}", R"({"fault":7})", R"({"fault":"rust"})",
        R"({"fault":"clogging"})", R"({"fault":"clogging","asset":"line_1","severity":"high"})",
        R"({"fault":"clogging","asset":"line_1","severity":-1})", R"({"mode":"auto"})",
        R"({"fault":"drifting_sensor","asset":"tank_1"})"}) {
    const auto action = parse_fault_message(wrong);
    EXPECT_FALSE(action) << wrong;
  }
}

}  // namespace
}  // namespace riverside
