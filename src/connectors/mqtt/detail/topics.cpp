#include "connectors/mqtt/detail/topics.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gemel::connectors::mqtt::detail {
namespace {

constexpr std::size_t kFilterMax = 65'535;
constexpr std::size_t kSeenMax = 100'000;

bool has_wildcard(std::string_view filter) {
  return filter.find_first_of("+#") != std::string_view::npos;
}

}  // namespace

Result<void> check_filter(std::string_view filter) {
  const auto bad = [&](std::string_view why) {
    return Error{ErrorCode::InvalidInput,
                 "topic '" + std::string(filter.substr(0, 80)) + "' " + std::string(why)};
  };
  if (filter.empty()) return bad("is empty; name one, such as plant/pump_1 or plant/#");
  if (filter.size() > kFilterMax || filter.find('\0') != std::string_view::npos) {
    return bad("is longer than 65,535 bytes or holds a zero byte");
  }
  const auto levels = text::split(filter, '/');
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (!has_wildcard(levels[i]) || levels[i] == "+") continue;
    if (levels[i] != "#")
      return bad("has a wildcard inside a level; + and # stand alone between slashes");
    if (i + 1 != levels.size()) return bad("goes on after #; # stands at the end only");
  }
  return {};
}

bool covers(std::string_view outer, std::string_view inner) {
  const auto outside = text::split(outer, '/');
  const auto inside = text::split(inner, '/');
  // Wildcards at the front don't match $SYS and its like (MQTT 5, 4.7.2).
  if (inner.starts_with('$') && has_wildcard(outside[0])) return false;
  for (std::size_t i = 0; i < outside.size(); ++i) {
    if (outside[i] == "#") return true;
    if (i >= inside.size() || inside[i] == "#") return false;
    if (outside[i] != "+" && outside[i] != inside[i]) return false;
  }
  // "a/b" does not cover "a/b/c"; but "a/#", handled above, covers "a".
  return inside.size() == outside.size();
}

std::vector<std::string> without_covered(std::vector<std::string> filters) {
  std::sort(filters.begin(), filters.end());
  filters.erase(std::unique(filters.begin(), filters.end()), filters.end());
  std::vector<std::string> kept;
  for (const auto& filter : filters) {
    const bool covered = std::any_of(filters.begin(), filters.end(), [&](const auto& other) {
      return other != filter && covers(other, filter);
    });
    if (!covered) kept.push_back(filter);
  }
  return kept;
}

void TopicTable::add(std::string filter, std::uint32_t binding) {
  if (has_wildcard(filter)) {
    wildcards_.push_back({std::move(filter), binding});
  } else {
    exact_[std::move(filter)].push_back(binding);
  }
}

const std::vector<std::uint32_t>& TopicTable::find(std::string_view topic) {
  if (wildcards_.empty()) {
    const auto exact = exact_.find(topic);
    return exact == exact_.end() ? unseen_ : exact->second;
  }
  if (const auto seen = seen_.find(topic); seen != seen_.end()) return seen->second;
  if (seen_.size() < kSeenMax) return seen_.emplace(topic, search(topic)).first->second;
  unseen_ = search(topic);
  return unseen_;
}

std::vector<std::uint32_t> TopicTable::search(std::string_view topic) const {
  std::vector<std::uint32_t> found;
  if (const auto exact = exact_.find(topic); exact != exact_.end()) found = exact->second;
  for (const auto& wildcard : wildcards_) {
    if (covers(wildcard.filter, topic)) found.push_back(wildcard.binding);
  }
  return found;
}

}  // namespace gemel::connectors::mqtt::detail
