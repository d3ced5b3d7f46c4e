#pragma once
// Bytes that can't be in a twin file, and showing text from one in a message.

#include <optional>
#include <string>
#include <string_view>

#include "spec/spec.hpp"

namespace gemel::spec {

struct Unreadable {
  Location at;
  std::string what;
};

/// The first byte that is no UTF-8 text: control characters, broken sequences.
std::optional<Unreadable> first_unreadable(std::string_view text);

/// `text` cut to what a message can hold, without line breaks.
std::string shown(std::string_view text);

}  // namespace gemel::spec
