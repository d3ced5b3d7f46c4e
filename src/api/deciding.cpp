// The routes by which people act on the twin, and ask it what would happen if.

#include <algorithm>
#include <charconv>
#include <optional>

#include "api/detail/call.hpp"
#include "base/text.hpp"

namespace gemel::api {
namespace {

/// The body as an object with nothing but the members named. Errors: InvalidInput.
Result<Json> body_with(const Call& call, std::initializer_list<std::string_view> members) {
  auto body = Json::parse(call.request.body, nullptr, false);
  if (body.is_discarded() || !body.is_object()) {
    return Error{ErrorCode::InvalidInput, "the body must be a JSON object"};
  }
  for (const auto& [name, value] : body.items()) {
    if (std::find(members.begin(), members.end(), name) != members.end()) continue;
    const std::vector<std::string> known(members.begin(), members.end());
    return Error{ErrorCode::InvalidInput,
                 "unknown member '" + name + "'" + text::did_you_mean(name, known)};
  }
  return body;
}

Result<std::string> text_member(const Json& body, const char* name, bool needed) {
  if (!body.contains(name) && !needed) return std::string();
  if (!body.contains(name) || !body[name].is_string()) {
    return Error{ErrorCode::InvalidInput, "the member '" + std::string(name) + "' must be a text"};
  }
  auto value = body[name].get<std::string>();
  if (needed && text::trim(value).empty()) {
    return Error{ErrorCode::InvalidInput,
                 "the member '" + std::string(name) + "' must not be empty"};
  }
  return value;
}

Result<double> number_member(const Json& body, const char* name, std::optional<double> fallback,
                             double low, double high) {
  if (!body.contains(name) && fallback) return *fallback;
  if (!body.contains(name) || !body[name].is_number()) {
    return Error{ErrorCode::InvalidInput,
                 "the member '" + std::string(name) + "' must be a number"};
  }
  const auto value = body[name].get<double>();
  if (!(value >= low && value <= high)) {
    return Error{ErrorCode::InvalidInput, std::string(name) + " must be from " + text::number(low) +
                                              " to " + text::number(high) + ", not " +
                                              text::number(value)};
  }
  return value;
}

Result<std::uint64_t> id_of(const Call& call) {
  std::uint64_t id = 0;
  const auto& s = call.segment;
  const auto [end, ec] = std::from_chars(s.data(), s.data() + s.size(), id);
  if (ec != std::errc{} || end != s.data() + s.size() || id == 0) {
    return Error{ErrorCode::InvalidInput, "'" + s + "' is not the number of anything"};
  }
  return id;
}

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

Result<std::optional<Timestamp>> time_member(const Json& body, const char* name) {
  if (!body.contains(name)) return std::optional<Timestamp>{};
  GEMEL_ASSIGN(const auto text, text_member(body, name, true));
  GEMEL_ASSIGN(const auto time, parse_timestamp(text));
  return std::optional(time);
}

Result<std::vector<Change>> changes_member(const Json& body, const Plant& plant) {
  std::vector<Change> changes;
  if (!body.contains("changes")) return changes;
  if (!body["changes"].is_array() || body["changes"].size() > 64) {
    return Error{ErrorCode::InvalidInput, "changes must be a list of at most 64"};
  }
  for (const auto& change : body["changes"]) {
    if (!change.is_object() || change.size() != 2) {
      return Error{ErrorCode::InvalidInput, R"(a change is {"control": "…", "value": 1})"};
    }
    GEMEL_ASSIGN(const auto path, text_member(change, "control", true));
    GEMEL_ASSIGN(const auto id, plant.find_control(path));
    const auto& range = plant.control(id).range;
    GEMEL_ASSIGN(const auto value,
                 number_member(change, "value", std::nullopt, range.low.value_or(-1e300),
                               range.high.value_or(1e300)));
    changes.push_back({id, value});
  }
  return changes;
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

Answer what_if(const Call& call) {
  GEMEL_ASSIGN(const auto body, body_with(call, {"at", "known_at", "changes", "horizon_s", "step_s",
                                                 "draws", "seed"}));
  GEMEL_ASSIGN(const auto at, time_member(body, "at"));
  GEMEL_ASSIGN(const auto known_at, time_member(body, "known_at"));
  Scenario scenario;
  GEMEL_ASSIGN(scenario.changes, changes_member(body, call.plant()));
  GEMEL_ASSIGN(const auto horizon_s, number_member(body, "horizon_s", 600, 1e-3, 86'400));
  GEMEL_ASSIGN(const auto step_s, number_member(body, "step_s", std::min(5.0, horizon_s),
                                                horizon_s / 10'000, horizon_s));
  GEMEL_ASSIGN(const auto draws, number_member(body, "draws", 64, 1, 4'096));
  GEMEL_ASSIGN(const auto seed, number_member(body, "seed", 1, 0, 9'007'199'254'740'992.0));
  scenario.horizon = Duration::from_seconds(horizon_s);
  scenario.step = Duration::from_seconds(step_s);
  scenario.draws = static_cast<std::uint32_t>(draws);
  scenario.seed = static_cast<std::uint64_t>(seed);
  GEMEL_ASSIGN(const auto start, moment(call, at, known_at));
  GEMEL_ASSIGN(const auto outcome, call.engine.what_if(*start.snapshot, scenario));
  return encode(outcome, call.plant(), start.snapshot->at);
}

}  // namespace gemel::api
