#include "api/detail/routes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "api/detail/assets.hpp"
#include "api/detail/encode.hpp"
#include "api/detail/present.hpp"
#include "base/text.hpp"

namespace gemel::api {
namespace {

constexpr std::uint32_t kPointsMax = 4'000;
constexpr std::size_t kTrendsMax = 64;
constexpr std::size_t kEventsRead = 100'000;

/// What a route works with.
struct Call {
  engine::Engine& engine;
  const Gatekeeper& gatekeeper;
  const HttpRequest& request;
  const Target& target;
  Identity who;
  std::string segment;  // the part of the path that stands for {path} or {id}

  const Plant& plant() const { return engine.plant(); }
};
using Answer = Result<Json>;

std::optional<std::string_view> parameter(const Call& call, std::string_view name) {
  const auto found = call.target.query.find(name);
  if (found == call.target.query.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

Result<std::optional<Timestamp>> time_parameter(const Call& call, std::string_view name) {
  const auto text = parameter(call, name);
  if (!text) return std::optional<Timestamp>{};
  auto time = parse_timestamp(*text);
  if (!time) return time.error().within(name);
  return std::optional(*time);
}

Result<Timestamp> needed_time(const Call& call, std::string_view name) {
  GEMEL_ASSIGN(const auto time, time_parameter(call, name));
  if (!time)
    return Error{ErrorCode::InvalidInput, "the parameter '" + std::string(name) + "' is missing"};
  return *time;
}

Result<std::uint64_t> whole_parameter(const Call& call, std::string_view name,
                                      std::uint64_t fallback, std::uint64_t most) {
  const auto text = parameter(call, name);
  if (!text) return fallback;
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (ec != std::errc{} || end != text->data() + text->size() || value < 1 || value > most) {
    return Error{ErrorCode::InvalidInput, std::string(name) + " must be a whole number from 1 to " +
                                              std::to_string(most) + ", not '" +
                                              std::string(*text) + "'"};
  }
  return value;
}

Result<TimeRange> range_parameter(const Call& call) {
  GEMEL_ASSIGN(const auto from, needed_time(call, "from"));
  GEMEL_ASSIGN(const auto until, needed_time(call, "until"));
  if (until <= from) return Error{ErrorCode::InvalidInput, "until must be later than from"};
  return TimeRange{from, until};
}

/// The present, or the past when `at` or `known_at` is given.
struct Moment {
  std::shared_ptr<const Snapshot> snapshot;
  bool live = true;
};
Result<Moment> moment(const Call& call, std::optional<Timestamp> at,
                      std::optional<Timestamp> known_at) {
  if (!at && !known_at) return Moment{present(call.engine), true};
  GEMEL_ASSIGN(auto past, call.engine.rewind(at.value_or(Timestamp::max()),
                                             known_at.value_or(Timestamp::max())));
  return Moment{std::make_shared<const Snapshot>(std::move(past)), false};
}
Result<Moment> moment(const Call& call) {
  GEMEL_ASSIGN(const auto at, time_parameter(call, "at"));
  GEMEL_ASSIGN(const auto known_at, time_parameter(call, "known_at"));
  return moment(call, at, known_at);
}

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

// --- reading
// -------------------------------------------------------------------------------------------------------

Answer get_session(const Call& call) {
  return Json{{"user", call.who.user.empty() ? Json(nullptr) : Json(call.who.user)},
              {"token_required", call.gatekeeper.token_required()},
              {"may_write", call.who.may_write()}};
}

Answer get_status(const Call& call) { return encode(call.engine.status(), call.engine); }

Answer get_plant(const Call& call) { return encode(call.plant()); }

Answer get_snapshot(const Call& call) {
  GEMEL_ASSIGN(const auto then, moment(call));
  return encode(*then.snapshot, call.plant(), then.live);
}

Answer trend_of(const Call& call, std::string_view path, TimeRange range, std::size_t points,
                Timestamp known_at) {
  GEMEL_ASSIGN(const auto id, call.plant().find_signal(path));
  GEMEL_ASSIGN(const auto buckets, call.engine.history().downsample(id, range, points, known_at));
  return encode_trend(call.plant().signal(id), range, buckets);
}

Answer get_trend(const Call& call) {
  GEMEL_ASSIGN(const auto range, range_parameter(call));
  GEMEL_ASSIGN(const auto points, whole_parameter(call, "points", 600, kPointsMax));
  GEMEL_ASSIGN(const auto known_at, time_parameter(call, "known_at"));
  return trend_of(call, call.segment, range, points, known_at.value_or(Timestamp::max()));
}

Answer get_trends(const Call& call) {
  GEMEL_ASSIGN(const auto range, range_parameter(call));
  GEMEL_ASSIGN(const auto points, whole_parameter(call, "points", 600, kPointsMax));
  GEMEL_ASSIGN(const auto known_at, time_parameter(call, "known_at"));
  const auto signals = parameter(call, "signals");
  if (!signals) return Error{ErrorCode::InvalidInput, "the parameter 'signals' is missing"};
  const auto paths = text::split(*signals, ',');
  if (paths.size() > kTrendsMax) {
    return Error{ErrorCode::InvalidInput,
                 "at most " + std::to_string(kTrendsMax) + " signals at once"};
  }
  Json trends = Json::array();
  for (const auto path : paths) {
    GEMEL_ASSIGN(auto trend,
                 trend_of(call, path, range, points, known_at.value_or(Timestamp::max())));
    trends.push_back(std::move(trend));
  }
  return Json{{"trends", std::move(trends)}};
}

Answer get_samples(const Call& call) {
  GEMEL_ASSIGN(const auto range, range_parameter(call));
  GEMEL_ASSIGN(const auto limit, whole_parameter(call, "limit", 10'000, 1'000'000));
  GEMEL_ASSIGN(const auto known_at, time_parameter(call, "known_at"));
  GEMEL_ASSIGN(const auto id, call.plant().find_signal(call.segment));
  GEMEL_ASSIGN(const auto records,
               call.engine.history().read(id, range, known_at.value_or(Timestamp::max()), limit));
  return encode_samples(call.plant().signal(id), records);
}

Answer get_alarms(const Call& call) {
  GEMEL_ASSIGN(const auto then, moment(call));
  return Json{{"at", encode_time(then.snapshot->at)},
              {"alarms", encode_all(*then.snapshot->alarms)}};
}

Answer get_recommendations(const Call& call) {
  GEMEL_ASSIGN(const auto then, moment(call));
  return Json{{"at", encode_time(then.snapshot->at)},
              {"recommendations", encode_all(*then.snapshot->recommendations)},
              {"commands", encode_all(*then.snapshot->commands)}};
}

Answer get_events(const Call& call) {
  GEMEL_ASSIGN(const auto from, time_parameter(call, "from"));
  GEMEL_ASSIGN(const auto until, time_parameter(call, "until"));
  GEMEL_ASSIGN(const auto limit, whole_parameter(call, "limit", 1'000, kEventsRead));
  const auto kinds = parameter(call, "kinds");
  const TimeRange range{from.value_or(Timestamp::min()), until.value_or(Timestamp::max())};
  // With a filter the limit counts what is left, so more has to be read than is answered.
  GEMEL_ASSIGN(auto events, call.engine.history().events(range, kinds ? kEventsRead : limit));
  if (kinds) {
    const auto wanted = text::split(*kinds, ',');
    std::erase_if(events, [&](const Event& event) {
      return std::find(wanted.begin(), wanted.end(), kind_of(event.body)) == wanted.end();
    });
    if (events.size() > limit)
      events.erase(events.begin(), events.end() - static_cast<std::ptrdiff_t>(limit));
  }
  return Json{{"events", encode_all(events)}};
}

// --- writing
// -------------------------------------------------------------------------------------------------------

Answer alarm_now(const Call& call, std::uint64_t id) {
  const auto now = call.engine.snapshot();
  for (const auto& alarm : *now->alarms) {
    if (alarm.raised.alarm == id) return encode(alarm);
  }
  return Error{ErrorCode::NotFound, "alarm " + std::to_string(id) + " has ended meanwhile"};
}

Answer recommendation_now(const Call& call, std::uint64_t id) {
  const auto now = call.engine.snapshot();
  for (const auto& recommendation : *now->recommendations) {
    if (recommendation.made.recommendation == id) return encode(recommendation);
  }
  return Error{ErrorCode::NotFound,
               "recommendation " + std::to_string(id) + " has left the list meanwhile"};
}

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
  return recommendation_now(call, id);
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

// --- the table
// -----------------------------------------------------------------------------------------------------

struct Route {
  std::string_view method;
  std::string_view pattern;  // {} stands for one segment
  Answer (*answer)(const Call&);
};

constexpr std::array kRoutes{
    Route{"GET", "/api/v1/session", get_session},
    Route{"GET", "/api/v1/status", get_status},
    Route{"GET", "/api/v1/plant", get_plant},
    Route{"GET", "/api/v1/snapshot", get_snapshot},
    Route{"GET", "/api/v1/trends", get_trends},
    Route{"GET", "/api/v1/signals/{}/trend", get_trend},
    Route{"GET", "/api/v1/signals/{}/samples", get_samples},
    Route{"GET", "/api/v1/alarms", get_alarms},
    Route{"POST", "/api/v1/alarms/{}/acknowledge", acknowledge},
    Route{"POST", "/api/v1/alarms/{}/shelve", shelve},
    Route{"POST", "/api/v1/alarms/{}/unshelve", unshelve},
    Route{"GET", "/api/v1/recommendations", get_recommendations},
    Route{"POST", "/api/v1/recommendations/{}/approve", approve},
    Route{"POST", "/api/v1/recommendations/{}/reject", reject},
    Route{"POST", "/api/v1/whatif", what_if},
    Route{"GET", "/api/v1/events", get_events},
};

/// The segment that stands for {}, "" when there is none; nothing when the pattern does not fit.
std::optional<std::string> match(std::string_view pattern, std::string_view path) {
  const auto hole = pattern.find("{}");
  if (hole == std::string_view::npos)
    return pattern == path ? std::optional<std::string>("") : std::nullopt;
  const auto head = pattern.substr(0, hole), tail = pattern.substr(hole + 2);
  if (path.size() <= head.size() + tail.size() || !path.starts_with(head) ||
      !path.ends_with(tail)) {
    return std::nullopt;
  }
  const auto segment = path.substr(head.size(), path.size() - head.size() - tail.size());
  if (segment.find('/') != std::string_view::npos) return std::nullopt;
  return std::string(segment);
}

HttpResponse health(const engine::Engine& engine) {
  const auto status = engine.status();
  Json reasons = Json::array();
  for (const auto& source : status.sources) {
    if (const auto* faulted = std::get_if<Faulted>(&source.link)) {
      reasons.push_back("source " + source.name + ": " + faulted->why.message);
    }
  }
  if (!status.history_trouble.empty()) reasons.push_back("history: " + status.history_trouble);
  HttpResponse response;
  response.body =
      Json{{"status", reasons.empty() ? "ok" : "degraded"}, {"reasons", reasons}}.dump();
  return response;
}

HttpResponse page(const HttpRequest& request, std::string_view path) {
  const auto* asset = find_asset(path == "/" ? "/index.html" : path);
  if (!asset) return answer(Error{ErrorCode::NotFound, "there is nothing at " + std::string(path)});
  HttpResponse response;
  response.content_type = asset->content_type;
  response.etag = asset->etag;
  // File names of scripts and styles carry a hash of their content.
  response.cache_control =
      path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
  if (request.if_none_match == asset->etag) {
    response.status = 304;
    return response;
  }
  response.gzip = request.accepts_gzip;
  response.body = response.gzip ? std::string(asset->gzipped) : inflate(asset->gzipped);
  return response;
}

HttpResponse text_answer(std::string content_type, std::string body) {
  HttpResponse response;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  return response;
}

HttpResponse respond(const Answer& answered) {
  if (!answered) return answer(answered.error());
  HttpResponse response;
  // Text from a plant may hold bytes that are not UTF-8; they are shown as such rather than
  // refused.
  response.body = answered->dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

}  // namespace

HttpResponse Routes::handle(const HttpRequest& request) const {
  const auto target = parse_target(request.target);
  if (!target) return answer(target.error());
  if (target->path == "/healthz") return health(engine_);
  if (auto admitted = gatekeeper_.admit(request); !admitted) return answer(admitted.error());

  const bool ours = target->path.starts_with("/api/") || target->path == "/metrics";
  if (!ours) {
    if (request.method == "GET" || request.method == "HEAD") return page(request, target->path);
    return answer(405, {ErrorCode::InvalidInput, "only GET is answered here"});
  }
  const auto who = gatekeeper_.identify(request);
  if (!who) return answer(who.error().code == ErrorCode::PermissionDenied ? 401 : 400, who.error());
  if (target->path == "/metrics") {
    return text_answer("text/plain; version=0.0.4", engine_.metrics().to_prometheus());
  }
  if (target->path == "/api/v1/openapi.yaml") {
    return text_answer("application/yaml", inflate(find_asset("/openapi.yaml")->gzipped));
  }

  if (target->path == "/api/v1/live") {
    return answer(
        Error{ErrorCode::InvalidInput, "this is a WebSocket; ask with `Upgrade: websocket`"});
  }

  bool path_known = false;
  for (const auto& route : kRoutes) {
    const auto segment = match(route.pattern, target->path);
    if (!segment) continue;
    path_known = true;
    if (route.method != request.method) continue;
    if (route.method != "GET" && !who->may_write()) {
      return answer(401, {ErrorCode::PermissionDenied,
                          "this needs a person's name: send `X-Gemel-User: name`"});
    }
    const Call call{engine_, gatekeeper_, request, *target, *who, *segment};
    auto response = respond(route.answer(call));
    if (route.pattern == "/api/v1/plant") response.etag = '"' + engine_.plant().version + '"';
    return response;
  }
  if (path_known)
    return answer(405, {ErrorCode::InvalidInput, request.method + " is not answered here"});
  return answer(Error{ErrorCode::NotFound,
                      "there is nothing at " + target->path + "; see /api/v1/openapi.yaml"});
}

}  // namespace gemel::api
