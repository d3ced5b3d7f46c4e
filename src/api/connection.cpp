#include "api/detail/connection.hpp"

#include <optional>

#include <boost/asio/post.hpp>
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
constexpr std::chrono::seconds kIdle{60};
constexpr std::chrono::seconds kParting{2};
constexpr std::size_t kDiscard = 65'536;
constexpr std::string_view kLivePath = "/api/v1/live";
constexpr std::string_view kSubprotocol = "gemel.v1";
constexpr std::string_view kTokenProtocol = "bearer.";

std::string field(const UpgradeRequest& request, http::field name) {
  return std::string(request[name]);
}

HttpRequest without_sockets(const UpgradeRequest& request) {
  HttpRequest out;
  out.method = std::string(request.method_string());
  out.target = std::string(request.target());
  out.body = request.body();
  out.content_type = field(request, http::field::content_type);
  out.authorization = field(request, http::field::authorization);
  out.user = std::string(request["X-Gemel-User"]);
  out.origin = field(request, http::field::origin);
  out.host = field(request, http::field::host);
  out.if_none_match = field(request, http::field::if_none_match);
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
  ~HttpConnection() { --site_.connections; }

  void read() {
    parser_.emplace();
    parser_->body_limit(kBodyMax);
    stream_.expires_after(kIdle);
    http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code failed, std::size_t) { self->have_read(failed); });
  }

 private:
  void have_read(error_code failed) {
    if (failed == http::error::body_limit) {
      return write(answer(Error{ErrorCode::Capacity, "the body is larger than 1 MiB"}), false);
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
    asio::post(site_.workers, [self = shared_from_this(), request = without_sockets(request)] {
      auto response = self->site_.routes.handle(request);
      asio::post(self->site_.network, [self, response = std::move(response)]() mutable {
        self->write(std::move(response), self->keep_alive_);
      });
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
    response_->set(http::field::content_type, response.content_type);
    response_->set(http::field::cache_control, response.cache_control);
    response_->set("X-Content-Type-Options", "nosniff");
    response_->set("Content-Security-Policy",
                   "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
                   "connect-src 'self' ws: wss:;"
                   " frame-ancestors 'none'");
    if (!response.etag.empty()) response_->set(http::field::etag, response.etag);
    if (response.gzip) response_->set(http::field::content_encoding, "gzip");
    response_->keep_alive(keep_alive);
    response_->body() = std::move(response.body);
    response_->prepare_payload();
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

  Site& site_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
  unsigned version_ = 11;
  bool keep_alive_ = true;
  bool head_ = false;
};

}  // namespace

void serve_http(Site& site, asio::ip::tcp::socket socket) {
  std::make_shared<HttpConnection>(site, std::move(socket))->read();
}

}  // namespace gemel::api
