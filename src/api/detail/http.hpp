#pragma once
// A request and its answer without sockets, so that every route can be tested as a function.

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace gemel::api {

struct HttpRequest {
  std::string method;  // "GET"
  std::string target;  // "/api/v1/snapshot?at=…"
  std::string body;
  std::string content_type;
  std::string authorization;
  std::string user;  // X-Gemel-User, as sent
  std::string origin;
  std::string host;
  std::string if_none_match;
  std::string content_encoding;
  bool accepts_gzip = false;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::string etag;
  std::string cache_control = "no-store";
  bool gzip = false;                                         // the body is compressed already
  std::vector<std::pair<std::string, std::string>> headers;  // further ones
};

/// Query parameters and the path, percent-decoded. Errors: InvalidInput (a broken escape).
struct Target {
  std::string path;
  std::map<std::string, std::string, std::less<>> query;
};
Result<Target> parse_target(std::string_view target);
Result<std::string> percent_decode(std::string_view text, bool plus_is_blank);

/// The status of an error's code. PermissionDenied is 403 here; not knowing who asks (401) is
/// decided before.
int status_of(ErrorCode code);
HttpResponse answer(const Error& error);
HttpResponse answer(int status, const Error& error);

}  // namespace gemel::api
