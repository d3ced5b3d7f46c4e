#pragma once
// What collectors speak to us: the write API of InfluxDB in its first and second version, and the
// signs of life that they ask for.

#include <string>
#include <string_view>
#include <vector>

#include "api/detail/http.hpp"
#include "api/detail/identity.hpp"
#include "core/write_endpoint.hpp"

namespace gemel::api {

/// Which form a collector expects errors in.
enum class WriteDialect { V1, V2 };

/// A write that was read. With a ticket, `response` holds once that is durable.
struct BegunWrite {
  HttpResponse response;
  WriteEndpoint* endpoint = nullptr;
  Ticket ticket = 0;
};

/// Threads: const, any. Lifetime: endpoints and gatekeeper must outlive it.
class Writes {
 public:
  static constexpr std::size_t kBodyMax = 64u << 20;  // as sent, and inflated

  Writes(std::vector<WriteEndpoint*> endpoints, const Gatekeeper& gatekeeper)
      : endpoints_(std::move(endpoints)), gatekeeper_(gatekeeper) {}

  /// Whether the request is a write.
  static bool takes(std::string_view method, std::string_view target);

  /// Decides who may, inflates, and hands the body to its source. Blocks while the inbox is full.
  BegunWrite begin(const HttpRequest& request) const;

  /// 503 in the words of the request's dialect, to be tried again after `retry_after_s`.
  static HttpResponse busy(std::string_view target, std::string_view message, int retry_after_s);
  /// 413
  static HttpResponse too_large(std::string_view target);
  /// 204 for /ping.
  static HttpResponse pong();

 private:
  Result<WriteEndpoint*> endpoint_for(std::string_view bucket) const;
  bool may_write(const HttpRequest& request, const Target& target) const;

  std::vector<WriteEndpoint*> endpoints_;
  const Gatekeeper& gatekeeper_;
};

}  // namespace gemel::api
