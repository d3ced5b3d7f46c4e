#pragma once
// Every REST route: decode, authorise, call the engine, encode.

#include "api/detail/http.hpp"
#include "api/detail/identity.hpp"
#include "api/detail/what_if_runs.hpp"
#include "engine/engine.hpp"

namespace gemel::api {

/// Threads: any. Lifetime: what it is given must outlive it.
class Routes {
 public:
  Routes(engine::Engine& engine, const Gatekeeper& gatekeeper, WhatIfRuns& what_ifs)
      : engine_(engine), gatekeeper_(gatekeeper), what_ifs_(what_ifs) {}

  HttpResponse handle(const HttpRequest& request) const;

  /// Whether handle() takes microseconds and waits for nothing, so that the network's thread may
  /// answer by itself.
  static bool is_quick(const HttpRequest& request);

 private:
  engine::Engine& engine_;
  const Gatekeeper& gatekeeper_;
  WhatIfRuns& what_ifs_;
};

}  // namespace gemel::api
