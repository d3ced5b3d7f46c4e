// Plays a script against the station's clock.
#pragma once

#include <optional>

#include "script.hpp"

namespace riverside {

class Rehearsal {
 public:
  Rehearsal(Script script, EpochMs start) : script_(std::move(script)), start_(start) {}

  /// The next step that is due at `now`; call until there is none.
  std::optional<Action> next_due(EpochMs now) {
    if (next_ == script_.size() || now < start_ + script_[next_].after_ms) return std::nullopt;
    return script_[next_++].action;
  }

 private:
  Script script_;
  EpochMs start_;
  std::size_t next_ = 0;
};

}  // namespace riverside
