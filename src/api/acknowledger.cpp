#include "api/detail/acknowledger.hpp"

#include <algorithm>

namespace gemel::api {

using std::chrono::steady_clock;

Acknowledger::Acknowledger() : thread_([this](std::stop_token stop) { run(stop); }) {}

Acknowledger::~Acknowledger() {
  thread_.request_stop();
  thread_.join();
}

void Acknowledger::when_durable(WriteEndpoint& endpoint, Ticket ticket, Done done) {
  {
    std::lock_guard lock(mutex_);
    waiting_.push_back({&endpoint, ticket,
                        steady_clock::now() + std::chrono::nanoseconds(kWithin.ns),
                        std::move(done)});
  }
  filled_.notify_one();
}

void Acknowledger::run(std::stop_token stop) {
  for (;;) {
    Waiting oldest;
    {
      std::unique_lock lock(mutex_);
      if (!filled_.wait(lock, stop, [&] { return !waiting_.empty(); })) return;
      oldest = std::move(waiting_.front());
      waiting_.pop_front();
    }
    const auto left = std::max(oldest.until - steady_clock::now(), steady_clock::duration{});
    const Duration at_most{std::chrono::duration_cast<std::chrono::nanoseconds>(left).count()};
    const bool durable = oldest.endpoint->wait_durable(oldest.ticket, at_most, stop);
    if (!durable && stop.stop_requested()) return;
    oldest.done(durable);
  }
}

}  // namespace gemel::api
