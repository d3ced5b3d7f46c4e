#include "process_flow/adjustables.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "process_flow/textbook.hpp"

namespace gemel::process_flow {
namespace {

using ::testing::HasSubstr;

Flow press_line() {
  auto flow = textbook::mm1().flow;
  auto& machine = flow.stations[0];
  machine.buffer = 5;
  machine.failures = FlowFailures{*Distribution::make("weibull", {1.5, 1000}),
                                  *Distribution::make("uniform", {10, 30}), true, "crew"};
  machine.maintenance = FlowMaintenance{.first = 100, .every = 1000, .duration = 10};
  flow.conveyors = {{"belt", 4.0, kFlowUnlimited, {{"out"}}}};
  flow.crews = {{"crew", 2}};
  return flow;
}

TEST(Adjustables, EachOneThatIsListedCanBeSetAndIsThenListedSo) {
  const auto flow = press_line();
  const auto all = adjustables(flow);
  EXPECT_EQ(all.size(), 13u);
  for (const auto& each : all) {
    auto changed = flow;
    const double wanted = 2.0 * each.value;
    ASSERT_TRUE(adjust(changed, each.name, wanted)) << each.name;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto now = adjustables(changed)[i];
      EXPECT_NEAR(now.value, now.name == each.name ? wanted : all[i].value, 1e-9) << now.name;
    }
  }
}

TEST(Adjustables, AnotherMeanKeepsTheShape) {
  auto flow = press_line();
  ASSERT_TRUE(adjust(flow, "machine.repair", 40.0));
  EXPECT_EQ(flow.stations[0].failures->repair.to_string(), "uniform(20, 60)");
}

TEST(Adjustables, RefusesWhatIsNotThereOrCanNotBe) {
  auto flow = press_line();
  const auto refusal = [&](const char* name, double value) {
    const auto result = adjust(flow, name, value);
    return result ? std::string("accepted") : result.error().message;
  };
  EXPECT_THAT(refusal("machine.sped", 1), HasSubstr("did you mean 'machine.speed'?"));
  EXPECT_THAT(refusal("machine.speed", 0),
              HasSubstr("machine.speed can't be 0; it must be above 0"));
  EXPECT_THAT(refusal("machine.machines", 1.5), HasSubstr("give a whole number"));
  EXPECT_THAT(refusal("crew.people", 0), HasSubstr("between 1 and 10000"));
}

}  // namespace
}  // namespace gemel::process_flow
