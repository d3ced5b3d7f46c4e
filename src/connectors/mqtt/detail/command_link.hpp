#pragma once
// The actuator's connection to one broker.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <poll.h>

#include "connectors/mqtt/detail/backoff.hpp"
#include "connectors/mqtt/detail/connection.hpp"
#include "connectors/mqtt/detail/errand.hpp"
#include "connectors/mqtt/detail/session.hpp"
#include "core/actuator.hpp"

namespace gemel::connectors::mqtt::detail {

/// Threads: one.
class CommandLink final : private Listener {
 public:
  /// Hears the plant's answers and whether commands can be sent now (or why not).
  struct Hears {
    std::function<void(Reply)> reply;
    std::function<void(std::optional<Error>)> readiness;
  };
  CommandLink(CheckedSource checked, std::size_t number, std::vector<std::string> ack_topics,
              Errand& errand, Hears hears);

  /// Connects when it is time to, reads, writes, keeps alive; mends what fails.
  void tend(const std::stop_token& stop);
  void send(const Errand::Letter& letter);
  /// Forgets the connection and everything on its way.
  void drop(const Error& why);
  /// Ends for good.
  void leave();

  pollfd watch() const;
  /// How long it needs no tending if nothing comes.
  std::chrono::milliseconds patience() const;

 private:
  Result<void> serve();
  void on_accepted(bool session_resumed) override;
  void on_message(const Message& message) override;
  void on_subscribed(std::span<const int> granted) override;
  void on_published(int id, int reason) override;

  const CheckedSource checked_;
  const std::size_t number_;
  const std::vector<std::string> ack_topics_;
  Errand& errand_;
  const Hears hears_;
  Backoff backoff_;
  std::unique_ptr<Connection> connection_;
  std::chrono::steady_clock::time_point retry_at_;
  bool online_ = false;
  bool subscribed_ = false;
  int underway_ = -1;  // the message that is not yet confirmed
};

}  // namespace gemel::connectors::mqtt::detail
