#include "actuation/envelope.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace gemel::actuation {
namespace {

std::string with_unit(double value, const Unit& unit) {
  const auto shown = text::rounded(value, 6);
  return unit.symbol.empty() ? shown : shown + " " + unit.symbol;
}

std::string shown_range(const Control& control) {
  const auto side = [](const std::optional<double>& v) {
    return v ? text::rounded(*v, 6) : "open";
  };
  return side(control.range.low) + " to " + side(control.range.high) + " " + control.unit.symbol;
}

/// What is wrong with the command itself, whatever the plant does.
std::optional<std::string> fault_of(const Command& command, const Control& control) {
  if (control.autonomy == Autonomy::Observe)
    return control.path + " may only be observed (autonomy: observe)";
  if (command.by.empty()) return "nobody has approved it: a command needs a person's name";
  if (!std::isfinite(command.value)) return "the value is not a number";
  if (command.unit != control.unit.symbol) {
    return "its unit is '" + command.unit + "', but " + control.path + " is in '" +
           control.unit.symbol + "'";
  }
  if (!control.range.contains(command.value)) {
    return with_unit(command.value, control.unit) + " is outside the range " +
           shown_range(control) + " of " + control.path;
  }
  if (!control.feedback.valid()) {
    return control.path + " has no feedback signal, so nobody could tell whether the plant obeyed";
  }
  if (command.expires - command.issued > control.expiry) {
    return "it would live for " + to_string(command.expires - command.issued) + "; " +
           control.path + " allows " + to_string(control.expiry);
  }
  return std::nullopt;
}

/// Why a signal must not be relied upon now.
std::optional<std::string> doubt(const Signal& signal, const Belief& belief, Duration stale_after,
                                 Timestamp now) {
  if (!belief.has_value()) return signal.path + " has no value yet";
  if (!belief.usable()) return signal.path + " is " + to_string(belief.quality());
  const auto age = belief.age(now);
  if (age > stale_after) {
    return signal.path + " is " + to_string(age) + " old; the limit is " + to_string(stale_after);
  }
  if (age < Duration{} - stale_after)
    return signal.path + " is stamped in the future; look at the clocks";
  return std::nullopt;
}

std::string shown_value(const Signal& signal, double value) {
  const auto state = static_cast<std::size_t>(value);
  if (value >= 0.0 && state < signal.states.size()) return signal.states[state];
  return with_unit(value, signal.unit);
}

std::optional<std::string> interlock_against(const Control& control, const Plant& plant,
                                             const Snapshot& snapshot, Timestamp now) {
  for (const auto& interlock : control.interlocks) {
    const auto& signal = plant.signal(interlock.signal);
    const auto& belief = snapshot.beliefs[interlock.signal];
    if (auto why = doubt(signal, belief, control.stale_after, now))
      return "interlock " + interlock.text + ": " + *why;
    if (!interlock.holds(belief.value)) {
      return "interlock " + interlock.text + " does not hold: " + signal.path + " is " +
             shown_value(signal, belief.value);
    }
  }
  return std::nullopt;
}

/// Everything that stands against the command, worst for the plant first.
std::optional<std::string> refusal(const Command& command, const Control& control,
                                   const Plant& plant, const Snapshot& snapshot,
                                   const Circumstances& is) {
  if (is.replaying) return "the twin is replaying the past; nothing is sent";
  if (!is.actuator) return "no connection to the plant's controls is configured";
  if (auto why = fault_of(command, control)) return why;
  if (command.issued > is.now)
    return "it is dated " + to_string(command.issued) + ", which is still to come";
  if (auto why = obstacle(command, control, plant, snapshot, is.now)) return why;
  if (is.pending) return "another command for " + control.path + " has not ended yet";
  return std::nullopt;
}

double reach(const Control& control, const Circumstances& is) {
  if (control.rate_limit_per_s <= 0.0 || !is.last_admitted) return HUGE_VAL;
  const auto since = std::max(is.now - *is.last_admitted, kRateWindow);
  return control.rate_limit_per_s * since.in_seconds();
}

}  // namespace

std::optional<std::string> obstacle(const Command& command, const Control& control,
                                    const Plant& plant, const Snapshot& snapshot, Timestamp now) {
  if (now >= command.expires) return "it expired at " + to_string(command.expires);
  const auto& feedback = plant.signal(control.feedback);
  if (auto why = doubt(feedback, snapshot.beliefs[control.feedback], control.stale_after, now)) {
    return "the feedback can't be relied upon: " + *why;
  }
  return interlock_against(control, plant, snapshot, now);
}

CommandJudged judge(const Command& command, const Control& control, const Plant& plant,
                    const Snapshot& snapshot, const Circumstances& circumstances) {
  CommandJudged verdict{command, command.value, Admission::Refused, {}};
  if (auto why = refusal(command, control, plant, snapshot, circumstances)) {
    verdict.reason = *why;
    return verdict;
  }
  const double present = snapshot.beliefs[control.feedback].value;
  const double step = reach(control, circumstances);
  if (std::abs(command.value - present) <= step) {
    verdict.admission = Admission::Admitted;
    return verdict;
  }
  const double nearest = present + std::copysign(step, command.value - present);
  const auto limit = "a change from " + with_unit(present, control.unit) + " by more than " +
                     with_unit(step, control.unit) + " is too fast so soon after the last command";
  if (!control.range.contains(nearest)) {
    verdict.reason = limit + ", and a smaller one ends outside the range " + shown_range(control);
    return verdict;
  }
  verdict.command.value = nearest;
  verdict.admission = Admission::Reduced;
  verdict.reason = limit;
  return verdict;
}

}  // namespace gemel::actuation
