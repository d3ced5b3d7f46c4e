#include "core/simulator.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace gemel {
namespace {

/// Throughput is the speed times luck, which each draw has of its own.
class Luck final : public Simulator {
 public:
  const std::string& version() const override { return version_; }
  std::string summary() const override { return "luck"; }
  std::vector<SignalId> signals() const override { return {}; }
  std::vector<ControlId> controls() const override { return {}; }
  std::vector<std::pair<SignalId, double>> estimate(const Snapshot&) const override { return {}; }
  Result<Outcome> what_if(const Snapshot&, const Scenario& scenario,
                          const Progress& progress) const override {
    GEMEL_TRY(check_scenario(scenario));
    double speed = 10.0;
    for (const auto& change : scenario.changes) speed = changed(speed, change.value, change.how);
    Outcome out;
    Indicator throughput{.name = "throughput", .unit = "1/h"};
    for (std::uint32_t d = 0; d < scenario.draws; ++d) {
      throughput.draws.push_back(speed * (1.0 + 0.1 * d));
      if (progress && !progress(d + 1, scenario.draws)) break;
    }
    out.draws = static_cast<std::uint32_t>(throughput.draws.size());
    out.indicators = {throughput};
    return out;
  }

 private:
  std::string version_ = "luck-1";
};

TEST(Change, SetsAddsOrScales) {
  EXPECT_EQ(changed(40.0, 50.0, How::Set), 50.0);
  EXPECT_EQ(changed(40.0, -5.0, How::Add), 35.0);
  EXPECT_EQ(changed(40.0, 1.1, How::Scale), 44.0);
}

TEST(Compare, TakesTheDifferenceFutureByFuture) {
  Scenario scenario{.changes = {{{}, 1.1, How::Scale, "speed"}}, .draws = 5};
  const auto both = compare(Luck(), Snapshot{}, scenario);
  ASSERT_TRUE(both);
  ASSERT_EQ(both->differences.size(), 1U);
  const auto& by = both->differences.front();
  // 10 × 0.1 × (1, 1.1, 1.2, 1.3, 1.4): far narrower than the futures themselves.
  EXPECT_NEAR(by.mean, 1.2, 1e-12);
  EXPECT_NEAR(by.low, 1.02, 1e-12);
  EXPECT_NEAR(by.high, 1.38, 1e-12);
  // Student's t of four degrees, 2.776; standard deviation 0.1581.
  EXPECT_NEAR(by.mean_high - by.mean, 2.7764 * 0.158114 / std::sqrt(5.0), 1e-4);
}

TEST(Compare, TellsProgressOfBothAndComparesWhatIsDoneWhenStopped) {
  const Scenario scenario{.draws = 10};
  std::uint32_t told = 0, of = 0;
  const auto stopped = compare(Luck(), Snapshot{}, scenario, [&](auto done, auto all) {
    told = done;
    of = all;
    return done < 4;
  });
  ASSERT_TRUE(stopped);
  EXPECT_EQ(told, 4U);
  EXPECT_EQ(of, 20U);
  EXPECT_EQ(stopped->as_now.draws, 4U);
  EXPECT_EQ(stopped->changed.draws, 4U);
  EXPECT_EQ(stopped->differences.front().mean, 0.0);
}

TEST(CheckScenario, NamesWhatCannotBe) {
  const auto refused = [](const Scenario& scenario) {
    const auto checked = check_scenario(scenario);
    return checked ? std::string() : checked.error().message;
  };
  EXPECT_EQ(refused({}), "");
  EXPECT_EQ(refused({.draws = 0}),
            "the scenario's number of draws is 0; 1 to 1000000 are possible");
  EXPECT_NE(refused({.horizon = Duration{}}).find("horizon"), std::string::npos);
  EXPECT_NE(refused({.horizon = Duration::days(365), .step = Duration::milliseconds(1)})
                .find("too many steps"),
            std::string::npos);
  EXPECT_NE(refused({.changes = {{{}, NAN, How::Set, "speed"}}}).find("change"), std::string::npos);
}

}  // namespace
}  // namespace gemel
