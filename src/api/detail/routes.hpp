#pragma once
// Every REST route: decode, authorise, call the engine, encode.

#include "api/detail/http.hpp"
#include "api/detail/identity.hpp"
#include "engine/engine.hpp"

namespace gemel::api {

/// Threads: any. Lifetime: engine and gatekeeper must outlive it.
class Routes {
 public:
  Routes(engine::Engine& engine, const Gatekeeper& gatekeeper)
      : engine_(engine), gatekeeper_(gatekeeper) {}

  HttpResponse handle(const HttpRequest& request) const;

  /// Whether handle() takes microseconds and waits for nothing, so that the network's thread may
  /// answer by itself.
  static bool is_quick(const HttpRequest& request);

 private:
  engine::Engine& engine_;
  const Gatekeeper& gatekeeper_;
};

}  // namespace gemel::api
