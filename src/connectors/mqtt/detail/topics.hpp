#pragma once
// Topic filters: which to subscribe to, and whose messages are whose.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"

namespace gemel::connectors::mqtt::detail {

/// Errors: InvalidInput (empty, too long, # not at the end, + or # inside a level).
Result<void> check_filter(std::string_view filter);

/// True when every topic that `inner` matches is matched by `outer` too. Both are valid filters; a
/// topic is a filter without wildcards.
bool covers(std::string_view outer, std::string_view inner);

/// `filters` without those that others of them cover: overlapping subscriptions would bring
/// messages twice.
std::vector<std::string> without_covered(std::vector<std::string> filters);

/// From a topic to the numbers of the bindings that want its messages.
///
/// Cost:    a hash look-up for every topic it has seen (the first 100,000), a walk through the
/// wildcards for others. Threads: one.
class TopicTable {
 public:
  void add(std::string filter, std::uint32_t binding);
  const std::vector<std::uint32_t>& find(std::string_view topic);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct Wildcard {
    std::string filter;
    std::uint32_t binding;
  };
  std::vector<std::uint32_t> search(std::string_view topic) const;

  std::unordered_map<std::string, std::vector<std::uint32_t>, Hash, std::equal_to<>> exact_;
  std::unordered_map<std::string, std::vector<std::uint32_t>, Hash, std::equal_to<>> seen_;
  std::vector<Wildcard> wildcards_;
  std::vector<std::uint32_t> unseen_;  // the answer for a topic that is no longer remembered
};

}  // namespace gemel::connectors::mqtt::detail
