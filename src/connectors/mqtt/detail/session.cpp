#include "connectors/mqtt/detail/session.hpp"

namespace gemel::connectors::mqtt::detail {
namespace {

Error wrong(const std::string& name, const std::string& why) {
  return {ErrorCode::InvalidInput, "source '" + name + "': " + why};
}

}  // namespace

Result<CheckedSource> check_source(const Plant& plant, std::uint32_t source_index) {
  if (source_index >= plant.sources.size()) {
    return Error{ErrorCode::NotFound, "the plant has no source " + std::to_string(source_index)};
  }
  const auto& source = plant.sources[source_index];
  const auto* settings = std::get_if<MqttSource>(&source.settings);
  if (settings == nullptr) return wrong(source.name, "it is not of kind mqtt");
  auto address = BrokerAddress::parse(settings->url);
  if (!address) return address.error().within("source '" + source.name + "'");
  if (settings->version != 4 && settings->version != 5) {
    return wrong(source.name, "version " + std::to_string(settings->version) +
                                  " is not known; write 5, or 4 for 3.1.1");
  }
  if (settings->qos != 0 && settings->qos != 1) {
    return wrong(source.name, "qos " + std::to_string(settings->qos) +
                                  " is not offered; write 1 (nothing is lost) or 0");
  }
  if (settings->certificate_file.empty() != settings->key_file.empty()) {
    return wrong(source.name, "certificate_file and key_file go together; give both or none");
  }
  auto client_id =
      settings->client_id.empty() ? "gemel-" + plant.name + "-" + source.name : settings->client_id;
  return CheckedSource{settings, *std::move(address), source.name, std::move(client_id)};
}

}  // namespace gemel::connectors::mqtt::detail
