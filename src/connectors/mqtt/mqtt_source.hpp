#pragma once
// Samples from an MQTT broker, 3.1.1 or 5, with the promise that nothing the broker was told we
// have is lost.

#include <cstdint>
#include <memory>

#include "base/metrics.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "core/plant.hpp"
#include "core/sample_source.hpp"

namespace gemel::connectors::mqtt {

/// The source `plant.sources[source_index]`, which must be an MqttSource.
///
/// A QoS 1 message is acknowledged (PUBACK) only after the inbox has called its samples durable;
/// what was not acknowledged comes again after a reconnect or a restart, because the session is
/// kept by the broker. QoS 0 messages do not wait. Lost links, refused connections and bad
/// credentials are shown in link() and retried for ever, at once first and then after 1 s to 30 s.
/// What can't be decoded is counted, logged and acknowledged.
///
/// Lifetime: `plant`, `clock` and `metrics` must outlive the source.
/// Errors:   InvalidInput (a URL, path, topic, version or QoS of the twin file that can't work,
/// with the remedy).
Result<std::unique_ptr<SampleSource>> make_mqtt_source(const Plant& plant,
                                                       std::uint32_t source_index,
                                                       const Clock& clock,
                                                       metrics::Registry& metrics);

}  // namespace gemel::connectors::mqtt
