#include "inference/wording.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "inference/alarms.hpp"

namespace gemel::inference {
namespace {

/// As few digits as tell the two apart, at least three, at most six.
std::string beside_expected(const Signal& signal, const Driver& driver) {
  for (int digits = 3; digits <= 6; ++digits) {
    const auto value = text::rounded(driver.value, digits);
    const auto expected = text::rounded(driver.expected, digits);
    if (value == expected) continue;
    const std::string unit = signal.unit.symbol.empty() ? "" : " " + signal.unit.symbol;
    return value + unit + ", expected " + expected + unit;
  }
  return with_unit(signal, driver.value) +
         " as usual by itself, but unsteady or unusual beside the others";
}

std::vector<std::string> names_of(const Asset& asset, const std::vector<Driver>& drivers) {
  std::vector<std::string> names;
  for (const auto& driver : drivers) names.push_back(seen_from(asset, driver.signal));
  return names;
}

}  // namespace

std::string asset_label(const Plant& plant, const Asset& asset) {
  if (!asset.parent.valid()) return plant.name;
  return asset.name;
}

std::string seen_from(const Asset& asset, std::string_view path) {
  const std::string prefix = asset.path.empty() ? "" : asset.path + ".";
  if (path.starts_with(prefix)) return std::string(path.substr(prefix.size()));
  return std::string(path);
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " and " : ", ";
    out += words[i];
  }
  return out;
}

std::string with_unit(const Signal& signal, double value) {
  const auto state = static_cast<std::size_t>(std::max(0.0, std::round(value)));
  if (state < signal.states.size()) return signal.states[state];
  return text::rounded(value, 3) + (signal.unit.symbol.empty() ? "" : " " + signal.unit.symbol);
}

std::string finding_name(const Plant& plant, const DetectorSpec& spec,
                         const std::vector<Driver>& drivers) {
  const Asset& asset = plant.asset(spec.asset);
  const std::string label = asset_label(plant, asset) + ": ";
  if (!spec.alarm.empty()) return label + spec.alarm;
  const auto names = names_of(asset, main_drivers(drivers));
  return label + (names.empty() ? std::string("behaviour") : listed(names)) + " abnormal";
}

std::string finding_cause(const Plant& plant, const DetectorSpec& spec,
                          const std::vector<Driver>& drivers, bool degraded) {
  std::string out;
  for (const auto& driver : main_drivers(drivers)) {
    const auto id = plant.find_signal(driver.signal);
    if (!id) continue;
    out += (out.empty() ? "" : "; ") + seen_from(plant.asset(spec.asset), driver.signal) + " " +
           beside_expected(plant.signal(*id), driver);
  }
  if (degraded)
    out += std::string(out.empty() ? "" : "; ") + "judged while some of its signals are missing";
  return out;
}

std::string finding_action(const Plant& plant, const DetectorSpec& spec,
                           const std::vector<Driver>& drivers) {
  if (!spec.action.empty()) return spec.action;
  const Asset& asset = plant.asset(spec.asset);
  const auto names = names_of(asset, main_drivers(drivers));
  return "Look at " + (names.empty() ? "the trends" : "the trends of " + listed(names)) + " of " +
         asset_label(plant, asset) +
         " since the alarm began, then at the machine; acknowledge when the cause is known.";
}

namespace {

/// What the alarms of all rules say; `drivers` are in place.
void finish_rule_alarm(AlarmRaised& alarm, const Plant& plant, const DetectorSpec& spec,
                       const std::string& text, const std::string& values) {
  const auto& asset = plant.asset(spec.asset);
  alarm.asset = asset.path;
  alarm.source = spec.path;
  alarm.name = asset_label(plant, asset) + ": " + (spec.alarm.empty() ? text : spec.alarm);
  alarm.priority = spec.priority;
  alarm.cause = values + ": " + text;
  alarm.consequence = spec.consequence;
  alarm.action = finding_action(plant, spec, alarm.drivers);
  alarm.score = 1.0;
  alarm.version = plant.version;
}

std::string told_amount(const ToldAmount& told, std::optional<double> si) {
  if (!si) return told.text + " not known";
  return told.text + " " + text::rounded((*si - told.offset) / told.scale) +
         (told.unit.empty() ? "" : " " + told.unit);
}

}  // namespace

AlarmRaised rule_alarm(const Plant& plant, const DetectorSpec& spec, double value) {
  const auto& condition = *spec.rule;
  const auto& signal = plant.signal(condition.signal);
  AlarmRaised alarm;
  alarm.drivers = {{signal.path, 1.0, value, condition.value}};
  finish_rule_alarm(alarm, plant, spec, condition.text,
                    signal.name + " " + with_unit(signal, value));
  return alarm;
}

AlarmRaised expression_alarm(const Plant& plant, const DetectorSpec& spec,
                             const ExpressionRun& run) {
  const auto& expression = run.expression();
  const auto& asset = plant.asset(spec.asset);
  AlarmRaised alarm;
  std::string values;
  const double share = 1.0 / static_cast<double>(expression.signals.size());
  for (std::size_t slot = 0; slot < expression.signals.size(); ++slot) {
    const auto& signal = plant.signal(expression.signals[slot]);
    const auto value = run.value_of(slot);
    values += (values.empty() ? "" : ", ") + seen_from(asset, signal.path) + " " +
              (value ? with_unit(signal, *value) : std::string("not known"));
    // One that is only compared within a sum has no limit of its own.
    if (value)
      alarm.drivers.push_back(
          {signal.path, share, *value, expression.limits[slot].value_or(*value)});
  }
  for (const auto& told : expression.told) values += ", " + told_amount(told, run.value(told.term));
  finish_rule_alarm(alarm, plant, spec, expression.text, values);
  return alarm;
}

}  // namespace gemel::inference
