#include "api/detail/encode.hpp"

#include <cmath>

#include "api/detail/json_writer.hpp"
#include "core/event_fields.hpp"

namespace gemel::api {
namespace {

/// JSON has no NaN: a number that is none is not known.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json numbers(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double value : values) out.push_back(number(value));
  return out;
}

Json encode_path(const Plant& plant, SignalId id) {
  return id.valid() ? Json(plant.signal(id).path) : Json(nullptr);
}

Json encode(const Limits& limits) {
  return {{"low", limits.low ? number(*limits.low) : Json(nullptr)},
          {"high", limits.high ? number(*limits.high) : Json(nullptr)}};
}

std::string_view name_of(SignalRole role) {
  switch (role) {
    case SignalRole::Measured:
      return "measured";
    case SignalRole::Estimate:
      return "estimate";
    case SignalRole::Score:
      return "score";
    case SignalRole::Health:
      return "health";
    case SignalRole::SoftSensor:
      return "soft_sensor";
    case SignalRole::Forecast:
      return "forecast";
    case SignalRole::Life:
      return "life";
  }
  return "measured";
}

std::string_view name_of(Part part) {
  switch (part) {
    case Part::Middle:
      return "middle";
    case Part::Low:
      return "low";
    case Part::High:
      return "high";
    case Part::Probability:
      return "probability";
  }
  return "middle";
}

std::string_view name_of(EstimatorKind kind) {
  switch (kind) {
    case EstimatorKind::SoftSensor:
      return "soft_sensor";
    case EstimatorKind::Forecast:
      return "forecast";
    case EstimatorKind::Life:
      return "life";
  }
  return "soft_sensor";
}

std::string_view name_of(Autonomy autonomy) {
  return autonomy == Autonomy::Approve ? "approve" : "observe";
}

Json encode_causes(Quality quality) {
  Json causes = Json::array();
  for (int bit = 0; bit < 16; ++bit) {
    const auto cause = static_cast<Cause>(1 << bit);
    if (quality.has(cause)) causes.push_back(to_string(cause));
  }
  return causes;
}

// The events' fields, by the one visitor that also writes them to disk.
template <class T>
Json encode_fields(const T& event);

Json encode_field(std::uint64_t v) { return v; }
Json encode_field(std::uint32_t v) { return v; }
Json encode_field(bool v) { return v; }
Json encode_field(double v) { return number(v); }
Json encode_field(const std::string& v) { return v; }
Json encode_field(Timestamp v) { return encode_time(v); }
Json encode_field(Duration v) { return v.in_seconds(); }
template <class Enum>
  requires std::is_enum_v<Enum>
Json encode_field(Enum v) {
  return to_string(v);
}
template <class T>
  requires std::is_class_v<T>
Json encode_field(const T& v) {
  return encode_fields(v);
}
template <class T>
Json encode_field(const std::vector<T>& vs) {
  Json out = Json::array();
  for (const auto& v : vs) out.push_back(encode_field(v));
  return out;
}

template <class T>
Json encode_fields(const T& event) {
  Json out = Json::object();
  for_each_field(event,
                 [&](const char* name, const auto& value) { out[name] = encode_field(value); });
  return out;
}

Json encode(const Asset& asset, const Plant& plant) {
  Json location = nullptr;
  if (asset.at) location = {{"latitude", asset.at->first}, {"longitude", asset.at->second}};
  return {{"path", asset.path},
          {"parent", asset.parent.valid() ? Json(plant.asset(asset.parent).path) : Json(nullptr)},
          {"name", asset.name},
          {"type", asset.type},
          {"serial", asset.serial},
          {"description", asset.description},
          {"location", location},
          {"health", encode_path(plant, asset.health)}};
}

Json encode(const Signal& signal, const Plant& plant) {
  return {{"path", signal.path},
          {"asset", plant.asset(signal.asset).path},
          {"name", signal.name},
          {"description", signal.description},
          {"role", name_of(signal.role)},
          {"of", encode_path(plant, signal.of)},
          {"part", name_of(signal.part)},
          {"lead_s", signal.lead.in_seconds()},
          {"unit", signal.unit.symbol},
          {"states", signal.states},
          {"range", encode(signal.range)},
          {"normal", nullptr},
          {"period_s", signal.period.in_seconds()},
          {"gap_s", signal.gap.in_seconds()}};
}

Json encode(const std::vector<Condition>& conditions) {
  Json out = Json::array();
  for (const auto& condition : conditions) out.push_back(condition.text);
  return out;
}

Json encode(const Control& control, const Plant& plant) {
  return {{"path", control.path},
          {"asset", plant.asset(control.asset).path},
          {"name", control.name},
          {"description", control.description},
          {"unit", control.unit.symbol},
          {"range", encode(control.range)},
          {"rate_limit_per_s", control.rate_limit_per_s},
          {"feedback", encode_path(plant, control.feedback)},
          {"feedback_tolerance", control.feedback_tolerance},
          {"interlocks", encode(control.interlocks)},
          {"expiry_s", control.expiry.in_seconds()},
          {"autonomy", name_of(control.autonomy)},
          {"bound", control.source != UINT32_MAX}};
}

Json encode(const DetectorSpec& detector, const Plant& plant) {
  Json signals = Json::array();
  for (const auto id : detector.signals) signals.push_back(plant.signal(id).path);
  return {{"path", detector.path},
          {"asset", plant.asset(detector.asset).path},
          {"name", detector.name},
          {"kind", detector.kind},
          {"signals", signals},
          {"score", encode_path(plant, detector.score)},
          {"priority", to_string(detector.priority)},
          {"action", detector.action}};
}

Json encode(const EstimatorSpec& estimator, const Plant& plant) {
  Json from = Json::array(), outputs = Json::array();
  for (const auto id : estimator.from) from.push_back(plant.signal(id).path);
  for (const auto& output : estimator.outputs) {
    outputs.push_back({{"lead_s", output.lead.in_seconds()},
                       {"middle", encode_path(plant, output.middle)},
                       {"low", encode_path(plant, output.low)},
                       {"high", encode_path(plant, output.high)},
                       {"probability", encode_path(plant, output.probability)}});
  }
  return {{"path", estimator.path},
          {"asset", plant.asset(estimator.asset).path},
          {"name", estimator.name},
          {"kind", name_of(estimator.kind)},
          {"of", encode_path(plant, estimator.of)},
          {"from", from},
          {"coverage", estimator.coverage},
          {"ends", estimator.ends ? Json(estimator.ends->text) : Json(nullptr)},
          {"horizon_s", estimator.horizon.in_seconds()},
          {"outputs", outputs}};
}

Json encode(const DecisionSpec& decision, const Plant& plant) {
  Json by = Json::array();
  for (const auto id : decision.by) by.push_back(plant.control(id).path);
  return {{"name", decision.name},
          {"description", decision.description},
          {"maximise", decision.maximise},
          {"objective", decision.objective},
          {"by", by},
          {"subject_to", encode(decision.subject_to)},
          {"autonomy", name_of(decision.autonomy)},
          {"horizon_s", decision.horizon.in_seconds()}};
}

Json encode(const Connection& connection, const Plant& plant) {
  return {{"from", connection.from},
          {"to", connection.to},
          {"from_asset", plant.asset(connection.from_asset).path},
          {"to_asset", plant.asset(connection.to_asset).path},
          {"kind", connection.kind}};
}

template <class Noun>
Json encode_table(const std::vector<Noun>& nouns, const Plant& plant) {
  Json out = Json::array();
  for (const auto& noun : nouns) out.push_back(encode(noun, plant));
  return out;
}

Json encode(const engine::SourceStatus& source) {
  Json out{{"name", source.name},
           {"state", ""},
           {"detail", ""},
           {"since", nullptr},
           {"retry_at", nullptr}};
  if (const auto* connecting = std::get_if<Connecting>(&source.link)) {
    out["state"] = "connecting";
    out["detail"] = connecting->detail;
  } else if (const auto* online = std::get_if<Online>(&source.link)) {
    out["state"] = "online";
    out["since"] = encode_time(online->since);
  } else if (const auto* faulted = std::get_if<Faulted>(&source.link)) {
    out["state"] = "faulted";
    out["detail"] = faulted->why.message;
    out["retry_at"] = encode_time(faulted->retry_at);
  } else {
    out["state"] = "finished";
  }
  return out;
}

Json encode_delta_of(const Belief& belief) {
  const auto quality = belief.quality();
  Json out{{"v", belief.has_value() ? number(belief.value) : Json(nullptr)},
           {"q", to_string(quality.grade)},
           {"t", belief.has_value() ? Json(milliseconds(belief.value_time)) : Json(nullptr)}};
  if (quality.causes != 0) out["c"] = encode_causes(quality);
  if (belief.missing()) out["m"] = milliseconds(belief.missing_since);
  return out;
}

}  // namespace

Json encode(const SimulatorSpec& simulator, const Plant& plant) {
  Json signals = Json::array(), controls = Json::array();
  for (const auto& [port, id] : simulator.signals) signals.push_back(plant.signal(id).path);
  for (const auto& [port, id] : simulator.controls) controls.push_back(plant.control(id).path);
  return {{"name", simulator.name},
          {"asset", plant.asset(simulator.asset).path},
          {"kind", simulator.kind},
          {"signals", signals},
          {"controls", controls}};
}

Json encode_time(Timestamp t) {
  if (t == Timestamp::min()) return nullptr;
  auto text = to_string(Timestamp{milliseconds(t) * 1'000'000});
  // Whole seconds come without decimals; the contract wants three, always.
  if (text.size() == 20) text.insert(19, ".000");
  return text;
}

Json encode(const Error& error) {
  return {{"error", {{"code", to_string(error.code)}, {"message", error.message}}}};
}

Json encode(const Plant& plant) {
  Json simulators = Json::array();
  for (const auto& each : plant.simulators) simulators.push_back(encode(each, plant));
  return {{"name", plant.name},
          {"version", plant.version},
          {"assets", encode_table(plant.assets, plant)},
          {"signals", encode_table(plant.signals, plant)},
          {"controls", encode_table(plant.controls, plant)},
          {"connections", encode_table(plant.connections, plant)},
          {"detectors", encode_table(plant.detectors, plant)},
          {"estimators", encode_table(plant.estimators, plant)},
          {"simulators", std::move(simulators)},
          {"decisions", encode_table(plant.decisions, plant)}};
}

Json encode(const Alarm& alarm) {
  const auto& raised = alarm.raised;
  return {
      {"id", raised.alarm},
      {"asset", raised.asset},
      {"source", raised.source},
      {"name", raised.name},
      {"priority", to_string(raised.priority)},
      {"cause", raised.cause},
      {"consequence", raised.consequence},
      {"action", raised.action},
      {"score", number(raised.score)},
      {"drivers", encode_field(raised.drivers)},
      {"onset", encode_time(raised.onset)},
      {"version", raised.version},
      {"raised_at", encode_time(alarm.raised_at)},
      {"cleared_at", encode_time(alarm.cleared_at.value_or(Timestamp::min()))},
      {"acknowledged_at", encode_time(alarm.acknowledged_at.value_or(Timestamp::min()))},
      {"acknowledged_by", alarm.acknowledged_by},
      {"shelved_until", encode_time(alarm.shelved_until.value_or(Timestamp::min()))},
      {"shelved_by", alarm.shelved_by},
      {"shelve_reason", alarm.shelve_reason},
      {"nearest_normal",
       raised.nearest_normal == Timestamp{} ? Json(nullptr) : encode_time(raised.nearest_normal)},
      {"nearest_distance", number(raised.nearest_distance)},
      {"label", alarm.label ? Json{{"truth", to_string(alarm.label->truth)},
                                   {"cause", alarm.label->cause},
                                   {"by", alarm.label->by}}
                            : Json(nullptr)}};
}

Json encode(const Recommendation& recommendation) {
  const auto& made = recommendation.made;
  Json decided = nullptr, measured = nullptr;
  if (recommendation.decided) {
    decided = {{"verdict", to_string(recommendation.decided->verdict)},
               {"by", recommendation.decided->by},
               {"reason", recommendation.decided->reason},
               {"at", encode_time(recommendation.decided_at)}};
  }
  if (recommendation.measured) {
    measured = {{"effects", encode_field(recommendation.measured->effects)},
                {"inside_interval", recommendation.measured->inside_interval}};
  }
  return {{"id", made.recommendation},
          {"decision", made.decision},
          {"title", made.title},
          {"reason", made.reason},
          {"changes", encode_field(made.changes)},
          {"effects", encode_field(made.effects)},
          {"confidence", number(made.confidence)},
          {"evidence", made.evidence},
          {"alternatives", made.alternatives},
          {"rank", made.rank},
          {"expires", encode_time(made.expires)},
          {"horizon_s", made.horizon.in_seconds()},
          {"version", made.version},
          {"made_at", encode_time(recommendation.made_at)},
          {"decided", decided},
          {"measured", measured}};
}

Json encode(const CommandTrack& track) {
  const auto& command = track.judged.command;
  Json ended = nullptr;
  if (track.ended) {
    ended = {{"result", to_string(track.ended->result)},
             {"feedback", track.ended->feedback},
             {"detail", track.ended->detail},
             {"at", encode_time(track.ended_at)}};
  }
  return {{"id", command.id},
          {"control", command.control},
          {"value", number(command.value)},
          {"asked", number(track.judged.asked)},
          {"unit", command.unit},
          {"reason", command.reason},
          {"by", command.by},
          {"recommendation", command.recommendation ? Json(command.recommendation) : Json(nullptr)},
          {"issued", encode_time(command.issued)},
          {"expires", encode_time(command.expires)},
          {"admission", to_string(track.judged.admission)},
          {"admission_reason", track.judged.reason},
          {"judged_at", encode_time(track.judged_at)},
          {"ended", ended}};
}

Json encode(const Event& event) {
  return {{"known_at", encode_time(event.known_at)},
          {"kind", kind_of(event.body)},
          {"body", std::visit([](const auto& body) { return encode_fields(body); }, event.body)}};
}

Json encode_delta(const Snapshot* before, const Snapshot& now, const Plant& plant) {
  Json signals = Json::object();
  for (const auto& signal : plant.signals) {
    const auto& belief = now.beliefs[signal.id];
    if (!before || !(before->beliefs[signal.id] == belief))
      signals[signal.path] = encode_delta_of(belief);
  }
  Json delta{{"type", "delta"},
             {"at", encode_time(now.at)},
             {"known_at", encode_time(now.known_at)},
             {"signals", std::move(signals)}};
  // The lists are copied on write, so an equal pointer means an equal list.
  if (!before || before->alarms != now.alarms) delta["alarms"] = encode_all(*now.alarms);
  if (!before || before->recommendations != now.recommendations) {
    delta["recommendations"] = encode_all(*now.recommendations);
  }
  if (!before || before->commands != now.commands) delta["commands"] = encode_all(*now.commands);
  return delta;
}

Json encode(const engine::EngineStatus& status, const engine::Engine& engine) {
  const auto extent = engine.history().extent();
  Json range = nullptr;
  if (extent) range = {{"from", encode_time(extent->from)}, {"until", encode_time(extent->until)}};
  Json sources = Json::array();
  for (const auto& source : status.sources) sources.push_back(encode(source));
  return {{"version", GEMEL_VERSION},
          {"plant", engine.plant().name},
          {"started", encode_time(status.started)},
          {"now", encode_time(engine.now())},
          {"replay", status.replay},
          {"sources", std::move(sources)},
          {"history",
           {{"samples", status.history.samples},
            {"events", status.history.events},
            {"duplicates", status.history.duplicates},
            {"bytes_on_disk", status.history.bytes_on_disk},
            {"last_known_at", encode_time(status.history.last_known_at)},
            {"trouble", status.history_trouble}}},
          {"extent", range},
          {"ticks", status.ticks},
          {"samples", status.samples},
          {"inbox_depth", status.inbox_depth},
          {"untrained", status.untrained}};
}

Json encode(const Outcome& outcome, Timestamp at) {
  Json times = Json::array(), signals = Json::array(), indicators = Json::array();
  for (const auto& time : outcome.times) times.push_back(time.in_seconds());
  for (const auto& signal : outcome.signals) {
    signals.push_back({{"signal", signal.signal.valid() ? Json(signal.name) : Json(nullptr)},
                       {"name", signal.name},
                       {"unit", signal.unit},
                       {"mean", numbers(signal.mean)},
                       {"low", numbers(signal.low)},
                       {"high", numbers(signal.high)}});
  }
  for (const auto& indicator : outcome.indicators) {
    indicators.push_back({{"name", indicator.name},
                          {"unit", indicator.unit},
                          {"mean", number(indicator.mean)},
                          {"low", number(indicator.low)},
                          {"high", number(indicator.high)}});
  }
  return {{"at", encode_time(at)},         {"times_s", std::move(times)},
          {"signals", std::move(signals)}, {"indicators", std::move(indicators)},
          {"version", outcome.version},    {"warnings", outcome.warnings},
          {"findings", outcome.findings},  {"draws", outcome.draws}};
}

Json encode(const WhatIfAnswer& answer, Timestamp at) {
  Json differences = Json::array();
  for (const auto& one : answer.differences) {
    differences.push_back({{"name", one.name},
                           {"unit", one.unit},
                           {"mean", number(one.mean)},
                           {"low", number(one.low)},
                           {"high", number(one.high)},
                           {"mean_low", number(one.mean_low)},
                           {"mean_high", number(one.mean_high)}});
  }
  auto out = encode(answer.changed, at);
  out["as_now"] = encode(answer.as_now, at);
  out["differences"] = std::move(differences);
  return out;
}

Json encode(const Adjustable& one) {
  return {{"name", one.name},
          {"unit", one.unit},
          {"meaning", one.meaning},
          {"value", number(one.value)},
          {"range", {{"low", number(one.low)}, {"high", number(one.high)}}}};
}

}  // namespace gemel::api
