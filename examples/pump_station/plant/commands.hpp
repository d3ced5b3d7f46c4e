// Commands from the control room: which are obeyed, which are refused, and what is answered.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "actions.hpp"

namespace riverside {

/// The root of all topics.
inline constexpr std::string_view kTopicRoot = "riverside";

/// A command as it arrived.
struct CommandMessage {
  std::string_view topic;    ///< riverside/line_1/pump_1/set/speed
  std::string_view payload;  ///< {"id","value","unit","issued","expires","by"}
  bool retained = false;
};

/// The answer: {"id":…,"accepted":…,"reason":…,"value":…} on …/ack.
struct Verdict {
  std::string id;
  bool accepted = false;
  std::string reason;
  double value = 0.0;
};

/// riverside/line_1/pump_1/set/speed -> riverside/line_1/pump_1/ack
std::string ack_topic(std::string_view command_topic);

std::string to_json(const Verdict& verdict);

/// Judges commands one by one and carries out those it accepts.
///
/// It remembers the last 1,000 ids: a command that arrives twice is carried out once and gets its
/// first answer again.
class CommandDesk {
 public:
  /// `now` is the real present, by which commands expire.
  Verdict handle(const CommandMessage& message, Mode mode, EpochMs now, Plant& plant);

 private:
  void remember(const Verdict& verdict);
  const Verdict* recall(std::string_view id) const;

  std::deque<Verdict> answered_;
};

}  // namespace riverside
