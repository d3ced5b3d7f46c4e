#pragma once
// How long to wait before the next try.

#include <algorithm>
#include <chrono>

#include "base/random.hpp"

namespace gemel::connectors::mqtt::detail {

/// At once first (100 ms, so that a broker that is just restarting is not missed for a second), then 1 s, doubling to
/// 30 s, each shortened by up to a half at random, so that a hundred twins don't come back in one instant.
class Backoff {
 public:
  explicit Backoff(std::uint64_t seed) : random_(seed) {}

  std::chrono::milliseconds next() {
    const auto wait = tries_ == 0 ? 100.0 : std::min(30'000.0, 1'000.0 * static_cast<double>(1u << (tries_ - 1)));
    tries_ = std::min(tries_ + 1, 6u);
    return std::chrono::milliseconds(static_cast<std::int64_t>(wait * random_.uniform(0.5, 1.0)));
  }
  void reset() { tries_ = 0; }

 private:
  unsigned tries_ = 0;
  Random random_;
};

}  // namespace gemel::connectors::mqtt::detail
