#include "commands.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "text.hpp"

namespace riverside {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kRememberedMax = 1'000;
constexpr std::size_t kIdLengthMax = 128;

/// A command whose form is right.
struct Command {
  std::string id;
  double value = 0.0;
  std::string unit;
  EpochMs issued = 0;
  EpochMs expires = 0;
};

Result<Actuator> actuator_of(std::string_view topic) {
  for (int line = 0; line < kLineCount; ++line) {
    const std::string number = std::to_string(line + 1);
    const std::string base = fmt::format("{}/line_{}/", kTopicRoot, number);
    if (topic == base + "pump_" + number + "/set/speed") {
      return Actuator{line, ActuatorKind::PumpSpeed};
    }
    if (topic == base + "valve_" + number + "/set/position") {
      return Actuator{line, ActuatorKind::ValvePosition};
    }
  }
  return Error{fmt::format(
      "nothing listens at {}: use …/pump_N/set/speed or …/valve_N/set/position", topic)};
}

Result<Command> parse_command(const Json& message) {
  const auto text = [&](const char* key) {
    const auto it = message.find(key);
    return it != message.end() && it->is_string() ? it->get<std::string>() : std::string();
  };
  const auto time = [&](const char* key) -> std::optional<EpochMs> {
    const auto it = message.find(key);
    if (it == message.end() || !it->is_number_integer()) return std::nullopt;
    return it->get<EpochMs>();
  };
  const auto value = message.find("value");
  if (value == message.end() || !value->is_number()) {
    return Error{"malformed: 'value' must be a number"};
  }
  const auto issued = time("issued");
  const auto expires = time("expires");
  if (!issued || !expires) {
    return Error{"malformed: 'issued' and 'expires' must be epoch milliseconds"};
  }
  if (*expires <= *issued) return Error{"malformed: it expires before it was issued"};
  return Command{text("id"), value->get<double>(), text("unit"), *issued, *expires};
}

Result<void> check(const Command& command, const Actuator& actuator, Mode mode, EpochMs now) {
  if (command.unit != actuator.unit()) {
    return Error{fmt::format("unit '{}' is wrong: use '{}'", command.unit, actuator.unit())};
  }
  if (command.expires <= now) {
    return Error{
        fmt::format("expired {:.1f} s ago", static_cast<double>(now - command.expires) / 1e3)};
  }
  if (mode == Mode::Local) return Error{"the station is in local mode: turn its key to remote"};
  return {};
}

std::string id_of(const Json& message) {
  const auto it = message.is_object() ? message.find("id") : message.end();
  if (!message.is_object() || it == message.end() || !it->is_string()) return {};
  const auto id = it->get<std::string>();
  return id.size() <= kIdLengthMax ? id : std::string();
}

Verdict judge(const CommandMessage& arrived, const Json& message, Mode mode, EpochMs now,
              Plant& plant) {
  Verdict verdict{id_of(message), false, {}, 0.0};
  const auto refuse = [&](const Error& why) { return verdict.reason = why.message, verdict; };
  if (!message.is_object()) return refuse({"malformed: not a JSON object"});
  if (verdict.id.empty()) return refuse({"malformed: 'id' must be a text of 1 to 128 characters"});
  if (arrived.retained) return refuse({"retained commands are refused: send it again, unretained"});
  const auto actuator = actuator_of(arrived.topic);
  if (!actuator) return refuse(actuator.error());
  const auto command = parse_command(message);
  if (!command) return refuse(command.error());
  verdict.value = command->value;
  if (const auto fit = check(*command, *actuator, mode, now); !fit) return refuse(fit.error());
  const auto moved = move_setpoint(plant, {*actuator, command->value});
  if (!moved) return refuse(moved.error());
  verdict.accepted = true;
  verdict.reason = "accepted";
  return verdict;
}

}  // namespace

std::string ack_topic(std::string_view command_topic) {
  return std::string(command_topic.substr(0, command_topic.find("/set/"))) + "/ack";
}

std::string to_json(const Verdict& verdict) {
  // nlohmann throws on text that is not UTF-8; an id may be anything, so let it be replaced.
  const Json message{{"id", verdict.id},
                     {"accepted", verdict.accepted},
                     {"reason", verdict.reason},
                     {"value", verdict.value}};
  return message.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Verdict CommandDesk::handle(const CommandMessage& arrived, Mode mode, EpochMs now, Plant& plant) {
  const Json message = Json::parse(arrived.payload, nullptr, false);
  if (const Verdict* first = recall(id_of(message))) {
    Verdict again = *first;
    again.reason = "repeated: " + first->reason;
    return again;
  }
  const Verdict verdict = judge(arrived, message, mode, now, plant);
  remember(verdict);
  return verdict;
}

void CommandDesk::remember(const Verdict& verdict) {
  if (verdict.id.empty()) return;
  answered_.push_back(verdict);
  if (answered_.size() > kRememberedMax) answered_.pop_front();
}

const Verdict* CommandDesk::recall(std::string_view id) const {
  if (id.empty()) return nullptr;
  const auto found = std::find_if(answered_.begin(), answered_.end(),
                                  [&](const Verdict& each) { return each.id == id; });
  return found == answered_.end() ? nullptr : &*found;
}

}  // namespace riverside
