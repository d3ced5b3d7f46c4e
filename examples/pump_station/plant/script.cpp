#include "script.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <span>

#include <fmt/format.h>

#include "text.hpp"

namespace riverside {
namespace {

using Words = std::span<const std::string_view>;

Result<void> read_option(FaultWords& into, std::string_view name, std::string_view value) {
  if (name == "signal") return into.signal = value, Result<void>{};
  if (name == "variant") return into.variant = value, Result<void>{};
  if (name == "severity") {
    const auto number = parse_number(value);
    if (!number) return number.error();
    return into.severity = *number, Result<void>{};
  }
  if (name == "ramp" || name == "for") {
    const auto duration = parse_duration_ms(value);
    if (!duration) return duration.error();
    (name == "ramp" ? into.ramp_s : into.duration_s) = static_cast<double>(*duration) / 1e3;
    return {};
  }
  return Error{fmt::format("unknown word '{}': use signal, severity, ramp, for or variant", name)};
}

bool is_option(std::string_view word) {
  constexpr std::array<std::string_view, 5> kOptions{"signal", "severity", "ramp", "for",
                                                     "variant"};
  return std::find(kOptions.begin(), kOptions.end(), word) != kOptions.end();
}

Result<FaultRequest> parse_fault(Words words) {
  FaultWords fault;
  fault.fault = words.front();
  words = words.subspan(1);
  if (!words.empty() && !is_option(words.front())) {
    fault.asset = words.front();
    words = words.subspan(1);
  }
  for (; !words.empty(); words = words.subspan(2)) {
    if (words.size() < 2) {
      return Error{fmt::format("'{}' has no value: write one after it", words.front())};
    }
    if (const auto read = read_option(fault, words[0], words[1]); !read) return read.error();
  }
  return resolve(fault);
}

Result<Action> parse_set(Words words) {
  if (words.size() != 2) return Error{"'set' needs an actuator and a value: set valve_2 55"};
  const auto actuator = find_actuator(words[0]);
  if (!actuator) {
    return Error{
        fmt::format("'{}' cannot be set: use pump_1, valve_1, pump_2 or valve_2", words[0])};
  }
  const auto value = parse_number(words[1]);
  if (!value) return value.error();
  return Action{MoveSetpoint{*actuator, *value}};
}

Result<Action> parse_mode_step(Words words) {
  if (words.size() != 1) return Error{"'mode' needs one word: remote or local"};
  const auto mode = parse_mode(words[0]);
  if (!mode) return mode.error();
  return Action{TurnModeKey{*mode}};
}

Result<Action> parse_clean_step(Words words) {
  if (words.size() != 1) return Error{"'clean' needs one word: line_1 or line_2"};
  const auto cleaning = parse_cleaning(words[0]);
  if (!cleaning) return cleaning.error();
  return Action{*cleaning};
}

Result<Action> parse_postponement_step(Words words) {
  if (words.size() != 1) return Error{"'postpone_cleaning' needs a time: postpone_cleaning 30d"};
  const auto by = parse_duration_ms(words[0]);
  if (!by) return by.error();
  const auto good = checked({*by});
  if (!good) return good.error();
  return Action{*good};
}

Result<Action> parse_action(Words words) {
  const std::string_view verb = words.front();
  const Words rest = words.subspan(1);
  if (verb == "set") return parse_set(rest);
  if (verb == "mode") return parse_mode_step(rest);
  if (verb == "clean") return parse_clean_step(rest);
  if (verb == "postpone_cleaning") return parse_postponement_step(rest);
  if (verb == "clear" && rest.empty()) return Action{ClearFaults{}};
  const auto request = parse_fault(verb == "clear" ? rest : words);
  if (!request) return request.error();
  if (verb == "clear") return Action{ClearFaults{*request}};
  return Action{StartFault{*request}};
}

Result<ScriptStep> parse_step(Words words) {
  if (words.size() < 3 || words[0] != "at") {
    return Error{fmt::format("'{}' starts no step: write 'at 20s clogging line_1 severity 0.8'",
                             words.front())};
  }
  const auto after = parse_duration_ms(words[1]);
  if (!after) return after.error();
  const auto action = parse_action(words.subspan(2));
  if (!action) return action.error();
  return ScriptStep{*after, *action};
}

}  // namespace

Result<Script> parse_script(std::string_view text, std::string_view file_name) {
  Script script;
  int number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find('#'));
    const auto words = split_words(line);
    if (words.empty()) continue;
    const auto step = parse_step(words);
    if (!step) return Error{fmt::format("{}:{}: {}", file_name, number, step.error().message)};
    script.push_back(*step);
  }
  std::stable_sort(script.begin(), script.end(),
                   [](const auto& a, const auto& b) { return a.after_ms < b.after_ms; });
  return script;
}

Result<Script> load_script(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in.is_open() || in.bad()) {
    return Error{fmt::format("{}: cannot read the script: check its path and rights", file)};
  }
  return parse_script(text, file);
}

}  // namespace riverside
