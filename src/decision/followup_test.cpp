#include "decision/followup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "decision/test_plant.hpp"

namespace gemel::decision {
namespace {

using namespace test;
using testing::HasSubstr;

/// A history of one constant value a second.
class ConstantHistory final : public HistoryReader {
 public:
  double value = 0.0;
  bool empty = false;
  Result<std::vector<Record>> read(SignalId, TimeRange range, Timestamp,
                                   std::size_t) const override {
    std::vector<Record> out;
    for (auto t = range.from; t < range.until && !empty; t = t + Duration::seconds(1))
      out.push_back({t, t, value, {}});
    return out;
  }
  Result<BeliefTable> beliefs(Timestamp, Timestamp) const override { return none(); }
  Result<std::vector<Bucket>> downsample(SignalId, TimeRange, std::size_t,
                                         Timestamp) const override {
    return none();
  }
  Result<std::vector<Event>> events(TimeRange, std::size_t) const override { return none(); }
  Result<Timestamp> frame_at_or_before(Timestamp) const override { return none(); }
  Result<TimeRange> extent() const override { return none(); }

 private:
  static Error none() { return {ErrorCode::Unsupported, "not asked"}; }
};

RecommendationMade lower_speed_to(double rpm, std::uint64_t number = 0) {
  RecommendationMade made;
  made.recommendation = number;
  made.decision = "save_energy";
  made.changes = {{"line_1.pump_1.speed_setpoint", "rpm", 1450.0, rpm}};
  made.expires = kStart + Duration::minutes(5);
  made.horizon = Duration::minutes(10);
  made.effects = {{"line_1.pump_1.suction_pressure", "bar", -0.5, -0.1, -0.2, 0.0}};
  return made;
}

class FollowUp : public testing::Test {
 protected:
  void list(std::vector<Recommendation> all) {
    snapshot.recommendations = std::make_shared<const std::vector<Recommendation>>(std::move(all));
  }
  static Recommendation open(RecommendationMade made) {
    Recommendation r;
    r.made = std::move(made);
    r.made_at = kStart;
    return r;
  }
  static Recommendation decided(RecommendationMade made, Verdict verdict) {
    auto r = open(std::move(made));
    r.decided = RecommendationDecided{r.made.recommendation, verdict, "ada", ""};
    r.decided_at = kStart;
    return r;
  }
  ListChange after(std::vector<RecommendationMade> proposed,
                   Duration later = Duration::seconds(10)) const {
    return reconcile(*plant, save_energy(), snapshot, proposed, kStart + later);
  }

  std::shared_ptr<Plant> plant = pump();
  Snapshot snapshot = running();
  ConstantHistory history;
};

TEST_F(FollowUp, AddsWhatIsNew) {
  const auto change = after({lower_speed_to(1250.0)});
  EXPECT_EQ(change.made.size(), 1u);
  EXPECT_TRUE(change.decided.empty());
}

TEST_F(FollowUp, DoesNotRepeatNearlyTheSameAdvice) {
  list({open(lower_speed_to(1250.0, 1))});
  EXPECT_TRUE(after({lower_speed_to(1280.0)}).empty());
  const auto change = after({lower_speed_to(1320.0)});
  ASSERT_EQ(change.decided.size(), 1u);
  EXPECT_EQ(change.decided[0].verdict, Verdict::Withdrawn);
  EXPECT_THAT(change.decided[0].reason, HasSubstr("better advice"));
  EXPECT_EQ(change.made.size(), 1u);
}

TEST_F(FollowUp, DoesNotTakeTheOppositeForTheSame) {
  auto raise = lower_speed_to(1250.0);
  raise.changes[0].to = 1650.0;
  EXPECT_FALSE(same_advice(raise, lower_speed_to(1250.0), *plant));
}

TEST_F(FollowUp, WithdrawsWhenTheSituationIsOver) {
  list({open(lower_speed_to(1250.0, 1))});
  const auto change = after({});
  ASSERT_EQ(change.decided.size(), 1u);
  EXPECT_EQ(change.decided[0].recommendation, 1u);
  EXPECT_EQ(change.decided[0].reason, "the situation is over");
}

TEST_F(FollowUp, LeavesOtherDecisionsAlone) {
  auto other = lower_speed_to(1250.0, 1);
  other.decision = "protect_bearings";
  list({open(other)});
  EXPECT_TRUE(after({}).empty());
}

TEST_F(FollowUp, WithdrawsTheRestWhenOneIsApproved) {
  list({decided(lower_speed_to(1250.0, 1), Verdict::Approved), open(lower_speed_to(1000.0, 2))});
  const auto change = after({lower_speed_to(1000.0)});
  ASSERT_EQ(change.decided.size(), 1u);
  EXPECT_EQ(change.decided[0].recommendation, 2u);
  EXPECT_TRUE(change.made.empty());
}

TEST_F(FollowUp, DoesNotInsistOnWhatWasRejected) {
  list({decided(lower_speed_to(1250.0, 1), Verdict::Rejected)});
  EXPECT_TRUE(after({lower_speed_to(1250.0)}).made.empty());
  EXPECT_EQ(after({lower_speed_to(1250.0)}, Duration::minutes(5)).made.size(), 1u);
  EXPECT_EQ(after({lower_speed_to(1000.0)}).made.size(), 1u);
}

TEST_F(FollowUp, ExpiresOpenAdviceInTime) {
  list({open(lower_speed_to(1250.0, 1)), decided(lower_speed_to(1000.0, 2), Verdict::Rejected)});
  EXPECT_TRUE(expire(snapshot, kStart + Duration::minutes(5) - Duration::nanoseconds(1)).empty());
  const auto ended = expire(snapshot, kStart + Duration::minutes(5));
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].recommendation, 1u);
  EXPECT_EQ(ended[0].verdict, Verdict::Expired);
}

TEST_F(FollowUp, ReplacesAdviceThatExpiredUnanswered) {
  list({open(lower_speed_to(1250.0, 1))});
  const auto change = after({lower_speed_to(1250.0)}, Duration::minutes(5));
  EXPECT_TRUE(change.decided.empty()) << "expire() says that";
  EXPECT_EQ(change.made.size(), 1u);
}

TEST_F(FollowUp, MeasuresOnceTheHorizonIsOver) {
  const auto r = decided(lower_speed_to(1250.0, 1), Verdict::Approved);
  EXPECT_FALSE(measurable(r, kStart + Duration::minutes(10)));
  EXPECT_TRUE(measurable(r, kStart + Duration::minutes(10) + Duration::seconds(5)));
  EXPECT_FALSE(measurable(decided(lower_speed_to(1250.0, 1), Verdict::Rejected),
                          kStart + Duration::hours(1)));
}

TEST_F(FollowUp, TellsWhetherThePromiseWasKept) {
  const auto r = decided(lower_speed_to(1250.0, 1), Verdict::Approved);
  history.value = -0.15;
  auto measured = measure(*plant, r, history, nullptr);
  ASSERT_TRUE(measured) << measured.error().message;
  EXPECT_TRUE(measured->inside_interval);
  EXPECT_NEAR(measured->effects.at(0).with, -0.15, 1e-12);
  EXPECT_DOUBLE_EQ(measured->effects.at(0).without, -0.5);
  history.value = 0.1;
  measured = measure(*plant, r, history, nullptr);
  EXPECT_FALSE(measured->inside_interval);
}

TEST_F(FollowUp, SaysWhenNothingCouldBeMeasured) {
  history.empty = true;
  const auto measured =
      measure(*plant, decided(lower_speed_to(1250.0, 1), Verdict::Approved), history, nullptr);
  ASSERT_FALSE(measured);
  EXPECT_EQ(measured.error().code, ErrorCode::Unavailable);
}

}  // namespace
}  // namespace gemel::decision
