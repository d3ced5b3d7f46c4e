#include "simulation/ports.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "simulation/hydraulics.hpp"

namespace gemel::simulation {
namespace {

struct LineSignalPort {
  std::string_view name;
  SignalId LinePorts::* member;
  bool required;
};
constexpr std::array kLineSignals{
    LineSignalPort{"flow", &LinePorts::flow, true},
    LineSignalPort{"suction", &LinePorts::suction, true},
    LineSignalPort{"discharge", &LinePorts::discharge, true},
    LineSignalPort{"speed", &LinePorts::speed, true},
    LineSignalPort{"power", &LinePorts::power, true},
    LineSignalPort{"strainer_dp", &LinePorts::strainer_dp, false},
    LineSignalPort{"valve", &LinePorts::valve, false},
    LineSignalPort{"speed_asked", &LinePorts::asked, false},
};

struct LineControlPort {
  std::string_view name;
  ControlId LinePorts::* member;
};
constexpr std::array kLineControls{
    LineControlPort{"speed_setpoint", &LinePorts::speed_setpoint},
    LineControlPort{"valve_setpoint", &LinePorts::valve_setpoint},
};

constexpr std::array<std::string_view, 9> kLineParameters{
    "rated_speed",      "shutoff_head",       "droop",
    "best_flow",        "best_efficiency",    "pipe_resistance",
    "valve_resistance", "valve_rangeability", "suction_resistance"};
constexpr std::array<std::string_view, 4> kPlantParameters{"static_head", "riser_resistance",
                                                           "tank_area", "density"};

std::string numbered(std::string_view name, std::size_t line) {
  return std::string(name) + "_" + std::to_string(line + 1);
}

Error unknown(std::string_view what, const std::string& name,
              const std::vector<std::string>& known) {
  return {ErrorCode::InvalidInput, "a pump station has no " + std::string(what) + " '" + name +
                                       "'" + text::did_you_mean(name, known)};
}

/// As many as the highest-numbered flow, so that a hole is reported as the port that is lacking.
std::size_t count_lines(const SimulatorSpec& spec) {
  std::size_t lines = 1;
  for (const auto& [port, signal] : spec.signals) {
    double number = 0.0;
    if (port.starts_with("flow_") && text::parse_number(port.substr(5), number) && number >= 1.0 &&
        number <= kLinesMax) {
      lines = std::max(lines, static_cast<std::size_t>(number));
    }
  }
  return lines;
}

template <class IdType>
IdType taken(const std::map<std::string, IdType>& from, const std::string& port,
             std::set<std::string>& known) {
  known.insert(port);
  const auto found = from.find(port);
  return found == from.end() ? IdType{} : found->second;
}

template <class IdType>
Result<void> only_known(const std::map<std::string, IdType>& bound,
                        const std::set<std::string>& known, std::string_view what) {
  for (const auto& [port, id] : bound) {
    if (!known.contains(port)) return unknown(what, port, {known.begin(), known.end()});
  }
  return {};
}

Error lacking(const std::string& port) {
  return {ErrorCode::InvalidInput,
          "pump_station lacks the signal '" + port + "'; bind it under simulator: bind"};
}

}  // namespace

Result<Ports> bind_ports(const SimulatorSpec& spec) {
  Ports ports;
  std::set<std::string> signals, controls;
  ports.lines.resize(count_lines(spec));
  for (std::size_t i = 0; i < ports.lines.size(); ++i) {
    auto& line = ports.lines[i];
    for (const auto& port : kLineSignals) {
      line.*port.member = taken(spec.signals, numbered(port.name, i), signals);
      if (port.required && !(line.*port.member).valid()) return lacking(numbered(port.name, i));
    }
    for (const auto& port : kLineControls) {
      line.*port.member = taken(spec.controls, numbered(port.name, i), controls);
    }
    if (line.valve_setpoint.valid() && !line.valve.valid()) return lacking(numbered("valve", i));
  }
  ports.level = taken(spec.signals, "level", signals);
  if (!ports.level.valid()) return lacking("level");
  ports.demand = taken(spec.signals, "demand", signals);
  if (!ports.demand.valid()) return lacking("demand");
  GEMEL_TRY(only_known(spec.signals, signals, "signal"));
  GEMEL_TRY(only_known(spec.controls, controls, "control"));
  return ports;
}

std::vector<SignalId> Ports::signals() const {
  std::vector<SignalId> all;
  for (const auto& line : lines) {
    for (const auto& port : kLineSignals) {
      if ((line.*port.member).valid()) all.push_back(line.*port.member);
    }
  }
  all.push_back(level);
  all.push_back(demand);
  return all;
}

std::vector<ControlId> Ports::controls() const {
  std::vector<ControlId> all;
  for (const auto& line : lines) {
    for (const auto& port : kLineControls) {
      if ((line.*port.member).valid()) all.push_back(line.*port.member);
    }
  }
  return all;
}

Result<Told> Told::check(const SimulatorSpec& spec, std::size_t lines) {
  std::set<std::string> known(kPlantParameters.begin(), kPlantParameters.end());
  for (const auto name : kLineParameters) {
    known.emplace(name);
    for (std::size_t i = 0; i < lines; ++i) known.insert(numbered(name, i));
  }
  for (const auto& [name, value] : spec.parameters) {
    if (!known.contains(name)) return unknown("parameter", name, {known.begin(), known.end()});
    if (!(value > 0.0)) {
      return Error{ErrorCode::InvalidInput, "parameter '" + name + "' of pump_station is " +
                                                text::number(value) + "; it must be above 0"};
    }
  }
  Told told;
  told.parameters_ = spec.parameters;
  return told;
}

std::optional<double> Told::of_line(std::string_view name, std::size_t line) const {
  if (const auto own = of_plant(numbered(name, line))) return own;
  return of_plant(name);
}

std::optional<double> Told::of_plant(std::string_view name) const {
  const auto found = parameters_.find(std::string(name));
  if (found == parameters_.end()) return std::nullopt;
  return found->second;
}

}  // namespace gemel::simulation
