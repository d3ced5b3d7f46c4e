#pragma once
// An event's fields as a JSON object, so that SQL can reach into them.

#include <string>

#include "core/event.hpp"

namespace gemel::exchange::detail {

/// Times as ISO 8601, durations in seconds, enumerations by name.
std::string event_json(const EventBody& body);

}  // namespace gemel::exchange::detail
