#pragma once
// How long to wait before the next try.

#include <algorithm>
#include <chrono>

#include "base/random.hpp"

namespace gemel::connectors::mqtt::detail {

/// At once first (100 ms, so that a broker that is just restarting is not missed for a second),
/// then 1 s, doubling to 30 s, each shortened by up to a half at random, so that a hundred twins
/// don't come back in one instant. A link that held for five seconds begins anew; one that is
/// thrown out as soon as it is let in does not.
class Backoff {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Backoff(std::uint64_t seed) : random_(seed) {}

  void linked(Clock::time_point now = Clock::now()) {
    linked_ = true;
    linked_since_ = now;
  }

  std::chrono::milliseconds next(Clock::time_point now = Clock::now()) {
    if (linked_ && now - linked_since_ >= std::chrono::seconds(5)) tries_ = 0;
    linked_ = false;
    const double wait_ms =
        tries_ == 0 ? 100.0 : std::min(30'000.0, 1'000.0 * static_cast<double>(1u << (tries_ - 1)));
    tries_ = std::min(tries_ + 1, 6u);
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(wait_ms * random_.uniform(0.5, 1.0)));
  }

 private:
  unsigned tries_ = 0;
  bool linked_ = false;
  Clock::time_point linked_since_{};
  Random random_;
};

}  // namespace gemel::connectors::mqtt::detail
