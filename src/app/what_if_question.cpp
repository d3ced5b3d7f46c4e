#include <algorithm>
#include <cmath>

#include "app/what_if.hpp"
#include "base/text.hpp"

namespace gemel::app {
namespace {

/// "1.1", "+10%", "-5 %", "110 %".
Result<double> factor_of(const std::string& text) {
  double value = 0.0;
  if (text::parse_number(text, value)) return value;
  if (text.ends_with('%') &&
      text::parse_number(text::trim(text.substr(0, text.size() - 1)), value)) {
    const bool relative = text.starts_with('+') || text.starts_with('-');
    return relative ? 1.0 + value / 100.0 : value / 100.0;
  }
  return not_understood(text, "factor; write such as 1.1 or +10%");
}

Result<Json> change_of(const std::string& text, const char* how, const Changeable& changeable) {
  GEMEL_ASSIGN(const auto parts, split_assignment(text, "machine_3.speed=1.1"));
  GEMEL_ASSIGN(const auto found, changeable.find(parts.name));
  GEMEL_ASSIGN(const double value, std::string_view(how) == "scale"
                                       ? factor_of(parts.value)
                                       : value_of(parts.value, found.of.unit));
  return Json{
      {found.is_control ? "control" : "quantity", found.of.name}, {"value", value}, {"how", how}};
}

}  // namespace

Result<Json> question_of(const WhatIfOptions& options, const Changeable& changeable) {
  GEMEL_ASSIGN(const auto horizon, parse_duration(options.horizon));
  Json body{{"horizon_s", horizon.in_seconds()},
            {"draws", options.draws},
            {"seed", options.seed},
            {"sampling", options.sampling},
            {"beside_now", true},
            {"step_s", std::max(horizon.in_seconds() / 100.0, 1e-3)}};
  if (!options.step.empty()) {
    GEMEL_ASSIGN(const auto step, parse_duration(options.step));
    body["step_s"] = step.in_seconds();
  }
  if (!options.at.empty()) body["at"] = options.at;
  if (!options.simulator.empty()) body["simulator"] = options.simulator;
  body["changes"] = Json::array();
  const auto changes = [&](const std::vector<std::string>& texts, const char* how) -> Result<void> {
    for (const auto& text : texts) {
      GEMEL_ASSIGN(auto change, change_of(text, how, changeable));
      body["changes"].push_back(std::move(change));
    }
    return {};
  };
  GEMEL_TRY(changes(options.set, "set"));
  GEMEL_TRY(changes(options.add, "add"));
  GEMEL_TRY(changes(options.scale, "scale"));
  body["uncertain"] = Json::array();
  for (const auto& text : options.uncertain) {
    GEMEL_ASSIGN(const auto parts, split_assignment(text, "'pump_1.wear=normal(0.05, 0.01)'"));
    body["uncertain"].push_back({{"quantity", parts.name}, {"distribution", parts.value}});
  }
  return body;
}

}  // namespace gemel::app
