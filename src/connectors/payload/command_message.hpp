#pragma once
// Commands and the plant's answers as JSON.

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/actuator.hpp"
#include "core/event.hpp"

namespace gemel::connectors::payload {

/// {"id":"17","value":1450,"unit":"rpm","issued":1700000000000,"expires":1700000030000,"by":"…","reason":"…"};
/// times in epoch milliseconds.
std::string write_command(const Command& command);

/// {"id":"17","accepted":true,"reason":"…"}; id may be a number. Errors: InvalidInput.
Result<Reply> read_reply(std::string_view bytes);

}  // namespace gemel::connectors::payload
