#pragma once
// The answer to a what-if as the API gives it, for who asks without a running twin.

#include <string>
#include <vector>

#include "base/time.hpp"
#include "core/simulator.hpp"

namespace gemel::api {

/// JSON: the schema Outcome of openapi.yaml, with `as_now` and `differences`.
std::string to_json(const WhatIfAnswer& answer, Timestamp at);
/// JSON: an array of what `adjustables` of the schema ReadySimulator holds.
std::string to_json(const std::vector<Adjustable>& adjustables);

}  // namespace gemel::api
