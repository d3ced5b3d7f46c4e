#include "fmu/clocks.hpp"

#include <algorithm>
#include <cmath>

namespace gemel::fmu {
namespace {

/// Two moments nearer than this are one: sums of steps and multiples of an interval differ by less.
double same_within(double time_s) { return 1e-12 + 1e-12 * std::abs(time_s); }

}  // namespace

Clocks::Clocks(const ModelDescription& description) {
  for (const auto& variable : description.variables) {
    if (variable.type == Type::Clock && variable.causality == Causality::Output)
      outputs_.push_back(variable.reference);
    if (variable.type != Type::Clock || variable.causality != Causality::Input ||
        variable.timing.interval == ClockInterval::Triggered ||
        variable.timing.interval == ClockInterval::None)
      continue;
    clocks_.push_back({variable.reference, variable.timing, 0.0, 0, {}});
  }
  output_values_.resize(outputs_.size());
}

Result<void> Clocks::start(Instance& instance, double start_s) {
  for (auto& clock : clocks_) {
    clock.count = 0;
    clock.next_s.reset();
    auto& timing = clock.timing;
    const bool told = timing.interval == ClockInterval::Constant && timing.interval_s;
    if (!told && timing.interval != ClockInterval::Countdown) {
      GEMEL_ASSIGN(const auto answer, instance.get_clock_interval(clock.reference));
      if (answer.known != ClockAnswer::Known::NotYet) timing.interval_s = answer.interval_s;
      // Where the function is not there, the shift of the file holds.
      if (const auto shift = instance.get_clock_shift(clock.reference)) timing.shift_s = *shift;
    }
    clock.origin_s = start_s + timing.shift_s;
    if (timing.interval == ClockInterval::Countdown) continue;
    if (!timing.interval_s || !(*timing.interval_s > 0.0)) {
      return {ErrorCode::InvalidInput,
              "clock " + std::to_string(clock.reference) + " of " +
                  instance.description().model_name +
                  " has no interval; the FMU must say it (intervalDecimal, or on being asked)"};
    }
    clock.next_s = clock.origin_s;
  }
  return ask_intervals(instance, start_s);
}

std::optional<double> Clocks::next() const {
  std::optional<double> first;
  for (const auto& clock : clocks_) {
    if (clock.next_s && (!first || *clock.next_s < *first)) first = clock.next_s;
  }
  return first;
}

Result<void> Clocks::tick(Instance& instance, double now_s) {
  constexpr double kTick = 1.0;
  for (auto& clock : clocks_) {
    if (!clock.next_s || *clock.next_s > now_s + same_within(now_s)) continue;
    GEMEL_TRY(instance.set_numbers(Type::Clock, {&clock.reference, 1}, {&kTick, 1}));
    ++clock.count;
    ++ticks_;
    clock.next_s.reset();
    if (clock.timing.interval == ClockInterval::Changing) {
      clock.next_s = now_s + *clock.timing.interval_s;
    } else if (clock.timing.interval != ClockInterval::Countdown) {
      // A product, not a sum: after a million ticks it is still right.
      clock.next_s = clock.origin_s + static_cast<double>(clock.count) * *clock.timing.interval_s;
    }
  }
  return {};
}

Result<void> Clocks::ask(Instance& instance, double now_s) {
  GEMEL_TRY(ask_intervals(instance, now_s));
  if (outputs_.empty()) return {};
  GEMEL_TRY(instance.get_numbers(Type::Clock, outputs_, output_values_));
  for (const double ticked : output_values_) output_ticks_ += ticked != 0.0;
  return {};
}

Result<void> Clocks::ask_intervals(Instance& instance, double now_s) {
  for (auto& clock : clocks_) {
    if (!asks(clock)) continue;
    GEMEL_ASSIGN(const auto answer, instance.get_clock_interval(clock.reference));
    if (answer.known != ClockAnswer::Known::Changed) continue;
    clock.timing.interval_s = answer.interval_s;
    if (clock.timing.interval == ClockInterval::Countdown || clock.count > 0)
      clock.next_s = now_s + answer.interval_s;
  }
  return {};
}

}  // namespace gemel::fmu
