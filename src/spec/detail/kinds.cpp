#include "spec/detail/kinds.hpp"

#include <algorithm>
#include <array>

namespace gemel::spec {
namespace {

constexpr std::array kStationPorts{
    Port{"flow_i"},
    Port{"suction_i"},
    Port{"discharge_i"},
    Port{"speed_i", PortRole::Input},
    Port{"power_i"},
    Port{"strainer_dp_i"},
    Port{"valve_i", PortRole::Input},
    Port{"speed_asked_i", PortRole::Input},
    Port{"level", PortRole::Input},
    Port{"demand", PortRole::Input},
    Port{"speed_setpoint_i", PortRole::Control},
    Port{"valve_setpoint_i", PortRole::Control},
};
constexpr std::array kStationParameters{
    Parameter{"rated_speed", "rad/s"},
    Parameter{"shutoff_head", "m"},
    Parameter{"droop", "s2/m5"},
    Parameter{"best_flow", "m3/s"},
    Parameter{"best_efficiency", "1"},
    Parameter{"static_head", "m"},
    Parameter{"riser_resistance", "s2/m5"},
    Parameter{"pipe_resistance", "s2/m5"},
    Parameter{"valve_resistance", "s2/m5"},
    Parameter{"valve_rangeability", "1"},
    Parameter{"suction_resistance", "s2/m5"},
    Parameter{"tank_area", "m2"},
    Parameter{"density", "kg/m3"},
};
constexpr std::array kSimulatorKinds{
    SimulatorKind{"pump_station", kStationPorts, kStationParameters},
    SimulatorKind{"equations", {}, {}},  // network_build.cpp reads what it has
    SimulatorKind{"process_flow", {}, {}}, SimulatorKind{"fmu", {}, {}},  // fmu_build.cpp
    SimulatorKind{"ssp", {}, {}}};

/// "flow_12" -> "flow_i"; empty when it does not end in a line's number.
std::string for_any_line(std::string_view name) {
  const auto end = name.find_last_not_of("0123456789");
  if (end == std::string_view::npos || end + 1 == name.size() || name[end] != '_') return {};
  return std::string(name.substr(0, end + 1)) + "i";
}

}  // namespace

const Port* SimulatorKind::find_port(std::string_view wanted) const {
  const std::string general = for_any_line(wanted);
  const auto found = std::find_if(ports.begin(), ports.end(), [&](const Port& port) {
    return port.name.ends_with("_i") ? port.name == general : port.name == wanted;
  });
  return found == ports.end() ? nullptr : &*found;
}

const Parameter* SimulatorKind::find_parameter(std::string_view wanted) const {
  std::string general = for_any_line(wanted);
  if (general.size() > 2) general.resize(general.size() - 2);
  const auto found =
      std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& parameter) {
        return parameter.name == wanted || parameter.name == general;
      });
  return found == parameters.end() ? nullptr : &*found;
}

std::span<const SimulatorKind> simulator_kinds() { return kSimulatorKinds; }

}  // namespace gemel::spec
