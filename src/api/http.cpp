#include "api/detail/http.hpp"

#include "api/detail/encode.hpp"

namespace gemel::api {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Result<std::string> percent_decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return Error{ErrorCode::InvalidInput,
                     "broken percent escape in '" + std::string(text) + "'"};
      }
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

Result<Target> parse_target(std::string_view target) {
  Target out;
  const auto question = target.find('?');
  GEMEL_ASSIGN(out.path, percent_decode(target.substr(0, question), false));
  if (question == std::string_view::npos) return out;
  std::string_view rest = target.substr(question + 1);
  while (!rest.empty()) {
    const auto pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    GEMEL_ASSIGN(auto name, percent_decode(pair.substr(0, equals), true));
    std::string value;
    // Times in queries end in "+01:00" when people type them; a blank is never part of one, so '+'
    // stays '+'.
    if (equals != std::string_view::npos) {
      GEMEL_ASSIGN(value, percent_decode(pair.substr(equals + 1), false));
    }
    out.query[std::move(name)] = std::move(value);
  }
  return out;
}

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidInput:
      return 400;
    case ErrorCode::PermissionDenied:
      return 403;
    case ErrorCode::NotFound:
      return 404;
    case ErrorCode::Conflict:
      return 409;
    case ErrorCode::Capacity:
      return 413;
    case ErrorCode::Unsupported:
      return 501;
    case ErrorCode::Unavailable:
    case ErrorCode::Cancelled:
      return 503;
    case ErrorCode::Timeout:
      return 504;
    case ErrorCode::Corruption:
    case ErrorCode::Internal:
      return 500;
  }
  return 500;
}

HttpResponse answer(const Error& error) { return answer(status_of(error.code), error); }

HttpResponse answer(int status, const Error& error) {
  HttpResponse response;
  response.status = status;
  response.body = encode(error).dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

}  // namespace gemel::api
