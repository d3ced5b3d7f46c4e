#pragma once
// What people and workers ask of the twin waits here for the next tick, and its answer for that
// tick's durability.

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace gemel::engine {

/// One thing asked. `act` runs in the tick, adds its events and tells whether it may; the answer is
/// given only after those events are durable.
class Request {
 public:
  using Act = std::function<Result<void>()>;
  explicit Request(Act act) : act_(std::move(act)) {}

  /// Order: decide() in the tick, then settle() once the tick's frame is durable. Threads: the
  /// engine's.
  void decide() { answer_ = act_(); }
  void settle();
  /// The tick will not come any more.
  void abandon();

  /// Threads: the asker's. Errors: those of `act`; Timeout.
  Result<void> wait(Duration at_most);

 private:
  Act act_;
  Result<void> answer_;
  std::mutex mutex_;
  std::condition_variable settled_changed_;
  bool settled_ = false;
};

/// Limits: kCapacity requests wait; more are refused with Capacity.
/// Threads: submit() from any, take() and close() from the engine's.
class Desk {
 public:
  static constexpr std::size_t kCapacity = 256;

  Result<std::shared_ptr<Request>> submit(Request::Act act);
  std::vector<std::shared_ptr<Request>> take();
  /// Refuses everything from now on and abandons what waits.
  void close();

 private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<Request>> waiting_;
  bool closed_ = false;
};

}  // namespace gemel::engine
