#include "api/server.hpp"

#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <sodium.h>

#include "api/detail/connection.hpp"
#include "base/log.hpp"

namespace gemel::api {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kConnectionsMax = 1'000;

class BeastServer final : public Server {
 public:
  BeastServer(engine::Engine& engine, const ServerOptions& options)
      : gatekeeper_(options.tokens),
        site_{engine,   gatekeeper_,  Routes(engine, gatekeeper_, what_ifs_),
              network_, workers_,     Writes(options.endpoints, gatekeeper_),
              writers_, acknowledger_},
        acceptor_(network_) {}

  ~BeastServer() override {
    network_.stop();
    if (thread_.joinable()) thread_.join();  // not when listen() failed
    workers_.stop();
    workers_.join();
    writers_.stop();
    writers_.join();
  }

  Result<void> listen(const ServerOptions& options) {
    error_code failed;
    const auto address = asio::ip::make_address(options.address, failed);
    if (failed) {
      return Error{ErrorCode::InvalidInput,
                   "'" + options.address + "' is not an IP address; try 127.0.0.1 or 0.0.0.0"};
    }
    if (!address.is_loopback() && options.tokens.empty()) {
      return Error{ErrorCode::InvalidInput,
                   "listening on " + options.address +
                       " needs tokens: give --tokens FILE with lines of `name token`"};
    }
    const tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol(), failed);
    if (!failed) acceptor_.set_option(asio::socket_base::reuse_address(true), failed);
    if (!failed) acceptor_.bind(endpoint, failed);
    if (!failed) acceptor_.listen(asio::socket_base::max_listen_connections, failed);
    if (failed) {
      return Error{ErrorCode::Unavailable, "can't listen on " + options.address + ":" +
                                               std::to_string(options.port) + ": " +
                                               failed.message() + "; choose another --port"};
    }
    address_ = options.address.find(':') == std::string::npos ? options.address
                                                              : "[" + options.address + "]";
    port_ = acceptor_.local_endpoint().port();
    accept();
    thread_ = std::thread([this] { network_.run(); });
    return {};
  }

  std::uint16_t port() const override { return port_; }
  std::string url() const override {
    return "http://" + address_ + ":" + std::to_string(port_) + "/";
  }

 private:
  void accept() {
    acceptor_.async_accept([this](error_code failed, tcp::socket socket) {
      if (failed == asio::error::operation_aborted) return;
      if (failed) {
        log::warning("api", "a connection could not be accepted: " + failed.message());
      } else if (site_.connections < kConnectionsMax) {
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        serve_http(site_, std::move(socket));
      }
      accept();
    });
  }

  // Connections live in the handlers that network_, the pools and acknowledger_ still hold when
  // they are destroyed, and use what stands above those.
  Gatekeeper gatekeeper_;
  WhatIfRuns what_ifs_;
  Site site_;
  asio::io_context network_{1};
  asio::thread_pool workers_{2};
  asio::thread_pool writers_{2};
  Acknowledger acknowledger_;
  tcp::acceptor acceptor_;
  std::string address_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(engine::Engine& engine,
                                              const ServerOptions& options) {
  if (sodium_init() < 0) return Error{ErrorCode::Internal, "libsodium could not be started"};
  auto server = std::make_unique<BeastServer>(engine, options);
  GEMEL_TRY(server->listen(options));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace gemel::api
