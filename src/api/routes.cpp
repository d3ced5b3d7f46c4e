#include "api/detail/routes.hpp"

#include <array>
#include <optional>

#include "api/detail/assets.hpp"
#include "api/detail/call.hpp"
#include "api/detail/exports.hpp"
#include "api/detail/writes.hpp"

namespace gemel::api {
namespace {

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
    Route{"GET", "/api/v1/snapshot/columns", get_snapshot_columns},
    Route{"GET", "/api/v1/latest", get_latest_of_many},
    Route{"GET", "/api/v1/trends", get_trends},
    Route{"GET", "/api/v1/signals/{}/latest", get_latest},
    Route{"GET", "/api/v1/signals/{}/trend", get_trend},
    Route{"GET", "/api/v1/signals/{}/samples", get_samples},
    Route{"GET", "/api/v1/alarms", get_alarms},
    Route{"GET", "/api/v1/alarms/suggested", get_suggested_labels},
    Route{"POST", "/api/v1/alarms/{}/acknowledge", acknowledge},
    Route{"POST", "/api/v1/alarms/{}/shelve", shelve},
    Route{"POST", "/api/v1/alarms/{}/unshelve", unshelve},
    Route{"POST", "/api/v1/alarms/{}/label", label},
    Route{"POST", "/api/v1/retrain", retrain},
    Route{"GET", "/api/v1/recommendations", get_recommendations},
    Route{"POST", "/api/v1/recommendations/{}/approve", approve},
    Route{"POST", "/api/v1/recommendations/{}/reject", reject},
    Route{"GET", "/api/v1/simulators", get_simulators},
    Route{"POST", "/api/v1/whatif", what_if},
    Route{"POST", "/api/v1/whatif/runs", start_what_if},
    Route{"GET", "/api/v1/whatif/runs", get_what_ifs},
    Route{"GET", "/api/v1/whatif/runs/{}", get_what_if},
    Route{"POST", "/api/v1/whatif/runs/{}/stop", stop_what_if},
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

HttpResponse respond(Answer answered) {
  auto text = std::move(answered).take();
  if (!text) return answer(text.error());
  HttpResponse response;
  response.body = std::move(text).value();
  return response;
}

/// As the second version of InfluxDB tells collectors and load balancers.
HttpResponse health_for_collectors(const engine::Engine& engine) {
  const auto trouble = engine.status().history_trouble;
  HttpResponse response;
  response.status = trouble.empty() ? 200 : 503;
  response.body = Json{
      {"name", "gemel"},
      {"message", trouble.empty() ? "ready for queries and writes" : trouble},
      {"status", trouble.empty() ? "pass" : "fail"},
      {"checks", Json::array()},
      {"version",
       GEMEL_VERSION}}.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

}  // namespace

bool Routes::is_quick(const HttpRequest& request) {
  const auto path = std::string_view(request.target).substr(0, request.target.find('?'));
  return path == "/api/v1/latest" || path.ends_with("/latest") || path == "/ping" ||
         request.target == "/api/v1/session";
}

HttpResponse Routes::handle(const HttpRequest& request) const {
  const auto target = parse_target(request.target);
  if (!target) return answer(target.error());
  if (target->path == "/healthz") return health(engine_);
  if (target->path == "/health") return health_for_collectors(engine_);
  if (target->path == "/ping") return Writes::pong();
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

  if (target->path == "/api/v1/export" && request.method == "GET")
    return get_export({engine_, gatekeeper_, request, *target, *who, what_ifs_, ""});

  bool path_known = target->path == "/api/v1/export";
  for (const auto& route : kRoutes) {
    const auto segment = match(route.pattern, target->path);
    if (!segment) continue;
    path_known = true;
    if (route.method != request.method) continue;
    if (route.method != "GET" && !who->may_write()) {
      return answer(401, {ErrorCode::PermissionDenied,
                          "this needs a person's name: send `X-Gemel-User: name`"});
    }
    const Call call{engine_, gatekeeper_, request, *target, *who, what_ifs_, *segment};
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
