#pragma once
// Many readers or one writer, and no reader passes a writer who waits: the commit must not starve.

#include <mutex>
#include <shared_mutex>

namespace gemel::history::detail {

/// Threads: any.
class FairSharedMutex {
 public:
  void lock() {
    const std::lock_guard turn(turnstile_);
    mutex_.lock();
  }
  void unlock() { mutex_.unlock(); }
  void lock_shared() {
    const std::lock_guard turn(turnstile_);
    mutex_.lock_shared();
  }
  void unlock_shared() { mutex_.unlock_shared(); }

 private:
  std::mutex turnstile_;
  std::shared_mutex mutex_;
};

}  // namespace gemel::history::detail
