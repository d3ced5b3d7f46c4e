#include "spec/detail/paths.hpp"

#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"

namespace gemel::spec {
namespace {

constexpr std::size_t kTopicMax = 1024;
// As src/connectors/payload reads them.
constexpr std::size_t kPathMax = 1000;
constexpr std::size_t kStepsMax = 32;

/// Takes "3]" or "'name']" off the front.
bool take_bracket(std::string_view& rest) {
  const bool quoted = rest.starts_with('"') || rest.starts_with('\'');
  const auto end = quoted ? rest.find(rest.front(), 1) : rest.find_first_not_of("0123456789");
  if (end == std::string_view::npos || end == 0 || (!quoted && end > 9)) return false;
  rest.remove_prefix(quoted ? end + 1 : end);
  const bool is_closed = rest.starts_with(']');
  if (is_closed) rest.remove_prefix(1);
  return is_closed;
}

/// Takes "name" off the front.
bool take_key(std::string_view& rest) {
  const auto key = rest.substr(0, rest.find_first_of(".["));
  rest.remove_prefix(key.size());
  return !key.empty() && key != "*";
}

}  // namespace

std::string topic_trouble(std::string_view topic, bool may_filter) {
  if (topic.empty()) return "a topic can't be empty";
  if (topic.size() > kTopicMax)
    return fmt::format("a topic of {} bytes; at most {}", topic.size(), kTopicMax);
  if (topic.find('\0') != std::string_view::npos) return "a topic can't hold a NUL byte";
  const auto levels = text::split(topic, '/');
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const auto wild = levels[i].find_first_of("+#");
    if (wild == std::string_view::npos) continue;
    if (!may_filter)
      return fmt::format("'{}': commands go to one topic, without '+' and '#'", shown(topic));
    if (levels[i].size() != 1)
      return fmt::format("'{}': '+' and '#' stand for whole levels, between slashes", shown(topic));
    if (levels[i] == "#" && i + 1 != levels.size())
      return fmt::format("'{}': '#' can only be the last level", shown(topic));
  }
  return {};
}

bool covers(std::string_view filter, std::string_view topic) {
  const auto wanted = text::split(filter, '/');
  const auto given = text::split(topic, '/');
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == "#") return true;
    if (i >= given.size() || given[i] == "#") return false;
    if (wanted[i] != "+" && wanted[i] != given[i]) return false;
  }
  return wanted.size() == given.size();
}

std::string payload_path_trouble(std::string_view path) {
  std::string_view rest = path;
  bool good = path.size() <= kPathMax && rest.starts_with('$');
  if (good) rest.remove_prefix(1);
  for (std::size_t steps = 0; good && !rest.empty(); ++steps) {
    const char mark = rest.front();
    rest.remove_prefix(1);
    good = steps < kStepsMax &&
           ((mark == '.' && take_key(rest)) || (mark == '[' && take_bracket(rest)));
  }
  if (good) return {};
  return fmt::format(
      "'{}' is no path into a payload; write '$.flow', '$.values[0].v', or '$' for the whole "
      "payload",
      shown(path));
}

}  // namespace gemel::spec
