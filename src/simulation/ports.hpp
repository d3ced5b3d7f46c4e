#pragma once
// Which signal or control of the plant plays which part in a pump station. The names are listed in
// README.md.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "core/plant.hpp"

namespace gemel::simulation {

/// Optional ports that are not bound have an invalid id.
struct LinePorts {
  SignalId flow, suction, discharge, speed, power;
  SignalId strainer_dp, valve, asked;  // optional; asked: the speed that the pump is asked for
  ControlId speed_setpoint, valve_setpoint;  // optional
};

struct Ports {
  std::vector<LinePorts> lines;
  SignalId level, demand;

  /// Every bound signal, line by line, then those of the plant.
  std::vector<SignalId> signals() const;
  std::vector<ControlId> controls() const;
};

/// Errors: InvalidInput: a port is lacking, is none of a pump station, or lines are not numbered 1,
/// 2 … without a hole.
Result<Ports> bind_ports(const SimulatorSpec& spec);

/// Parameters that the twin file tells. Units: SI.
class Told {
 public:
  /// Errors: InvalidInput: a name that a pump station of so many lines does not have, or a value
  /// that is not positive.
  static Result<Told> check(const SimulatorSpec& spec, std::size_t lines);

  /// "name_2" if there is one, otherwise "name". `line` counts from 0.
  std::optional<double> of_line(std::string_view name, std::size_t line) const;
  std::optional<double> of_plant(std::string_view name) const;

 private:
  std::map<std::string, double> parameters_;
};

}  // namespace gemel::simulation
