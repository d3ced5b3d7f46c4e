#include <algorithm>
#include <cmath>
#include <optional>

#include "app/what_if.hpp"
#include "base/text.hpp"

namespace gemel::app {
namespace {

Error not_understood(const std::string& text, const std::string& what) {
  return {ErrorCode::InvalidInput, "'" + text + "' is no " + what};
}

struct Assignment {
  std::string name;
  std::string value;
};

Result<Assignment> split(const std::string& text, const char* example) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    return not_understood(text, std::string("change; write NAME=VALUE, such as ") + example);
  return Assignment{std::string(text::trim(text.substr(0, equals))),
                    std::string(text::trim(text.substr(equals + 1)))};
}

/// A path as the twin would find it: whole, or its ending.
const Named* find(const std::vector<Named>& among, const std::string& name) {
  const auto found = std::ranges::find_if(among, [&](const Named& one) {
    return one.name == name || (one.name.size() > name.size() && one.name.ends_with(name) &&
                                one.name[one.name.size() - name.size() - 1] == '.');
  });
  return found == among.end() ? nullptr : &*found;
}

/// "1600", "1600 rpm" in the unit that it has anyway, "30 d" where that is seconds.
Result<double> value_of(const std::string& text, const std::string& unit) {
  double value = 0.0;
  if (text::parse_number(text, value)) return value;
  if (unit == "s") {
    const bool minus = text.starts_with('-');
    if (const auto time = parse_duration(minus ? text.substr(1) : text))
      return minus ? -time->in_seconds() : time->in_seconds();
  }
  if (!unit.empty() && text.ends_with(unit)) {
    const auto number = text::trim(text.substr(0, text.size() - unit.size()));
    if (text::parse_number(number, value)) return value;
  }
  return not_understood(text,
                        "value; write a number" + (unit == "s"    ? " of seconds or such as '30 d'"
                                                   : unit.empty() ? std::string()
                                                                  : " in " + unit));
}

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
  GEMEL_ASSIGN(const auto parts, split(text, "machine_3.speed=1.1"));
  const Named* quantity = find(changeable.quantities, parts.name);
  const Named* control = quantity == nullptr ? find(changeable.controls, parts.name) : nullptr;
  if (quantity == nullptr && control == nullptr) {
    std::vector<std::string> names;
    for (const auto* list : {&changeable.quantities, &changeable.controls}) {
      for (const auto& one : *list) names.push_back(one.name);
    }
    return Error{ErrorCode::NotFound, "nothing is called '" + parts.name + "'" +
                                          text::did_you_mean(parts.name, names) +
                                          "; --list shows what can be changed"};
  }
  const Named& of = quantity != nullptr ? *quantity : *control;
  GEMEL_ASSIGN(const double value, std::string_view(how) == "scale"
                                       ? factor_of(parts.value)
                                       : value_of(parts.value, of.unit));
  return Json{
      {quantity != nullptr ? "quantity" : "control", of.name}, {"value", value}, {"how", how}};
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
    GEMEL_ASSIGN(const auto parts, split(text, "'pump_1.wear=normal(0.05, 0.01)'"));
    body["uncertain"].push_back({{"quantity", parts.name}, {"distribution", parts.value}});
  }
  return body;
}

}  // namespace gemel::app
