#include "mqtt_link.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <mosquitto.h>

namespace riverside {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kOutboxMax = 20'000;
constexpr std::size_t kInFlightMax = 200;
constexpr auto kBackOffFirst = 500ms;
constexpr auto kBackOffMax = 10'000ms;
constexpr int kKeepAliveS = 15;
constexpr int kQos = 1;

void initialise_library() {
  static std::once_flag once;
  std::call_once(once, [] { mosquitto_lib_init(); });
}

Result<int> parse_port(std::string_view text, const std::string& url) {
  int port = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = code == std::errc{} && end == text.data() + text.size();
  if (whole && port > 0 && port < 65'536) return port;
  return Error{fmt::format("broker '{}' has port '{}': use 1 to 65535", url, text)};
}

}  // namespace

Result<BrokerAddress> parse_broker(const std::string& url) {
  constexpr std::string_view kScheme = "mqtt://";
  if (!url.starts_with(kScheme)) {
    return Error{
        fmt::format("broker '{}' is no mqtt:// address: write mqtt://127.0.0.1:1883", url)};
  }
  BrokerAddress address;
  std::string_view rest = std::string_view(url).substr(kScheme.size());
  rest = rest.substr(0, rest.find('/'));
  if (const auto at = rest.rfind('@'); at != rest.npos) {
    const std::string_view who = rest.substr(0, at);
    const auto colon = who.find(':');
    address.user = who.substr(0, colon);
    if (colon != who.npos) address.password = who.substr(colon + 1);
    rest = rest.substr(at + 1);
  }
  const bool bracketed = rest.starts_with('[') && rest.find(']') != rest.npos;  // IPv6
  const std::size_t host_end =
      bracketed ? rest.find(']') + 1 : std::min(rest.find(':'), rest.size());
  address.host = bracketed ? rest.substr(1, host_end - 2) : rest.substr(0, host_end);
  if (address.host.empty()) {
    return Error{fmt::format("broker '{}' names no host: write mqtt://127.0.0.1:1883", url)};
  }
  if (host_end == rest.size()) return address;
  const auto port = parse_port(rest.substr(host_end + 1), url);
  if (!port) return port.error();
  address.port = *port;
  return address;
}

MqttLink::MqttLink(BrokerAddress address, std::string client_id,
                   std::vector<std::string> subscriptions, Callbacks callbacks)
    : address_(std::move(address)),
      subscriptions_(std::move(subscriptions)),
      callbacks_(std::move(callbacks)),
      client_(nullptr, mosquitto_destroy),
      back_off_(kBackOffFirst) {
  initialise_library();
  client_.reset(mosquitto_new(client_id.c_str(), true, this));
  if (!address_.user.empty()) {
    mosquitto_username_pw_set(client_.get(), address_.user.c_str(), address_.password.c_str());
  }
  install_callbacks();
}

MqttLink::~MqttLink() = default;

void MqttLink::install_callbacks() {
  mosquitto_connect_callback_set(client_.get(), [](mosquitto*, void* self, int code) {
    static_cast<MqttLink*>(self)->on_connected(code);
  });
  mosquitto_publish_callback_set(client_.get(), [](mosquitto*, void* self, int) {
    auto* link = static_cast<MqttLink*>(self);
    ++link->acknowledged_;
    if (link->in_flight_ > 0) --link->in_flight_;
  });
  mosquitto_message_callback_set(client_.get(),
                                 [](mosquitto*, void* self, const mosquitto_message* message) {
                                   static_cast<MqttLink*>(self)->on_received(*message);
                                 });
}

void MqttLink::publish(Message message, bool retained) {
  if (outbox_.size() >= kOutboxMax) {
    outbox_.pop_front();
    ++dropped_;
  }
  outbox_.push_back({std::move(message), retained});
  send_waiting();
}

void MqttLink::send_waiting() {
  while (state_ == State::Online && in_flight_ < kInFlightMax && !outbox_.empty()) {
    const auto& [message, retained] = outbox_.front();
    const int code = mosquitto_publish(client_.get(), nullptr, message.topic.c_str(),
                                       static_cast<int>(message.payload.size()),
                                       message.payload.data(), kQos, retained);
    outbox_.pop_front();
    // After a failed write the library keeps the message and sends it again itself.
    const bool broken = code == MOSQ_ERR_NO_CONN || code == MOSQ_ERR_CONN_LOST;
    if (code == MOSQ_ERR_SUCCESS || broken) {
      ++in_flight_;
    } else {
      ++dropped_;
    }
    if (broken) lost(mosquitto_strerror(code));
  }
}

void MqttLink::poll(std::chrono::milliseconds wait) {
  const bool idle = state_ == State::Cut || (state_ == State::Down && Clock::now() < retry_at_);
  if (idle) {
    std::this_thread::sleep_for(wait);
    return;
  }
  if (state_ == State::Down) connect();
  if (state_ == State::Down) return;
  const int code = mosquitto_loop(client_.get(), static_cast<int>(wait.count()), 1);
  if (code != MOSQ_ERR_SUCCESS && state_ != State::Down) lost(mosquitto_strerror(code));
  send_waiting();
}

void MqttLink::connect() {
  const int code =
      mosquitto_connect(client_.get(), address_.host.c_str(), address_.port, kKeepAliveS);
  if (code == MOSQ_ERR_SUCCESS) {
    state_ = State::Connecting;
    return;
  }
  lost(code == MOSQ_ERR_ERRNO ? std::strerror(errno) : mosquitto_strerror(code));
}

void MqttLink::lost(const std::string& why) {
  const auto wait_s = std::chrono::duration<double>(back_off_).count();
  callbacks_.log(fmt::format("no link to {}:{} ({}), next try in {:g} s", address_.host,
                             address_.port, why, wait_s));
  state_ = State::Down;
  retry_later();
}

void MqttLink::retry_later() {
  retry_at_ = Clock::now() + back_off_;
  back_off_ = std::min(back_off_ * 2, std::chrono::milliseconds(kBackOffMax));
}

void MqttLink::on_connected(int code) {
  if (code != 0) {
    mosquitto_disconnect(client_.get());
    lost(mosquitto_connack_string(code));
    return;
  }
  state_ = State::Online;
  back_off_ = kBackOffFirst;
  for (const std::string& topic : subscriptions_) {
    mosquitto_subscribe(client_.get(), nullptr, topic.c_str(), kQos);
  }
  callbacks_.log(outbox_.empty() ? std::string("link up")
                                 : fmt::format("link up, {} messages waiting", outbox_.size()));
  callbacks_.online();
}

void MqttLink::on_received(const mosquitto_message& message) {
  const auto* bytes = static_cast<const char*>(message.payload);
  callbacks_.received({message.topic,
                       std::string(bytes, static_cast<std::size_t>(message.payloadlen)),
                       message.retain});
}

void MqttLink::cut() {
  if (state_ == State::Cut) return;
  mosquitto_disconnect(client_.get());
  state_ = State::Cut;
}

void MqttLink::restore() {
  if (state_ != State::Cut) return;
  state_ = State::Down;
  retry_at_ = Clock::now();
  back_off_ = kBackOffFirst;
}

void MqttLink::close(std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  while (state_ == State::Online && waiting() > 0 && Clock::now() < deadline) poll(20ms);
  mosquitto_disconnect(client_.get());
  state_ = State::Cut;
}

}  // namespace riverside
