#pragma once
// A simulator of equations as the twin file describes it: components of a plant, joined at their
// ports. `equations` lists the kinds.

#include <map>
#include <string>
#include <vector>

namespace gemel {

/// One component as it is asked for. Units: SI.
struct NetworkPart {
  std::string name;                           // "pump_1"
  std::string kind;                           // "pump"
  std::map<std::string, double> values = {};  // of parameters, states at the start, and inputs
};

/// Two ports that share a node, "pump_1.outlet" and "valve_1.inlet", or an output or state that an
/// input follows: "pump_1.power" and "motor_1.load".
struct NetworkLink {
  std::string from;
  std::string to;
};

}  // namespace gemel
