#include "process_flow/bound.hpp"

#include "process_flow/adjustables.hpp"

namespace gemel::process_flow {

std::vector<Port> ports(const Flow& flow) {
  std::vector<Port> all;
  for (const auto& each : flow.sources) all.push_back({each.name + ".waiting", "1"});
  for (const auto& each : flow.stations) {
    for (const char* what : {".queue", ".working", ".blocked", ".down"})
      all.push_back({each.name + what, "1"});
    if (each.failures) all.push_back({each.name + ".worn", "s"});
    if (each.maintenance) all.push_back({each.name + ".maintained", "s"});
  }
  for (const auto& each : flow.conveyors) all.push_back({each.name + ".items", "1"});
  for (const auto& each : flow.fleets) {
    all.push_back({each.name + ".items", "1"});
    all.push_back({each.name + ".working", "1"});
    if (each.battery) {
      all.push_back({each.name + ".charging", "1"});
      all.push_back({each.name + ".charge", "1"});
    }
    if (flow.layout.empty()) continue;
    for (std::uint32_t v = 1; v <= each.vehicles; ++v) {
      const auto vehicle = each.name + "." + std::to_string(v);
      all.push_back({vehicle + ".point", "1"});
      if (each.battery) all.push_back({vehicle + ".charge", "1"});
    }
  }
  for (const auto& each : flow.sinks) all.push_back({each.name + ".items", "1"});
  for (auto& each : adjustables(flow))
    all.push_back({std::move(each.name), std::move(each.unit), true});
  return all;
}

}  // namespace gemel::process_flow
