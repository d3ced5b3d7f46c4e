#pragma once
// InfluxDB line protocol as a source: collectors such as Telegraf write, we take.

#include <memory>

#include "base/metrics.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "core/plant.hpp"
#include "core/sample_source.hpp"
#include "core/write_endpoint.hpp"

namespace gemel::connectors::line_protocol {

/// Takes writes from when the engine runs it until it is stopped; opens no socket of its own.
class LineProtocolReceiver : public SampleSource, public WriteEndpoint {
 public:
  // Both ports ask for it, and mean the same.
  const std::string& name() const override = 0;
};

/// The line_protocol source at `source` in the plant. Lifetime: clock and metrics must outlive it.
/// Errors: InvalidInput (a binding that makes no sense).
Result<std::unique_ptr<LineProtocolReceiver>> make_line_protocol_source(const Plant& plant,
                                                                        std::uint32_t source,
                                                                        const Clock& clock,
                                                                        metrics::Registry& metrics);

}  // namespace gemel::connectors::line_protocol
