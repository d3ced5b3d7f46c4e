#include "engine/durable_inbox.hpp"

#include <chrono>

namespace gemel::engine {

Ticket DurableInbox::deliver(std::vector<Sample> samples, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (!room_.wait(lock, stop, [&] { return has_room(); })) return 0;
  return add(std::move(samples), std::move(lock));
}

Ticket DurableInbox::deliver_within(std::vector<Sample> samples, Duration at_most,
                                    std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (!room_.wait_for(lock, stop, std::chrono::nanoseconds(at_most.ns),
                      [&] { return has_room(); })) {
    return 0;
  }
  return add(std::move(samples), std::move(lock));
}

Ticket DurableInbox::add(std::vector<Sample> samples, std::unique_lock<std::mutex> lock) {
  const Ticket ticket = next_++;
  waiting_samples_ += samples.size();
  waiting_.push_back({ticket, std::move(samples)});
  lock.unlock();
  filled_.notify_one();
  return ticket;
}

bool DurableInbox::wait_durable(Ticket ticket, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  return durable_changed_.wait(lock, stop, [&] { return durable_ >= ticket; });
}

bool DurableInbox::wait_durable_for(Ticket ticket, Duration at_most, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  return durable_changed_.wait_for(lock, stop, std::chrono::nanoseconds(at_most.ns),
                                   [&] { return durable_ >= ticket; });
}

DurableInbox::Drained DurableInbox::drain(std::size_t limit, Duration wait, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  filled_.wait_for(lock, stop, std::chrono::nanoseconds(wait.ns),
                   [&] { return nudged_ || !waiting_.empty(); });
  nudged_ = false;
  Drained out;
  while (!waiting_.empty() && out.samples.size() < limit) {
    auto& delivery = waiting_.front();
    out.last = delivery.ticket;
    waiting_samples_ -= delivery.samples.size();
    if (out.samples.empty()) {
      out.samples = std::move(delivery.samples);
    } else {
      out.samples.insert(out.samples.end(), delivery.samples.begin(), delivery.samples.end());
    }
    waiting_.pop_front();
  }
  lock.unlock();
  room_.notify_all();
  return out;
}

void DurableInbox::mark_durable(Ticket ticket) {
  {
    std::lock_guard lock(mutex_);
    if (ticket <= durable_) return;
    durable_ = ticket;
  }
  durable_changed_.notify_all();
}

void DurableInbox::nudge() {
  {
    std::lock_guard lock(mutex_);
    nudged_ = true;
  }
  filled_.notify_one();
}

std::size_t DurableInbox::depth() const {
  std::lock_guard lock(mutex_);
  return waiting_samples_;
}

}  // namespace gemel::engine
