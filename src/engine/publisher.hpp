#pragma once
// Holds the present snapshot: one writer replaces it, anybody reads it or waits for the next.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>

#include "base/time.hpp"
#include "core/snapshot.hpp"

namespace gemel::engine {

/// Threads: any. A mutex around a pointer copy: std::atomic<std::shared_ptr> of GCC 12 is not clean
/// under ThreadSanitizer.
class Publisher {
 public:
  explicit Publisher(std::shared_ptr<const Snapshot> first);

  std::shared_ptr<const Snapshot> present() const;
  void publish(std::shared_ptr<const Snapshot> next);
  /// The present once it is later than `seen`, or after `wait`, or when `stop` is asked for.
  std::shared_ptr<const Snapshot> wait_for_newer(Timestamp seen, Duration wait,
                                                 std::stop_token stop) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::shared_ptr<const Snapshot> present_;
};

}  // namespace gemel::engine
