#pragma once
// The way to one value inside a JSON message: $.motor.bearings[2].temperature.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace gemel::connectors::payload {

/// A key of an object or an index of an array.
using Step = std::variant<std::string, std::uint32_t>;

/// From the root of a message to a value in it. No steps: the message itself.
struct JsonPath {
  std::vector<Step> steps;

  /// Reads "$", "$.a.b[2].c", "$['key with a . in it']". Limits: 1,000 characters, 32 steps.
  /// Errors: InvalidInput (not a path, or a wildcard; says where and what to write).
  static Result<JsonPath> parse(std::string_view text);
};

}  // namespace gemel::connectors::payload
