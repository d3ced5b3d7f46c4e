#pragma once
// Stand-ins for the engine: an inbox whose disk the test controls, and a thread for a source.

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/sample_source.hpp"

namespace gemel::testing {

/// Keeps what it is given. Nothing is durable while the disk is held.
class RecordingInbox final : public Inbox {
 public:
  Ticket deliver(std::vector<Sample> samples, std::stop_token) override {
    std::lock_guard lock(mutex_);
    samples_.insert(samples_.end(), samples.begin(), samples.end());
    ++deliveries_;
    if (!held_) durable_samples_ = samples_.size();
    return deliveries_;
  }

  bool wait_durable(Ticket ticket, std::stop_token stop) override {
    std::unique_lock lock(mutex_);
    waited_ = true;
    return changed_.wait(lock, stop, [&] { return durable_up_to(ticket); });
  }

  bool wait_durable_for(Ticket ticket, Duration at_most, std::stop_token stop) override {
    std::unique_lock lock(mutex_);
    waited_ = true;
    return changed_.wait_for(lock, stop, std::chrono::nanoseconds(at_most.ns),
                             [&] { return durable_up_to(ticket); });
  }

  void hold_disk() { set_held(true); }
  void release_disk() { set_held(false); }

  std::vector<Sample> samples() const {
    std::lock_guard lock(mutex_);
    return samples_;
  }
  std::vector<Sample> durable_samples() const {
    std::lock_guard lock(mutex_);
    return {samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(durable_samples_)};
  }
  std::size_t size() const { return samples().size(); }
  bool waited() const {
    std::lock_guard lock(mutex_);
    return waited_;
  }

 private:
  bool durable_up_to(Ticket) const { return !held_; }
  void set_held(bool held) {
    {
      std::lock_guard lock(mutex_);
      held_ = held;
      if (!held) durable_samples_ = samples_.size();
    }
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Sample> samples_;
  std::size_t durable_samples_ = 0;
  Ticket deliveries_ = 0;
  bool held_ = false;
  bool waited_ = false;
};

/// Runs a source as engine does, until the end of its life or end().
class Running {
 public:
  Running(std::unique_ptr<SampleSource> source, Inbox& inbox)
      : source_(std::move(source)),
        thread_([this, &inbox](std::stop_token stop) { (void)source_->run(stop, inbox); }) {}
  ~Running() { end(); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  void end() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }
  SampleSource& source() { return *source_; }
  bool online() const { return std::holds_alternative<Online>(source_->link()); }
  bool finished() const { return std::holds_alternative<Finished>(source_->link()); }
  /// Empty while the link is not faulted.
  Error fault() const {
    const auto state = source_->link();
    const auto* faulted = std::get_if<Faulted>(&state);
    return faulted != nullptr ? faulted->why : Error{ErrorCode::Internal, ""};
  }

 private:
  std::unique_ptr<SampleSource> source_;
  std::jthread thread_;
};

}  // namespace gemel::testing
