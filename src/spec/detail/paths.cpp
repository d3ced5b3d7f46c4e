#include "spec/detail/paths.hpp"

#include <fmt/format.h>

#include <vector>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"

namespace gemel::spec {
namespace {

constexpr std::size_t kTopicMax = 1024;
constexpr std::size_t kPathMax = 512;

/// Takes "[3]" or "["name"]" off the front.
bool take_bracket(std::string_view& rest) {
  const auto end = rest.find(']');
  if (end == std::string_view::npos || end < 2) return false;
  const auto inside = rest.substr(1, end - 1);
  const bool quoted = inside.size() > 2 && (inside.front() == '"' || inside.front() == '\'') && inside.back() == inside.front();
  const bool is_index = inside.size() < 7 && inside.find_first_not_of("0123456789") == std::string_view::npos;
  rest.remove_prefix(end + 1);
  return quoted || is_index;
}

/// Takes ".name" off the front.
bool take_member(std::string_view& rest) {
  const auto end = std::min(rest.find_first_of(".[", 1), rest.size());
  const bool has_name = end > 1;
  rest.remove_prefix(end);
  return has_name;
}

}  // namespace

std::string topic_trouble(std::string_view topic, bool may_filter) {
  if (topic.empty()) return "a topic can't be empty";
  if (topic.size() > kTopicMax) return fmt::format("a topic of {} bytes; at most {}", topic.size(), kTopicMax);
  if (topic.find('\0') != std::string_view::npos) return "a topic can't hold a NUL byte";
  const auto levels = text::split(topic, '/');
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const auto wild = levels[i].find_first_of("+#");
    if (wild == std::string_view::npos) continue;
    if (!may_filter) return fmt::format("'{}': commands go to one topic, without '+' and '#'", shown(topic));
    if (levels[i].size() != 1) return fmt::format("'{}': '+' and '#' stand for whole levels, between slashes", shown(topic));
    if (levels[i] == "#" && i + 1 != levels.size()) return fmt::format("'{}': '#' can only be the last level", shown(topic));
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
  while (good && !rest.empty()) {
    good = rest.front() == '.' ? take_member(rest) : rest.front() == '[' && take_bracket(rest);
  }
  if (good) return {};
  return fmt::format("'{}' is no path into a payload; write '$.flow', '$.values[0].v', or '$' for the whole payload", shown(path));
}

}  // namespace gemel::spec
