#pragma once
// ${NAME} and ${NAME:-default} in the texts of a twin file.

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "spec/spec.hpp"

namespace gemel::spec {

/// `text` with every ${NAME} replaced by the variable's value and every ${NAME:-default} by it or
/// the default;
/// "$${" stands for "${". Errors: InvalidInput (not set and no default, no name, not closed).
Result<std::string> substitute_environment(std::string_view text, const Environment& environment);

}  // namespace gemel::spec
