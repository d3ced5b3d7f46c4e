#pragma once
// Where a broker is: mqtt://host:1883, mqtts://host:8883, mqtt://[::1]:1883.

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gemel::connectors::mqtt::detail {

struct BrokerAddress {
  std::string host;
  std::uint16_t port = 1883;
  bool tls = false;

  /// Errors: InvalidInput, with what to write.
  static Result<BrokerAddress> parse(std::string_view url);

  /// "plant-broker:8883".
  std::string to_string() const;
};

/// Whether anything listens there: opens a TCP connection and closes it. libmosquitto can only
/// connect in a way that waits for as long as the kernel does, minutes for a silent host; after
/// this it does not have to wait. Errors: NotFound (unknown host), Unavailable (refused,
/// unreachable), Timeout, Cancelled.
Result<void> reach(const BrokerAddress& address, std::chrono::milliseconds patience,
                   const std::stop_token& stop);

}  // namespace gemel::connectors::mqtt::detail
