#include "api/detail/identity.hpp"

#include <array>
#include <fstream>

#include <sodium.h>

#include "api/server.hpp"
#include "base/text.hpp"

namespace gemel::api {
namespace {

constexpr std::size_t kUserAtMost = 100;
constexpr std::size_t kTokenAtLeast = 16;

using Digest = std::array<unsigned char, crypto_generichash_BYTES>;

Digest digest_of(std::string_view text) {
  Digest digest{};
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr, 0);
  return digest;
}

bool is_this_machine(std::string_view host) {
  if (host == "[::1]" || host.starts_with("[::1]:")) return true;
  const auto name = host.substr(0, host.rfind(':'));
  // A stranger may own "127.0.0.1.example.org" and let it lead here.
  const bool is_number = name.find_first_not_of("0123456789.") == std::string_view::npos;
  return name == "localhost" || (is_number && name.starts_with("127."));
}

}  // namespace

Result<std::map<std::string, std::string>> read_tokens(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Error{ErrorCode::NotFound, "can't read the token file " + path};
  std::map<std::string, std::string> tokens;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const auto content = text::trim(std::string_view(line).substr(0, line.find('#')));
    if (content.empty()) continue;
    const auto blank = content.find_first_of(" \t");
    const auto token = blank == std::string_view::npos ? "" : text::trim(content.substr(blank));
    if (token.size() < kTokenAtLeast) {
      return Error{ErrorCode::InvalidInput, path + ":" + std::to_string(number) +
                                                ": write `name token`, the token at least " +
                                                std::to_string(kTokenAtLeast) + " characters long"};
    }
    tokens[std::string(token)] = std::string(content.substr(0, blank));
  }
  if (tokens.empty())
    return Error{ErrorCode::InvalidInput, path + " names no token; write lines of `name token`"};
  return tokens;
}

Result<Identity> Gatekeeper::identify_token(std::string_view token) const {
  // Digests are compared, each in constant time, so that the answer's time tells nothing about a
  // token.
  const auto offered = digest_of(token);
  std::optional<Identity> found;
  for (const auto& [known, user] : tokens_) {
    const auto digest = digest_of(known);
    if (sodium_memcmp(digest.data(), offered.data(), digest.size()) == 0) found = Identity{user};
  }
  if (!found) return Error{ErrorCode::PermissionDenied, "this token is not known here"};
  return *found;
}

Result<Identity> Gatekeeper::identify(const HttpRequest& request) const {
  if (token_required()) {
    constexpr std::string_view kBearer = "Bearer ";
    if (!request.authorization.starts_with(kBearer)) {
      return Error{ErrorCode::PermissionDenied, "send a token: `Authorization: Bearer TOKEN`"};
    }
    return identify_token(std::string_view(request.authorization).substr(kBearer.size()));
  }
  GEMEL_ASSIGN(const auto user, percent_decode(request.user, false));
  const auto name = text::trim(user);
  if (name.size() > kUserAtMost) return Error{ErrorCode::InvalidInput, "X-Gemel-User is too long"};
  return Identity{std::string(name)};
}

Result<void> Gatekeeper::admit(const HttpRequest& request) const {
  GEMEL_TRY(admit_any_body(request));
  if (request.method != "GET" && request.method != "HEAD" &&
      !request.content_type.starts_with("application/json")) {
    return Error{ErrorCode::InvalidInput, "send `Content-Type: application/json`"};
  }
  return {};
}

Result<void> Gatekeeper::admit_any_body(const HttpRequest& request) const {
  if (!token_required() && !is_this_machine(request.host)) {
    return Error{ErrorCode::PermissionDenied,
                 "without tokens only this machine is served, not host '" + request.host + "'"};
  }
  if (!request.origin.empty() && request.origin != "http://" + request.host &&
      request.origin != "https://" + request.host) {
    return Error{ErrorCode::PermissionDenied,
                 "requests from pages of " + request.origin + " are not served"};
  }
  return {};
}

}  // namespace gemel::api
