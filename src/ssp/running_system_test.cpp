#include "ssp/detail/running_system.hpp"

#include <gtest/gtest.h>

#include "ssp/testing/test_systems.hpp"

namespace gemel::ssp::detail {
namespace {

TEST(RunningSystem, GoesBackToWhatWasSavedAndLeavesNoTraceOfWhatCameAfter) {
  const fmu::testing::TestFmus fmus;
  fmus.make("mass");
  fmus.make("link");
  const auto system = testing::coupled(fmus, testing::two_masses(false));
  ASSERT_TRUE(system) << system.error().message;
  std::vector<std::unique_ptr<fmu::Instance>> instances;
  for (const auto& component : system->components) {
    auto instance = component.fmu->instantiate({});
    ASSERT_TRUE(instance) << instance.error().message;
    ASSERT_TRUE(fmu::set_from_texts(**instance, component.start_values));
    ASSERT_TRUE((*instance)->enter_initialisation({}));
    instances.push_back(std::move(*instance));
  }
  auto made = RunningSystem::make(*system, {}, 1e-9, std::move(instances));
  ASSERT_TRUE(made) << made.error().message;
  auto& running = *made;
  ASSERT_TRUE(running.can_save());
  ASSERT_TRUE(running.evaluate({}));
  for (std::size_t c = 0; c < running.size(); ++c)
    ASSERT_TRUE(running.component(c).instance().exit_initialisation());
  ASSERT_TRUE(running.settle());
  ASSERT_TRUE(running.evaluate({}));

  const auto step = [&](double time_s) {
    for (std::size_t c = 0; c < running.size(); ++c)
      ASSERT_TRUE(running.component(c).step(time_s, 0.01));
    ASSERT_TRUE(running.evaluate({}));
  };
  for (int i = 0; i < 5; ++i) step(0.01 * i);
  RunningSystem::Saved saved;
  ASSERT_TRUE(running.save(saved));
  const auto values = [&] {
    return std::vector<double>(running.sources().begin(), running.sources().end());
  };
  const auto at_save = values();
  for (int i = 5; i < 9; ++i) step(0.01 * i);
  const auto first = values();
  ASSERT_TRUE(running.restore(saved));
  EXPECT_EQ(values(), at_save);
  for (int i = 5; i < 9; ++i) step(0.01 * i);
  EXPECT_EQ(values(), first);
  EXPECT_NE(first, at_save);
}

}  // namespace
}  // namespace gemel::ssp::detail
