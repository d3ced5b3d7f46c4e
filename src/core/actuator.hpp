#pragma once
// The port to the plant's controls. Only `actuation` holds one.

#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/event.hpp"
#include "core/plant.hpp"

namespace gemel {

/// The plant's answer to a command, where its protocol has one.
struct Reply {
  std::uint64_t command = 0;
  bool accepted = false;
  std::string detail;
};

class Actuator {
 public:
  virtual ~Actuator() = default;

  /// Keeps the link to the plant until `stop` is asked for. The default has no link to keep and
  /// returns at once. Order:   called once, before the first send(). Threads: on a thread that
  /// engine gives it.
  virtual void run([[maybe_unused]] std::stop_token stop) {}

  /// Sends a command that the envelope has admitted; it carries its expiry to the plant. Does not
  /// wait for the effect. Errors: Unavailable (the link is down; nothing was queued for later),
  /// Timeout. Threads: the engine's.
  virtual Result<void> send(const Command& command, const Control& control) = 0;

  /// Answers that came since the last call. Threads: the engine's.
  virtual std::vector<Reply> replies() = 0;
};

}  // namespace gemel
