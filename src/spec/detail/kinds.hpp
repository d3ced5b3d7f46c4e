#pragma once
// The kinds of detector and simulator that this version runs, as far as a twin file can be checked against them.
// What they do is told in src/inference and src/simulation.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gemel::spec {

struct DetectorKind {
  std::string_view name;
  std::span<const std::string_view> settings;
};
std::span<const DetectorKind> detector_kinds();

enum class PortRole { Signal, Control };

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
