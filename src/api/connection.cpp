#include "api/detail/connection.hpp"

#include <optional>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "api/detail/live.hpp"
#include "base/text.hpp"

namespace gemel::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

constexpr std::uint64_t kBodyMax = 1 << 20;
constexpr std::uint32_t kHeadMax = 128 << 10;   // a thousand signals by their paths
constexpr std::size_t kBodiesMax = 256u << 20;  // of all connections together
constexpr int kBusyRetryAfter_s = 5;
constexpr std::chrono::seconds kIdle{60};
constexpr std::chrono::seconds kParting{2};
constexpr std::size_t kDiscard = 65'536;
constexpr std::size_t kReadStep = 65'536;
constexpr std::string_view kLivePath = "/api/v1/live";
constexpr std::string_view kSubprotocol = "gemel.v1";
constexpr std::string_view kTokenProtocol = "bearer.";

/// Beast's views are of Boost's kind in some versions.
template <class View>
std::string_view to_view(View view) {
  return {view.data(), view.size()};
}

std::string field(const UpgradeRequest& request, http::field name) {
  return std::string(request[name]);
}

HttpRequest without_sockets(UpgradeRequest& request) {
  HttpRequest out;
  out.method = std::string(request.method_string());
  out.target = std::string(request.target());
  out.body = std::move(request.body());
  out.content_type = field(request, http::field::content_type);
  out.authorization = field(request, http::field::authorization);
  out.user = std::string(request["X-Gemel-User"]);
  out.origin = field(request, http::field::origin);
  out.host = field(request, http::field::host);
  out.if_none_match = field(request, http::field::if_none_match);
  out.content_encoding = field(request, http::field::content_encoding);
  out.accepts_gzip = field(request, http::field::accept_encoding).find("gzip") != std::string::npos;
  return out;
}

/// What a WebSocket's handshake offers: browsers can't set headers there, so the token comes as a
/// subprotocol.
struct Offered {
  bool ours = false;
  std::string token;
};
Offered subprotocols(const UpgradeRequest& request) {
  Offered offered;
  const auto header = field(request, http::field::sec_websocket_protocol);
  for (const auto part : text::split(header, ',')) {
    const auto protocol = text::trim(part);
    if (protocol == kSubprotocol) offered.ours = true;
    if (protocol.starts_with(kTokenProtocol))
      offered.token = protocol.substr(kTokenProtocol.size());
  }
  return offered;
}

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(Site& site, asio::ip::tcp::socket socket)
      : site_(site), stream_(std::move(socket)) {
    ++site_.connections;
  }
  ~HttpConnection() {
    hold_body(0);
    --site_.connections;
  }

  void read() {
    parser_.emplace();
    parser_->header_limit(kHeadMax);
    parser_->body_limit(Writes::kBodyMax);  // until the head tells which limit holds
    stream_.expires_after(kIdle);
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code failed, std::size_t) { self->have_head(failed); });
  }

 private:
  void have_head(error_code failed) {
    is_write_ =
        Writes::takes(to_view(parser_->get().method_string()), to_view(parser_->get().target()));
    if (failed) return have_read(failed);
    // Beast reads as much as the buffer has room for: at first 512 bytes, a call of the system
    // each.
    if (is_write_) buffer_.reserve(kReadStep);
    const auto length = parser_->content_length();
    if (!is_write_) {
      parser_->body_limit(kBodyMax);
      if (length && *length > kBodyMax) return have_read(http::error::body_limit);
    }
    if (parser_->get()[http::field::expect] == "100-continue" && !parser_->is_done())
      return invite();
    read_body();
  }

  /// Tells a peer that asked before sending a large body that it may.
  void invite() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(kContinue),
                      [self = shared_from_this()](error_code failed, std::size_t) {
                        if (!failed) self->read_body();
                      });
  }

  void read_body() {
    if (parser_->is_done()) return have_read({});
    stream_.expires_after(kIdle);
    http::async_read_some(
        stream_, buffer_, *parser_, [self = shared_from_this()](error_code failed, std::size_t) {
          if (failed) return self->have_read(failed);
          if (self->hold_body(self->parser_->get().body().size())) return self->read_body();
          self->write(Writes::busy(to_view(self->parser_->get().target()),
                                   "too many bodies are being written at once", kBusyRetryAfter_s),
                      false);
        });
  }

  /// Counts what this connection holds of its body; false when all hold too much together.
  bool hold_body(std::size_t bytes) {
    site_.body_bytes += bytes - body_bytes_;
    body_bytes_ = bytes;
    return bytes == 0 || site_.body_bytes <= kBodiesMax;
  }

  void have_read(error_code failed) {
    if (failed == http::error::body_limit) {
      return write(is_write_ ? Writes::too_large(to_view(parser_->get().target()))
                             : answer(Error{ErrorCode::Capacity, "the body is larger than 1 MiB"}),
                   false);
    }
    if (failed == http::error::header_limit) {
      return write(answer(Error{ErrorCode::Capacity,
                                "the address and headers of the request are "
                                "larger than 128 KiB; ask for fewer signals"}),
                   false);
    }
    if (failed == http::error::end_of_stream) {
      error_code ignored;
      stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
      return;
    }
    if (failed) return;  // the peer went away, or spoke something that is not HTTP
    auto request = parser_->release();
    keep_alive_ = request.keep_alive();
    version_ = request.version();
    head_ = request.method() == http::verb::head;
    if (beast::websocket::is_upgrade(request)) return upgrade(std::move(request));
    stream_.expires_never();
    auto plain = without_sockets(request);
    if (is_write_) return take_write(std::move(plain));
    // Two changes of threads would cost more than the answer.
    if (Routes::is_quick(plain)) return write(site_.routes.handle(plain), keep_alive_);
    asio::post(site_.workers, [self = shared_from_this(), request = std::move(plain)] {
      self->answer_later(self->site_.routes.handle(request));
    });
  }

  /// Reads the body beside the people's requests, and answers once it is durable: a 204 is a
  /// promise.
  void take_write(HttpRequest request) {
    asio::post(site_.writers, [self = shared_from_this(), request = std::move(request)]() mutable {
      auto begun = self->site_.writes.begin(request);
      request.body = {};
      if (begun.ticket == 0) return self->answer_later(std::move(begun.response));
      self->site_.acknowledger.when_durable(
          *begun.endpoint, begun.ticket,
          [self, response = std::move(begun.response),
           target = std::move(request.target)](bool durable) mutable {
            self->answer_later(durable ? std::move(response)
                                       : Writes::busy(target,
                                                      "the disk has not taken this yet; send it "
                                                      "again, repeats count once",
                                                      kBusyRetryAfter_s));
          });
    });
  }

  /// From another thread.
  void answer_later(HttpResponse response) {
    asio::post(site_.network,
               [self = shared_from_this(), response = std::move(response)]() mutable {
                 self->hold_body(0);
                 self->write(std::move(response), self->keep_alive_);
               });
  }

  void upgrade(UpgradeRequest request) {
    auto plain = without_sockets(request);
    if (plain.target.substr(0, plain.target.find('?')) != kLivePath) {
      return write(answer(Error{ErrorCode::NotFound, "no WebSocket at " + plain.target}), false);
    }
    if (auto admitted = site_.gatekeeper.admit(plain); !admitted)
      return write(answer(admitted.error()), false);
    const auto offered = subprotocols(request);
    const auto who = offered.token.empty() ? site_.gatekeeper.identify(plain)
                                           : site_.gatekeeper.identify_token(offered.token);
    if (!who) return write(answer(401, who.error()), false);
    serve_live(site_, std::move(stream_), std::move(request),
               offered.ours ? std::string(kSubprotocol) : "");
  }

  void write(HttpResponse response, bool keep_alive) {
    response_.emplace();
    response_->version(version_);
    response_->result(static_cast<unsigned>(response.status));
    if (!response.content_type.empty())
      response_->set(http::field::content_type, response.content_type);
    response_->set(http::field::cache_control, response.cache_control);
    if (response.status != 204) response_->set("X-Content-Type-Options", "nosniff");
    if (is_document(response)) {
      response_->set("Content-Security-Policy",
                     "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
                     "connect-src 'self' ws: wss:;"
                     " frame-ancestors 'none'");
    }
    for (const auto& [name, value] : response.headers) response_->set(name, value);
    if (!response.etag.empty()) response_->set(http::field::etag, response.etag);
    if (response.gzip) response_->set(http::field::content_encoding, "gzip");
    response_->keep_alive(keep_alive);
    response_->body() = std::move(response.body);
    // A 204 has no body, and says so by having no length either.
    if (response.status != 204) response_->prepare_payload();
    if (head_) response_->body().clear();
    stream_.expires_after(kIdle);
    http::async_write(stream_, *response_,
                      [self = shared_from_this(), keep_alive](error_code failed, std::size_t) {
                        if (failed) return;
                        if (keep_alive) return self->read();
                        self->part();
                      });
  }

  /// Says that nothing more comes, then reads what the peer still sends: closing on unread bytes
  /// would make the system take the answer back.
  void part() {
    error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    stream_.expires_after(kParting);
    read_to_the_end();
  }

  void read_to_the_end() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kDiscard),
                            [self = shared_from_this()](error_code failed, std::size_t) {
                              if (!failed) self->read_to_the_end();
                            });
  }

  /// JSON and nothing at all are never shown by a browser as pages.
  static bool is_document(const HttpResponse& response) {
    return !response.content_type.empty() && response.content_type != "application/json";
  }

  Site& site_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
  unsigned version_ = 11;
  bool keep_alive_ = true;
  bool head_ = false;
  bool is_write_ = false;
  std::size_t body_bytes_ = 0;  // counted in the site's
};

}  // namespace

void serve_http(Site& site, asio::ip::tcp::socket socket) {
  std::make_shared<HttpConnection>(site, std::move(socket))->read();
}

}  // namespace gemel::api
