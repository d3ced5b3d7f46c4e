#include "inference/expression_run.hpp"

#include <algorithm>
#include <cmath>

namespace gemel::inference {
namespace {

using Kind = Term::Kind;

bool has_right(Kind kind) {
  return (kind >= Kind::Add && kind <= Kind::Divide) || kind == Kind::Compare ||
         kind == Kind::And || kind == Kind::Or;
}
bool has_left(Kind kind) { return kind != Kind::Constant && kind != Kind::Value; }

Truth opposite(Truth truth) {
  return static_cast<Truth>(static_cast<int>(Truth::True) - static_cast<int>(truth));
}

std::optional<double> finite(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

}  // namespace

ExpressionRun::ExpressionRun(std::shared_ptr<const Expression> expression, const Plant& plant)
    : expression_(std::move(expression)) {
  for (const SignalId id : expression_->signals) {
    const Signal& signal = plant.signal(id);
    const bool goes_stale = signal.gap.ns > 0;
    inputs_.push_back(
        {.unit = signal.unit,
         .fresh_for = goes_stale ? std::max(signal.gap, signal.period * 3) : Duration{}});
    period_ = std::max(period_, signal.period);
  }
  const auto& terms = expression_->terms;
  known_.resize(terms.size());
  truths_.resize(terms.size(), Truth::Unknown);
  newest_.resize(terms.size(), Timestamp::min());
  memory_.resize(terms.size());
  // By term: of the signals in it, and how far back it looks.
  std::vector<Duration> period(terms.size()), fresh(terms.size()), reach(terms.size());
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const Term& term = terms[i];
    const auto inherit = [&](std::uint32_t from) {
      period[i] = std::max(period[i], period[from]);
      fresh[i] = std::max(fresh[i], fresh[from]);
      reach[i] = std::max(reach[i], reach[from]);
    };
    if (term.kind == Kind::Value) {
      period[i] = plant.signal(expression_->signals[term.slot]).period;
      fresh[i] = inputs_[term.slot].fresh_for;
    }
    if (has_left(term.kind)) inherit(term.left);
    if (has_right(term.kind)) inherit(term.right);
    reach[i] = reach[i] + term.span;
    if (term.is_window()) {
      memory_[i].window = static_cast<std::uint32_t>(windows_.size());
      memory_[i].fresh_for = fresh[i];
      windows_.emplace_back(term.kind, term.span, period[i]);
      fed_.push_back(Timestamp::min());
    } else if (term.kind == Kind::Hold) {
      memory_[i].held = static_cast<std::uint32_t>(held_.size());
      held_.emplace_back();
    }
  }
  reach_ = reach.back();
}

bool ExpressionRun::take(std::size_t slot, const Sample& sample) {
  auto& input = inputs_[slot];
  if (sample.source_time < input.time) return false;
  input.time = sample.source_time;
  input.usable = sample.quality.usable();
  if (input.usable) input.value = sample.value;
  return true;
}

bool ExpressionRun::complete(Timestamp instant) const {
  return std::ranges::all_of(inputs_, [&](const Input& input) { return input.time == instant; });
}

std::optional<double> ExpressionRun::value_of(std::size_t slot) const {
  const auto& input = inputs_[slot];
  return input.usable ? std::optional(input.value) : std::nullopt;
}

Truth ExpressionRun::judge(Timestamp now, bool open) {
  const auto& terms = expression_->terms;
  for (std::uint32_t i = 0; i < terms.size(); ++i) {
    if (terms[i].is_truth()) {
      truths_[i] = truth(terms[i], i, now, open);
    } else {
      known_[i] = number(i, now);
    }
  }
  judged_ = now;
  return truths_.back();
}

std::optional<double> ExpressionRun::number(std::uint32_t i, Timestamp now) {
  const Term& term = expression_->terms[i];
  if (term.kind == Kind::Constant) return term.number;
  if (term.kind == Kind::Value) {
    const auto& input = inputs_[term.slot];
    newest_[i] = input.usable ? input.time : Timestamp::min();
    const bool stale = input.fresh_for.ns > 0 && input.usable && now - input.time > input.fresh_for;
    if (!input.usable || stale) return std::nullopt;
    return input.unit.to_si(input.value);
  }
  newest_[i] = newest_[term.left];
  if (has_right(term.kind)) newest_[i] = std::max(newest_[i], newest_[term.right]);
  if (term.is_window()) return windowed(i, now);
  const auto left = known_[term.left];
  const auto right = has_right(term.kind) ? known_[term.right] : left;
  if (!left || !right) return std::nullopt;
  switch (term.kind) {
    case Kind::Negate:
      return -*left;
    case Kind::Abs:
      return std::abs(*left);
    case Kind::Add:
      return finite(*left + *right);
    case Kind::Subtract:
      return finite(*left - *right);
    case Kind::Multiply:
      return finite(*left * *right);
    default:
      return finite(*left / *right);
  }
}

/// A window takes a value when one of its signals has a new one, not whenever another signal of the
/// rule has: otherwise a slow signal's value would count the more often, the faster the others
/// come.
std::optional<double> ExpressionRun::windowed(std::uint32_t i, Timestamp now) {
  const Term& term = expression_->terms[i];
  auto& window = windows_[memory_[i].window];
  auto& fed = fed_[memory_[i].window];
  if (const auto value = known_[term.left]; value && newest_[term.left] > fed) {
    fed = newest_[term.left];
    window.add(fed, *value);
  }
  const Duration fresh_for = memory_[i].fresh_for;
  if (fed == Timestamp::min() || (fresh_for.ns > 0 && now - fed > fresh_for)) return std::nullopt;
  const auto found = window.at(now);
  return found ? finite(*found) : std::nullopt;
}

Truth ExpressionRun::compared(const Term& term, bool open) const {
  const auto left = known_[term.left];
  const auto right = known_[term.right];
  if (!left || !right) return Truth::Unknown;
  double threshold = *right;
  // While the alarm stands, what keeps it up is eased; under a `not` that means tightened.
  const double ease = !open ? 0.0 : term.negated ? -term.number : term.number;
  if (term.comparison == Comparison::Less || term.comparison == Comparison::LessEqual)
    threshold += ease;
  if (term.comparison == Comparison::Greater || term.comparison == Comparison::GreaterEqual)
    threshold -= ease;
  return compare(*left, term.comparison, threshold) ? Truth::True : Truth::False;
}

Truth ExpressionRun::held(const Term& term, Held& held, Timestamp now) {
  const Truth inner = truths_[term.left];
  if (inner != Truth::True) {
    held = {.since = {}, .began = false, .was_false = inner == Truth::False};
    return inner;
  }
  if (!held.since) {
    held.since = now;
    held.began = held.was_false;
  }
  if (now - *held.since >= term.span) return Truth::True;
  return held.began ? Truth::False : Truth::Unknown;
}

Truth ExpressionRun::truth(const Term& term, std::uint32_t i, Timestamp now, bool open) {
  switch (term.kind) {
    case Kind::Compare:
      return compared(term, open);
    case Kind::Not:
      return opposite(truths_[term.left]);
    case Kind::And:
      return std::min(truths_[term.left], truths_[term.right]);
    case Kind::Or:
      return std::max(truths_[term.left], truths_[term.right]);
    default:
      return held(term, held_[memory_[i].held], now);
  }
}

Timestamp ExpressionRun::matures() const {
  auto first = Timestamp::max();
  for (std::uint32_t i = 0; i < expression_->terms.size(); ++i) {
    const Term& term = expression_->terms[i];
    if (term.kind != Kind::Hold) continue;
    const auto& held = held_[memory_[i].held];
    if (held.since && *held.since + term.span > judged_)
      first = std::min(first, *held.since + term.span);
  }
  return first;
}

}  // namespace gemel::inference
