#include "spec/detail/kinds.hpp"

#include <algorithm>
#include <array>

namespace gemel::spec {
namespace {

constexpr std::array kAutoSettings{
    Setting{"window", 1, 1000},
    Setting{"fit_share", 0.2, 0.8},
    Setting{"period", 1e-6, 86'400, "s"},
    Setting{"on_rows", 1, 1000},
    Setting{"of_rows", 1, 1000},
    Setting{"off_rows", 1, 100'000},
    Setting{"clear_below", 0.1, 1},
    Setting{"grow", 0, 1},
    Setting{"adapt", 0, 1},
    Setting{"adapt_max", 1, 100},
};
constexpr std::array kForestSettings{
    Setting{"trees", 1, 10'000},     Setting{"sample", 2, 65'536},
    Setting{"window", 1, 1000},      Setting{"limits", 0, 1},
    Setting{"fit_share", 0.2, 0.8},  Setting{"period", 1e-6, 86'400, "s"},
    Setting{"on_rows", 1, 1000},     Setting{"of_rows", 1, 1000},
    Setting{"off_rows", 1, 100'000}, Setting{"clear_below", 0.1, 1},
    Setting{"adapt", 0, 1},          Setting{"adapt_max", 1, 100},
};
// Those of a forest that have nothing to do with trees.
constexpr std::array kLimitSettings{
    Setting{"window", 1, 1000},           Setting{"fit_share", 0.2, 0.8},
    Setting{"period", 1e-6, 86'400, "s"}, Setting{"on_rows", 1, 1000},
    Setting{"of_rows", 1, 1000},          Setting{"off_rows", 1, 100'000},
    Setting{"clear_below", 0.1, 1},       Setting{"adapt", 0, 1},
    Setting{"adapt_max", 1, 100},
};
constexpr std::array kComponentSettings{
    Setting{"limits", 0, 1},         Setting{"window", 1, 1000},
    Setting{"fit_share", 0.2, 0.8},  Setting{"period", 1e-6, 86'400, "s"},
    Setting{"on_rows", 1, 1000},     Setting{"of_rows", 1, 1000},
    Setting{"off_rows", 1, 100'000}, Setting{"clear_below", 0.1, 1},
    Setting{"adapt", 0, 1},          Setting{"adapt_max", 1, 100},
};
constexpr std::array kChangeSettings{
    Setting{"fit_share", 0.2, 0.8},  Setting{"period", 1e-6, 86'400, "s"},
    Setting{"on_rows", 1, 1000},     Setting{"of_rows", 1, 1000},
    Setting{"off_rows", 1, 100'000}, Setting{"clear_below", 0.1, 1},
    Setting{"adapt", 0, 1},          Setting{"adapt_max", 1, 100},
};
constexpr std::array kHalfSpaceSettings{
    Setting{"trees", 1, 10'000},          Setting{"sample", 2, 16'384},
    Setting{"window", 1, 1000},           Setting{"fit_share", 0.2, 0.8},
    Setting{"period", 1e-6, 86'400, "s"}, Setting{"on_rows", 1, 1000},
    Setting{"of_rows", 1, 1000},          Setting{"off_rows", 1, 100'000},
    Setting{"clear_below", 0.1, 1},
};
// Those that look at windows of each signal by itself.
constexpr std::array kSeriesSettings{
    Setting{"window", 2, 1000},           Setting{"fit_share", 0.2, 0.8},
    Setting{"period", 1e-6, 86'400, "s"}, Setting{"on_rows", 1, 1000},
    Setting{"of_rows", 1, 1000},          Setting{"off_rows", 1, 100'000},
    Setting{"clear_below", 0.1, 1},
};
constexpr std::array kNetworkSettings{
    Setting{"fit_share", 0.2, 0.8},  Setting{"period", 1e-6, 86'400, "s"},
    Setting{"on_rows", 1, 1000},     Setting{"of_rows", 1, 1000},
    Setting{"off_rows", 1, 100'000}, Setting{"clear_below", 0.1, 1},
};
constexpr std::array kRuleSettings{
    Setting{"hysteresis", 0, 1e300, "signal"},
    Setting{"clear_after", 0, 86'400, "s"},
};
constexpr std::array kDetectorKinds{
    DetectorKind{"auto", kAutoSettings},
    DetectorKind{"change_point", kChangeSettings},
    DetectorKind{"isolation_forest", kForestSettings},
    DetectorKind{"principal_components", kComponentSettings},
    DetectorKind{"robust_limits", kLimitSettings},
    DetectorKind{"half_space_trees", kHalfSpaceSettings},
    DetectorKind{"discord", kSeriesSettings},
    DetectorKind{"subspace", kSeriesSettings},
    DetectorKind{"k_means", kSeriesSettings},
    DetectorKind{"panel", kSeriesSettings},
    DetectorKind{"network", kNetworkSettings},
};
constexpr DetectorKind kRuleKind{"rule", kRuleSettings};

constexpr std::array kStationPorts{
    Port{"flow_i"},
    Port{"suction_i"},
    Port{"discharge_i"},
    Port{"speed_i"},
    Port{"power_i"},
    Port{"strainer_dp_i"},
    Port{"valve_i"},
    Port{"speed_asked_i"},
    Port{"level"},
    Port{"demand"},
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
    SimulatorKind{"pump_station", kStationPorts, kStationParameters}};

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

std::span<const DetectorKind> detector_kinds() { return kDetectorKinds; }
const DetectorKind& rule_kind() { return kRuleKind; }
std::span<const SimulatorKind> simulator_kinds() { return kSimulatorKinds; }

}  // namespace gemel::spec
