// The routes by which people act on the twin.

#include <algorithm>

#include "api/detail/body.hpp"
#include "api/detail/call.hpp"

namespace gemel::api {
namespace {

Answer alarm_now(const Call& call, std::uint64_t id) {
  const auto now = call.engine.snapshot();
  for (const auto& alarm : *now->alarms) {
    if (alarm.raised.alarm == id) return encode(alarm);
  }
  return Error{ErrorCode::NotFound, "alarm " + std::to_string(id) + " has ended meanwhile"};
}

Result<Json> recommendation_now(const Call& call, std::uint64_t id) {
  const auto now = call.engine.snapshot();
  for (const auto& recommendation : *now->recommendations) {
    if (recommendation.made.recommendation == id) return encode(recommendation);
  }
  return Error{ErrorCode::NotFound,
               "recommendation " + std::to_string(id) + " has left the list meanwhile"};
}

}  // namespace

Answer acknowledge(const Call& call) {
  GEMEL_ASSIGN(const auto id, id_of(call));
  GEMEL_ASSIGN(const auto body, body_with(call, {"note"}));
  GEMEL_ASSIGN(const auto note, text_member(body, "note", false));
  GEMEL_TRY(call.engine.acknowledge(id, call.who.user, note));
  return alarm_now(call, id);
}

Answer shelve(const Call& call) {
  GEMEL_ASSIGN(const auto id, id_of(call));
  GEMEL_ASSIGN(const auto body, body_with(call, {"minutes", "reason"}));
  GEMEL_ASSIGN(const auto minutes, number_member(body, "minutes", std::nullopt, 1e-3, 1'440));
  GEMEL_ASSIGN(const auto reason, text_member(body, "reason", true));
  GEMEL_TRY(call.engine.shelve(id, Duration::from_seconds(minutes * 60), call.who.user, reason));
  return alarm_now(call, id);
}

Answer unshelve(const Call& call) {
  GEMEL_ASSIGN(const auto id, id_of(call));
  GEMEL_TRY(body_with(call, {}));
  GEMEL_TRY(call.engine.unshelve(id, call.who.user));
  return alarm_now(call, id);
}

Answer label(const Call& call) {
  GEMEL_ASSIGN(const auto id, id_of(call));
  GEMEL_ASSIGN(const auto body, body_with(call, {"truth", "cause"}));
  GEMEL_ASSIGN(const auto named, text_member(body, "truth", true));
  GEMEL_ASSIGN(const auto cause, text_member(body, "cause", false));
  for (const auto truth : {Truth::Real, Truth::False, Truth::Unknown}) {
    if (named != to_string(truth)) continue;
    GEMEL_TRY(call.engine.label(id, truth, cause, call.who.user));
    return alarm_now(call, id);
  }
  return Error{ErrorCode::InvalidInput, "truth is real, false or unknown, not '" + named + "'"};
}

Answer retrain(const Call& call) {
  GEMEL_ASSIGN(const auto body, body_with(call, {"subject", "from", "until"}));
  GEMEL_ASSIGN(const auto subject, text_member(body, "subject", true));
  GEMEL_ASSIGN(const auto from, time_member(body, "from"));
  GEMEL_ASSIGN(const auto until, time_member(body, "until"));
  if (!from || !until)
    return Error{ErrorCode::InvalidInput, "the stretch to learn from needs 'from' and 'until'"};
  GEMEL_TRY(call.engine.retrain(subject, {*from, *until}, call.who.user));
  return Json{{"subject", subject}, {"from", encode_time(*from)}, {"until", encode_time(*until)}};
}

Answer approve(const Call& call) {
  GEMEL_ASSIGN(const auto id, id_of(call));
  GEMEL_TRY(body_with(call, {}));
  GEMEL_ASSIGN(const auto judged, call.engine.approve(id, call.who.user));
  GEMEL_ASSIGN(auto recommendation, recommendation_now(call, id));
  Json commands = Json::array();
  const auto now = call.engine.snapshot();
  for (const auto& track : *now->commands) {
    const bool ours = std::any_of(judged.begin(), judged.end(), [&](const CommandJudged& one) {
      return one.command.id == track.judged.command.id;
    });
    if (ours) commands.push_back(encode(track));
  }
  return Json{{"recommendation", std::move(recommendation)}, {"commands", std::move(commands)}};
}

Answer reject(const Call& call) {
  GEMEL_ASSIGN(const auto id, id_of(call));
  GEMEL_ASSIGN(const auto body, body_with(call, {"reason"}));
  GEMEL_ASSIGN(const auto reason, text_member(body, "reason", true));
  GEMEL_TRY(call.engine.reject(id, call.who.user, reason));
  GEMEL_ASSIGN(const auto recommendation, recommendation_now(call, id));
  return recommendation;
}

}  // namespace gemel::api
