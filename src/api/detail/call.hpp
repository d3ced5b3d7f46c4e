#pragma once
// What every route works with: the request taken apart, and its answer.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/detail/encode.hpp"
#include "api/detail/http.hpp"
#include "api/detail/identity.hpp"
#include "engine/engine.hpp"

namespace gemel::api {

class WhatIfRuns;

/// What a route works with.
struct Call {
  engine::Engine& engine;
  const Gatekeeper& gatekeeper;
  const HttpRequest& request;
  const Target& target;
  Identity who;
  WhatIfRuns& what_ifs;
  std::string segment;  // the part of the path that stands for {path} or {id}

  const Plant& plant() const { return engine.plant(); }
};
/// JSON text, or why there is none.
class Answer {
 public:
  // Text from a plant may hold bytes that are not UTF-8; they are shown as such rather than
  // refused.
  Answer(const Json& json)  // NOLINT: implicit by design
      : text_(json.dump(-1, ' ', false, Json::error_handler_t::replace)) {}
  Answer(Error error) : text_(std::move(error)) {}  // NOLINT
  /// JSON that was written as text.
  static Answer written(std::string json) { return Answer(Written{std::move(json)}); }

  Result<std::string> take() && { return std::move(text_); }

 private:
  struct Written {
    std::string json;
  };
  explicit Answer(Written written) : text_(std::move(written.json)) {}
  Result<std::string> text_;
};

// The parameters of a query. Errors: InvalidInput, with the parameter's name.

std::optional<std::string_view> parameter(const Call& call, std::string_view name);
Result<std::optional<Timestamp>> time_parameter(const Call& call, std::string_view name);
/// From 1 to `most`.
Result<std::uint64_t> whole_parameter(const Call& call, std::string_view name,
                                      std::uint64_t fallback, std::uint64_t most);
/// `from` and `until`.
Result<TimeRange> range_parameter(const Call& call);

/// The present, or the past when `at` or `known_at` is given.
struct Moment {
  std::shared_ptr<const Snapshot> snapshot;
  bool live = true;
};
Result<Moment> moment(const Call& call, std::optional<Timestamp> at,
                      std::optional<Timestamp> known_at);
/// By the parameters of these names.
Result<Moment> moment(const Call& call);

// Every route's answer, by its operationId in openapi.yaml.

Answer get_session(const Call& call);
Answer get_status(const Call& call);
Answer get_plant(const Call& call);
Answer get_snapshot(const Call& call);
Answer get_snapshot_columns(const Call& call);
Answer get_latest(const Call& call);
Answer get_latest_of_many(const Call& call);
Answer get_trend(const Call& call);
Answer get_trends(const Call& call);
Answer get_samples(const Call& call);
Answer get_alarms(const Call& call);
Answer get_suggested_labels(const Call& call);
Answer get_recommendations(const Call& call);
Answer get_events(const Call& call);

Answer acknowledge(const Call& call);
Answer shelve(const Call& call);
Answer unshelve(const Call& call);
Answer label(const Call& call);
Answer retrain(const Call& call);
Answer approve(const Call& call);
Answer reject(const Call& call);

Answer get_simulators(const Call& call);
Answer what_if(const Call& call);
Answer start_what_if(const Call& call);
Answer get_what_ifs(const Call& call);
Answer get_what_if(const Call& call);
Answer stop_what_if(const Call& call);

}  // namespace gemel::api
