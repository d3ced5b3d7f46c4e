#include "api/detail/live.hpp"

#include <deque>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include "api/detail/encode.hpp"
#include "api/detail/present.hpp"

namespace gemel::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

constexpr std::chrono::milliseconds kDeltaEvery{200};
constexpr int kStatusEvery = 10;  // rounds: two seconds, which is also the sign of life

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A frame may hold only what no snapshot shows, such as a Notice.
bool tells_something(const Json& delta) {
  return !delta["signals"].empty() || delta.contains("alarms") ||
         delta.contains("recommendations") || delta.contains("commands");
}

/// One listener. A round every 200 ms sends what changed since the last one; while a message is
/// still being written the round is left out, so a slow listener gets its deltas merged and nothing
/// queues up.
class LiveConnection : public std::enable_shared_from_this<LiveConnection> {
 public:
  LiveConnection(Site& site, beast::tcp_stream stream)
      : site_(site), socket_(std::move(stream)), timer_(site.network) {}
  ~LiveConnection() { --site_.connections; }

  void accept(UpgradeRequest request, std::string subprotocol) {
    ++site_.connections;
    beast::get_lowest_layer(socket_).expires_never();
    socket_.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
    socket_.set_option(
        websocket::stream_base::decorator([subprotocol](websocket::response_type& response) {
          if (!subprotocol.empty())
            response.set(beast::http::field::sec_websocket_protocol, subprotocol);
        }));
    socket_.read_message_max(4'096);
    socket_.text(true);
    auto kept = std::make_shared<UpgradeRequest>(std::move(request));
    socket_.async_accept(*kept, [self = shared_from_this(), kept](error_code failed) {
      if (failed) return;
      self->read();
      self->greet();
    });
  }

 private:
  /// Messages from the client are ignored; reading is what notices a closed connection.
  void read() {
    socket_.async_read(ignored_, [self = shared_from_this()](error_code failed, std::size_t) {
      if (failed) return self->stop();
      self->ignored_.clear();
      self->read();
    });
  }

  void greet() {
    const auto& plant = site_.engine.plant();
    write({text_of({{"type", "hello"},
                    {"plant", plant.name},
                    {"version", plant.version},
                    {"at", encode_time(present(site_.engine)->at)}})});
    round();
  }

  void round() {
    if (stopped_) return;
    const bool status_due = rounds_++ % kStatusEvery == 0;
    const auto now = present(site_.engine);
    const bool changed = !sent_ || now->known_at != sent_->known_at;
    if (!busy_ && (changed || status_due || status_missed_)) {
      make(changed ? now : nullptr, status_due || status_missed_);
      status_missed_ = false;
    } else if (status_due) {
      status_missed_ = true;
    }
    timer_.expires_after(kDeltaEvery);
    timer_.async_wait([self = shared_from_this()](error_code failed) {
      if (!failed) self->round();
    });
  }

  /// Encodes on a worker, writes on the network's thread.
  void make(std::shared_ptr<const Snapshot> now, bool with_status) {
    busy_ = true;
    asio::post(site_.workers, [self = shared_from_this(), now, with_status, before = sent_] {
      auto& engine = self->site_.engine;
      std::deque<std::string> messages;
      if (now) {
        const auto delta = encode_delta(before.get(), *now, engine.plant());
        if (tells_something(delta)) messages.push_back(text_of(delta));
      }
      if (with_status)
        messages.push_back(
            text_of({{"type", "status"}, {"status", encode(engine.status(), engine)}}));
      asio::post(self->site_.network, [self, now, messages = std::move(messages)]() mutable {
        if (now) self->sent_ = now;
        self->write(std::move(messages));
      });
    });
  }

  void write(std::deque<std::string> messages) {
    busy_ = true;
    for (auto& message : messages) outgoing_.push_back(std::move(message));
    if (!writing_) write_next();
  }

  void write_next() {
    if (outgoing_.empty() || stopped_) {
      writing_ = busy_ = false;
      return;
    }
    writing_ = true;
    socket_.async_write(asio::buffer(outgoing_.front()),
                        [self = shared_from_this()](error_code failed, std::size_t) {
                          if (failed) return self->stop();
                          self->outgoing_.pop_front();
                          self->write_next();
                        });
  }

  void stop() {
    stopped_ = true;
    timer_.cancel();
  }

  Site& site_;
  websocket::stream<beast::tcp_stream> socket_;
  asio::steady_timer timer_;
  beast::flat_buffer ignored_;
  std::shared_ptr<const Snapshot> sent_;
  std::deque<std::string> outgoing_;
  int rounds_ = 0;
  bool status_missed_ = false;
  bool busy_ = false;  // something is being made or written
  bool writing_ = false;
  bool stopped_ = false;
};

}  // namespace

void serve_live(Site& site, beast::tcp_stream stream, UpgradeRequest request,
                std::string subprotocol) {
  std::make_shared<LiveConnection>(site, std::move(stream))
      ->accept(std::move(request), std::move(subprotocol));
}

}  // namespace gemel::api
