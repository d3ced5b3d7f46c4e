// What people ask of the twin. Each is decided within a tick, on the engine's thread, and answered
// once it is durable.

#include <algorithm>

#include "engine/twin_engine.hpp"

namespace gemel::engine {
namespace {

constexpr Duration kAnswerWithin = Duration::seconds(10);
constexpr Duration kShelveAtMost = Duration::hours(24);
constexpr std::size_t kTextAtMost = 2'000;

Error nobody() {
  return {ErrorCode::PermissionDenied, "this needs a person's name; sign in or send one"};
}

Error too_long(std::string_view what) {
  return {ErrorCode::InvalidInput, "the " + std::string(what) + " is longer than " +
                                       std::to_string(kTextAtMost) + " characters; shorten it"};
}

Error no_alarm(std::uint64_t id) { return {ErrorCode::NotFound, "no alarm " + std::to_string(id)}; }

bool ended(const Alarm& alarm) { return !alarm.active() && alarm.acknowledged_at; }

Error has_ended(std::uint64_t id) {
  return {ErrorCode::Conflict,
          "alarm " + std::to_string(id) + " has been cleared and acknowledged"};
}

}  // namespace

Result<void> TwinEngine::ask(Request::Act act) {
  GEMEL_ASSIGN(const auto request, desk_.submit(std::move(act)));
  inbox_.nudge();
  return request->wait(kAnswerWithin);
}

const Alarm* TwinEngine::find_alarm(std::uint64_t id) const {
  for (const auto& alarm : *state_.working().alarms) {
    if (alarm.raised.alarm == id) return &alarm;
  }
  return nullptr;
}

Result<void> TwinEngine::acknowledge(std::uint64_t alarm, std::string who, std::string note) {
  if (who.empty()) return nobody();
  if (note.size() > kTextAtMost) return too_long("note");
  return ask([=, this]() -> Result<void> {
    const auto* found = find_alarm(alarm);
    if (!found) return no_alarm(alarm);
    if (found->acknowledged_at) {
      return Error{ErrorCode::Conflict, "already acknowledged by " + found->acknowledged_by};
    }
    frame_events_->push_back({{}, AlarmAcknowledged{alarm, who, note}});
    return {};
  });
}

Result<void> TwinEngine::shelve(std::uint64_t alarm, Duration how_long, std::string who,
                                std::string reason) {
  if (who.empty()) return nobody();
  if (reason.empty()) return Error{ErrorCode::InvalidInput, "shelving needs a reason"};
  if (reason.size() > kTextAtMost) return too_long("reason");
  if (how_long <= Duration{} || how_long > kShelveAtMost) {
    return Error{ErrorCode::InvalidInput, "an alarm is shelved for at most " +
                                              to_string(kShelveAtMost) + ", not " +
                                              to_string(how_long)};
  }
  return ask([=, this]() -> Result<void> {
    const auto* found = find_alarm(alarm);
    if (!found) return no_alarm(alarm);
    if (ended(*found)) return has_ended(alarm);
    const Timestamp until = (follow_sources_ ? known_at_ : clock_.now()) + how_long;
    frame_events_->push_back({{}, AlarmShelved{alarm, until, who, reason}});
    return {};
  });
}

Result<void> TwinEngine::unshelve(std::uint64_t alarm, std::string who) {
  if (who.empty()) return nobody();
  return ask([=, this]() -> Result<void> {
    const auto* found = find_alarm(alarm);
    if (!found) return no_alarm(alarm);
    if (!found->shelved_until)
      return Error{ErrorCode::Conflict, "alarm " + std::to_string(alarm) + " is not shelved"};
    frame_events_->push_back({{}, AlarmUnshelved{alarm, who}});
    return {};
  });
}

Result<void> TwinEngine::label(std::uint64_t alarm, Truth truth, std::string cause,
                               std::string who) {
  if (who.empty()) return nobody();
  if (cause.size() > kTextAtMost) return too_long("cause");
  return ask([=, this]() -> Result<void> {
    if (!find_alarm(alarm)) return no_alarm(alarm);
    frame_events_->push_back({{}, AlarmLabelled{alarm, truth, cause, who}});
    return {};
  });
}

Result<void> TwinEngine::retrain(std::string subject, TimeRange stretch, std::string who) {
  if (who.empty()) return nobody();
  if (stretch.until <= stretch.from)
    return Error{ErrorCode::InvalidInput, "the stretch to learn from ends before it begins"};
  return ask([=, this]() -> Result<void> {
    GEMEL_TRY(inference_.may_retrain(subject));
    const RetrainAsked asked{subject, stretch.from, stretch.until, who};
    inference_.retrain(asked);
    frame_events_->push_back({{}, asked});
    return {};
  });
}

Result<const Recommendation*> TwinEngine::find_open(std::uint64_t id) const {
  for (const auto& recommendation : *state_.working().recommendations) {
    if (recommendation.made.recommendation != id) continue;
    if (recommendation.decided) {
      return Error{ErrorCode::Conflict,
                   "recommendation " + std::to_string(id) + " was already " +
                       std::string(to_string(recommendation.decided->verdict)) + " by " +
                       recommendation.decided->by};
    }
    return &recommendation;
  }
  return Error{ErrorCode::NotFound, "no recommendation " + std::to_string(id)};
}

Result<std::vector<CommandJudged>> TwinEngine::approve(std::uint64_t recommendation,
                                                       std::string who) {
  if (who.empty()) return nobody();
  // Shared with the tick: the asker may have given up waiting when it is filled.
  const auto judged = std::make_shared<std::vector<CommandJudged>>();
  GEMEL_TRY(ask([=, this] { return approve_now(recommendation, who, *judged); }));
  return *judged;
}

Result<void> TwinEngine::approve_now(std::uint64_t id, const std::string& who,
                                     std::vector<CommandJudged>& judged) {
  GEMEL_ASSIGN(const auto* recommendation, find_open(id));
  const Timestamp now = std::max(clock_.now(), known_at_);
  const auto& made = recommendation->made;
  if (made.expires < now) {
    return Error{ErrorCode::Conflict, "recommendation " + std::to_string(id) + " expired at " +
                                          to_string(made.expires) + "; wait for a new one"};
  }
  std::vector<ControlId> controls;
  for (const auto& change : made.changes) {
    GEMEL_ASSIGN(const auto control, plant_->find_control(change.control));
    controls.push_back(control);
  }
  frame_events_->push_back({{}, RecommendationDecided{id, Verdict::Approved, who, ""}});
  for (std::size_t i = 0; i < controls.size(); ++i) {
    const auto& control = plant_->control(controls[i]);
    const Command command{
        next_id_++, control.path, made.changes[i].to,  control.unit.symbol, made.title, who,
        id,         now,          now + control.expiry};
    judged.push_back(gate_.judge_next(command, state_.working(), now));
    frame_events_->push_back({{}, judged.back()});
  }
  return {};
}

Result<void> TwinEngine::reject(std::uint64_t recommendation, std::string who, std::string reason) {
  if (who.empty()) return nobody();
  if (reason.size() > kTextAtMost) return too_long("reason");
  return ask([=, this]() -> Result<void> {
    GEMEL_TRY(find_open(recommendation));
    frame_events_->push_back(
        {{}, RecommendationDecided{recommendation, Verdict::Rejected, who, reason}});
    return {};
  });
}

}  // namespace gemel::engine
