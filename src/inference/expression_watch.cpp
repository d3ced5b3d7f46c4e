#include "inference/expression_watch.hpp"

#include <algorithm>

namespace gemel::inference {

ExpressionWatch::ExpressionWatch(std::shared_ptr<const Expression> expression, const Plant& plant,
                                 const DetectorSettings& settings)
    : run_(std::move(expression), plant),
      slack_(std::min(run_.period() * 2, Duration::seconds(5))),
      delay_(run_.expression().hold, settings.clear_after) {}

Turn ExpressionWatch::judge(Timestamp now) {
  instant_ = now;
  pending_ = false;
  const Truth truth = run_.judge(now, delay_.open());
  if (truth == Truth::Unknown) {
    delay_.interrupt();
    return Turn::None;
  }
  return delay_.see(now, (truth == Truth::True) != delay_.open());
}

void ExpressionWatch::take(std::size_t slot, const Sample& sample) {
  if (!run_.take(slot, sample)) return;
  instant_ = std::max(instant_, sample.source_time);
  pending_ = true;
}

Turn ExpressionWatch::observe(std::size_t slot, const Sample& sample) {
  Turn turn = Turn::None;
  if (pending_ && sample.source_time > instant_) turn = judge(instant_);
  take(slot, sample);
  // Of two turns at once the second waits for the next sample.
  if (turn == Turn::None && pending_ && run_.complete(instant_)) turn = judge(instant_);
  return turn;
}

Duration ExpressionWatch::memory() const {
  // A window is full once a value is as old as it is long.
  return run_.reach().ns == 0 ? Duration{} : run_.reach() + run_.period() * 10;
}

void ExpressionWatch::warm(std::size_t slot, const Sample& sample) {
  if (pending_ && sample.source_time > instant_) (void)run_.judge(instant_, delay_.open());
  take(slot, sample);
}

Timestamp ExpressionWatch::due() const {
  if (pending_) return instant_ + slack_;
  const auto next = std::min(delay_.due(), run_.matures());
  return next == Timestamp::max() ? next : next + slack_;
}

Turn ExpressionWatch::pass(Timestamp plant_time) {
  if (plant_time < due()) return Turn::None;
  if (pending_) {
    if (const Turn turn = judge(instant_); turn != Turn::None) return turn;
    if (plant_time < due()) return Turn::None;
  }
  return judge(plant_time);
}

}  // namespace gemel::inference
