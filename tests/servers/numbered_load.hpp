#pragma once
// A plant of numbered samples: sample n has its own time and value, so whoever holds it can be
// asked whether he holds each once and none that was never sent.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "base/time.hpp"

namespace gemel::testing {

/// Sample n is of signal n % kSignals, n milliseconds after `epoch`; the last signal alternates
/// between 0 and 1.
struct Numbering {
  static constexpr std::uint64_t kSignals = 8;
  static constexpr std::uint64_t kPhase =
      4'000;  // samples between two changes of the alternating signal
  Timestamp epoch;

  static std::string path(std::uint64_t signal) { return "line.s" + std::to_string(signal); }
  static std::string topic(std::uint64_t signal) { return "load/s" + std::to_string(signal); }
  static double value(std::uint64_t n) {
    return n % kSignals == kSignals - 1 ? static_cast<double>(n / kPhase % 2)
                                        : static_cast<double>(n);
  }
  Timestamp time(std::uint64_t n) const {
    return epoch + Duration::milliseconds(static_cast<std::int64_t>(n));
  }
  std::uint64_t number(Timestamp time) const {
    return static_cast<std::uint64_t>((time - epoch).ns / 1'000'000);
  }
  std::string message(std::uint64_t n) const;
  /// A twin file whose signals these are, with an alarm while the alternating signal is 1.
  static std::string twin(const std::string& broker_url);
};

/// Publishes samples 0, 1, 2, … with QoS 1 until told to end, and keeps what the broker
/// acknowledged. Reconnects. Threads: one of its own; members from any.
class NumberedLoad {
 public:
  struct Options {
    std::uint16_t port = 0;
    Numbering numbering = {};
    double samples_per_s = 2'000;
    std::size_t in_flight_max = 1'000;
  };
  explicit NumberedLoad(const Options& options);
  ~NumberedLoad() { thread_.request_stop(); }

  std::uint64_t acknowledged() const { return acknowledged_count_; }
  /// Sends no more and waits until everything sent is acknowledged. False when it is not after a
  /// minute.
  bool finish();

  // After finish().
  std::uint64_t sent() const { return message_ids_.size(); }
  /// The MQTT message id that sample `n` was sent with.
  int message_id(std::uint64_t n) const { return message_ids_[n]; }
  static constexpr const char* kClientId = "numbered-load";

 private:
  struct Client;
  void run(const std::stop_token& stop);
  void publish_due(Client& client);
  void on_acknowledged(int message_id);

  const Options options_;
  std::atomic<std::uint64_t> acknowledged_count_ = 0;
  std::atomic<bool> finishing_ = false, ended_ = false;

  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();

  // The thread's own until it has ended.
  bool connected_ = false;
  bool everything_acknowledged_ = false;
  std::vector<int> message_ids_;
  std::vector<std::uint64_t> in_flight_;  // numbers, oldest first
  std::jthread thread_;
};

}  // namespace gemel::testing
