#include "http_connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.hpp"

namespace gemel::bench {
namespace {

Error unavailable(std::string_view what) {
  return {ErrorCode::Unavailable, fmt::format("{}: {}", what, std::strerror(errno))};
}

bool is_header(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line[name.size()] == ':' &&
         std::ranges::equal(line.substr(0, name.size()), name,
                            [](char a, char b) { return std::tolower(a) == b; });
}

std::size_t to_size(std::string_view digits, int base) {
  std::size_t size = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), size, base);
  return size;
}

}  // namespace

std::string get_request(std::string_view target) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", target);
}

std::string post_request(std::string_view target, std::string_view body) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Length: {}\r\n\r\n{}",
      target, body.size(), body);
}

std::string url_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_')
      encoded += c;
    else
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

Result<HttpConnection> HttpConnection::open(std::uint16_t port) {
  HttpConnection connection(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connection.socket_ < 0 ||
      connect(connection.socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return unavailable(fmt::format("connecting to port {}", port));
  const int on = 1;
  setsockopt(connection.socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval patience{.tv_sec = 120, .tv_usec = 0};
  setsockopt(connection.socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return connection;
}

HttpConnection::HttpConnection(HttpConnection&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      received_(std::move(other.received_)),
      at_(other.at_) {}

HttpConnection::~HttpConnection() {
  if (socket_ >= 0) close(socket_);
}

Result<void> HttpConnection::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return unavailable("sending a request");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Result<void> HttpConnection::receive() {
  if (at_ == received_.size()) {
    received_.clear();
    at_ = 0;
  }
  const auto held = received_.size();
  received_.resize(held + 256 * 1024);
  const auto got = recv(socket_, received_.data() + held, received_.size() - held, 0);
  received_.resize(held + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got == 0) return Error{ErrorCode::Unavailable, "the server closed the connection"};
  if (got < 0) return unavailable("waiting for an answer");
  return {};
}

Result<std::string> HttpConnection::take_line() {
  for (;;) {
    if (const auto end = received_.find("\r\n", at_); end != std::string::npos) {
      std::string line = received_.substr(at_, end - at_);
      at_ = end + 2;
      return line;
    }
    GEMEL_TRY(receive());
  }
}

Result<void> HttpConnection::take(std::size_t size, std::string& into) {
  while (size > 0) {
    if (at_ == received_.size()) GEMEL_TRY(receive());
    const auto part = std::min(size, received_.size() - at_);
    into.append(received_, at_, part);
    at_ += part;
    size -= part;
  }
  return {};
}

Result<HttpAnswer> HttpConnection::read_answer() {
  GEMEL_ASSIGN(const auto first, take_line());
  if (!first.starts_with("HTTP/1.1 "))
    return Error{ErrorCode::Unavailable, fmt::format("'{}' is no HTTP/1.1 answer", first)};
  HttpAnswer answer{.status = static_cast<int>(to_size(first.substr(9, 3), 10)), .body = {}};
  std::size_t length = 0;
  bool chunked = false;
  for (;;) {
    GEMEL_ASSIGN(const auto line, take_line());
    if (line.empty()) break;
    if (is_header(line, "content-length"))
      length = to_size(text::trim(std::string_view(line).substr(15)), 10);
    if (is_header(line, "transfer-encoding")) chunked = line.find("chunked") != std::string::npos;
  }
  if (!chunked) {
    GEMEL_TRY(take(length, answer.body));
    return answer;
  }
  for (;;) {
    GEMEL_ASSIGN(const auto size, take_line());
    const auto bytes = to_size(size, 16);
    GEMEL_TRY(take(bytes, answer.body));
    GEMEL_TRY(take_line());
    if (bytes == 0) return answer;
  }
}

Result<HttpAnswer> HttpConnection::exchange(std::string_view request) {
  GEMEL_TRY(send_all(request));
  return read_answer();
}

}  // namespace gemel::bench
