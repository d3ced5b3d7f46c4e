#include "app/sources.hpp"

#include "connectors/files/csv_source.hpp"
#include "connectors/mqtt/mqtt_actuator.hpp"
#include "connectors/mqtt/mqtt_source.hpp"

namespace gemel::app {

Result<std::vector<std::unique_ptr<SampleSource>>> make_sources(const Plant& plant,
                                                                const Clock& clock,
                                                                metrics::Registry& metrics) {
  std::vector<std::unique_ptr<SampleSource>> sources;
  for (std::uint32_t i = 0; i < plant.sources.size(); ++i) {
    auto source = std::holds_alternative<MqttSource>(plant.sources[i].settings)
                      ? connectors::mqtt::make_mqtt_source(plant, i, clock, metrics)
                      : connectors::files::make_csv_source(plant, i, clock, metrics);
    if (!source) return source.error().within("source " + plant.sources[i].name);
    sources.push_back(std::move(source).value());
  }
  return sources;
}

Result<std::unique_ptr<Actuator>> make_actuator(const Plant& plant, const Clock& clock) {
  return connectors::mqtt::make_mqtt_actuator(plant, clock);
}

}  // namespace gemel::app
