#pragma once
// What is believed of every series, as columns.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/snapshot.hpp"

namespace gemel::history::detail {

std::string encode_keyframe(const std::vector<Belief>& beliefs);
/// Empty when the bytes are damaged.
std::optional<std::vector<Belief>> decode_keyframe(std::string_view bytes);

}  // namespace gemel::history::detail
