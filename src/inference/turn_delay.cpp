#include "inference/turn_delay.hpp"

namespace gemel::inference {

Turn TurnDelay::see(Timestamp time, bool leaving) {
  seen_ = time;
  if (!leaving) {
    since_.reset();
    return Turn::None;
  }
  if (!since_) since_ = time;
  return pass(time);
}

Turn TurnDelay::pass(Timestamp time) {
  if (!since_ || time - *since_ < wait()) return Turn::None;
  open_ = !open_;
  if (open_) {
    onset_ = *since_;
    chatter_.raised(time);
  }
  since_.reset();
  return open_ ? Turn::Raise : Turn::Clear;
}

Timestamp TurnDelay::due() const { return since_ ? *since_ + wait() : Timestamp::max(); }

}  // namespace gemel::inference
