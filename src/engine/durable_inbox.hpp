#pragma once
// The engine's side of the sources' Inbox: deliveries wait here for the next tick, sources wait
// here for durability.

#include <condition_variable>
#include <deque>
#include <mutex>

#include "core/sample_source.hpp"

namespace gemel::engine {

/// Threads: any; drain() and mark_durable() from the engine's.
class DurableInbox final : public Inbox {
 public:
  /// Limits: at most `capacity` samples wait, and one delivery more; then deliver() blocks.
  explicit DurableInbox(std::size_t capacity) : capacity_(capacity) {}

  Ticket deliver(std::vector<Sample> samples, std::stop_token stop) override;
  Ticket deliver_within(std::vector<Sample> samples, Duration at_most,
                        std::stop_token stop) override;
  bool wait_durable(Ticket ticket, std::stop_token stop) override;
  bool wait_durable_for(Ticket ticket, Duration at_most, std::stop_token stop) override;

  struct Drained {
    std::vector<Sample> samples;  // in the order of delivery
    Ticket last = 0;              // newest ticket among them; 0: none
  };
  /// Takes whole deliveries until `limit` samples are reached. Waits up to `wait` for the first, or
  /// until nudged.
  Drained drain(std::size_t limit, Duration wait, std::stop_token stop);
  void mark_durable(Ticket ticket);
  /// Ends a waiting drain() early.
  void nudge();

  std::size_t depth() const;

 private:
  bool has_room() const { return waiting_samples_ < capacity_; }
  /// Gives up the lock.
  Ticket add(std::vector<Sample> samples, std::unique_lock<std::mutex> lock);

  struct Delivery {
    Ticket ticket;
    std::vector<Sample> samples;
  };
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable_any room_, filled_, durable_changed_;
  std::deque<Delivery> waiting_;
  std::size_t waiting_samples_ = 0;
  Ticket next_ = 1;
  Ticket durable_ = 0;
  bool nudged_ = false;
};

}  // namespace gemel::engine
