#pragma once
// The kinds of detector and simulator that this version runs, as far as a twin file can be checked
// against them. What they do is told in src/inference and src/simulation.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gemel::spec {

struct Setting {
  std::string_view name;
  double low = 0.0;
  double high = 0.0;
  std::string_view unit = {};  // "signal": that of the signal it watches
};

struct DetectorKind {
  std::string_view name;
  std::span<const Setting> settings;
};
/// The kinds that `kind:` may name.
std::span<const DetectorKind> detector_kinds();
/// Rules, which are detectors that learn nothing.
const DetectorKind& rule_kind();

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
