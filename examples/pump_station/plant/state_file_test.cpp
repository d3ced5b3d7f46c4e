#include "state_file.hpp"

#include <gtest/gtest.h>

#include "station_fixture.hpp"

namespace riverside {
namespace {

Plant eventful_plant() {
  Plant plant = settled_plant();
  plant.faults().start(fault_of_line(FaultKind::Clogging, 0, 0.7, 60.0), plant.now());
  plant.faults().start(fault_of_line(FaultKind::BearingWear, 1, 0.5, 60.0), plant.now());
  FaultRequest dead;
  dead.kind = FaultKind::DeadSensor;
  dead.signal = *find_signal("pump_2", "power");
  dead.death = SensorHealth::Frozen;
  plant.faults().start(dead, plant.now());
  (void)plant.plc().set_speed(1, 1500.0);
  plant.lay(0, 0.3);
  plant.crew().postpone(Crew::kDayMs);
  run_for(plant, 30.0);
  return plant;
}

TEST(StateFile, ContinuesExactlyWhereItWasSaved) {
  Plant original = eventful_plant();
  auto restored = state_from_text(state_to_text(original));
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(restored->now(), original.now());
  EXPECT_EQ(restored->deposit(0), original.deposit(0));
  EXPECT_EQ(restored->crew().next(), original.crew().next());
  for (int i = 0; i < 3'000; ++i) {
    original.scan();
    restored->scan();
    ASSERT_EQ(original.readings(), restored->readings()) << "scan " << i;
  }
  EXPECT_EQ(state_to_text(original), state_to_text(*restored));
}

TEST(StateFile, NamesWhatIsMissingOrWrong) {
  const std::string whole = state_to_text(settled_plant());
  const auto without = [&](const std::string& entry) {
    std::string text = whole;
    const std::size_t at = text.find("\n" + entry);
    text.erase(at, text.find('\n', at + 1) - at);
    return text;
  };
  const auto missing = state_from_text(without("water.level"));
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("'water.level' is missing"), std::string::npos);

  const auto garbled = state_from_text(without("water.level") + "water.level nan\n");
  ASSERT_FALSE(garbled);
  EXPECT_NE(garbled.error().message.find("'water.level' cannot be 'nan'"), std::string::npos);

  EXPECT_FALSE(state_from_text(""));
  EXPECT_FALSE(state_from_text("time,flow\n"));
}

TEST(StateFile, RefusesAFaultAtAPlaceThatDoesNotExist) {
  Plant plant = settled_plant();
  FaultRequest fault = fault_of_line(FaultKind::Clogging, 0, 0.5);
  plant.faults().start(fault, plant.now());
  std::string text = state_to_text(plant);
  const std::string entry = "faults.active.0.line 0";
  text.replace(text.find(entry), entry.size(), "faults.active.0.line 7");
  EXPECT_FALSE(state_from_text(text));
}

TEST(StateFile, RefusesDepositsThatCannotBe) {
  std::string text = state_to_text(Plant(kMorning, 3));
  const std::string entry = "deposits.share.0 0x0p+0";
  ASSERT_NE(text.find(entry), std::string::npos);
  text.replace(text.find(entry), entry.size(), "deposits.share.0 0x1p+0");
  EXPECT_FALSE(state_from_text(text));
}

TEST(StateFile, OfAnOlderFormatIsRefusedWithARemedy) {
  const auto old = state_from_text("pump-station-state 1\nnow 0\n");
  ASSERT_FALSE(old);
  EXPECT_NE(old.error().message.find("'pump-station-state 2': delete it to start afresh"),
            std::string::npos);
}

TEST(StateFile, IsAbsentBeforeItsFirstSaving) {
  const std::string file = testing::TempDir() + "riverside_state_test.txt";
  std::remove(file.c_str());
  const auto none = load_state(file);
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->has_value());
  ASSERT_TRUE(save_state(settled_plant(), file));
  const auto there = load_state(file);
  ASSERT_TRUE(there);
  EXPECT_TRUE(there->has_value());
  std::remove(file.c_str());
  EXPECT_FALSE(save_state(settled_plant(), "/nowhere/state.txt"));
}

}  // namespace
}  // namespace riverside
