#pragma once
// An inbox that keeps nothing and calls everything durable at once: the upper bound of any engine.

#include <atomic>

#include "core/sample_source.hpp"

namespace gemel::bench {

class NullInbox final : public Inbox {
 public:
  Ticket deliver(std::vector<Sample> samples, std::stop_token) override {
    return samples_.fetch_add(samples.size()) + samples.size();
  }
  bool wait_durable(Ticket, std::stop_token) override { return true; }
  std::uint64_t samples() const { return samples_; }

 private:
  std::atomic<std::uint64_t> samples_{0};
};

}  // namespace gemel::bench
