#include "spec/detail/substitution.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "spec/detail/characters.hpp"

namespace gemel::spec {
namespace {

bool is_variable_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= 100 && std::all_of(name.begin(), name.end(), fits);
}

/// The value of what stands between "${" and "}".
Result<std::string> value_of(std::string_view inside, const Environment& environment) {
  const auto bar = inside.find(":-");
  const std::string name(inside.substr(0, bar));
  if (!is_variable_name(name)) {
    return Error{
        ErrorCode::InvalidInput,
        fmt::format(
            "'${{{}}}' names no environment variable; write ${{NAME}} or ${{NAME:-default}}, "
            "or $${{ for the characters themselves",
            shown(inside))};
  }
  if (auto value = environment(name); value && !(value->empty() && bar != std::string_view::npos))
    return *value;
  if (bar != std::string_view::npos) return std::string(inside.substr(bar + 2));
  return Error{
      ErrorCode::NotFound,
      fmt::format("environment variable {0} is not set; set it, or write ${{{0}:-default}}", name)};
}

}  // namespace

Result<std::string> substitute_environment(std::string_view text, const Environment& environment) {
  std::string out;
  for (;;) {
    const auto at = text.find("${");
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    const bool is_escaped = at > 0 && text[at - 1] == '$';
    text.remove_prefix(at + 2);
    if (is_escaped) {
      out += "{";
      continue;
    }
    const auto end = text.find('}');
    if (end == std::string_view::npos) {
      return Error{ErrorCode::InvalidInput,
                   "'${' without '}'; write ${NAME}, or $${ for the characters themselves"};
    }
    GEMEL_ASSIGN(const std::string value, value_of(text.substr(0, end), environment));
    out += value;
    text.remove_prefix(end + 1);
  }
}

}  // namespace gemel::spec
