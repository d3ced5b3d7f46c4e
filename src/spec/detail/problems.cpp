#include "spec/detail/problems.hpp"

#include <algorithm>
#include <tuple>

namespace gemel::spec {

void Problems::add(Location at, std::string message, bool warning) {
  any_error_ = any_error_ || !warning;
  if (full() || !seen_.emplace(at, message).second) return;
  all_.push_back({file_, at, std::move(message), warning});
}

std::vector<Problem> Problems::take() {
  std::sort(all_.begin(), all_.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.at, a.message) < std::tie(b.at, b.message);
  });
  if (all_.size() >= kMax) {
    all_.push_back({file_,
                    {},
                    "there may be more problems; mend these " + std::to_string(kMax) + " first",
                    !any_error_});
  }
  return std::move(all_);
}

}  // namespace gemel::spec
