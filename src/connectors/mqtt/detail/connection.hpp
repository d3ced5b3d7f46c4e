#pragma once
// One connection to a broker, over libmosquitto, driven by hand: nothing is written but in write(),
// so that the acknowledgements of what was read wait until they may be given.

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "connectors/mqtt/detail/broker_address.hpp"
#include "core/plant.hpp"

struct mosquitto;

namespace gemel::connectors::mqtt::detail {

struct Message {
  std::string_view topic;
  std::string_view payload;
  int qos = 0;
};

/// Hears what the broker says, from within read().
class Listener {
 public:
  virtual ~Listener() = default;
  /// The broker has accepted the connection.
  virtual void on_accepted(bool session_resumed) = 0;
  virtual void on_message(const Message& message) = 0;
  /// `granted` has one entry a filter: its QoS, or 128 and above for refused.
  virtual void on_subscribed([[maybe_unused]] std::span<const int> granted) {}
  /// The broker has taken over message `id`, or refused it (`reason` 128 and above).
  virtual void on_published([[maybe_unused]] int id, [[maybe_unused]] int reason) {}
};

struct ConnectionOptions {
  BrokerAddress address;
  std::string client_id;
  bool keep_session = false;
  std::uint16_t receive_maximum =
      0;  // MQTT 5: unacknowledged messages we take; 0: the library's default of 20
  std::chrono::milliseconds patience{5'000};  // for the broker's machine to answer at all
};

/// Order:   open(); then, until a call fails: poll socket(), read() when readable, write() when
/// wants_write() and
///          allowed, tend() at least every second. After a failure only destruction is left.
/// Threads: one at a time.
class Connection {
 public:
  /// Connects TCP and queues CONNECT; on_accepted() tells the broker's consent.
  /// Errors: those of reach(); InvalidInput (certificate, key, CA or password file), Unavailable.
  static Result<std::unique_ptr<Connection>> open(const MqttSource& settings,
                                                  const ConnectionOptions& options,
                                                  Listener& listener, const std::stop_token& stop);
  /// Closes the socket. Writes nothing more: what was read and not acknowledged comes again.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int socket() const;
  bool wants_write() const;

  enum class Progress { Drained, MoreMayWait };
  /// Reads one packet if there is one. Errors: Unavailable (lost, refused, TLS), PermissionDenied
  /// (credentials).
  Result<Progress> read();
  /// Writes what is queued, the acknowledgements of everything read so far included. Errors: as
  /// read().
  Result<void> write();
  /// Keeps the connection alive. Errors: as read(); Timeout when the broker does not answer.
  Result<void> tend();
  /// A ping that overtakes what is queued: for long waits in which nothing may be acknowledged.
  /// Does nothing when a packet is half written. Errors: Unavailable.
  Result<void> ping_now();

  Result<void> subscribe(const std::vector<std::string>& filters, int qos);
  /// Queues a QoS 1 message that the broker forgets after `life` (MQTT 5); returns its id.
  Result<int> publish(const std::string& topic, std::string_view payload,
                      std::chrono::seconds life);
  /// Says goodbye, and with it acknowledges everything that was read.
  void leave();

 private:
  struct Callbacks;
  Connection(const MqttSource& settings, ConnectionOptions options, Listener& listener);
  Result<void> configure();
  Result<void> configure_tls();
  Result<void> configure_login();
  Result<void> connect();
  Result<void> check(int rc);
  Error told(int rc, int system_error) const;
  bool closed_while_connecting() const;
  bool more_waits() const;

  const MqttSource& settings_;
  const ConnectionOptions options_;
  Listener& listener_;
  ::mosquitto* client_ = nullptr;
  std::string refusal_;  // why CONNACK said no
  int refusal_code_ = 0;
  std::string farewell_;    // why the broker hung up
  std::string last_words_;  // the library's last error line; TLS tells its reasons nowhere else
  bool online_ = false;
  bool half_written_ = true;  // until the first write() has emptied the queue
  std::chrono::steady_clock::time_point online_by_;
};

}  // namespace gemel::connectors::mqtt::detail
