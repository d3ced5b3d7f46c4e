#pragma once
// An actuator that sends nothing and remembers everything: for tests, and for runs that must not
// touch a plant.

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/actuator.hpp"

namespace gemel::actuation {

/// What a recording actuator was asked to send. Shared, because the Gate owns the actuator.
/// Threads: those of the Gate.
struct Recording {
  std::vector<Command> sent;
  std::optional<Error> refuse_with;  // set: every send() fails so, and nothing is recorded
  std::vector<Reply> replies;        // handed out by the next replies()
};

class RecordingActuator final : public Actuator {
 public:
  explicit RecordingActuator(std::shared_ptr<Recording> recording)
      : recording_(std::move(recording)) {}

  Result<void> send(const Command& command, const Control& /*control*/) override {
    if (recording_->refuse_with) return *recording_->refuse_with;
    recording_->sent.push_back(command);
    return {};
  }

  std::vector<Reply> replies() override { return std::exchange(recording_->replies, {}); }

 private:
  std::shared_ptr<Recording> recording_;
};

}  // namespace gemel::actuation
