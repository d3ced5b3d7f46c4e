#include "app/client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <nlohmann/json.hpp>

namespace gemel::app {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::seconds kPatience{20};

struct Address {
  std::string host;
  std::string port;
};

Result<Address> parse_url(const std::string& url) {
  constexpr std::string_view kScheme = "http://";
  std::string_view rest = url;
  if (!rest.starts_with(kScheme)) {
    return Error{ErrorCode::InvalidInput,
                 "'" + url + "' is not a URL of a twin; write http://127.0.0.1:8080"};
  }
  rest.remove_prefix(kScheme.size());
  rest = rest.substr(0, rest.find('/'));
  const auto colon = rest.rfind(':');
  if (rest.empty()) return Error{ErrorCode::InvalidInput, "'" + url + "' names no host"};
  if (colon == std::string_view::npos) return Address{std::string(rest), "80"};
  return Address{std::string(rest.substr(0, colon)), std::string(rest.substr(colon + 1))};
}

std::string percent_encode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '-' || c == '_' || c == '.') {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

Error error_of(const std::string& body, unsigned status) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (json.is_object() && json.contains("error") && json["error"].contains("message")) {
    const auto code = status == 404   ? ErrorCode::NotFound
                      : status == 409 ? ErrorCode::Conflict
                                      : ErrorCode::InvalidInput;
    return {code, json["error"]["message"].get<std::string>()};
  }
  return {ErrorCode::Internal, "the server answered " + std::to_string(status)};
}

}  // namespace

Result<std::string> call(const Remote& remote, const std::string& method, const std::string& target,
                         const std::string& body) {
  GEMEL_ASSIGN(const auto address, parse_url(remote.url));
  asio::io_context context;
  beast::tcp_stream stream(context);
  http::request<http::string_body> request{http::string_to_verb(method), target, 11};
  request.set(http::field::host, address.host + ":" + address.port);
  request.set(http::field::connection, "close");
  if (!remote.token.empty()) request.set(http::field::authorization, "Bearer " + remote.token);
  if (!remote.user.empty()) request.set("X-Gemel-User", percent_encode(remote.user));
  if (method != "GET") {
    request.set(http::field::content_type, "application/json");
    request.body() = body;
  }
  request.prepare_payload();

  error_code failed;
  tcp::resolver resolver(context);
  const auto endpoints = resolver.resolve(address.host, address.port, failed);
  http::response_parser<http::string_body> parser;
  parser.body_limit(256u << 20);
  beast::flat_buffer buffer;
  if (!failed) {
    // The synchronous calls of Beast know no time limit; the asynchronous ones do.
    const auto next = [&](auto then) {
      return [&, then](error_code step, std::size_t) {
        if (step)
          failed = step;
        else
          then();
      };
    };
    stream.expires_after(kPatience);
    stream.async_connect(endpoints, [&](error_code step, const tcp::endpoint&) {
      if (step) {
        failed = step;
        return;
      }
      http::async_write(stream, request,
                        next([&] { http::async_read(stream, buffer, parser, next([] {})); }));
    });
    context.run();
  }
  if (failed) {
    return Error{ErrorCode::Unavailable, "nobody answers at " + remote.url + " (" +
                                             failed.message() + "); is `gemel run` running there?"};
  }
  auto response = parser.release();
  if (response.result_int() >= 400) return error_of(response.body(), response.result_int());
  return std::move(response.body());
}

}  // namespace gemel::app
