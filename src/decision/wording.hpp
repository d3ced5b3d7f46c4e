#pragma once
// Recommendations in an operator's words.

#include <string>
#include <vector>

#include "core/event.hpp"
#include "decision/search.hpp"

namespace gemel::decision {

/// "Raise pump_1.speed_setpoint from 1450 to 1620 rpm and lower valve_1.setpoint from 70 to 55 %".
std::string title_of(const std::vector<ProposedChange>& changes);

/// Why: what would happen without, and what with.
std::string reason_of(const Search& search, const Trial& without, const Trial& with);

/// The constraints' signals and the objective, then the other indicators, at the end of the
/// horizon.
std::vector<ExpectedEffect> effects_of(const Search& search, const Trial& without,
                                       const Trial& with);

/// Open alarms that touch the parts of the plant concerned, and what the simulator found and warns
/// of.
std::vector<std::string> evidence_of(const Search& search, const Trial& with);

/// "Lower pump_2.speed_setpoint from 1400 to 1300 rpm: energy_per_volume 0.131 kWh/m3, confidence
/// 97 %".
std::string alternative_of(const std::string& title, const Trial& trial);

}  // namespace gemel::decision
