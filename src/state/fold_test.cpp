#include "state/fold.hpp"

#include <gtest/gtest.h>

#include "state/encode.hpp"

namespace gemel::state {
namespace {

Timestamp t(int s) { return {1'700'000'000'000'000'000 + s * 1'000'000'000LL}; }

AlarmRaised raised(std::uint64_t id) {
  AlarmRaised body;
  body.alarm = id;
  body.name = "alarm " + std::to_string(id);
  return body;
}

Snapshot fold(std::initializer_list<Event> events) {
  Snapshot snapshot;
  for (const auto& event : events) fold_event(snapshot, event);
  return snapshot;
}

TEST(Fold, FollowsAnAlarmThroughItsLife) {
  AlarmUpdated updated;
  updated.alarm = 7;
  updated.name = "worse";
  updated.score = 3.0;
  const auto open =
      fold({{t(1), raised(7)}, {t(2), updated}, {t(3), AlarmShelved{7, t(99), "ann", "noise"}}});
  ASSERT_EQ(open.alarms->size(), 1u);
  const auto& alarm = open.alarms->front();
  EXPECT_EQ(alarm.raised.name, "worse");
  EXPECT_EQ(alarm.raised.score, 3.0);
  EXPECT_EQ(alarm.raised_at, t(1));
  EXPECT_EQ(alarm.shelved_until, t(99));
  EXPECT_TRUE(alarm.active());

  const auto done = fold({{t(1), raised(7)},
                          {t(3), AlarmShelved{7, t(99), "ann", "noise"}},
                          {t(4), AlarmUnshelved{7, "expiry"}},
                          {t(5), AlarmAcknowledged{7, "bob", ""}},
                          {t(6), AlarmCleared{7}},
                          {t(7), AlarmCleared{7}}});
  EXPECT_EQ(done.alarms->front().shelved_until, std::nullopt);
  EXPECT_EQ(done.alarms->front().acknowledged_by, "bob");
  EXPECT_EQ(done.alarms->front().cleared_at, t(6));
}

TEST(Fold, KeepsEveryOpenAlarmAndTheFiftyThatEndedLast) {
  Snapshot snapshot;
  constexpr std::uint64_t kAlarms = 120;
  for (std::uint64_t id = 1; id <= kAlarms; ++id) fold_event(snapshot, {t(0), raised(id)});
  EXPECT_EQ(snapshot.alarms->size(), kAlarms);
  for (std::uint64_t id = 1; id <= kAlarms; ++id)
    fold_event(snapshot, {t(1), AlarmAcknowledged{id, "ann", ""}});
  EXPECT_EQ(snapshot.alarms->size(), kAlarms) << "acknowledged but not cleared is open";
  // The oldest is cleared last, and so it stays longest.
  for (std::uint64_t id = kAlarms; id >= 2; --id)
    fold_event(snapshot, {t(static_cast<int>(1000 - id)), AlarmCleared{id}});
  EXPECT_EQ(snapshot.alarms->size(), Snapshot::kKeepEnded + 1);
  EXPECT_EQ(snapshot.alarms->front().raised.alarm, 1u);
  EXPECT_EQ(snapshot.alarms->back().raised.alarm, Snapshot::kKeepEnded + 1);
}

TEST(Fold, FollowsRecommendationsAndCommands) {
  RecommendationMade made;
  made.recommendation = 3;
  RecommendationMeasured measured;
  measured.recommendation = 3;
  measured.inside_interval = true;
  CommandJudged judged;
  judged.command.id = 4;
  judged.admission = Admission::Admitted;
  CommandJudged refused;
  refused.command.id = 5;
  const auto s = fold({{t(1), made},
                       {t(2), RecommendationDecided{3, Verdict::Approved, "ann", "go"}},
                       {t(3), RecommendationDecided{3, Verdict::Rejected, "bob", "no"}},
                       {t(4), measured},
                       {t(5), judged},
                       {t(5), refused},
                       {t(6), CommandEnded{4, CommandResult::Confirmed, 1.0, ""}},
                       {t(7), CommandEnded{5, CommandResult::Confirmed, 1.0, ""}}});
  EXPECT_EQ(s.recommendations->front().decided->verdict, Verdict::Approved)
      << "the first answer counts";
  EXPECT_EQ(s.recommendations->front().decided_at, t(2));
  EXPECT_TRUE(s.recommendations->front().measured->inside_interval);
  EXPECT_EQ(s.commands->at(0).ended_at, t(6));
  EXPECT_FALSE(s.commands->at(1).ended) << "what was refused was never sent";
  EXPECT_FALSE(s.commands->at(1).pending());
}

TEST(Fold, NumbersOnFromTheLargestIdOfAnyKind) {
  EXPECT_EQ(Snapshot().next_id, 1u);
  RecommendationMade made;
  made.recommendation = 9;
  EXPECT_EQ(fold({{t(1), raised(4)}, {t(2), made}, {t(3), raised(5)}}).next_id, 10u);
}

TEST(Fold, IgnoresWhatSpeaksOfTheUnknown) {
  const auto s = fold({{t(1), AlarmCleared{1}},
                       {t(1), AlarmAcknowledged{2, "", ""}},
                       {t(1), Notice{}},
                       {t(1), RecommendationDecided{}},
                       {t(1), CommandEnded{}}});
  EXPECT_TRUE(s == Snapshot());
}

TEST(State, IsTheSameInPartsAsInOne) {
  Plant plant;
  plant.signals.resize(2);
  State whole(plant), parts(plant);
  const Sample a{{0}, {}, t(1), 1.0}, b{{1}, {}, t(2), 2.0};
  whole.apply({t(3), {a, b}, {{t(3), raised(1)}}});
  parts.apply({t(3), {a}, {}});
  parts.apply({t(3), {b}, {}});
  parts.apply({t(3), {}, {{t(3), raised(1)}}});
  EXPECT_TRUE(whole.working() == parts.working());
  EXPECT_EQ(encode(whole.freeze()), encode(parts.freeze()));
}

TEST(State, DoesNotChangeWhatItFroze) {
  Plant plant;
  plant.signals.resize(1);
  State state(plant);
  state.apply({t(1), {{{0}, {}, t(1), 1.0}}, {}});
  const auto frozen = state.freeze();
  const auto bytes = encode(frozen);
  state.apply({t(2), {{{0}, {}, t(2), 2.0}}, {{t(2), raised(1)}}});
  EXPECT_EQ(encode(frozen), bytes);
  EXPECT_EQ(frozen.beliefs[SignalId{0}].value, 1.0);
  EXPECT_EQ(state.working().beliefs[SignalId{0}].value, 2.0);
}

TEST(Encode, TellsSnapshotsApartByAnyPartOfThem) {
  Snapshot base(1);
  std::vector<Snapshot> others(6, base);
  others[0].at = t(1);
  others[1].known_at = t(1);
  others[2].beliefs.edit(SignalId{0}).value = -0.0;
  others[3].next_id = 2;
  fold_event(others[4], {t(1), raised(0)});
  others[5].beliefs.edit(SignalId{0}).value_quality.causes = 1;
  for (const auto& other : others) EXPECT_NE(encode(base), encode(other));
  EXPECT_EQ(encode(base), encode(Snapshot(1)));
}

}  // namespace
}  // namespace gemel::state
