// The plant's line to the broker: one connection, kept alive, with a bounded memory of what could
// not be sent.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "result.hpp"
#include "telemetry.hpp"

struct mosquitto;
struct mosquitto_message;

namespace riverside {

struct BrokerAddress {
  std::string host = "127.0.0.1";
  int port = 1883;
  std::string user;
  std::string password;
};

/// "mqtt://[user[:password]@]host[:port]".  Errors: other schemes, a bad port, no host.
Result<BrokerAddress> parse_broker(const std::string& url);

struct ReceivedMessage {
  std::string topic;
  std::string payload;
  bool retained = false;
};

/// MQTT 3.1.1, QoS 1, clean session. Reconnects with back-off (0.5 s doubling to 10 s) for ever.
///
/// Threads:  everything happens inside poll(), in the caller's thread, callbacks included.
/// Limits:   20,000 waiting messages; beyond that the oldest is dropped and counted.
class MqttLink {
 public:
  struct Callbacks {
    std::function<void(const ReceivedMessage&)> received;
    std::function<void(const std::string&)> log;
    std::function<void()> online;  ///< after each (re)connection, once subscribed
  };

  MqttLink(BrokerAddress address, std::string client_id, std::vector<std::string> subscriptions,
           Callbacks callbacks);
  ~MqttLink();
  MqttLink(const MqttLink&) = delete;
  MqttLink& operator=(const MqttLink&) = delete;

  /// Sends now, or as soon as the link is up.
  void publish(Message message, bool retained = false);

  /// Serves the connection for at most `wait`.
  void poll(std::chrono::milliseconds wait);

  /// Cuts the link until restore(); a planned outage, not a broken broker.
  void cut();
  void restore();

  /// Serves until all is acknowledged or `limit` is over, then says good-bye.
  void close(std::chrono::milliseconds limit);

  bool is_online() const { return state_ == State::Online; }
  std::size_t waiting() const { return outbox_.size() + in_flight_; }
  std::uint64_t acknowledged_count() const { return acknowledged_; }
  std::uint64_t dropped_count() const { return dropped_; }

 private:
  enum class State { Down, Connecting, Online, Cut };
  using Clock = std::chrono::steady_clock;
  struct Waiting {
    Message message;
    bool retained = false;
  };

  void connect();
  void lost(const std::string& why);
  void retry_later();
  void send_waiting();
  void on_connected(int code);
  void on_received(const mosquitto_message& message);
  void install_callbacks();

  BrokerAddress address_;
  std::vector<std::string> subscriptions_;
  Callbacks callbacks_;
  std::unique_ptr<mosquitto, void (*)(mosquitto*)> client_;
  State state_ = State::Down;
  std::deque<Waiting> outbox_;
  std::size_t in_flight_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t dropped_ = 0;
  Clock::time_point retry_at_{};
  std::chrono::milliseconds back_off_;
};

}  // namespace riverside
