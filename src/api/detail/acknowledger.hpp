#pragma once
// Waits until what was written is on the disk, so that no thread that answers people has to.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "core/write_endpoint.hpp"

namespace gemel::api {

/// One waiting thread for all writers: what is delivered later is durable later, so it waits for
/// the oldest and finds the next ones done. Threads: any.
class Acknowledger {
 public:
  /// Called once, on the acknowledger's thread; false: not durable within `kWithin`.
  using Done = std::function<void(bool durable)>;
  static constexpr Duration kWithin = Duration::seconds(30);

  Acknowledger();
  /// Drops what still waits without a call.
  ~Acknowledger();

  /// Limits: one of each connection waits at a time. Lifetime: the endpoint must outlive the
  /// acknowledger.
  void when_durable(WriteEndpoint& endpoint, Ticket ticket, Done done);

 private:
  struct Waiting {
    WriteEndpoint* endpoint = nullptr;
    Ticket ticket = 0;
    std::chrono::steady_clock::time_point until;
    Done done;
  };
  void run(std::stop_token stop);

  std::mutex mutex_;
  std::condition_variable_any filled_;
  std::deque<Waiting> waiting_;
  std::jthread thread_;
};

}  // namespace gemel::api
