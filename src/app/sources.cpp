#include "app/sources.hpp"

#include "connectors/files/csv_source.hpp"
#include "connectors/line_protocol/line_protocol_source.hpp"
#include "connectors/mqtt/mqtt_actuator.hpp"
#include "connectors/mqtt/mqtt_source.hpp"

namespace gemel::app {

Result<Sources> make_sources(const Plant& plant, const Clock& clock, metrics::Registry& metrics) {
  Sources sources;
  for (std::uint32_t i = 0; i < plant.sources.size(); ++i) {
    const auto add = [&](auto made) -> Result<void> {
      if (!made) return made.error().within("source " + plant.sources[i].name);
      sources.all.push_back(std::move(made).value());
      return {};
    };
    const auto& settings = plant.sources[i].settings;
    if (std::holds_alternative<MqttSource>(settings)) {
      GEMEL_TRY(add(connectors::mqtt::make_mqtt_source(plant, i, clock, metrics)));
    } else if (std::holds_alternative<FileSource>(settings)) {
      GEMEL_TRY(add(connectors::files::make_csv_source(plant, i, clock, metrics)));
    } else {
      auto made = connectors::line_protocol::make_line_protocol_source(plant, i, clock, metrics);
      if (made) sources.endpoints.push_back(made->get());
      GEMEL_TRY(add(std::move(made)));
    }
  }
  return sources;
}

Result<std::unique_ptr<Actuator>> make_actuator(const Plant& plant, const Clock& clock) {
  return connectors::mqtt::make_mqtt_actuator(plant, clock);
}

}  // namespace gemel::app
