#include "actuation/gate.hpp"

#include <algorithm>
#include <cmath>

#include "actuation/envelope.hpp"
#include "base/check.hpp"
#include "base/text.hpp"

namespace gemel::actuation {
namespace {

CommandEnded ended(const CommandJudged& judged, CommandResult result, double feedback,
                   std::string detail) {
  return {judged.command.id, result, feedback, std::move(detail)};
}

double feedback_value(const Control& control, const Snapshot& snapshot) {
  const auto& belief = snapshot.beliefs[control.feedback];
  return belief.has_value() ? belief.value : 0.0;
}

/// Only a value measured after the command went can show that the plant obeyed it.
bool obeyed(const CommandJudged& judged, const Control& control, const Snapshot& snapshot,
            Timestamp since) {
  const auto& belief = snapshot.beliefs[control.feedback];
  return belief.usable() && belief.value_time > since &&
         std::abs(belief.value - judged.command.value) <= control.feedback_tolerance;
}

/// Takes out of `list` what `settle` gives an end to.
template <class T, class Settle>
void end_where(std::vector<T>& list, std::vector<Event>& events, Timestamp now, Settle settle) {
  std::erase_if(list, [&](const T& each) {
    auto end = settle(each);
    if (!end) return false;
    events.push_back({now, std::move(*end)});
    return true;
  });
}

}  // namespace

Gate::Gate(std::shared_ptr<const Plant> plant, std::unique_ptr<Actuator> actuator, Mode mode)
    : plant_(std::move(plant)),
      actuator_(std::move(actuator)),
      mode_(mode),
      last_admitted_(plant_->controls.size(), Timestamp::min()) {}

void Gate::restore(const Snapshot& snapshot) {
  GEMEL_CHECK(under_way_.empty());
  for (const auto& track : *snapshot.commands) {
    if (track.judged.admission == Admission::Refused) continue;
    const auto control = plant_->find_control(track.judged.command.control);
    if (control) {
      auto& last = last_admitted_[control->index];
      last = std::max(last, track.judged_at);
    }
    if (!track.pending()) continue;
    const bool watchable = control && plant_->control(*control).feedback.valid();
    under_way_.push_back(
        {track.judged, watchable ? *control : ControlId{}, Stage::FoundOnStart, track.judged_at});
  }
}

bool Gate::busy(ControlId control) const {
  return std::ranges::any_of(under_way_,
                             [&](const UnderWay& each) { return each.control == control; });
}

CommandJudged Gate::judge_next(const Command& command, const Snapshot& snapshot, Timestamp now) {
  const auto found = plant_->find_control(command.control);
  if (!found) return {command, command.value, Admission::Refused, found.error().message};
  const auto known = std::ranges::any_of(
      under_way_, [&](const UnderWay& each) { return each.judged.command.id == command.id; });
  if (known)
    return {command, command.value, Admission::Refused, "a command of this number is under way"};

  const auto& control = plant_->control(*found);
  Circumstances is{.now = now,
                   .replaying = mode_ == Mode::Replay,
                   .actuator = actuator_ != nullptr,
                   .pending = busy(*found)};
  auto& last = last_admitted_[found->index];
  if (last != Timestamp::min()) is.last_admitted = last;
  auto verdict = judge(command, control, *plant_, snapshot, is);
  verdict.command.control = control.path;
  if (verdict.admission == Admission::Refused) return verdict;
  last = std::max(last, now);
  under_way_.push_back({verdict, *found, Stage::Admitted, now});
  return verdict;
}

void Gate::send_admitted(const Snapshot& snapshot, Timestamp now, std::vector<Event>& events) {
  end_where(under_way_, events, now, [&](const UnderWay& each) -> std::optional<CommandEnded> {
    if (each.stage != Stage::Admitted) return std::nullopt;
    const auto& control = plant_->control(each.control);
    const auto fail = [&](std::string why) {
      return ended(each.judged, CommandResult::NotSent, feedback_value(control, snapshot),
                   std::move(why));
    };
    if (auto why = obstacle(each.judged.command, control, *plant_, snapshot, now))
      return fail(std::move(*why));
    if (auto sent = actuator_->send(each.judged.command, control); !sent)
      return fail(sent.error().message);
    return std::nullopt;
  });
  for (auto& each : under_way_) {
    if (each.stage != Stage::Admitted) continue;
    each.stage = Stage::Sent;
    each.since = now;
  }
}

void Gate::take_replies(std::vector<Event>& events, const Snapshot& snapshot, Timestamp now) {
  for (const auto& reply : actuator_->replies()) {
    if (reply.accepted) continue;  // a promise; the feedback tells whether it was kept
    end_where(under_way_, events, now, [&](const UnderWay& each) -> std::optional<CommandEnded> {
      if (each.judged.command.id != reply.command || each.stage == Stage::Admitted)
        return std::nullopt;
      const double feedback =
          each.control.valid() ? feedback_value(plant_->control(each.control), snapshot) : 0.0;
      return ended(each.judged, CommandResult::RefusedByPlant, feedback, reply.detail);
    });
  }
}

void Gate::watch(const Snapshot& snapshot, Timestamp now, std::vector<Event>& events) {
  if (actuator_) take_replies(events, snapshot, now);
  end_where(under_way_, events, now, [&](const UnderWay& each) -> std::optional<CommandEnded> {
    if (each.stage == Stage::Admitted) return std::nullopt;
    if (!each.control.valid()) {
      return ended(each.judged, CommandResult::NotConfirmed, 0.0,
                   "the twin file no longer has this control or its feedback");
    }
    const auto& control = plant_->control(each.control);
    const double feedback = feedback_value(control, snapshot);
    if (obeyed(each.judged, control, snapshot, each.since)) {
      return ended(each.judged, CommandResult::Confirmed, feedback,
                   "confirmed after " + to_string(now - each.since));
    }
    const auto until = std::max(each.judged.command.expires, each.since + control.feedback_within);
    if (now < until) return std::nullopt;
    const auto target = text::rounded(each.judged.command.value, 6) + " " + control.unit.symbol;
    auto why = plant_->signal(control.feedback).path + " did not reach " + target + " within " +
               to_string(until - each.since);
    if (each.stage == Stage::FoundOnStart)
      why += "; the twin was restarted and can't tell whether it was sent";
    return ended(each.judged, CommandResult::NotConfirmed, feedback, std::move(why));
  });
}

void Gate::give_up(std::string_view why, Timestamp now, std::vector<Event>& events) {
  end_where(under_way_, events, now, [&](const UnderWay& each) -> std::optional<CommandEnded> {
    if (each.stage != Stage::Admitted) return std::nullopt;
    return ended(each.judged, CommandResult::NotSent, 0.0, std::string(why));
  });
}

}  // namespace gemel::actuation
