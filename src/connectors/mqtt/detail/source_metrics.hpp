#pragma once
// What an MQTT source counts.

#include <string>

#include "base/metrics.hpp"

namespace gemel::connectors::mqtt::detail {

struct SourceMetrics {
  SourceMetrics(metrics::Registry& registry, const std::string& source)
      : labels("source=\"" + source + "\""),
        messages(registry.counter("gemel_connector_messages_total", "Messages received.", labels)),
        samples(registry.counter("gemel_connector_samples_total", "Samples made of them.", labels)),
        bytes(registry.counter("gemel_connector_bytes_total",
                               "Bytes received, without protocol overhead.", labels)),
        undecodable(registry.counter("gemel_connector_undecodable_total",
                                     "Messages or lines that could not be read.", labels)),
        faults(registry.counter("gemel_connector_faults_total",
                                "Values and times that could not be read.", labels)),
        unbound(registry.counter("gemel_connector_unbound_total",
                                 "Messages of topics that no binding names.", labels)),
        reconnects(registry.counter("gemel_connector_reconnects_total",
                                    "Tries to connect after the first.", labels)),
        refused_subscriptions(registry.counter("gemel_connector_refused_subscriptions_total",
                                               "Subscriptions that the broker refused.", labels)),
        online(registry.gauge("gemel_connector_online", "1 while the link is up.", labels)) {}

  const std::string labels;
  metrics::Counter& messages;
  metrics::Counter& samples;
  metrics::Counter& bytes;
  metrics::Counter& undecodable;
  metrics::Counter& faults;
  metrics::Counter& unbound;
  metrics::Counter& reconnects;
  metrics::Counter& refused_subscriptions;
  metrics::Gauge& online;
};

}  // namespace gemel::connectors::mqtt::detail
