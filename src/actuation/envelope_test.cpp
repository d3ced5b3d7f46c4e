#include "actuation/envelope.hpp"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actuation/test_plant.hpp"

namespace gemel::actuation {
namespace {

using namespace test;
using testing::HasSubstr;

class Envelope : public testing::Test {
 protected:
  CommandJudged verdict() const {
    return judge(command, plant.control(kSpeedSetpoint), plant, snapshot, is);
  }
  void refuses(const char* because) const {
    const auto judged = verdict();
    EXPECT_EQ(judged.admission, Admission::Refused);
    EXPECT_THAT(judged.reason, HasSubstr(because));
  }
  Control& speed() { return plant.controls[kSpeedSetpoint.index]; }

  Plant plant = pump();
  Snapshot snapshot = running();
  Command command = faster();
  Circumstances is{.now = kStart};
};

TEST_F(Envelope, AdmitsWhatIsInOrder) {
  const auto judged = verdict();
  EXPECT_EQ(judged.admission, Admission::Admitted) << judged.reason;
  EXPECT_EQ(judged.command, command);
  EXPECT_EQ(judged.asked, 1500.0);
}

TEST_F(Envelope, RefusesFromTheMomentOfExpiry) {
  command.issued = kStart - Duration::seconds(30);
  command.expires = kStart;
  refuses("expired at 2023-11-14T22:13:20Z");
  is.now = kStart - Duration::nanoseconds(1);
  EXPECT_EQ(verdict().admission, Admission::Admitted);
}

TEST_F(Envelope, RefusesALongerLifeThanTheControlAllows) {
  command.expires = kStart + Duration::seconds(31);
  refuses("31 s; pump_1.speed_setpoint allows 30 s");
}

TEST_F(Envelope, RefusesACommandFromTheFuture) {
  command.issued = kStart + Duration::seconds(1);
  refuses("still to come");
}

TEST_F(Envelope, RefusesWithoutAName) {
  command.by.clear();
  refuses("nobody has approved it");
}

TEST_F(Envelope, RefusesAControlThatMayOnlyBeObserved) {
  speed().autonomy = Autonomy::Observe;
  refuses("may only be observed");
}

TEST_F(Envelope, RefusesRatherThanClipsOutOfRange) {
  command.value = 1800.1;
  refuses("1800.1 rpm is outside the range 900 to 1800 rpm");
  command.value = 1800.0;
  EXPECT_EQ(verdict().admission, Admission::Admitted);
}

TEST_F(Envelope, RefusesWhatIsNotANumber) {
  command.value = std::numeric_limits<double>::quiet_NaN();
  refuses("not a number");
  command.value = std::numeric_limits<double>::infinity();
  refuses("not a number");
}

TEST_F(Envelope, RefusesAnotherUnit) {
  command.unit = "rad/s";
  refuses("unit is 'rad/s'");
}

TEST_F(Envelope, RefusesOnStaleFeedbackOnly) {
  show(snapshot, kMode, kRemote, kStart + Duration::seconds(5));
  is.now = kStart + Duration::seconds(5);
  EXPECT_EQ(verdict().admission, Admission::Admitted);
  is.now = is.now + Duration::milliseconds(1);
  refuses("pump_1.speed is 5.001 s old; the limit is 5 s");
}

TEST_F(Envelope, RefusesOnMissingOrBadFeedback) {
  Quality bad;
  bad.mark(Cause::SensorFault, Grade::Bad);
  show(snapshot, kSpeed, 1450.0, kStart + Duration::milliseconds(1), bad);
  refuses("pump_1.speed is bad");
  snapshot = Snapshot(3);
  show(snapshot, kMode, kRemote, kStart);
  refuses("pump_1.speed has no value yet");
}

TEST_F(Envelope, RefusesOnFeedbackFromTheFuture) {
  show(snapshot, kSpeed, 1450.0, kStart + Duration::seconds(6));
  refuses("stamped in the future");
}

TEST_F(Envelope, RefusesInLocalMode) {
  show(snapshot, kMode, kLocal, kStart + Duration::milliseconds(1));
  refuses("site.mode == remote does not hold: site.mode is local");
}

TEST_F(Envelope, RefusesWhenTheModeIsUnknownNow) {
  show(snapshot, kSpeed, 1450.0, kStart + Duration::seconds(6));
  is.now = kStart + Duration::seconds(6);
  refuses("interlock site.mode == remote: site.mode is 6 s old");
}

TEST_F(Envelope, RefusesWithoutFeedbackSignal) {
  speed().feedback = {};
  refuses("no feedback signal");
}

TEST_F(Envelope, RefusesWhileAnotherIsPending) {
  is.pending = true;
  refuses("has not ended yet");
}

TEST_F(Envelope, NeverActsOnAReplay) {
  is.replaying = true;
  refuses("replaying");
}

TEST_F(Envelope, ReducesToWhatTheRateAllowsSinceTheLastCommand) {
  is.last_admitted = kStart - Duration::seconds(3);
  const auto judged = verdict();
  EXPECT_EQ(judged.admission, Admission::Reduced);
  EXPECT_EQ(judged.command.value, 1480.0);
  EXPECT_EQ(judged.asked, 1500.0);
  EXPECT_THAT(judged.reason, HasSubstr("more than 30 rpm"));
  is.last_admitted = kStart - Duration::seconds(5);
  EXPECT_EQ(verdict().admission, Admission::Admitted);
}

TEST_F(Envelope, RefusesWhenEvenTheReducedStepEndsOutside) {
  show(snapshot, kSpeed, 500.0, kStart + Duration::milliseconds(1));
  is.last_admitted = kStart - Duration::seconds(3);
  refuses("ends outside the range");
}

TEST_F(Envelope, AllowsASmallStepRightAfterTheLastCommand) {
  is.last_admitted = kStart;
  EXPECT_EQ(verdict().command.value, 1460.0);
}

}  // namespace
}  // namespace gemel::actuation
