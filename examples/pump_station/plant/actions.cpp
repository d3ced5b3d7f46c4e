#include "actions.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace riverside {
namespace {

using Json = nlohmann::json;

Result<std::string> text_of(const Json& message, const char* key) {
  const auto found = message.find(key);
  if (found == message.end()) return std::string();
  if (found->is_string()) return found->get<std::string>();
  return Error{fmt::format("'{}' is {}: write it as a text", key, found->dump())};
}

Result<std::optional<double>> number_of(const Json& message, const char* key) {
  const auto found = message.find(key);
  if (found == message.end() || found->is_null()) return std::optional<double>();
  if (found->is_number()) return std::optional<double>(found->get<double>());
  return Error{fmt::format("'{}' is {}: write it as a number", key, found->dump())};
}

Result<FaultWords> words_of(const Json& message, const char* fault_key) {
  FaultWords words;
  for (const auto& [key, into] : {std::pair{fault_key, &words.fault},
                                  {"asset", &words.asset},
                                  {"signal", &words.signal},
                                  {"variant", &words.variant}}) {
    auto text = text_of(message, key);
    if (!text) return text.error();
    *into = *text;
  }
  for (const auto& [key, into] : {std::pair{"severity", &words.severity},
                                  {"ramp_s", &words.ramp_s},
                                  {"duration_s", &words.duration_s}}) {
    auto number = number_of(message, key);
    if (!number) return number.error();
    *into = *number;
  }
  return words;
}

Result<Action> parse_clear(const Json& message) {
  if (!message.contains("what")) return Action{ClearFaults{}};
  const auto words = words_of(message, "what");
  if (!words) return words.error();
  const auto request = resolve(*words);
  if (!request) return request.error();
  return Action{ClearFaults{*request}};
}

Result<Action> parse_mode_key(const Json& message) {
  const auto word = text_of(message, "mode");
  if (!word) return word.error();
  const auto mode = parse_mode(*word);
  if (!mode) return mode.error();
  return Action{TurnModeKey{*mode}};
}

std::string describe_each(const StartFault& start) { return "fault: " + describe(start.request); }
std::string describe_each(const ClearFaults& clear) {
  return clear.only ? "clear: " + describe(*clear.only) : "clear: all faults";
}
std::string describe_each(const MoveSetpoint& move) {
  return fmt::format("set {}_{} to {:g} {}",
                     move.actuator.kind == ActuatorKind::PumpSpeed ? "pump" : "valve",
                     move.actuator.line + 1, move.value, move.actuator.unit());
}
std::string describe_each(const TurnModeKey& key) {
  return fmt::format("mode key: {}", name_of(key.mode));
}

}  // namespace

std::string_view name_of(Mode mode) { return mode == Mode::Remote ? "remote" : "local"; }

Result<Mode> parse_mode(std::string_view word) {
  if (word == "remote") return Mode::Remote;
  if (word == "local") return Mode::Local;
  return Error{fmt::format("unknown mode '{}': use remote or local", word)};
}

std::optional<Actuator> find_actuator(std::string_view asset) {
  for (int line = 0; line < kLineCount; ++line) {
    const std::string number = std::to_string(line + 1);
    const std::string prefix = "line_" + number + ".";
    const bool full = asset.starts_with(prefix);
    const std::string_view last = full ? asset.substr(prefix.size()) : asset;
    if (last == "pump_" + number) return Actuator{line, ActuatorKind::PumpSpeed};
    if (last == "valve_" + number) return Actuator{line, ActuatorKind::ValvePosition};
  }
  return std::nullopt;
}

Result<void> move_setpoint(Plant& plant, const MoveSetpoint& move) {
  return move.actuator.kind == ActuatorKind::PumpSpeed
             ? plant.plc().set_speed(move.actuator.line, move.value)
             : plant.plc().set_position(move.actuator.line, move.value);
}

Result<Action> parse_fault_message(std::string_view payload) {
  const Json message = Json::parse(payload, nullptr, false);
  if (!message.is_object()) {
    return Error{R"(not a JSON object: send e.g. {"fault":"clogging","asset":"line_1"})"};
  }
  if (message.contains("mode")) return parse_mode_key(message);
  const auto words = words_of(message, "fault");
  if (!words) return words.error();
  if (words->fault == "clear") return parse_clear(message);
  const auto request = resolve(*words);
  if (!request) return request.error();
  return Action{StartFault{*request}};
}

std::string describe(const Action& action) {
  return std::visit([](const auto& each) { return describe_each(each); }, action);
}

}  // namespace riverside
