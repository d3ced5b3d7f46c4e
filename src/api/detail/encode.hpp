#pragma once
// The nouns as JSON, as openapi.yaml describes them; what holds thousands of values: see
// encode_series.hpp.

#include <nlohmann/json.hpp>

#include "core/history.hpp"
#include "core/plant.hpp"
#include "core/simulator.hpp"
#include "core/snapshot.hpp"
#include "engine/engine.hpp"

namespace gemel::api {

using Json = nlohmann::ordered_json;

/// "2026-01-31T08:30:00.250Z", always with milliseconds; null for Timestamp::min().
Json encode_time(Timestamp t);
Json encode(const Error& error);
Json encode(const Plant& plant);
Json encode(const SimulatorSpec& simulator, const Plant& plant);
Json encode(const Alarm& alarm);
Json encode(const Recommendation& recommendation);
Json encode(const CommandTrack& command);
Json encode(const Event& event);
Json encode(const engine::EngineStatus& status, const engine::Engine& engine);
Json encode(const Outcome& outcome, Timestamp at);
/// With the outcome as now and the differences.
Json encode(const WhatIfAnswer& answer, Timestamp at);
Json encode(const Adjustable& adjustable);

template <class T>
Json encode_all(const std::vector<T>& nouns) {
  Json out = Json::array();
  for (const auto& noun : nouns) out.push_back(encode(noun));
  return out;
}

/// What changed from `before` to `now` as a LiveDelta; everything when `before` is null.
Json encode_delta(const Snapshot* before, const Snapshot& now, const Plant& plant);

}  // namespace gemel::api
