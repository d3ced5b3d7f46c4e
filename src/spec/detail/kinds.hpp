#pragma once
// The kinds of simulator that this version runs, as far as a twin file can be checked against them.
// What they do is told in src/simulation; the kinds of detector stand in core.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gemel::spec {

/// Signal: measured, and estimated too. Input: measured alone, the simulator goes by it.
enum class PortRole { Signal, Input, Control };

/// "flow_i" stands for flow_1, flow_2 …
struct Port {
  std::string_view name;
  PortRole role = PortRole::Signal;
};

struct Parameter {
  std::string_view name;
  std::string_view unit;  // SI
};

struct SimulatorKind {
  std::string_view name;
  std::span<const Port> ports;
  std::span<const Parameter> parameters;  // also with "_i" for one line

  const Port* find_port(std::string_view wanted) const;
  const Parameter* find_parameter(std::string_view wanted) const;
};
std::span<const SimulatorKind> simulator_kinds();

}  // namespace gemel::spec
