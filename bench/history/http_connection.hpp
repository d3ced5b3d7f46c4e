#pragma once
// The smallest HTTP/1.1 client that can drive a server as fast as it goes: one kept-alive
// connection, requests that were written beforehand.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gemel::bench {

struct HttpAnswer {
  int status = 0;
  std::string body;
};

/// A request without and one with a body, as bytes for the wire.
std::string get_request(std::string_view target);
std::string post_request(std::string_view target, std::string_view body);

/// `text` as it may stand in a target's query.
std::string url_encoded(std::string_view text);

/// To a port of this machine. Threads: one.
class HttpConnection {
 public:
  static Result<HttpConnection> open(std::uint16_t port);
  HttpConnection(HttpConnection&& other) noexcept;
  HttpConnection& operator=(HttpConnection&& other) = delete;
  ~HttpConnection();

  /// Sends the bytes and waits for the whole answer. Errors: Unavailable (closed, or not HTTP).
  Result<HttpAnswer> exchange(std::string_view request);

 private:
  explicit HttpConnection(int socket) : socket_(socket) {}
  Result<void> send_all(std::string_view bytes);
  Result<void> receive();
  Result<std::string> take_line();
  Result<void> take(std::size_t size, std::string& into);
  Result<HttpAnswer> read_answer();

  int socket_;
  std::string received_;
  std::size_t at_ = 0;
};

}  // namespace gemel::bench
