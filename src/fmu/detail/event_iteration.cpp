#include "fmu/detail/event_iteration.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gemel::fmu::detail {
namespace {

constexpr int kIterationsMax = 1000;
constexpr int kAtOnceMax = 1000;

Error restless(double time_s, const char* what) {
  return {ErrorCode::Unavailable, "events don't come to rest at t = " + text::rounded(time_s, 10) +
                                      " s: more than " + std::to_string(kIterationsMax) + " " +
                                      what + "; the FMU chatters, or a value is wrong"};
}

}  // namespace

Events::Events(Instance& instance, const SimulationSettings& settings)
    : instance_(instance), settings_(settings), clocks_(instance.description()) {
  if (settings_.inputs != nullptr) input_row_.resize(settings_.inputs->size());
}

Result<void> Events::set_inputs(double time_s, InputTable::Side side) {
  if (settings_.inputs == nullptr) return {};
  GEMEL_TRY(set_continuous_inputs(time_s, side));
  const auto& inputs = *settings_.inputs;
  return inputs.discrete().write(instance_,
                                 std::span(input_row_).subspan(inputs.continuous().size()));
}

Result<void> Events::set_continuous_inputs(double time_s, InputTable::Side side) {
  if (settings_.inputs == nullptr) return {};
  const auto& inputs = *settings_.inputs;
  inputs.at(time_s, side, input_row_);
  return inputs.continuous().write(instance_,
                                   std::span(input_row_).first(inputs.continuous().size()));
}

Result<void> Events::prepare() { return set_from_texts(instance_, settings_.start_values); }

Result<EventOutcome> Events::begin(double time_s) {
  GEMEL_TRY(clocks_.start(instance_, time_s));
  return handle(time_s);
}

Result<EventOutcome> Events::handle(double time_s) {
  at_once_ = count_ > 0 && time_s <= last_s_ + same_within(time_s) ? at_once_ + 1 : 0;
  if (at_once_ > kAtOnceMax) return restless(time_s, "events at one moment");
  last_s_ = time_s;
  ++count_;
  GEMEL_TRY(set_inputs(time_s, InputTable::Side::After));
  GEMEL_TRY(clocks_.tick(instance_, time_s));
  if (settings_.inputs != nullptr) {
    constexpr double kTick = 1.0;
    for (const auto clock : settings_.inputs->ticks(time_s))
      GEMEL_TRY(instance_.set_numbers(Type::Clock, {&clock, 1}, {&kTick, 1}));
  }
  return iterate(time_s);
}

Result<EventOutcome> Events::iterate(double time_s) {
  EventOutcome all;
  for (int i = 0; i < kIterationsMax; ++i) {
    GEMEL_ASSIGN(const auto once, instance_.update_discrete_states());
    all.terminate = all.terminate || once.terminate;
    all.nominals_changed = all.nominals_changed || once.nominals_changed;
    all.states_changed = all.states_changed || once.states_changed;
    all.next_event_s = once.next_event_s;
    GEMEL_TRY(clocks_.ask(instance_, time_s));
    if (!once.again || once.terminate) {
      next_event_s_ = all.next_event_s;
      return all;
    }
  }
  return restless(time_s, "updates of discrete states");
}

std::optional<double> Events::next(double after_s) const {
  std::optional<double> first = next_event_s_;
  const auto sooner = [&first](std::optional<double> other) {
    if (other && (!first || *other < *first)) first = other;
  };
  sooner(clocks_.next());
  if (settings_.inputs != nullptr) sooner(settings_.inputs->next_event(after_s));
  return first;
}

}  // namespace gemel::fmu::detail
