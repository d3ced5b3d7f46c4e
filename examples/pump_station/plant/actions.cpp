#include "actions.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace riverside {
namespace {

using Json = nlohmann::json;

constexpr double kPostponedMaxDays = 365.0;

double days_of(const PostponeCleaning& postponement) {
  return static_cast<double>(postponement.by) / static_cast<double>(Crew::kDayMs);
}

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

Result<Action> parse_clean(const Json& message) {
  const auto asset = text_of(message, "clean");
  if (!asset) return asset.error();
  const auto cleaning = parse_cleaning(*asset);
  if (!cleaning) return cleaning.error();
  return Action{*cleaning};
}

Result<Action> parse_postponement(const Json& message) {
  const auto days = number_of(message, "postpone_cleaning_days");
  if (!days) return days.error();
  if (!*days) return Error{"'postpone_cleaning_days' is null: write it as a number"};
  // Bounded before it becomes a whole number: a number of JSON may be too large for one.
  const double bounded = std::clamp(**days, -1e6, 1e6);
  const auto good = checked({std::llround(bounded * static_cast<double>(Crew::kDayMs))});
  if (!good) return good.error();
  return Action{*good};
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
std::string describe_each(const CleanStrainer& cleaning) {
  return fmt::format("clean: strainer_{}", cleaning.line + 1);
}
std::string describe_each(const PostponeCleaning& postponement) {
  return fmt::format("crew: postponed by {:g} days", days_of(postponement));
}

Result<void> do_to(Plant& plant, const StartFault& start) {
  plant.faults().start(start.request, plant.now());
  return {};
}
Result<void> do_to(Plant& plant, const ClearFaults& clear) {
  clear.only ? plant.faults().clear(*clear.only) : plant.faults().clear();
  return {};
}
Result<void> do_to(Plant& plant, const MoveSetpoint& move) { return move_setpoint(plant, move); }
Result<void> do_to(Plant&, const TurnModeKey&) { return {}; }
Result<void> do_to(Plant& plant, const CleanStrainer& cleaning) {
  plant.clean(cleaning.line);
  return {};
}
Result<void> do_to(Plant& plant, const PostponeCleaning& postponement) {
  plant.crew().postpone(postponement.by);
  return {};
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

Result<CleanStrainer> parse_cleaning(std::string_view asset) {
  if (const auto line = find_line(asset)) return CleanStrainer{*line};
  return Error{fmt::format("'{}' cannot be cleaned: use line_1 or line_2", asset)};
}

Result<PostponeCleaning> checked(const PostponeCleaning& postponement) {
  const double days = days_of(postponement);
  if (days >= 0.0 && days <= kPostponedMaxDays) return postponement;
  return Error{fmt::format("a cleaning cannot be postponed by {:g} days: use 0 to {:g}", days,
                           kPostponedMaxDays)};
}

Result<void> carry_out(Plant& plant, const Action& action) {
  return std::visit([&](const auto& each) { return do_to(plant, each); }, action);
}

Result<Action> parse_fault_message(std::string_view payload) {
  const Json message = Json::parse(payload, nullptr, false);
  if (!message.is_object()) {
    return Error{R"(not a JSON object: send e.g. {"fault":"clogging","asset":"line_1"})"};
  }
  if (message.contains("mode")) return parse_mode_key(message);
  if (message.contains("clean")) return parse_clean(message);
  if (message.contains("postpone_cleaning_days")) return parse_postponement(message);
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
