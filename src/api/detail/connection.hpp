#pragma once
// One browser's or program's connection: HTTP requests in turn, or a WebSocket after an upgrade.

#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/detail/acknowledger.hpp"
#include "api/detail/routes.hpp"
#include "api/detail/writes.hpp"

namespace gemel::api {

/// What every connection of a server shares. Lifetime: outlives them.
struct Site {
  engine::Engine& engine;
  const Gatekeeper& gatekeeper;
  Routes routes;
  boost::asio::io_context& network;  // one thread: connections need no locks
  boost::asio::thread_pool&
      workers;  // answers are made here, so that a slow one does not stop the network
  Writes writes;
  boost::asio::thread_pool& writers;  // bodies of collectors are read here: they may wait for room
  Acknowledger& acknowledger;         // and are answered when they are durable
  // Network's thread only:
  std::size_t connections = 0;
  std::size_t body_bytes = 0;  // that all connections hold
};

/// Serves the socket until it closes. Threads: the network's.
void serve_http(Site& site, boost::asio::ip::tcp::socket socket);

}  // namespace gemel::api
