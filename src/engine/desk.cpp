#include "engine/desk.hpp"

#include <chrono>

namespace gemel::engine {

void Request::settle() {
  {
    std::lock_guard lock(mutex_);
    settled_ = true;
  }
  settled_changed_.notify_all();
}

void Request::abandon() {
  answer_ = Error{ErrorCode::Unavailable, "the twin is shutting down; nothing was done"};
  settle();
}

Result<void> Request::wait(Duration at_most) {
  std::unique_lock lock(mutex_);
  if (!settled_changed_.wait_for(lock, std::chrono::nanoseconds(at_most.ns),
                                 [&] { return settled_; })) {
    return Error{
        ErrorCode::Timeout,
        "no answer within " + to_string(at_most) +
            "; the history may be unable to write (see the status), look before asking again"};
  }
  return answer_;
}

Result<std::shared_ptr<Request>> Desk::submit(Request::Act act) {
  std::lock_guard lock(mutex_);
  if (closed_) return Error{ErrorCode::Unavailable, "the twin is shutting down"};
  if (waiting_.size() >= kCapacity)
    return Error{ErrorCode::Capacity, "too many requests wait; try again"};
  waiting_.push_back(std::make_shared<Request>(std::move(act)));
  return waiting_.back();
}

std::vector<std::shared_ptr<Request>> Desk::take() {
  std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

void Desk::close() {
  std::vector<std::shared_ptr<Request>> left;
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    left.swap(waiting_);
  }
  for (const auto& request : left) request->abandon();
}

}  // namespace gemel::engine
