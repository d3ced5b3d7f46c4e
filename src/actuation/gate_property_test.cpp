// Whatever people, clocks, signals and links do: nothing outside the envelope reaches the plant,
// and every command has exactly one end.

#include <cmath>
#include <limits>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "actuation/gate.hpp"
#include "actuation/recording_actuator.hpp"
#include "actuation/test_plant.hpp"

namespace gemel::actuation {
namespace {

using namespace test;

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();
constexpr int kStepsMax = 120;

/// The whole state of the world around the gate, told by a list of random steps.
class World {
 public:
  explicit World(Gate::Mode mode, bool observe_only) : mode_(mode) {
    Plant p = pump();
    if (observe_only) p.controls[kValveSetpoint.index].autonomy = Autonomy::Observe;
    plant_ = std::make_shared<const Plant>(std::move(p));
    start();
  }

  void step() {
    switch (*rc::gen::weightedElement<int>(
        {{12, 9}, {4, 0}, {5, 1}, {8, 2}, {8, 3}, {4, 4}, {1, 5}, {1, 6}, {2, 7}, {1, 8}})) {
      case 0:
        return measure();
      case 1:
        return pass_time();
      case 2:
        return ask();
      case 3:
        return send();
      case 4:
        return watch();
      case 5:
        return restart();
      case 6:
        return break_or_mend_link();
      case 7:
        return answer();
      case 8:
        return give_up();
      default:
        return all_well();
    }
  }

  /// After long enough, nothing is left without an end.
  void finish() {
    send();
    now_ = now_ + Duration::hours(1);
    watch();
    RC_ASSERT(gate_->pending() == 0u);
    for (const auto& [id, judged] : judged_) {
      const auto ends = ends_.count(id);
      RC_ASSERT(ends == (judged.admission == Admission::Refused ? 0u : 1u));
    }
    for (const auto id : sent_) RC_ASSERT(judged_.at(id).admission != Admission::Refused);
  }

  std::size_t sent() const { return sent_.size(); }

 private:
  void start() {
    recording_ = std::make_shared<Recording>();
    gate_.emplace(plant_, std::make_unique<RecordingActuator>(recording_), mode_);
  }

  void all_well() {
    show(snapshot_, kSpeed, *rc::gen::element(1000.0, 1450.0, 1500.0), now_);
    show(snapshot_, kMode, kRemote, now_);
    show(snapshot_, kValve, *rc::gen::element(50.0, 60.0, 70.0), now_);
    recording_->refuse_with.reset();
  }

  void measure() {
    const auto id = *rc::gen::element(kSpeed, kMode, kValve);
    double value = *rc::gen::element(kLocal, kRemote, kRemote, kRemote);
    if (id == kSpeed) value = *rc::gen::element(850.0, 1000.0, 1450.0, 1480.0, 1500.0, 1800.0);
    if (id == kValve) value = *rc::gen::element(5.0, 50.0, 70.0, 100.0);
    Quality quality;
    quality.grade = *rc::gen::weightedElement<Grade>(
        {{8, Grade::Good}, {2, Grade::Uncertain}, {1, Grade::Bad}, {1, Grade::Missing}});
    const auto age = Duration::seconds(*rc::gen::element(0, 0, 0, 0, 1, 4, 6, 60));
    snapshot_.beliefs.edit(id).absorb({now_ - age, now_, value, quality});
  }

  void pass_time() {
    now_ = now_ + Duration::milliseconds(
                      *rc::gen::element(1, 200, 200, 1000, 1000, 3000, 5001, 20'000, 41'000));
  }

  Command command() {
    Command c = faster(next_id_++, now_);
    if (*rc::gen::inRange(0, 4) == 0) {
      c.control = "valve_1.setpoint";
      c.unit = "%";
      c.value = *rc::gen::element(9.9, 10.0, 60.0, 100.0, 101.0);
    } else {
      c.value = *rc::gen::element(899.0, 900.0, 1440.0, 1450.0, 1460.0, 1500.0, 1510.0, 1700.0,
                                  1800.0, 1801.0, kNotANumber, HUGE_VAL);
    }
    if (*rc::gen::inRange(0, 20) == 0) c.control = "pump_2.speed_setpoint";
    if (*rc::gen::inRange(0, 12) == 0) c.by.clear();
    if (*rc::gen::inRange(0, 12) == 0) c.unit = "bar";
    c.issued = now_ - Duration::seconds(*rc::gen::element(0, 0, 0, 0, 0, 0, 10, 40, -5));
    c.expires = c.issued + Duration::seconds(*rc::gen::element(30, 30, 30, 30, 30, 30, 5, 1000, 0));
    return c;
  }

  void ask() {
    const auto asked = command();
    const auto judged = gate_->judge_next(asked, snapshot_, now_);
    RC_ASSERT(judged.command.id == asked.id);
    RC_ASSERT(judged.admission == Admission::Admitted || !judged.reason.empty());
    if (judged.admission == Admission::Admitted) {
      RC_ASSERT(judged.command.value == asked.value);
    }
    RC_ASSERT(judged_.emplace(asked.id, judged).second);
    judged_at_[asked.id] = now_;
    if (judged.admission == Admission::Refused) return;
    check_rate(judged);
    last_[judged.command.control] = now_;
  }

  /// Against the model: no further from the feedback than the rate since the last admitted command.
  void check_rate(const CommandJudged& judged) const {
    const auto last = last_.find(judged.command.control);
    if (judged.command.control != "pump_1.speed_setpoint" || last == last_.end()) return;
    const double since_s = std::max((now_ - last->second).in_seconds(), 1.0);
    RC_ASSERT(std::abs(judged.command.value - snapshot_.beliefs[kSpeed].value) <=
              10.0 * since_s + 1e-9);
  }

  void send() {
    const auto before = recording_->sent.size();
    std::vector<Event> events;
    gate_->send_admitted(snapshot_, now_, events);
    take(events);
    for (auto i = before; i < recording_->sent.size(); ++i) check_sent(recording_->sent[i]);
  }

  bool fresh(SignalId id) const {
    const auto& b = snapshot_.beliefs[id];
    const bool gap = b.missing_since > b.value_time;
    return b.value_time != Timestamp::min() && !gap && b.value_quality.grade <= Grade::Uncertain &&
           now_ - b.value_time <= Duration::seconds(5);
  }

  /// What the issue promises, said again without the envelope's words.
  void check_sent(const Command& c) {
    const bool speed = c.control == "pump_1.speed_setpoint";
    const auto& control = plant_->controls[speed ? 0 : 1];
    RC_ASSERT(mode_ == Gate::Mode::Live);
    RC_ASSERT(control.autonomy == Autonomy::Approve);
    RC_ASSERT(std::isfinite(c.value));
    RC_ASSERT(c.value >= (speed ? 900.0 : 10.0) && c.value <= (speed ? 1800.0 : 100.0));
    RC_ASSERT(c.unit == std::string(speed ? "rpm" : "%"));
    RC_ASSERT(!c.by.empty());
    RC_ASSERT(now_ < c.expires);
    RC_ASSERT(c.expires - c.issued <= Duration::seconds(30));
    RC_ASSERT(fresh(speed ? kSpeed : kValve));
    RC_ASSERT(fresh(kMode));
    RC_ASSERT(snapshot_.beliefs[kMode].value == kRemote);
    RC_ASSERT(judged_.at(c.id).command == c);
    RC_ASSERT(!ends_.contains(c.id));
    RC_ASSERT(sent_.insert(c.id).second);
    RC_ASSERT(!restarted_after_.contains(c.id));
  }

  void watch() {
    std::vector<Event> events;
    gate_->watch(snapshot_, now_, events);
    take(events);
  }

  void take(const std::vector<Event>& events) {
    for (const auto& event : events) {
      const auto* end = std::get_if<CommandEnded>(&event.body);
      RC_ASSERT(end != nullptr);
      RC_ASSERT(judged_.at(end->command).admission != Admission::Refused);
      RC_ASSERT(ends_.insert(end->command).second);
      const bool not_sent = end->result == CommandResult::NotSent;
      RC_ASSERT(!(not_sent && sent_.contains(end->command)));
      const bool refused = end->result == CommandResult::RefusedByPlant;
      RC_ASSERT(!refused || refused_by_plant_.contains(end->command));
    }
  }

  /// A crash: the history knows the verdicts, the new gate knows only the history.
  void restart() {
    std::vector<CommandTrack> tracks;
    for (const auto& [id, judged] : judged_) {
      CommandTrack track;
      track.judged = judged;
      track.judged_at = judged_at_.at(id);
      if (ends_.contains(id)) track.ended = CommandEnded{id, CommandResult::Confirmed, 0.0, {}};
      if (track.pending()) restarted_after_.insert(id);
      tracks.push_back(track);
    }
    snapshot_.commands = std::make_shared<const std::vector<CommandTrack>>(std::move(tracks));
    start();
    gate_->restore(snapshot_);
  }

  void break_or_mend_link() {
    if (recording_->refuse_with)
      recording_->refuse_with.reset();
    else
      recording_->refuse_with = Error{ErrorCode::Unavailable, "the broker is away"};
  }

  void answer() {
    const auto id = *rc::gen::inRange<std::uint64_t>(1, next_id_ + 2);
    const bool accepted = *rc::gen::element(true, false);
    recording_->replies.push_back({id, accepted, "says the plant"});
    if (!accepted) refused_by_plant_.insert(id);
  }

  void give_up() {
    std::vector<Event> events;
    gate_->give_up("the disk is full", now_, events);
    take(events);
  }

  Gate::Mode mode_;
  std::shared_ptr<const Plant> plant_;
  std::shared_ptr<Recording> recording_;
  std::optional<Gate> gate_;
  Snapshot snapshot_ = running();
  Timestamp now_ = kStart;
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, CommandJudged> judged_;
  std::map<std::uint64_t, Timestamp> judged_at_;
  std::map<std::string, Timestamp> last_;
  std::set<std::uint64_t> ends_, sent_, restarted_after_, refused_by_plant_;
};

std::size_t g_sent = 0;

void live_through_anything() {
  const auto mode =
      *rc::gen::weightedElement<Gate::Mode>({{9, Gate::Mode::Live}, {1, Gate::Mode::Replay}});
  World world(mode, *rc::gen::inRange(0, 3) == 0);
  const auto steps = *rc::gen::resize(100, rc::gen::inRange(1, kStepsMax));
  for (int i = 0; i < steps; ++i) world.step();
  world.finish();
  g_sent += world.sent();
}

TEST(GateProperty, NothingOutsideTheEnvelopeLeavesAndEveryCommandHasOneEnd) {
  rc::detail::TestParams params;
  params.seed = 20260131;
  params.maxSuccess = 10'000;
  params.maxSize = 100;
  g_sent = 0;
  const auto result =
      rc::detail::checkTestable(live_through_anything, rc::detail::TestMetadata{}, params);
  rc::detail::printResultMessage(result, std::cerr);
  EXPECT_TRUE(result.is<rc::detail::SuccessResult>());
  EXPECT_GT(g_sent, 5'000u) << "the property is worth nothing when hardly anything is sent";
}

}  // namespace
}  // namespace gemel::actuation
