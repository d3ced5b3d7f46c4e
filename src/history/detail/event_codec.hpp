#pragma once
// Events to bytes and back, field by field in the order of core/event_fields.hpp. Everything
// composed is preceded by its length, so that events written before a field was added still read,
// with that field at its default.

#include <optional>

#include "base/bytes.hpp"
#include "core/event.hpp"

namespace gemel::history::detail {

void write_event(ByteWriter& out, const Event& event);

/// Empty, with `in` failed, when the bytes are no event.
std::optional<Event> read_event(ByteReader& in);

}  // namespace gemel::history::detail
