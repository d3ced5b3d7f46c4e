#include "connectors/mqtt/detail/command_link.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "connectors/payload/command_message.hpp"

namespace gemel::connectors::mqtt::detail {
namespace {

// Short, because links share a thread: a silent broker must not keep a command from another one.
constexpr std::chrono::milliseconds kReachPatience{1'000};
constexpr std::chrono::milliseconds kTendEvery{500};
constexpr std::chrono::milliseconds kHandshakeTendEvery{20};

}  // namespace

CommandLink::CommandLink(CheckedSource checked, std::size_t number,
                         std::vector<std::string> ack_topics, Errand& errand, Hears hears)
    : checked_(std::move(checked)),
      number_(number),
      ack_topics_(std::move(ack_topics)),
      errand_(errand),
      hears_(std::move(hears)),
      backoff_(std::hash<std::string>{}(checked_.client_id)) {}

void CommandLink::tend(const std::stop_token& stop) {
  if (connection_ == nullptr) {
    if (std::chrono::steady_clock::now() < retry_at_) return;
    const ConnectionOptions options{
        .address = checked_.address, .client_id = checked_.client_id, .patience = kReachPatience};
    auto opened = Connection::open(*checked_.settings, options, *this, stop);
    if (!opened) return drop(opened.error());
    connection_ = *std::move(opened);
  }
  if (const auto fine = serve(); !fine) drop(fine.error());
}

Result<void> CommandLink::serve() {
  auto progress = Connection::Progress::MoreMayWait;
  while (progress == Connection::Progress::MoreMayWait) {
    GEMEL_ASSIGN(progress, connection_->read());
  }
  if (online_ && !std::exchange(subscribed_, true) && !ack_topics_.empty()) {
    GEMEL_TRY(connection_->subscribe(ack_topics_, 1));
  }
  GEMEL_TRY(connection_->write());
  return connection_->tend();
}

void CommandLink::send(const Errand::Letter& letter) {
  if (connection_ == nullptr || !online_) {
    return errand_.finish(
        number_, Error{ErrorCode::Unavailable, "the link to " + checked_.address.to_string() +
                                                   " is down; the command was not sent"});
  }
  const auto id = connection_->publish(letter.topic, letter.payload, letter.life);
  if (!id) return drop(id.error());
  underway_ = *id;
  if (const auto written = connection_->write(); !written) drop(written.error());
}

void CommandLink::drop(const Error& why) {
  // With the connection goes the library's copy of the command: it can't be sent again after a
  // reconnect.
  connection_.reset();
  online_ = subscribed_ = false;
  underway_ = -1;
  const auto wait = backoff_.next();
  retry_at_ = std::chrono::steady_clock::now() + wait;
  hears_.readiness(why);
  errand_.finish(number_, Error{ErrorCode::Unavailable,
                                "the link was lost before the broker confirmed the command (" +
                                    why.message + "); it was dropped and will not be sent later"});
  log::warning("mqtt", why.message,
               {{"commands_for", checked_.name}, {"retry_in_ms", wait.count()}});
}

void CommandLink::leave() {
  if (connection_ != nullptr && online_) connection_->leave();
  connection_.reset();
  online_ = subscribed_ = false;
  hears_.readiness(Error{ErrorCode::Unavailable, "the actuator has stopped"});
  errand_.finish(number_,
                 Error{ErrorCode::Cancelled, "stopped before the broker confirmed the command"});
}

pollfd CommandLink::watch() const {
  if (connection_ == nullptr) return {-1, 0, 0};
  const bool write = online_ && connection_->wants_write();
  return {connection_->socket(), static_cast<short>(write ? POLLIN | POLLOUT : POLLIN), 0};
}

std::chrono::milliseconds CommandLink::patience() const {
  if (connection_ != nullptr) return online_ ? kTendEvery : kHandshakeTendEvery;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(retry_at_ - std::chrono::steady_clock::now());
  return std::clamp(left, std::chrono::milliseconds(0), kTendEvery);
}

void CommandLink::on_accepted(bool) {
  online_ = true;
  backoff_.linked();
  log::info("mqtt", "ready for commands",
            {{"commands_for", checked_.name}, {"broker", checked_.address.to_string()}});
  if (ack_topics_.empty()) hears_.readiness(std::nullopt);
}

void CommandLink::on_subscribed(std::span<const int> granted) {
  for (const int qos : granted) {
    if (qos < 128) continue;
    log::error("mqtt",
               "the broker refuses the subscription for the plant's answers; see its access list",
               {{"commands_for", checked_.name}});
  }
  hears_.readiness(std::nullopt);
}

void CommandLink::on_message(const Message& message) {
  auto reply = payload::read_reply(message.payload);
  if (reply) return hears_.reply(*std::move(reply));
  log::warning("mqtt", reply.error().message, {{"topic", message.topic}});
}

void CommandLink::on_published(int id, int reason) {
  if (id != underway_) return;
  underway_ = -1;
  if (reason < 128) return errand_.finish(number_, {});
  errand_.finish(number_, Error{ErrorCode::PermissionDenied,
                                checked_.address.to_string() + " refused the command (reason " +
                                    std::to_string(reason) + "); see the broker's access list"});
}

}  // namespace gemel::connectors::mqtt::detail
