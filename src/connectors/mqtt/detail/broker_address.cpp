#include "connectors/mqtt/detail/broker_address.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gemel::connectors::mqtt::detail {
namespace {

Error bad_url(std::string_view url, std::string_view why) {
  return {ErrorCode::InvalidInput,
          "'" + std::string(url) + "' is not the address of an MQTT broker: " + std::string(why) +
              "; write mqtt://host:1883 or, with TLS, mqtts://host:8883"};
}

/// Splits "host:port" or "[v6]:port"; a port that is absent stays empty.
bool split_port(std::string_view rest, std::string_view& host, std::string_view& port) {
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos) return false;
    host = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    if (!rest.empty() && rest.front() != ':') return false;
    port = rest.empty() ? rest : rest.substr(1);
    return true;
  }
  const auto colon = rest.find(':');
  host = rest.substr(0, colon);
  if (colon != std::string_view::npos) port = rest.substr(colon + 1);
  return port.find(':') == std::string_view::npos;
}

struct Socket {
  explicit Socket(int opened) : fd(opened) {}
  ~Socket() {
    if (fd >= 0) close(fd);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  const int fd;
};

Error unreachable(const BrokerAddress& address, int error) {
  if (error == ETIMEDOUT) {
    return {ErrorCode::Timeout,
            "no answer from " + address.to_string() +
                "; see whether the address is right and no firewall is between"};
  }
  return {ErrorCode::Unavailable, "can't connect to " + address.to_string() + " (" +
                                      std::strerror(error) +
                                      "); see whether the broker runs and listens on this port"};
}

/// 0 when connected, otherwise the errno; ECANCELED when `stop` was asked for.
int connect_within(const addrinfo& to, std::chrono::milliseconds patience,
                   const std::stop_token& stop) {
  const Socket socket(
      ::socket(to.ai_family, to.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to.ai_protocol));
  if (socket.fd < 0) return errno;
  if (connect(socket.fd, to.ai_addr, to.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  constexpr std::chrono::milliseconds kSlice{100};
  for (auto waited = std::chrono::milliseconds(0); waited < patience; waited += kSlice) {
    if (stop.stop_requested()) return ECANCELED;
    pollfd ready{socket.fd, POLLOUT, 0};
    if (poll(&ready, 1, static_cast<int>(kSlice.count())) <= 0) continue;
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket.fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
  }
  return ETIMEDOUT;
}

}  // namespace

Result<BrokerAddress> BrokerAddress::parse(std::string_view url) {
  BrokerAddress address;
  std::string_view rest = url;
  if (rest.starts_with("mqtts://")) {
    address.tls = true;
    address.port = 8883;
    rest.remove_prefix(8);
  } else if (rest.starts_with("mqtt://")) {
    rest.remove_prefix(7);
  } else {
    return bad_url(url, "it begins with neither mqtt:// nor mqtts://");
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find('@') != std::string_view::npos)
    return bad_url(url, "user and password belong into user: and password_file:");
  std::string_view host;
  std::string_view port;
  if (!split_port(rest, host, port) || host.empty() || host.find('/') != std::string_view::npos) {
    return bad_url(url, "there is no host, or something after the port");
  }
  if (!port.empty()) {
    const auto [end, ec] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (ec != std::errc{} || end != port.data() + port.size() || address.port == 0) {
      return bad_url(url, "the port is not a number from 1 to 65535");
    }
  }
  address.host = std::string(host);
  return address;
}

std::string BrokerAddress::to_string() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<void> reach(const BrokerAddress& address, std::chrono::milliseconds patience,
                   const std::stop_token& stop) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int error =
          getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &list)) {
    return Error{ErrorCode::NotFound, "no address for host '" + address.host + "' (" +
                                          gai_strerror(error) +
                                          "); see whether the name in url: is right"};
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(list, &freeaddrinfo);
  int error = 0;
  for (const auto* each = addresses.get(); each != nullptr; each = each->ai_next) {
    error = connect_within(*each, patience, stop);
    if (error == 0) return {};
    if (error == ECANCELED)
      return Error{ErrorCode::Cancelled, "stopped while connecting to " + address.to_string()};
  }
  return unreachable(address, error);
}

}  // namespace gemel::connectors::mqtt::detail
