#include "actuation/gate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actuation/recording_actuator.hpp"
#include "actuation/test_plant.hpp"

namespace gemel::actuation {
namespace {

using namespace test;
using testing::HasSubstr;

class GateTest : public testing::Test {
 protected:
  static Timestamp at(std::int64_t s) { return kStart + Duration::seconds(s); }
  static Gate make(std::shared_ptr<Recording> to, Gate::Mode mode = Gate::Mode::Live) {
    return Gate(std::make_shared<const Plant>(pump()),
                std::make_unique<RecordingActuator>(std::move(to)), mode);
  }
  CommandEnded only_end() const {
    if (events.size() != 1 || !std::holds_alternative<CommandEnded>(events[0].body)) {
      ADD_FAILURE() << events.size() << " events where one end was due";
      return {};
    }
    return std::get<CommandEnded>(events[0].body);
  }
  /// Judged at kStart and sent.
  void send_faster() {
    ASSERT_EQ(gate.judge_next(faster(), snapshot, kStart).admission, Admission::Admitted);
    gate.send_admitted(snapshot, kStart, events);
    ASSERT_EQ(recording->sent.size(), 1u);
    ASSERT_TRUE(events.empty());
  }
  static Snapshot with_pending(Command command) {
    auto past = running();
    CommandTrack track;
    track.judged = {command, command.value, Admission::Admitted, {}};
    track.judged_at = kStart;
    past.commands = std::make_shared<const std::vector<CommandTrack>>(1, track);
    return past;
  }

  std::shared_ptr<Recording> recording = std::make_shared<Recording>();
  Gate gate = make(recording);
  Snapshot snapshot = running();
  std::vector<Event> events;
};

TEST_F(GateTest, SendsNothingBeforeTheVerdictIsDurable) {
  gate.judge_next(faster(), snapshot, kStart);
  gate.watch(snapshot, at(1), events);
  EXPECT_TRUE(recording->sent.empty());
  gate.send_admitted(snapshot, at(1), events);
  ASSERT_EQ(recording->sent.size(), 1u);
  EXPECT_EQ(recording->sent[0], faster());
}

TEST_F(GateTest, SendsOnce) {
  send_faster();
  gate.send_admitted(snapshot, at(1), events);
  EXPECT_EQ(recording->sent.size(), 1u);
}

TEST_F(GateTest, LooksAgainBeforeSending) {
  gate.judge_next(faster(), snapshot, kStart);
  show(snapshot, kMode, kLocal, at(1));
  gate.send_admitted(snapshot, at(1), events);
  EXPECT_TRUE(recording->sent.empty());
  EXPECT_EQ(only_end().result, CommandResult::NotSent);
  EXPECT_THAT(only_end().detail, HasSubstr("does not hold"));
}

TEST_F(GateTest, DoesNotSendWhatExpiredWhileTheHistoryWasBusy) {
  gate.judge_next(faster(), snapshot, kStart);
  snapshot = running(at(30));
  gate.send_admitted(snapshot, at(30), events);
  EXPECT_TRUE(recording->sent.empty());
  EXPECT_THAT(only_end().detail, HasSubstr("expired"));
}

TEST_F(GateTest, EndsAsNotSentWhenTheLinkIsDown) {
  recording->refuse_with = Error{ErrorCode::Unavailable, "the broker is away"};
  gate.judge_next(faster(), snapshot, kStart);
  gate.send_admitted(snapshot, kStart, events);
  EXPECT_EQ(only_end().result, CommandResult::NotSent);
  EXPECT_EQ(only_end().detail, "the broker is away");
  EXPECT_EQ(gate.pending(), 0u);
}

TEST_F(GateTest, ConfirmsByFeedbackMeasuredAfterSending) {
  send_faster();
  gate.watch(snapshot, at(1), events);
  EXPECT_TRUE(events.empty());
  show(snapshot, kSpeed, 1480.0, at(3));
  gate.watch(snapshot, at(3), events);
  EXPECT_EQ(only_end().result, CommandResult::Confirmed);
  EXPECT_EQ(only_end().feedback, 1480.0);
}

TEST_F(GateTest, DoesNotTakeOldFeedbackForObedience) {
  show(snapshot, kSpeed, 1500.0, kStart);
  send_faster();
  gate.watch(snapshot, at(1), events);
  EXPECT_TRUE(events.empty());
}

TEST_F(GateTest, DoesNotTakeBadFeedbackForObedience) {
  send_faster();
  Quality bad;
  bad.mark(Cause::Stuck, Grade::Bad);
  show(snapshot, kSpeed, 1500.0, at(1), bad);
  gate.watch(snapshot, at(1), events);
  EXPECT_TRUE(events.empty());
}

TEST_F(GateTest, GivesUpWaitingWhenTheTimeForFeedbackIsOver) {
  send_faster();
  gate.watch(running(at(39)), at(39), events);
  EXPECT_TRUE(events.empty());
  gate.watch(running(at(40)), at(40), events);
  EXPECT_EQ(only_end().result, CommandResult::NotConfirmed);
  EXPECT_THAT(only_end().detail, HasSubstr("pump_1.speed did not reach 1500 rpm within 40 s"));
}

TEST_F(GateTest, EndsWithThePlantsRefusal) {
  send_faster();
  recording->replies = {{1, false, "locked out on site"}};
  gate.watch(snapshot, at(1), events);
  EXPECT_EQ(only_end().result, CommandResult::RefusedByPlant);
  EXPECT_EQ(only_end().detail, "locked out on site");
}

TEST_F(GateTest, DoesNotTakeThePlantsYesForObedience) {
  send_faster();
  recording->replies = {{1, true, ""}, {99, false, "whose?"}};
  gate.watch(snapshot, at(1), events);
  EXPECT_TRUE(events.empty());
  EXPECT_EQ(gate.pending(), 1u);
}

TEST_F(GateTest, HoldsASecondCommandForTheSameControlOnly) {
  send_faster();
  EXPECT_EQ(gate.judge_next(faster(2), snapshot, kStart).admission, Admission::Refused);
  auto valve = faster(3);
  valve.control = "valve_1.setpoint";
  valve.unit = "%";
  valve.value = 60.0;
  EXPECT_EQ(gate.judge_next(valve, snapshot, kStart).admission, Admission::Admitted);
}

TEST_F(GateTest, RefusesAControlThatDoesNotExist) {
  auto command = faster();
  command.control = "pump_1.sped_setpoint";
  const auto judged = gate.judge_next(command, snapshot, kStart);
  EXPECT_EQ(judged.admission, Admission::Refused);
  EXPECT_THAT(judged.reason, HasSubstr("did you mean"));
}

TEST_F(GateTest, RefusesAllWithoutAnActuatorAndInReplay) {
  Gate blind(std::make_shared<const Plant>(pump()), nullptr);
  EXPECT_THAT(blind.judge_next(faster(), snapshot, kStart).reason, HasSubstr("no connection"));
  auto replay = make(recording, Gate::Mode::Replay);
  EXPECT_THAT(replay.judge_next(faster(), snapshot, kStart).reason, HasSubstr("replaying"));
}

TEST_F(GateTest, CountsTheRateFromTheLastCommand) {
  send_faster();
  show(snapshot, kSpeed, 1500.0, at(3));
  show(snapshot, kMode, kRemote, at(3));
  gate.watch(snapshot, at(3), events);
  auto next = faster(2, at(3));
  next.value = 1700.0;
  const auto judged = gate.judge_next(next, snapshot, at(3));
  EXPECT_EQ(judged.admission, Admission::Reduced);
  EXPECT_EQ(judged.command.value, 1530.0);
}

TEST_F(GateTest, NeverSendsAgainWhatWasAdmittedBeforeARestart) {
  gate.restore(with_pending(faster()));
  gate.send_admitted(running(at(1)), at(1), events);
  EXPECT_TRUE(recording->sent.empty());
  EXPECT_EQ(gate.judge_next(faster(2, at(1)), running(at(1)), at(1)).admission, Admission::Refused);
  gate.watch(running(at(40)), at(40), events);
  EXPECT_EQ(only_end().result, CommandResult::NotConfirmed);
  EXPECT_THAT(only_end().detail, HasSubstr("restarted"));
}

TEST_F(GateTest, ConfirmsWhatThePlantDidDuringTheRestart) {
  gate.restore(with_pending(faster()));
  auto present = running(at(10));
  show(present, kSpeed, 1501.0, at(11));
  gate.watch(present, at(11), events);
  EXPECT_EQ(only_end().result, CommandResult::Confirmed);
}

TEST_F(GateTest, EndsARestoredCommandWhoseControlIsGone) {
  auto command = faster();
  command.control = "pump_9.speed_setpoint";
  gate.restore(with_pending(command));
  gate.watch(snapshot, at(1), events);
  EXPECT_EQ(only_end().result, CommandResult::NotConfirmed);
}

TEST_F(GateTest, GivesUpOnlyWhatWasNotSent) {
  send_faster();
  auto valve = faster(2);
  valve.control = "valve_1.setpoint";
  valve.unit = "%";
  valve.value = 60.0;
  gate.judge_next(valve, snapshot, kStart);
  gate.give_up("the twin is shutting down", at(1), events);
  EXPECT_EQ(only_end().command, 2u);
  EXPECT_EQ(only_end().result, CommandResult::NotSent);
  EXPECT_EQ(gate.pending(), 1u);
}

}  // namespace
}  // namespace gemel::actuation
