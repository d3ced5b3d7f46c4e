#pragma once
// Who asks, and whether the request may be heard at all.

#include <map>
#include <optional>
#include <string>

#include "api/detail/http.hpp"

namespace gemel::api {

struct Identity {
  std::string user;  // empty: nobody is named
  bool may_write() const { return !user.empty(); }
};

/// Threads: const, any.
class Gatekeeper {
 public:
  /// `tokens` empty: loopback, people name themselves.
  explicit Gatekeeper(std::map<std::string, std::string> tokens) : tokens_(std::move(tokens)) {}

  bool token_required() const { return !tokens_.empty(); }

  /// Errors: PermissionDenied (no or a wrong token; the answer is 401).
  Result<Identity> identify(const HttpRequest& request) const;
  Result<Identity> identify_token(std::string_view token) const;

  /// Keeps other web sites out: without tokens the Host must be this machine (DNS rebinding); a
  /// request that writes must come from this server's own pages or from no page, and be JSON.
  /// Errors: PermissionDenied, InvalidInput.
  Result<void> admit(const HttpRequest& request) const;
  /// As above, for writes of collectors, whose bodies are no JSON.
  Result<void> admit_any_body(const HttpRequest& request) const;

 private:
  std::map<std::string, std::string> tokens_;
};

}  // namespace gemel::api
