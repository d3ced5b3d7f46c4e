#pragma once
// What alarms say to people.

#include <string>
#include <string_view>
#include <vector>

#include "core/event.hpp"
#include "core/plant.hpp"
#include "inference/expression_run.hpp"

namespace gemel::inference {

/// "pump_1"; the plant's name for the plant itself.
std::string asset_label(const Plant& plant, const Asset& asset);

/// The signal's path as seen from the asset: "flow", or "pump_2.flow" for one that is not its own.
std::string seen_from(const Asset& asset, std::string_view signal_path);

/// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& words);

/// "0.13 bar"; the state's name for an enumeration.
std::string with_unit(const Signal& signal, double value);

/// "pump_1: flow and suction_pressure abnormal", or "pump_1: cavitation" when the twin file names
/// the alarm.
std::string finding_name(const Plant& plant, const DetectorSpec& spec,
                         const std::vector<Driver>& drivers);

/// "flow 171 l/min, expected 248 l/min; suction_pressure …", and which signals were not there to be
/// judged.
std::string finding_cause(const Plant& plant, const DetectorSpec& spec,
                          const std::vector<Driver>& drivers, bool degraded);

/// The alarm of a rule whose condition is true at `value`; number and onset are left open.
AlarmRaised rule_alarm(const Plant& plant, const DetectorSpec& spec, double value);

/// The same of an expression that is true: names the value of every signal in it, and what it
/// computes of them: "discharge_pressure 3.3 bar, suction_pressure 0.1 bar, discharge_pressure -
/// suction_pressure 3.2 bar: …".
AlarmRaised expression_alarm(const Plant& plant, const DetectorSpec& spec,
                             const ExpressionRun& run);

/// The twin file's advice, or where to look first.
std::string finding_action(const Plant& plant, const DetectorSpec& spec,
                           const std::vector<Driver>& drivers);

}  // namespace gemel::inference
