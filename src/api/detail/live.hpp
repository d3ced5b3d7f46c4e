#pragma once
// The WebSocket /api/v1/live: pushes what changed.

#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "api/detail/connection.hpp"

namespace gemel::api {

using UpgradeRequest = boost::beast::http::request<boost::beast::http::string_body>;

/// Takes an upgrade request over. `subprotocol` is what the handshake selects; empty: none.
/// Threads: the network's.
void serve_live(Site& site, boost::beast::tcp_stream stream, UpgradeRequest request,
                std::string subprotocol);

}  // namespace gemel::api
