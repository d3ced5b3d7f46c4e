// What may be done to the station from outside: faults, setpoints, the mode key, cleanings.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "faults.hpp"
#include "plant.hpp"
#include "result.hpp"

namespace riverside {

/// Who commands the station: the control room over MQTT, or the panel on the wall.
enum class Mode { Remote, Local };
std::string_view name_of(Mode mode);
Result<Mode> parse_mode(std::string_view word);

/// A controlled quantity of one line.
enum class ActuatorKind { PumpSpeed, ValvePosition };
struct Actuator {
  int line = 0;
  ActuatorKind kind = ActuatorKind::PumpSpeed;

  std::string_view unit() const { return kind == ActuatorKind::PumpSpeed ? "rpm" : "%"; }
  friend bool operator==(const Actuator&, const Actuator&) = default;
};

/// "pump_1" or "line_1.pump_1"; none if it is no pump or valve of the station.
std::optional<Actuator> find_actuator(std::string_view asset);

struct StartFault {
  FaultRequest request;
};
struct ClearFaults {
  std::optional<FaultRequest> only;  ///< by kind and place; none clears all
};
struct MoveSetpoint {
  Actuator actuator;
  double value = 0.0;
};
struct TurnModeKey {
  Mode mode = Mode::Remote;
};
struct CleanStrainer {
  int line = 0;
};
struct PostponeCleaning {
  EpochMs by = 0;
};
using Action = std::variant<StartFault, ClearFaults, MoveSetpoint, TurnModeKey, CleanStrainer,
                            PostponeCleaning>;

/// By line, or by strainer.  Errors: it is neither.
Result<CleanStrainer> parse_cleaning(std::string_view asset);
/// 0 to 365 days.  Errors: any other time.
Result<PostponeCleaning> checked(const PostponeCleaning& postponement);

/// Moves a setpoint of the station's controller.  Errors: what the controller refuses.
Result<void> move_setpoint(Plant& plant, const MoveSetpoint& move);

/// Does it to the station; the mode key is not the station's, and leaves it as it is.
/// Errors: what the controller refuses.
Result<void> carry_out(Plant& plant, const Action& action);

/// Reads what arrives on riverside/fault:
///   {"fault":"clogging","asset":"line_1","severity":0.8,"ramp_s":20,"duration_s":60}
///   {"fault":"dead_sensor","asset":"tank_1","signal":"demand","variant":"frozen"}
///   {"fault":"clear"}, {"fault":"clear","what":"clogging","asset":"line_1"}, {"mode":"local"}
///   {"clean":"line_1"}, {"postpone_cleaning_days":30}
Result<Action> parse_fault_message(std::string_view payload);

/// One short line for the log.
std::string describe(const Action& action);

}  // namespace riverside
