// The routes that read: the present, the past, and what happened.

#include <algorithm>

#include "api/detail/call.hpp"
#include "api/detail/encode_series.hpp"
#include "api/detail/exports.hpp"
#include "api/detail/present.hpp"
#include "base/text.hpp"
#include "inference/labels.hpp"

namespace gemel::api {
namespace {

constexpr std::uint32_t kPointsMax = 4'000;
constexpr std::size_t kSignalsMax = 1'000;
constexpr std::size_t kTrendPointsMax = 400'000;  // of all signals together
constexpr std::size_t kEventsRead = 100'000;

/// The paths in `signals`, which commas part.
Result<std::vector<SignalId>> signals_parameter(const Call& call) {
  const auto signals = parameter(call, "signals");
  if (!signals) return Error{ErrorCode::InvalidInput, "the parameter 'signals' is missing"};
  const auto paths = text::split(*signals, ',');
  if (paths.size() > kSignalsMax) {
    return Error{ErrorCode::InvalidInput, std::to_string(paths.size()) + " signals; at most " +
                                              std::to_string(kSignalsMax) + " at once"};
  }
  std::vector<SignalId> found;
  for (const auto& path : paths) {
    GEMEL_ASSIGN(const auto id, call.plant().find_signal(path));
    found.push_back(id);
  }
  return found;
}

/// Trends of signals over one range, as a request asks for them.
struct Trends {
  TimeRange range;
  std::vector<std::vector<Bucket>> buckets;
};
Result<Trends> trends_of(const Call& call, std::span<const SignalId> signals) {
  GEMEL_ASSIGN(const auto range, range_parameter(call));
  GEMEL_ASSIGN(const auto points, whole_parameter(call, "points", 600, kPointsMax));
  GEMEL_ASSIGN(const auto known_at, time_parameter(call, "known_at"));
  if (signals.size() * points > kTrendPointsMax) {
    return Error{ErrorCode::InvalidInput,
                 std::to_string(signals.size()) + " signals of " + std::to_string(points) +
                     " points are too much at once; at most " + std::to_string(kTrendPointsMax) +
                     " points of all together"};
  }
  GEMEL_ASSIGN(auto buckets, call.engine.history().trends(signals, range, points,
                                                          known_at.value_or(Timestamp::max())));
  return Trends{range, std::move(buckets)};
}

}  // namespace

Answer get_session(const Call& call) {
  return Json{{"user", call.who.user.empty() ? Json(nullptr) : Json(call.who.user)},
              {"token_required", call.gatekeeper.token_required()},
              {"may_write", call.who.may_write()}};
}

Answer get_status(const Call& call) { return encode(call.engine.status(), call.engine); }

Answer get_plant(const Call& call) { return encode(call.plant()); }

Answer get_snapshot(const Call& call) {
  GEMEL_ASSIGN(const auto then, moment(call));
  return Answer::written(write_snapshot(*then.snapshot, call.plant(), then.live));
}

Answer get_snapshot_columns(const Call& call) {
  GEMEL_ASSIGN(const auto then, moment(call));
  return Answer::written(write_snapshot_columns(*then.snapshot, call.plant(), then.live));
}

Answer get_latest(const Call& call) {
  GEMEL_ASSIGN(const auto id, call.plant().find_signal(call.segment));
  return Answer::written(write_latest(*present(call.engine), call.plant(), {&id, 1}));
}

Answer get_latest_of_many(const Call& call) {
  GEMEL_ASSIGN(const auto signals, signals_parameter(call));
  return Answer::written(write_latest(*present(call.engine), call.plant(), signals));
}

Answer get_trend(const Call& call) {
  GEMEL_ASSIGN(const auto id, call.plant().find_signal(call.segment));
  GEMEL_ASSIGN(const auto trends, trends_of(call, {&id, 1}));
  return Answer::written(
      write_trend(call.plant().signal(id), trends.range, trends.buckets.front()));
}

Answer get_trends(const Call& call) {
  GEMEL_ASSIGN(const auto signals, signals_parameter(call));
  GEMEL_ASSIGN(const auto trends, trends_of(call, signals));
  std::string written = R"({"trends":[)";
  for (std::size_t i = 0; i < signals.size(); ++i) {
    if (i > 0) written += ',';
    written += write_trend(call.plant().signal(signals[i]), trends.range, trends.buckets[i]);
  }
  return Answer::written(written + "]}");
}

Answer get_samples(const Call& call) {
  GEMEL_ASSIGN(const auto range, range_parameter(call));
  GEMEL_ASSIGN(const auto known_at, time_parameter(call, "known_at"));
  GEMEL_ASSIGN(const auto id, call.plant().find_signal(call.segment));
  GEMEL_ASSIGN(const auto records,
               samples_of(call, id, range, known_at.value_or(Timestamp::max())));
  return Answer::written(write_samples(call.plant().signal(id), records));
}

Answer get_alarms(const Call& call) {
  GEMEL_ASSIGN(const auto then, moment(call));
  return Json{{"at", encode_time(then.snapshot->at)},
              {"alarms", encode_all(*then.snapshot->alarms)}};
}

Answer get_suggested_labels(const Call& call) {
  GEMEL_ASSIGN(const auto then, moment(call));
  Json suggested = Json::array();
  for (const auto& one : inference::suggest_labels(call.plant(), *then.snapshot->alarms)) {
    suggested.push_back({{"alarm", one.alarm}, {"worth", one.worth}, {"reasons", one.reasons}});
  }
  return Json{{"at", encode_time(then.snapshot->at)}, {"suggested", std::move(suggested)}};
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

}  // namespace gemel::api
