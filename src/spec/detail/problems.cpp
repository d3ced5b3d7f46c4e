#include "spec/detail/problems.hpp"

#include <algorithm>

namespace gemel::spec {

void Problems::add(Location at, std::string message, bool warning) {
  any_error_ = any_error_ || !warning;
  if (full() || !seen_.emplace(at, message).second) return;
  all_.push_back({file_, at, std::move(message), warning});
}

std::vector<Problem> Problems::take() {
  std::stable_sort(all_.begin(), all_.end(), [](const Problem& a, const Problem& b) { return a.at < b.at; });
  if (all_.size() >= kMax) {
    all_.push_back({file_, {}, "there may be more problems; mend these " + std::to_string(kMax) + " first", !any_error_});
  }
  return std::move(all_);
}

}  // namespace gemel::spec
