#include "base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <system_error>
#include <thread>
#include <vector>

namespace gemel {
namespace {

/// Shares that whoever has time takes, one after the other. A helper that comes late finds none
/// left, and touches nothing of the caller's, who may have gone.
class Shares {
 public:
  using Work = std::function<Result<void>(std::size_t, std::size_t)>;

  Shares(std::size_t count, std::size_t shares, const Work& work)
      : count_(count), shares_(shares), work_(&work), failed_(shares) {}

  void take_all() {
    for (auto i = next_.fetch_add(1); i < shares_; i = next_.fetch_add(1)) {
      if (auto done = (*work_)(count_ * i / shares_, count_ * (i + 1) / shares_); !done)
        failed_[i] = done.error();
      if (done_.fetch_add(1) + 1 == shares_) done_.notify_all();
    }
  }

  Result<void> wait() {
    for (auto done = done_.load(); done < shares_; done = done_.load()) done_.wait(done);
    for (auto& error : failed_) {
      if (error) return std::move(*error);
    }
    return {};
  }

 private:
  const std::size_t count_, shares_;
  const Work* work_;  // alive while a share is not done
  std::vector<std::optional<Error>> failed_;
  std::atomic<std::size_t> next_ = 0, done_ = 0;
};

/// As many threads as there are further processors, which wait for shares.
class Pool {
 public:
  static Pool& instance() {
    static Pool pool;
    return pool;
  }

  std::size_t size() const { return threads_.size(); }

  void offer(const std::shared_ptr<Shares>& shares, std::size_t helpers) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.insert(waiting_.end(), helpers, shares);
    }
    for (std::size_t i = 0; i < helpers; ++i) waiting_changed_.notify_one();
  }

 private:
  Pool() {
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) {
      try {
        threads_.emplace_back([this](std::stop_token stop) { help(stop); });
      } catch (const std::system_error&) {  // no more threads to be had
        break;
      }
    }
  }

  void help(std::stop_token stop) {
    for (;;) {
      std::shared_ptr<Shares> shares;
      {
        std::unique_lock lock(mutex_);
        if (!waiting_changed_.wait(lock, stop, [this] { return !waiting_.empty(); })) return;
        shares = std::move(waiting_.front());
        waiting_.pop_front();
      }
      shares->take_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any waiting_changed_;
  std::deque<std::shared_ptr<Shares>> waiting_;
  std::vector<std::jthread> threads_;  // last: they end before what they use
};

}  // namespace

Result<void> share_out(std::size_t count, std::size_t least,
                       const std::function<Result<void>(std::size_t, std::size_t)>& work) {
  // Small shares, so that a helper that starts late still finds its part.
  constexpr std::size_t kSharesPerThread = 4;
  const auto worth = count / std::max<std::size_t>(least, 1);
  if (worth < 2 || Pool::instance().size() == 0) return work(0, count);
  const auto threads = Pool::instance().size() + 1;
  const auto shares =
      std::make_shared<Shares>(count, std::min(worth, kSharesPerThread * threads), work);
  Pool::instance().offer(shares, std::min(worth, threads) - 1);
  shares->take_all();
  return shares->wait();
}

}  // namespace gemel
