#pragma once
// Events as JSON, field by field by core/event_fields.hpp, so that SQL can look into them. Exact:
// what JSON can't hold (text that is no UTF-8, numbers that are not finite) is written in a form of
// its own. Times and durations are integers of nanoseconds, enumerations their names.

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/event.hpp"

namespace gemel::postgres::detail {

/// The body alone; the kind is `kind_of(body)`.
std::string to_json(const EventBody& body);

/// Fields that are missing keep their defaults and unknown ones are passed over, so that events of
/// older and newer versions read. Errors: Corruption, telling what is wrong.
Result<EventBody> from_json(std::string_view kind, std::string_view json);

}  // namespace gemel::postgres::detail
