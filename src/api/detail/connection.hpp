#pragma once
// One browser's or program's connection: HTTP requests in turn, or a WebSocket after an upgrade.

#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/detail/routes.hpp"

namespace gemel::api {

/// What every connection of a server shares. Lifetime: outlives them.
struct Site {
  engine::Engine& engine;
  const Gatekeeper& gatekeeper;
  Routes routes;
  boost::asio::io_context& network;  // one thread: connections need no locks
  boost::asio::thread_pool&
      workers;  // answers are made here, so that a slow one does not stop the network
  std::size_t connections = 0;  // network's thread only
};

/// Serves the socket until it closes. Threads: the network's.
void serve_http(Site& site, boost::asio::ip::tcp::socket socket);

}  // namespace gemel::api
