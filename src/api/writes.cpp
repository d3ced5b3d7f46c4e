#include "api/detail/writes.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <nlohmann/json.hpp>
#include <sodium.h>

#include "api/detail/assets.hpp"
#include "base/text.hpp"

namespace gemel::api {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kV1Path = "/write";
constexpr std::string_view kV2Path = "/api/v2/write";
constexpr int kRetryAfter_s = 1;

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }
WriteDialect dialect_of(std::string_view target) {
  return path_of(target) == kV1Path ? WriteDialect::V1 : WriteDialect::V2;
}

void add_version(HttpResponse& response) {
  response.headers.emplace_back("X-Influxdb-Version", "gemel-" GEMEL_VERSION);
  response.headers.emplace_back("X-Influxdb-Build", "gemel");
}

/// The second version's word for a status.
std::string_view code_of(int status) {
  switch (status) {
    case 400:
      return "invalid";
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
      return "not found";
    case 413:
      return "request too large";
    case 503:
      return "unavailable";
    default:
      return "internal error";
  }
}

HttpResponse refusal(WriteDialect dialect, int status, std::string_view message,
                     std::uint64_t line = 0) {
  Json body;
  if (dialect == WriteDialect::V1) {
    body["error"] = message;
  } else {
    body["code"] = code_of(status);
    body["message"] = message;
    if (line > 0) body["line"] = line;
  }
  HttpResponse response;
  response.status = status;
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  add_version(response);
  if (status == 503) response.headers.emplace_back("Retry-After", std::to_string(kRetryAfter_s));
  return response;
}

HttpResponse no_content() {
  HttpResponse response;
  response.status = 204;
  response.content_type.clear();
  add_version(response);
  return response;
}

std::string_view parameter(const Target& target, std::string_view name) {
  const auto found = target.query.find(name);
  return found == target.query.end() ? std::string_view() : found->second;
}

/// The length of one tick of a write's times.
Result<Duration> time_unit(WriteDialect dialect, std::string_view precision) {
  struct Unit {
    std::string_view name;
    Duration length;
    bool only_v1;
  };
  static constexpr std::array kUnits{
      Unit{"", Duration::nanoseconds(1), false},    Unit{"ns", Duration::nanoseconds(1), false},
      Unit{"us", Duration::microseconds(1), false}, Unit{"ms", Duration::milliseconds(1), false},
      Unit{"s", Duration::seconds(1), false},       Unit{"n", Duration::nanoseconds(1), true},
      Unit{"u", Duration::microseconds(1), true},   Unit{"m", Duration::minutes(1), true},
      Unit{"h", Duration::hours(1), true}};
  for (const auto& unit : kUnits) {
    if (unit.name == precision && (dialect == WriteDialect::V1 || !unit.only_v1))
      return unit.length;
  }
  return Error{ErrorCode::InvalidInput,
               "precision is one of ns, us, ms, s" +
                   std::string(dialect == WriteDialect::V1 ? ", n, u, m, h" : "") + ", not '" +
                   std::string(precision) + "'"};
}

/// What stands behind "Basic ", decoded: "user:password".
std::string from_base64(std::string_view text) {
  std::string out(text.size(), '\0');
  std::size_t length = 0;
  const bool decoded = sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                                         text.data(), text.size(), nullptr, &length, nullptr,
                                         sodium_base64_VARIANT_ORIGINAL) == 0;
  out.resize(decoded ? length : 0);
  return out;
}

/// Wherever collectors put a token; for the first version it is the password, whoever the user.
std::string token_of(const HttpRequest& request, const Target& target) {
  const std::string_view authorization = request.authorization;
  for (const std::string_view scheme : {"Token ", "Bearer "}) {
    if (authorization.starts_with(scheme))
      return std::string(text::trim(authorization.substr(scheme.size())));
  }
  constexpr std::string_view kBasic = "Basic ";
  if (authorization.starts_with(kBasic)) {
    const auto pair = from_base64(text::trim(authorization.substr(kBasic.size())));
    const auto colon = pair.find(':');
    return colon == std::string::npos ? std::string() : pair.substr(colon + 1);
  }
  return std::string(parameter(target, "p"));
}

/// What a body becomes when it was sent compressed; nothing to do gives no text.
Result<std::optional<std::string>> inflated(const HttpRequest& request) {
  if (request.content_encoding.empty() || request.content_encoding == "identity")
    return std::optional<std::string>();
  if (request.content_encoding != "gzip") {
    return Error{ErrorCode::InvalidInput, "the body's encoding '" + request.content_encoding +
                                              "' is not read here; send gzip or plain text"};
  }
  GEMEL_ASSIGN(auto plain, inflate_within(request.body, Writes::kBodyMax));
  return std::optional(std::move(plain));
}

HttpResponse answer_to(const Written& written, WriteDialect dialect) {
  if (written.dropped == 0) return no_content();
  const auto message = std::string(written.taken > 0 ? "partial write: " : "unable to parse: ") +
                       written.trouble + " dropped=" + std::to_string(written.dropped);
  return refusal(dialect, 400, message, written.trouble_line);
}

}  // namespace

bool Writes::takes(std::string_view method, std::string_view target) {
  const auto path = path_of(target);
  return method == "POST" && (path == kV1Path || path == kV2Path);
}

HttpResponse Writes::pong() { return no_content(); }

HttpResponse Writes::busy(std::string_view target, std::string_view message, int retry_after_s) {
  auto response = refusal(dialect_of(target), 503, message);
  response.headers.back().second = std::to_string(retry_after_s);
  return response;
}

HttpResponse Writes::too_large(std::string_view target) {
  return refusal(
      dialect_of(target), 413,
      "the body is larger than 64 MiB; send smaller batches, 10,000 lines are a good size");
}

bool Writes::may_write(const HttpRequest& request, const Target& target) const {
  return !gatekeeper_.token_required() ||
         gatekeeper_.identify_token(token_of(request, target)).has_value();
}

Result<WriteEndpoint*> Writes::endpoint_for(std::string_view bucket) const {
  // "telegraf/autogen": a database and its retention policy, as the second version names them.
  const auto database = bucket.substr(0, bucket.find('/'));
  WriteEndpoint* any = nullptr;
  for (auto* endpoint : endpoints_) {
    if (endpoint->bucket().empty()) {
      any = endpoint;
    } else if (endpoint->bucket() == bucket || endpoint->bucket() == database) {
      return endpoint;
    }
  }
  if (any != nullptr) return any;
  return Error{
      ErrorCode::NotFound,
      endpoints_.empty()
          ? "the twin file has no source of kind line_protocol; declare one under 'sources'"
          : "no source takes the bucket or database '" + std::string(bucket) +
                "'; see 'bucket' of the sources in the twin file"};
}

BegunWrite Writes::begin(const HttpRequest& request) const {
  const auto dialect = dialect_of(request.target);
  const auto refused = [&](const Error& error) {
    return BegunWrite{refusal(dialect, status_of(error.code), error.message)};
  };
  if (auto admitted = gatekeeper_.admit_any_body(request); !admitted)
    return refused(admitted.error());
  const auto target = parse_target(request.target);
  if (!target) return refused(target.error());
  if (!may_write(request, *target)) {
    return {refusal(dialect, 401,
                    "unauthorized: send `Authorization: Token TOKEN`" +
                        std::string(dialect == WriteDialect::V1 ? ", or it as password p" : ""))};
  }
  const auto unit = time_unit(dialect, parameter(*target, "precision"));
  if (!unit) return refused(unit.error());
  const auto endpoint =
      endpoint_for(parameter(*target, dialect == WriteDialect::V1 ? "db" : "bucket"));
  if (!endpoint) return refused(endpoint.error());
  const auto plain = inflated(request);
  if (!plain) {
    return plain.error().code == ErrorCode::Capacity ? BegunWrite{too_large(request.target)}
                                                     : refused(plain.error());
  }
  const auto written = (*endpoint)->write(
      *plain ? std::string_view(**plain) : std::string_view(request.body), *unit);
  if (!written) return refused(written.error());
  return {answer_to(*written, dialect), *endpoint, written->ticket};
}

}  // namespace gemel::api
