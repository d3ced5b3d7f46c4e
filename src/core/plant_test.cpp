#include "core/plant.hpp"

#include <gtest/gtest.h>

namespace gemel {
namespace {

Plant plant_with(std::vector<std::string> paths) {
  Plant plant;
  for (const auto& path : paths) {
    Signal signal;
    signal.id = SignalId{static_cast<std::uint32_t>(plant.signals.size())};
    signal.path = path;
    plant.signals.push_back(signal);
  }
  plant.index_paths();
  return plant;
}

TEST(Plant, FindsASignalByItsPathOrByAnEndingOnlyItHas) {
  const auto plant = plant_with({"line_1.pump_1.flow", "line_2.pump_2.flow"});
  EXPECT_EQ(plant.find_signal("line_1.pump_1.flow")->index, 0u);
  EXPECT_EQ(plant.find_signal("pump_2.flow")->index, 1u);
}

TEST(Plant, NamesTheCandidatesOfAnAmbiguousEnding) {
  const auto found = plant_with({"line_1.pump_1.flow", "line_2.pump_2.flow"}).find_signal("flow");
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message.find("line_1.pump_1.flow, line_2.pump_2.flow"),
            std::string::npos);
}

TEST(Plant, SuggestsTheNearestName) {
  const auto found = plant_with({"line_1.pump_1.flow"}).find_signal("pump_1.folw");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::NotFound);
  EXPECT_NE(found.error().message.find("did you mean 'pump_1.flow'?"), std::string::npos);
}

}  // namespace
}  // namespace gemel
