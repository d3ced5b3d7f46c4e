#pragma once
// How a connection's settings follow from the twin file, for the source and the actuator alike.

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "connectors/mqtt/detail/connection.hpp"
#include "core/plant.hpp"

namespace gemel::connectors::mqtt::detail {

/// The MQTT settings of a source, checked: version 4 or 5, QoS 0 or 1, a URL. Errors: InvalidInput,
/// NotFound.
struct CheckedSource {
  const MqttSource* settings = nullptr;
  BrokerAddress address;
  std::string name;
  std::string client_id;  // the twin file's, or "gemel-<plant>-<source>"
};
Result<CheckedSource> check_source(const Plant& plant, std::uint32_t source_index);

}  // namespace gemel::connectors::mqtt::detail
