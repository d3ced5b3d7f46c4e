#include "decision/advisor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "decision/test_plant.hpp"

namespace gemel::decision {
namespace {

using namespace test;
using testing::Contains;
using testing::HasSubstr;

class AdvisorTest : public testing::Test {
 protected:
  std::vector<RecommendationMade> advice() const {
    auto advisor = Advisor::create(plant, spec);
    EXPECT_TRUE(advisor);
    auto proposed = advisor->propose(snapshot, simulator, kStart, 7);
    EXPECT_TRUE(proposed) << proposed.error().message;
    return *proposed;
  }
  /// Suction that fails above 1300 rpm, as a blocked strainer makes it.
  void block_strainer() {
    simulator.suction = [](double speed, double) { return (1300.0 - speed) / 500.0 - 0.2; };
  }
  void list(RecommendationMade made, std::optional<RecommendationDecided> decided = {},
            Timestamp at = kStart) {
    Recommendation r;
    r.made = std::move(made);
    r.made_at = kStart;
    r.decided = std::move(decided);
    r.decided_at = at;
    snapshot.recommendations = std::make_shared<const std::vector<Recommendation>>(1, r);
  }

  std::shared_ptr<Plant> plant = pump();
  DecisionSpec spec = save_energy();
  HandSimulator simulator;
  Snapshot snapshot = running();
};

TEST_F(AdvisorTest, KeepsQuietWhenAllIsWell) { EXPECT_TRUE(advice().empty()); }

TEST_F(AdvisorTest, MendsABrokenConstraint) {
  block_strainer();
  const auto all = advice();
  ASSERT_FALSE(all.empty());
  const auto& best = all[0];
  ASSERT_EQ(best.changes.size(), 1u);
  EXPECT_EQ(best.changes[0].control, "line_1.pump_1.speed_setpoint");
  EXPECT_LE(best.changes[0].to, 1350.0);
  EXPECT_EQ(best.confidence, 1.0);
  EXPECT_THAT(best.title, HasSubstr("Lower pump_1.speed_setpoint from 1450 to "));
  EXPECT_THAT(best.reason, HasSubstr("breaks 'pump_1.suction_pressure > -0.3 bar' in 100 %"));
  EXPECT_THAT(best.evidence, Contains("line_1.strainer_1: resistance 3.1 × normal"));
  EXPECT_EQ(best.expires, kStart + spec.expiry);
  EXPECT_EQ(best.version, "hand-1");
}

TEST_F(AdvisorTest, TellsTheEffectWithAndWithout) {
  block_strainer();
  const auto effects = advice().at(0).effects;
  ASSERT_FALSE(effects.empty());
  EXPECT_EQ(effects[0].quantity, "line_1.pump_1.suction_pressure");
  EXPECT_EQ(effects[0].unit, "bar");
  EXPECT_DOUBLE_EQ(effects[0].without, -0.5);
  EXPECT_GT(effects[0].with, -0.3);
}

TEST_F(AdvisorTest, PromisesWhatTheConfidenceSays) {
  block_strainer();
  simulator.suction_spread = 0.1;
  for (const auto& r : advice()) EXPECT_GE(r.confidence, 0.9);
}

TEST_F(AdvisorTest, NamesOpenAlarmsOfTheSamePartOnly) {
  block_strainer();
  Alarm near, far, over;
  near.raised.asset = "line_1.strainer_1";
  near.raised.name = "differential pressure high";
  far.raised.asset = "line_2.pump_2";
  far.raised.name = "elsewhere";
  over = near;
  over.raised.name = "over";
  over.cleared_at = kStart;
  snapshot.alarms = std::make_shared<const std::vector<Alarm>>(std::vector{near, far, over});
  const auto evidence = advice().at(0).evidence;
  EXPECT_THAT(evidence, Contains("alarm on line_1.strainer_1: differential pressure high"));
  for (const auto& line : evidence) {
    EXPECT_THAT(line, testing::Not(HasSubstr("elsewhere")));
    EXPECT_THAT(line, testing::Not(HasSubstr("over")));
  }
}

TEST_F(AdvisorTest, StaysSilentWhenNothingHelps) {
  simulator.suction = [](double, double) { return -1.0; };
  EXPECT_TRUE(advice().empty());
}

TEST_F(AdvisorTest, TakesTheLesserEvilWhenNothingIsFeasible) {
  simulator.suction_spread = 0.1;
  simulator.suction = [](double speed, double) { return speed < 1200.0 ? -0.3 : -1.0; };
  const auto all = advice();
  ASSERT_FALSE(all.empty());
  EXPECT_NEAR(all[0].confidence, 0.5, 0.02);
}

TEST_F(AdvisorTest, SavesOnlyWhenItIsWorthAnOperatorsTime) {
  simulator.energy = [](double, double position) {
    return 0.15 - 0.00014 * (position - 70.0);
  };  // 2.8 % at 100 %
  EXPECT_TRUE(advice().empty());
  simulator.energy = [](double, double position) {
    return 0.15 - 0.0002 * (position - 70.0);
  };  // 4 % at 100 %
  const auto all = advice();
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all[0].title, "Raise valve_1.setpoint from 70 to 100 %");
  EXPECT_THAT(all[0].reason, HasSubstr("(4 % less)"));
}

TEST_F(AdvisorTest, NeverBuysTheObjectiveWithAConstraint) {
  block_strainer();
  snapshot = running(1200.0);
  simulator.energy = [](double speed, double) { return 300.0 / speed; };  // faster is cheaper
  for (const auto& r : advice()) EXPECT_LE(r.changes[0].to, 1350.0);
}

TEST_F(AdvisorTest, ProposesNothingOutOfReachOrRange) {
  simulator.energy = [](double speed, double position) {
    return speed / 10'000.0 + position / 1000.0;
  };
  spec.horizon = Duration::seconds(60);  // 15 s to obey at 10 rpm/s
  for (const auto& r : advice()) {
    for (const auto& change : r.changes) EXPECT_GE(change.to, change.unit == "rpm" ? 1300.0 : 10.0);
  }
}

TEST_F(AdvisorTest, MovesTwoControlsOnlyWhenBothPay) {
  simulator.energy = [](double speed, double position) {
    return 0.15 + std::abs(speed - 1200.0) / 10'000.0 + std::abs(position - 40.0) / 1000.0;
  };
  const auto all = advice();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].changes.size(), 2u);
  EXPECT_NEAR(all[0].changes[0].to, 1200.0, 60.0);
  EXPECT_EQ(all[0].rank, 1u);
  EXPECT_EQ(all[2].rank, 3u);
  EXPECT_THAT(all[0].alternatives,
              Contains(HasSubstr("Carry on as now: energy_per_volume 0.205 kWh/m3")));
}

TEST_F(AdvisorTest, Maximises) {
  spec.maximise = true;
  simulator.energy = [](double speed, double) { return speed / 10'000.0; };
  const auto all = advice();
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all[0].changes[0].to, 1800.0);
}

TEST_F(AdvisorTest, AsksABoundedNumberOfWhatIfs) {
  block_strainer();
  advice();
  EXPECT_LE(simulator.asked, static_cast<int>(Advisor::kScenariosMax));
  EXPECT_GT(simulator.asked, 10);
}

TEST_F(AdvisorTest, GivesTheSameAnswerToTheSameQuestion) {
  block_strainer();
  simulator.suction_spread = 0.1;
  EXPECT_EQ(advice(), advice());
}

TEST_F(AdvisorTest, KeepsWhatIsListedThroughSmallChangesOfTheOptimum) {
  simulator.energy = [](double speed, double) {
    return 0.15 + std::pow((speed - 1200.0) / 2000.0, 2);
  };
  auto first = advice().at(0);
  list(first);
  simulator.energy = [](double speed, double) {
    return 0.15 + std::pow((speed - 1240.0) / 2000.0, 2);
  };
  EXPECT_EQ(advice().at(0).changes[0].to, first.changes[0].to);
}

TEST_F(AdvisorTest, NeedsMoreToWarnThanToKeepWarning) {
  simulator.suction_spread = 0.1;
  simulator.suction = [](double speed, double) {
    return speed > 1400.0 ? -0.21 : 0.5;
  };  // holds in 95 %
  EXPECT_TRUE(advice().empty());
  RecommendationMade open;
  open.decision = "save_energy";
  open.expires = kStart + Duration::minutes(5);
  list(open);
  EXPECT_FALSE(advice().empty());
}

TEST_F(AdvisorTest, LooksEveryTenSecondsAndNotWhileAdviceIsAtWork) {
  const auto advisor = Advisor::create(plant, spec);
  EXPECT_TRUE(advisor->needed(snapshot, std::nullopt, kStart));
  EXPECT_FALSE(advisor->needed(snapshot, kStart, kStart + Duration::seconds(9)));
  EXPECT_TRUE(advisor->needed(snapshot, kStart, kStart + Duration::seconds(10)));
  RecommendationMade made;
  made.decision = "save_energy";
  made.horizon = Duration::minutes(10);
  list(made, RecommendationDecided{1, Verdict::Approved, "ada", ""});
  EXPECT_FALSE(advisor->needed(snapshot, std::nullopt, kStart + Duration::minutes(9)));
  EXPECT_TRUE(advisor->needed(snapshot, std::nullopt, kStart + Duration::minutes(10)));
}

TEST_F(AdvisorTest, SaysWhatTheSimulatorDoesNotKnow) {
  spec.objective = "beauty";
  const auto advisor = Advisor::create(plant, spec);
  const auto proposed = advisor->propose(snapshot, simulator, kStart, 7);
  ASSERT_FALSE(proposed);
  EXPECT_EQ(proposed.error().code, ErrorCode::InvalidInput);
  EXPECT_THAT(proposed.error().message, HasSubstr("'beauty'"));
}

TEST_F(AdvisorTest, SaysWhenItDoesNotKnowWhereAControlStands) {
  Quality bad;
  bad.mark(Cause::SensorFault, Grade::Bad);
  snapshot.beliefs.edit(kSpeed).absorb({kStart + Duration::seconds(1), kStart, 0.0, bad});
  const auto proposed = Advisor::create(plant, spec)->propose(snapshot, simulator, kStart, 7);
  ASSERT_FALSE(proposed);
  EXPECT_EQ(proposed.error().code, ErrorCode::Unavailable);
}

TEST_F(AdvisorTest, RefusesADecisionWithoutControls) {
  spec.by.clear();
  EXPECT_FALSE(Advisor::create(plant, spec));
}

}  // namespace
}  // namespace gemel::decision
