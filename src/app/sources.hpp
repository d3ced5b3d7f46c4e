#pragma once
// From the twin file's sources and controls to connectors.

#include <memory>
#include <vector>

#include "base/metrics.hpp"
#include "base/result.hpp"
#include "core/actuator.hpp"
#include "core/plant.hpp"
#include "core/sample_source.hpp"
#include "core/write_endpoint.hpp"

namespace gemel::app {

struct Sources {
  std::vector<std::unique_ptr<SampleSource>> all;  // one for each source of the plant
  std::vector<WriteEndpoint*> endpoints;           // those of them that are written to
};
/// Lifetime: the arguments must outlive them.
Result<Sources> make_sources(const Plant& plant, const Clock& clock, metrics::Registry& metrics);

/// Null when no control is bound to anything.
Result<std::unique_ptr<Actuator>> make_actuator(const Plant& plant, const Clock& clock);

}  // namespace gemel::app
