#pragma once
// One command on its way: handed from the engine's thread to the link's, and its fate handed back.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace gemel::connectors::mqtt::detail {

/// Threads: run() from one; the rest from the one that keeps the links.
class Errand {
 public:
  struct Letter {
    std::size_t link = 0;
    std::string topic;
    std::string payload;
    std::chrono::seconds life{0};
  };

  /// Hands the letter over, calls `wake`, and waits for its fate. Errors: those of finish();
  /// Timeout.
  template <class WakeUp>
  Result<void> run(Letter letter, std::chrono::milliseconds patience, WakeUp wake);

  /// The letter to send, once.
  std::optional<Letter> take();
  /// Ends the errand of `link`, if it is under way there.
  void finish(std::size_t link, Result<void> fate);
  /// True once when the sender has given up a letter that `link` had taken: it must not arrive any
  /// more.
  bool given_up(std::size_t link);

 private:
  enum class Stage { Idle, Waiting, Taken, Finished };
  std::mutex mutex_;
  std::condition_variable changed_;
  Stage stage_ = Stage::Idle;
  Letter letter_;
  Result<void> fate_;
  std::optional<std::size_t> given_up_;
};

template <class WakeUp>
Result<void> Errand::run(Letter letter, std::chrono::milliseconds patience, WakeUp wake) {
  std::unique_lock lock(mutex_);
  letter_ = std::move(letter);
  stage_ = Stage::Waiting;
  wake();
  if (changed_.wait_for(lock, patience, [&] { return stage_ == Stage::Finished; })) {
    stage_ = Stage::Idle;
    return std::move(fate_);
  }
  if (stage_ == Stage::Taken) given_up_ = letter_.link;
  stage_ = Stage::Idle;
  return Error{ErrorCode::Timeout, "the broker did not confirm the command for " + letter_.topic +
                                       " within " + std::to_string(patience.count()) +
                                       " ms; it was dropped and will not be sent later"};
}

inline std::optional<Errand::Letter> Errand::take() {
  std::lock_guard lock(mutex_);
  if (stage_ != Stage::Waiting) return std::nullopt;
  stage_ = Stage::Taken;
  return letter_;
}

inline void Errand::finish(std::size_t link, Result<void> fate) {
  {
    std::lock_guard lock(mutex_);
    if (stage_ != Stage::Taken || letter_.link != link) return;
    fate_ = std::move(fate);
    stage_ = Stage::Finished;
  }
  changed_.notify_all();
}

inline bool Errand::given_up(std::size_t link) {
  std::lock_guard lock(mutex_);
  if (given_up_ != link) return false;
  given_up_.reset();
  return true;
}

}  // namespace gemel::connectors::mqtt::detail
