#include "connectors/mqtt/detail/connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <mutex>

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "base/log.hpp"
#include "base/text.hpp"

namespace gemel::connectors::mqtt::detail {
namespace {

constexpr std::chrono::seconds kOnlinePatience{10};

void start_library() {
  static std::once_flag started;
  std::call_once(started, [] {
    mosquitto_lib_init();
    // libmosquitto 2.0.11 and OpenSSL write without MSG_NOSIGNAL: a broker that goes away would end
    // the process.
    struct sigaction now{};
    if (sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL)
      std::signal(SIGPIPE, SIG_IGN);
  });
}

/// A key that asks for a passphrase would stop us at a prompt on the terminal; let it fail instead.
int no_passphrase(char*, int, int, void*) { return 0; }

Error bad_file(std::string_view what, const std::string& path) {
  return {ErrorCode::InvalidInput, "can't read the " + std::string(what) + " '" + path +
                                       "'; see whether it exists and may be read by gemel"};
}

bool can_read(const std::string& path) { return path.empty() || std::ifstream(path).good(); }

/// The CONNECT properties of MQTT 5, freed at the end.
struct Properties {
  mosquitto_property* list = nullptr;
  Properties() = default;
  ~Properties() { mosquitto_property_free_all(&list); }
  Properties(const Properties&) = delete;
  Properties& operator=(const Properties&) = delete;
};

}  // namespace

struct Connection::Callbacks {
  static Connection& self(void* context) { return *static_cast<Connection*>(context); }

  static void on_connect(::mosquitto*, void* context, int reason, int flags,
                         const mosquitto_property*) {
    auto& connection = self(context);
    if (reason != 0) {
      connection.refusal_code_ = reason;
      connection.refusal_ = connection.settings_.version == 5 ? mosquitto_reason_string(reason)
                                                              : mosquitto_connack_string(reason);
      return;
    }
    connection.online_ = true;
    connection.listener_.on_accepted((flags & 1) != 0);
  }

  static void on_message(::mosquitto*, void* context, const mosquitto_message* message,
                         const mosquitto_property*) {
    self(context).listener_.on_message({.topic = message->topic,
                                        .payload = {static_cast<const char*>(message->payload),
                                                    static_cast<std::size_t>(message->payloadlen)},
                                        .qos = message->qos});
  }

  static void on_subscribe(::mosquitto*, void* context, int, int count, const int* granted,
                           const mosquitto_property*) {
    self(context).listener_.on_subscribed({granted, static_cast<std::size_t>(count)});
  }

  static void on_publish(::mosquitto*, void* context, int id, int reason,
                         const mosquitto_property*) {
    self(context).listener_.on_published(id, reason);
  }

  /// MQTT 5 says why it hangs up; below 128 are the library's own numbers, which check() tells.
  static void on_disconnect(::mosquitto*, void* context, int reason, const mosquitto_property*) {
    if (reason >= 128) self(context).farewell_ = mosquitto_reason_string(reason);
    if (reason == MQTT_RC_SESSION_TAKEN_OVER)
      self(context).farewell_ += " by another client with the same client_id:";
  }

  static void on_log(::mosquitto*, void* context, int level, const char* line) {
    if (level == MOSQ_LOG_ERR) self(context).last_words_ = line;
  }
};

Connection::Connection(const MqttSource& settings, ConnectionOptions options, Listener& listener)
    : settings_(settings), options_(std::move(options)), listener_(listener) {}

Connection::~Connection() {
  if (client_ != nullptr) mosquitto_destroy(client_);
}

Result<std::unique_ptr<Connection>> Connection::open(const MqttSource& settings,
                                                     const ConnectionOptions& options,
                                                     Listener& listener,
                                                     const std::stop_token& stop) {
  start_library();
  GEMEL_TRY(reach(options.address, options.patience, stop));
  std::unique_ptr<Connection> connection(new Connection(settings, options, listener));
  GEMEL_TRY(connection->configure());
  GEMEL_TRY(connection->connect());
  return connection;
}

Result<void> Connection::configure() {
  client_ = mosquitto_new(options_.client_id.c_str(), !options_.keep_session, this);
  if (client_ == nullptr) return Error{ErrorCode::Capacity, "no memory for an MQTT connection"};
  // "Threaded": from now on only mosquitto_loop_write() writes, never the functions that queue a
  // packet.
  mosquitto_threaded_set(client_, true);
  mosquitto_int_option(client_, MOSQ_OPT_PROTOCOL_VERSION,
                       settings_.version == 5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
  mosquitto_int_option(client_, MOSQ_OPT_TCP_NODELAY, 1);
  if (options_.receive_maximum != 0) {
    mosquitto_int_option(client_, MOSQ_OPT_RECEIVE_MAXIMUM, options_.receive_maximum);
  }
  mosquitto_connect_v5_callback_set(client_, &Callbacks::on_connect);
  mosquitto_message_v5_callback_set(client_, &Callbacks::on_message);
  mosquitto_disconnect_v5_callback_set(client_, &Callbacks::on_disconnect);
  mosquitto_subscribe_v5_callback_set(client_, &Callbacks::on_subscribe);
  mosquitto_publish_v5_callback_set(client_, &Callbacks::on_publish);
  mosquitto_log_callback_set(client_, &Callbacks::on_log);
  GEMEL_TRY(configure_login());
  if (options_.address.tls) return configure_tls();
  return {};
}

Result<void> Connection::configure_tls() {
  if (!can_read(settings_.ca_file)) return bad_file("CA file", settings_.ca_file);
  if (!can_read(settings_.certificate_file))
    return bad_file("certificate", settings_.certificate_file);
  if (!can_read(settings_.key_file)) return bad_file("key", settings_.key_file);
  const auto given = [](const std::string& path) { return path.empty() ? nullptr : path.c_str(); };
  const char* system_authorities = settings_.ca_file.empty() ? "/etc/ssl/certs" : nullptr;
  const int rc = mosquitto_tls_set(client_, given(settings_.ca_file), system_authorities,
                                   given(settings_.certificate_file), given(settings_.key_file),
                                   &no_passphrase);
  if (rc == MOSQ_ERR_SUCCESS) return {};
  return Error{ErrorCode::InvalidInput, "TLS can't be set up for " + options_.address.to_string() +
                                            "; certificate_file: and key_file: go together"};
}

Result<void> Connection::configure_login() {
  if (settings_.user.empty()) return {};
  std::string password;
  if (!settings_.password_file.empty()) {
    std::ifstream file(settings_.password_file);
    if (!file) return bad_file("password file", settings_.password_file);
    std::getline(file, password);
    if (password.ends_with('\r')) password.pop_back();
  }
  return check(mosquitto_username_pw_set(client_, settings_.user.c_str(),
                                         password.empty() ? nullptr : password.c_str()));
}

Result<void> Connection::connect() {
  Properties properties;
  if (settings_.version == 5 && options_.keep_session) {
    const auto expiry =
        std::clamp<std::int64_t>(settings_.session_expiry.ns / 1'000'000'000, 0, UINT32_MAX);
    mosquitto_property_add_int32(&properties.list, MQTT_PROP_SESSION_EXPIRY_INTERVAL,
                                 static_cast<std::uint32_t>(expiry));
  }
  // libmosquitto accepts no keep-alive below 5 s.
  const auto keep_alive =
      std::clamp<std::int64_t>(settings_.keep_alive.ns / 1'000'000'000, 5, UINT16_MAX);
  online_by_ = std::chrono::steady_clock::now() + kOnlinePatience;
  errno = 0;
  return check(mosquitto_connect_bind_v5(client_, options_.address.host.c_str(),
                                         options_.address.port, static_cast<int>(keep_alive),
                                         nullptr, properties.list));
}

int Connection::socket() const { return mosquitto_socket(client_); }

bool Connection::wants_write() const { return mosquitto_want_write(client_); }

Result<Connection::Progress> Connection::read() {
  if (!online_ && closed_while_connecting()) {
    return Error{ErrorCode::Unavailable, options_.address.to_string() +
                                             " closed the connection during the handshake" +
                                             (last_words_.empty() ? "" : " (" + last_words_ + ")") +
                                             "; see whether the port speaks MQTT" +
                                             (options_.address.tls ? " over TLS" : " without TLS")};
  }
  errno = 0;
  const int rc = mosquitto_loop_read(client_, 1);
  // EAGAIN need not be the socket's: each acknowledgement also writes to libmosquitto's own wake-up
  // pair, which nobody empties here and which is full after some 280 of them.
  const bool may_be_drained = errno == EAGAIN || errno == EWOULDBLOCK;
  GEMEL_TRY(check(rc));
  if (socket() < 0) return told(MOSQ_ERR_CONN_LOST, 0);
  const bool drained = !online_ || (may_be_drained && !more_waits());
  return drained ? Progress::Drained : Progress::MoreMayWait;
}

bool Connection::more_waits() const {
  auto* tls = static_cast<SSL*>(mosquitto_ssl_get(client_));
  if (tls != nullptr && SSL_pending(tls) > 0) return true;
  char byte = 0;
  return recv(socket(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

// libmosquitto takes an end of file in the TLS handshake for "try again", for ever.
bool Connection::closed_while_connecting() const {
  char byte = 0;
  return recv(socket(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

Result<void> Connection::write() {
  errno = 0;
  GEMEL_TRY(check(mosquitto_loop_write(client_, 1)));
  half_written_ = mosquitto_want_write(client_);
  return {};
}

Result<void> Connection::tend() {
  if (!online_ && std::chrono::steady_clock::now() > online_by_) {
    return Error{ErrorCode::Timeout, options_.address.to_string() + " did not answer within 10 s" +
                                         (last_words_.empty() ? "" : " (" + last_words_ + ")") +
                                         "; see whether the port speaks MQTT" +
                                         (options_.address.tls ? " over TLS" : " without TLS")};
  }
  return check(mosquitto_loop_misc(client_));
}

Result<void> Connection::ping_now() {
  if (half_written_) return {};
  constexpr std::array<unsigned char, 2> kPingRequest{0xC0, 0x00};
  auto* tls = static_cast<SSL*>(mosquitto_ssl_get(client_));
  const auto written = tls != nullptr
                           ? SSL_write(tls, kPingRequest.data(), 2)
                           : static_cast<int>(send(socket(), kPingRequest.data(), 2, MSG_NOSIGNAL));
  if (written == 2) return {};
  return Error{ErrorCode::Unavailable, "the link to " + options_.address.to_string() + " is lost"};
}

Result<void> Connection::subscribe(const std::vector<std::string>& filters, int qos) {
  std::vector<char*> names;
  for (const auto& filter : filters)
    names.push_back(const_cast<char*>(filter.c_str()));  // the C signature's wish
  // MQTT 5: no retained messages again for a subscription that the session already has.
  return check(mosquitto_subscribe_multiple(client_, nullptr, static_cast<int>(names.size()),
                                            names.data(), qos, MQTT_SUB_OPT_SEND_RETAIN_NEW,
                                            nullptr));
}

Result<int> Connection::publish(const std::string& topic, std::string_view payload,
                                std::chrono::seconds life) {
  Properties properties;
  if (settings_.version == 5) {
    const auto seconds = std::clamp<std::int64_t>(life.count(), 1, UINT32_MAX);
    mosquitto_property_add_int32(&properties.list, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL,
                                 static_cast<std::uint32_t>(seconds));
  }
  int id = 0;
  GEMEL_TRY(
      check(mosquitto_publish_v5(client_, &id, topic.c_str(), static_cast<int>(payload.size()),
                                 payload.data(), 1, false, properties.list)));
  return id;
}

void Connection::leave() {
  if (mosquitto_disconnect(client_) == MOSQ_ERR_SUCCESS) mosquitto_loop_write(client_, 1);
}

Result<void> Connection::check(int rc) {
  if (rc == MOSQ_ERR_SUCCESS) return {};
  return told(rc, errno);
}

Error Connection::told(int rc, int system_error) const {
  const auto where = options_.address.to_string();
  if (!refusal_.empty()) {
    // 4 and 5 are 3.1.1's, 134 and 135 are 5's "bad user name or password" and "not authorised".
    const bool credentials =
        refusal_code_ == 4 || refusal_code_ == 5 || refusal_code_ == 134 || refusal_code_ == 135;
    return {
        credentials ? ErrorCode::PermissionDenied : ErrorCode::Unavailable,
        where + " refused the connection: " + refusal_ +
            (credentials ? " (user '" + settings_.user +
                               "'); see user: and password_file:, and the broker's list of users"
                         : "; see the broker's log and version: of the source")};
  }
  if (!farewell_.empty())
    return {ErrorCode::Unavailable, where + " ended the connection: " + farewell_};
  if (rc == MOSQ_ERR_TLS || system_error == EPROTO || last_words_.starts_with("OpenSSL")) {
    return {ErrorCode::Unavailable,
            "TLS with " + where + " failed (" +
                (last_words_.empty() ? "no reason was given" : last_words_) +
                "); see ca_file:, certificate_file:, key_file: and the name in url:"};
  }
  if (rc == MOSQ_ERR_KEEPALIVE)
    return {ErrorCode::Timeout, where + " does not answer; the link is lost"};
  if (rc == MOSQ_ERR_PROTOCOL || rc == MOSQ_ERR_MALFORMED_PACKET) {
    return {ErrorCode::Unavailable,
            where + " broke the protocol; see whether it speaks MQTT " +
                (settings_.version == 5 ? "5 (version: 4 is 3.1.1)" : "3.1.1")};
  }
  const std::string why = rc == MOSQ_ERR_ERRNO && system_error != 0 ? std::strerror(system_error)
                                                                    : mosquitto_strerror(rc);
  return {ErrorCode::Unavailable, "the link to " + where + " is lost: " + why};
}

}  // namespace gemel::connectors::mqtt::detail
