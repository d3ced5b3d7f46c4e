#include "connectors/payload/json_path.hpp"

#include <charconv>

namespace gemel::connectors::payload {
namespace {

constexpr std::size_t kTextMax = 1'000;
constexpr std::size_t kStepsMax = 32;

Error bad_path(std::string_view text, std::string_view why) {
  return {ErrorCode::InvalidInput, "'" + std::string(text.substr(0, 80)) +
                                       "' is not a path into a message: " + std::string(why) +
                                       "; write $.key, $.key.key[0] or $['odd key']"};
}

/// "key" up to the next dot or bracket.
Result<Step> take_key(std::string_view& rest, std::string_view whole) {
  const auto end = rest.find_first_of(".[");
  const auto key = rest.substr(0, end);
  if (key.empty()) return bad_path(whole, "a key is missing after a dot");
  if (key == "*") return bad_path(whole, "wildcards are not read (an array of rows needs none)");
  rest.remove_prefix(key.size());
  return Step{std::string(key)};
}

/// "3]" or "'key']", the opening bracket being consumed.
Result<Step> take_bracket(std::string_view& rest, std::string_view whole) {
  if (!rest.empty() && (rest.front() == '\'' || rest.front() == '"')) {
    const char quote = rest.front();
    const auto end = rest.find(quote, 1);
    if (end == std::string_view::npos || end + 1 >= rest.size() || rest[end + 1] != ']') {
      return bad_path(whole, "a quoted key is not closed");
    }
    Step step{std::string(rest.substr(1, end - 1))};
    rest.remove_prefix(end + 2);
    return step;
  }
  std::uint32_t index = 0;
  const auto [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), index);
  const auto length = static_cast<std::size_t>(end - rest.data());
  if (ec != std::errc{} || length >= rest.size() || rest[length] != ']') {
    return bad_path(whole, "an index is a whole number in brackets");
  }
  rest.remove_prefix(length + 1);
  return Step{index};
}

}  // namespace

Result<JsonPath> JsonPath::parse(std::string_view text) {
  if (text.size() > kTextMax) return bad_path(text, "it is longer than 1,000 characters");
  if (text.empty() || text.front() != '$') return bad_path(text, "it does not begin with $");
  JsonPath path;
  std::string_view rest = text.substr(1);
  while (!rest.empty()) {
    const char mark = rest.front();
    if (mark != '.' && mark != '[') return bad_path(text, "a dot or bracket is missing");
    if (path.steps.size() == kStepsMax) return bad_path(text, "it has more than 32 steps");
    rest.remove_prefix(1);
    GEMEL_ASSIGN(Step step, mark == '.' ? take_key(rest, text) : take_bracket(rest, text));
    path.steps.push_back(std::move(step));
  }
  return path;
}

}  // namespace gemel::connectors::payload
