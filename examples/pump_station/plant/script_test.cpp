#include "script.hpp"

#include <set>

#include <gtest/gtest.h>

#include "rehearsal.hpp"

namespace riverside {
namespace {

std::string error_of(std::string_view text) {
  const auto script = parse_script(text, "tour.txt");
  return script ? "accepted" : script.error().message;
}

TEST(Script, ReadsStepsInOrderOfTime) {
  const auto script = parse_script(
      "# a comment\n"
      "at 40s dead_sensor tank_1 signal demand variant frozen   # and one here\n"
      "\n"
      "at 10s clogging line_1 severity 0.7 ramp 20s for 5min\n"
      "at 50s set valve_2 55\n"
      "at 1min mode local\r\n"
      "at 70s clear clogging line_1\n"
      "at 80s clear\n"
      "at 1d clean line_2\n"
      "at 2d postpone_cleaning 30d",
      "tour.txt");
  ASSERT_TRUE(script);
  ASSERT_EQ(script->size(), 8u);
  EXPECT_EQ((*script)[0].after_ms, 10'000);
  const auto& clogging = std::get<StartFault>((*script)[0].action).request;
  EXPECT_EQ(clogging.kind, FaultKind::Clogging);
  EXPECT_EQ(clogging.severity, 0.7);
  EXPECT_EQ(clogging.ramp_s, 20.0);
  EXPECT_EQ(clogging.duration_s, 300.0);
  EXPECT_EQ(std::get<StartFault>((*script)[1].action).request.death, SensorHealth::Frozen);
  EXPECT_EQ(std::get<MoveSetpoint>((*script)[2].action).value, 55.0);
  EXPECT_EQ(std::get<TurnModeKey>((*script)[3].action).mode, Mode::Local);
  EXPECT_TRUE(std::get<ClearFaults>((*script)[4].action).only.has_value());
  EXPECT_FALSE(std::get<ClearFaults>((*script)[5].action).only.has_value());
  EXPECT_EQ(std::get<CleanStrainer>((*script)[6].action).line, 1);
  EXPECT_EQ(std::get<PostponeCleaning>((*script)[7].action).by, 30 * Crew::kDayMs);
}

TEST(Script, SaysFileLineValueAndRemedy) {
  EXPECT_EQ(error_of("\n\nat 20s clogging line_1 sevrity 0.8"),
            "tour.txt:3: unknown word 'sevrity': use signal, severity, ramp, for or variant");
  EXPECT_EQ(error_of("at 20 clogging line_1"),
            "tour.txt:1: '20' is not a duration: write it like 500ms, 20s, 5min, 1h or 2d");
  EXPECT_EQ(error_of("after 20s clogging line_1"),
            "tour.txt:1: 'after' starts no step: write 'at 20s clogging line_1 severity 0.8'");
  EXPECT_EQ(error_of("at 20s clogging line_1 severity"),
            "tour.txt:1: 'severity' has no value: write one after it");
  EXPECT_EQ(error_of("at 20s clogging line_1 severity much"),
            "tour.txt:1: 'much' is not a number: write it like 1500 or 0.8");
  EXPECT_EQ(error_of("at 20s set tank_1 3"),
            "tour.txt:1: 'tank_1' cannot be set: use pump_1, valve_1, pump_2 or valve_2");
  EXPECT_EQ(error_of("at 20s mode auto"), "tour.txt:1: unknown mode 'auto': use remote or local");
  EXPECT_EQ(error_of("at 20s clean tank_1"),
            "tour.txt:1: 'tank_1' cannot be cleaned: use line_1 or line_2");
  EXPECT_EQ(error_of("at 20s clean"), "tour.txt:1: 'clean' needs one word: line_1 or line_2");
  EXPECT_EQ(error_of("at 20s postpone_cleaning 366d"),
            "tour.txt:1: a cleaning cannot be postponed by 366 days: use 0 to 365");
  EXPECT_EQ(error_of("at 20s"),
            "tour.txt:1: 'at' starts no step: write 'at 20s clogging line_1 severity 0.8'");
}

TEST(Script, SaysThatAFileCannotBeRead) {
  const auto script = load_script("/nowhere/tour.txt");
  ASSERT_FALSE(script);
  EXPECT_NE(script.error().message.find("/nowhere/tour.txt"), std::string::npos);
}

TEST(ShippedScripts, AllParse) {
  for (const char* name : {"tour.txt", "clogging.txt", "none.txt"}) {
    const auto script = load_script(std::string(RIVERSIDE_FAULTS_DIR) + "/" + name);
    EXPECT_TRUE(script) << script.error().message;
  }
}

TEST(ShippedScripts, TourShowsEveryFaultWithin100SecondsAndCloggingFirst) {
  const auto script = load_script(std::string(RIVERSIDE_FAULTS_DIR) + "/tour.txt");
  ASSERT_TRUE(script);
  std::set<FaultKind> kinds;
  for (const ScriptStep& step : *script) {
    EXPECT_LE(step.after_ms, 100'000);
    if (const auto* start = std::get_if<StartFault>(&step.action))
      kinds.insert(start->request.kind);
  }
  EXPECT_EQ(kinds.size(), fault_help().size());
  EXPECT_EQ(std::get<StartFault>(script->front().action).request.kind, FaultKind::Clogging);
}

TEST(Rehearsal, HandsOutEachStepOnceWhenItIsDue) {
  Rehearsal rehearsal(*parse_script("at 1s set pump_1 1500\nat 1s mode local\nat 3s clear", "x"),
                      100'000);
  EXPECT_FALSE(rehearsal.next_due(100'900));
  EXPECT_TRUE(rehearsal.next_due(101'000));
  EXPECT_TRUE(rehearsal.next_due(101'000));
  EXPECT_FALSE(rehearsal.next_due(101'000));
  EXPECT_TRUE(rehearsal.next_due(109'000));
  EXPECT_FALSE(rehearsal.next_due(999'000));
}

}  // namespace
}  // namespace riverside
