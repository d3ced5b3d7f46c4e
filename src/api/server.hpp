#pragma once
// The border: REST and WebSocket as src/api/openapi.yaml says, and the operator's page.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/write_endpoint.hpp"
#include "engine/engine.hpp"

namespace gemel::api {

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free one
  /// Token -> the person it names. Needed as soon as `address` is not loopback.
  std::map<std::string, std::string> tokens;
  /// Sources that collectors write to. Lifetime: must outlive the server.
  std::vector<WriteEndpoint*> endpoints = {};
};

/// Lines of "name token"; # begins a comment. Errors: NotFound, InvalidInput with file and line;
/// tokens shorter than 16 characters are refused.
Result<std::map<std::string, std::string>> read_tokens(const std::string& path);

/// Serves until destroyed. Threads: starts one for the network, two for answers, two for writes of
/// collectors and one that waits for these to be durable; its members from any.
class Server {
 public:
  /// Binds and listens at once. Lifetime: the engine must outlive the server.
  /// Errors: Unavailable (port taken, address unknown), InvalidInput (not loopback and no tokens).
  static Result<std::unique_ptr<Server>> start(engine::Engine& engine,
                                               const ServerOptions& options);
  virtual ~Server() = default;

  virtual std::uint16_t port() const = 0;
  /// "http://127.0.0.1:8080/"
  virtual std::string url() const = 0;
};

}  // namespace gemel::api
