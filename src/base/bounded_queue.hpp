#pragma once
// A queue with a capacity and a stated answer to "full".

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

#include "base/check.hpp"

namespace gemel {

enum class WhenFull { Block, DropOldest, Refuse };

struct QueueOptions {
  std::size_t capacity = 0;
  WhenFull when_full = WhenFull::Refuse;
};

/// Threads: every member from any thread.
template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(QueueOptions options) : options_(options) {
    GEMEL_CHECK(options.capacity > 0);
  }

  /// True if the item was taken. Block waits for room until `stop`; DropOldest always takes it;
  /// Refuse does not wait.
  bool push(T item, std::stop_token stop = {}) {
    std::unique_lock lock(mutex_);
    if (items_.size() >= options_.capacity) {
      switch (options_.when_full) {
        case WhenFull::Refuse:
          ++refused_;
          return false;
        case WhenFull::DropOldest:
          items_.pop_front();
          ++dropped_;
          break;
        case WhenFull::Block:
          if (!room_.wait(lock, stop, [&] { return items_.size() < options_.capacity; }))
            return false;
      }
    }
    items_.push_back(std::move(item));
    lock.unlock();
    filled_.notify_one();
    return true;
  }

  /// Everything there is, waiting up to `wait` for the first item. Empty after the wait or when
  /// `stop` is asked.
  std::vector<T> drain(std::chrono::nanoseconds wait, std::stop_token stop = {}) {
    std::unique_lock lock(mutex_);
    filled_.wait_for(lock, stop, wait, [&] { return !items_.empty(); });
    std::vector<T> out(std::make_move_iterator(items_.begin()),
                       std::make_move_iterator(items_.end()));
    items_.clear();
    lock.unlock();
    room_.notify_all();
    return out;
  }

  std::size_t size() const {
    std::lock_guard lock(mutex_);
    return items_.size();
  }
  /// Items lost to DropOldest, and pushes answered "no" by Refuse, since the start.
  std::uint64_t dropped() const {
    std::lock_guard lock(mutex_);
    return dropped_;
  }
  std::uint64_t refused() const {
    std::lock_guard lock(mutex_);
    return refused_;
  }

 private:
  const QueueOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable_any room_;
  std::condition_variable_any filled_;
  std::deque<T> items_;
  std::uint64_t dropped_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace gemel
