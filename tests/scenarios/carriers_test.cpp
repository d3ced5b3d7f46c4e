// The example hall asked the questions of its README.

#include <algorithm>

#include <gtest/gtest.h>

#include "history/memory_history.hpp"
#include "simulation/simulation.hpp"
#include "spec/spec.hpp"

namespace gemel::scenarios {
namespace {

class Carriers : public ::testing::Test {
 protected:
  Carriers() {
    const auto loaded =
        spec::load_file(std::string(GEMEL_SOURCE_DIR) + "/examples/carriers/twin.yaml");
    GEMEL_CHECK(std::holds_alternative<spec::Loaded>(loaded));
    plant_ = std::get<spec::Loaded>(loaded).plant;
    const history::MemoryHistory history(*plant_);
    simulator_ =
        simulation::fit(*plant_, plant_->simulators[0], history, {}, Timestamp::max(), 1).value();
  }

  WhatIfAnswer ask(Change change) const {
    return compare(*simulator_, Snapshot(plant_->signals.size()),
                   {.changes = {std::move(change)},
                    .horizon = Duration::days(2),
                    .step = Duration::hours(6),
                    .draws = 24})
        .value();
  }
  static Difference of(const WhatIfAnswer& answer, std::string_view name) {
    const auto found = std::ranges::find(answer.differences, name, &Difference::name);
    GEMEL_CHECK(found != answer.differences.end());
    return *found;
  }

  std::shared_ptr<const Plant> plant_;
  std::shared_ptr<const Simulator> simulator_;
};

TEST_F(Carriers, OneMoreFetchesSooner) {
  const auto answer =
      ask({.control = {}, .value = 1, .how = How::Add, .quantity = "carriers.vehicles"});
  EXPECT_LT(of(answer, "carriers.wait").mean_high, 0.0);
  EXPECT_LT(of(answer, "carriers.utilisation").mean_high, 0.0);
  EXPECT_LT(of(answer, "time_in_system").mean_high, 0.0);
  EXPECT_TRUE(answer.as_now.findings.empty()) << answer.as_now.findings.front();
}

TEST_F(Carriers, FasterOnesAsWell) {
  const auto answer =
      ask({.control = {}, .value = 1.1, .how = How::Scale, .quantity = "carriers.speed"});
  EXPECT_LT(of(answer, "carriers.wait").mean_high, 0.0);
  const auto& indicators = answer.as_now.indicators;
  const auto lowest = std::ranges::find(indicators, "carriers.charge.lowest", &Indicator::name);
  ASSERT_NE(lowest, indicators.end());
  EXPECT_GT(lowest->low, 0.0);
}

}  // namespace
}  // namespace gemel::scenarios
