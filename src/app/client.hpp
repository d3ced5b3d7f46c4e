#pragma once
// The commands that speak with a running twin, over its published API.

#include <string>

#include "base/result.hpp"

namespace gemel::app {

struct Remote {
  std::string url = "http://127.0.0.1:8080";
  std::string token;  // or empty
  std::string user;   // who acts, where no tokens are needed
};

/// Sends a request and returns the answer's JSON text. Limits: 20 s. Errors: the server's own;
/// Unavailable (nobody answers there), InvalidInput (a URL that is none).
Result<std::string> call(const Remote& remote, const std::string& method, const std::string& target,
                         const std::string& body = {});

}  // namespace gemel::app
