#include "engine/publisher.hpp"

#include <chrono>

namespace gemel::engine {

Publisher::Publisher(std::shared_ptr<const Snapshot> first) : present_(std::move(first)) {}

std::shared_ptr<const Snapshot> Publisher::present() const {
  std::lock_guard lock(mutex_);
  return present_;
}

void Publisher::publish(std::shared_ptr<const Snapshot> next) {
  {
    std::lock_guard lock(mutex_);
    present_.swap(next);
  }
  // The old snapshot, now in `next`, is freed outside the lock.
  changed_.notify_all();
}

std::shared_ptr<const Snapshot> Publisher::wait_for_newer(Timestamp seen, Duration wait,
                                                          std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, std::chrono::nanoseconds(wait.ns),
                    [&] { return present_->known_at > seen; });
  return present_;
}

}  // namespace gemel::engine
