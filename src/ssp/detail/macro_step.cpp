#include "ssp/detail/macro_step.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace gemel::ssp::detail {
namespace {

/// Repeats of a step whose history is too short: enough for the error of the first guess to be
/// below that of the interpolation.
constexpr int kStartCorrections = 2;

}  // namespace

ExternalValues::ExternalValues(const CoupledSystem& system, const fmu::InputTable* table)
    : table_(table), given_(system.external.size()), values_(system.external.size()) {
  if (table_ == nullptr) return;
  row_.resize(table_->size());
  for (const auto* part : {&table_->continuous(), &table_->discrete()}) {
    for (const auto& name : part->columns()) {
      const auto found = std::find_if(system.external.begin(), system.external.end(),
                                      [&](const auto& each) { return each.name == name; });
      places_.push_back(static_cast<std::size_t>(found - system.external.begin()));
      given_[places_.back()] = true;
    }
  }
}

std::span<const double> ExternalValues::at(double time_s, fmu::InputTable::Side side) {
  if (table_ == nullptr) return values_;
  table_->at(time_s, side, row_);
  for (std::size_t i = 0; i < places_.size(); ++i) values_[places_[i]] = row_[i];
  return values_;
}

std::optional<double> ExternalValues::next_event(double after_s) const {
  return table_ == nullptr ? std::nullopt : table_->next_event(after_s);
}

MacroStep::MacroStep(const CoupledSystem& system, const MasterSettings& settings,
                     RunningSystem& running, ExternalValues& external)
    : system_(system),
      settings_(settings),
      running_(running),
      external_(external),
      held_(system.inputs.size()),
      end_sources_(system.sources.size()),
      known_(system.sources.size()) {}

std::size_t MacroStep::order_of(std::size_t input) const {
  const auto& each = system_.inputs[input];
  if (!is_real(each.variable->type)) return 0;
  const bool discrete = each.variable->variability != fmu::Variability::Continuous;
  return settings_.hold_discrete && discrete ? 0 : settings_.order;
}

double MacroStep::value(std::size_t input, double time_s, double end_s,
                        const SignalHistory& history) {
  const auto& each = system_.inputs[input];
  const auto order = order_of(input);
  return each.transformation(
      known_[each.source]
          ? history.interpolated(each.source, order, end_s, end_sources_[each.source], time_s)
          : history.extrapolated(each.source, order, time_s));
}

void MacroStep::hold(std::size_t component, double time_s, double step_s,
                     const SignalHistory& history) {
  const double end_s = time_s + step_s;
  for (const auto i : running_.component(component).inputs()) {
    const auto& input = system_.inputs[i];
    if (input.external) {
      // The middle is the mean of what is linear there; what is not takes the step's start.
      const double when = is_real(input.variable->type) ? time_s + 0.5 * step_s : time_s;
      held_[i] =
          input.transformation(external_.at(when, fmu::InputTable::Side::After)[input.source]);
    } else if (order_of(i) == 0) {
      held_[i] = value(i, time_s, end_s, history);
    } else {
      // Simpson's rule is exact for the mean of a parabola.
      held_[i] = (value(i, time_s, end_s, history) +
                  4.0 * value(i, time_s + 0.5 * step_s, end_s, history) +
                  value(i, end_s, end_s, history)) /
                 6.0;
    }
  }
}

Result<void> MacroStep::take(double time_s, double step_s, SignalHistory& history) {
  const bool start = history.points() < settings_.order + 1;
  int corrections = std::max(settings_.corrections, start ? kStartCorrections : 0);
  if (!running_.can_save()) corrections = 0;
  if (corrections > 0) GEMEL_TRY(running_.save(begin_));
  std::fill(known_.begin(), known_.end(), false);
  const double end_s = time_s + step_s;
  for (int i = 0;; ++i) {
    GEMEL_TRY(pass(time_s, step_s, history, i > 0));
    if (ended_) return {};
    if (auto done = running_.evaluate(external_.at(end_s, fmu::InputTable::Side::After)); !done)
      return done.error().within("at t = " + text::rounded(end_s, 10) + " s");
    if (i >= corrections) break;
    const auto sources = running_.sources();
    std::copy(sources.begin(), sources.end(), end_sources_.begin());
    std::fill(known_.begin(), known_.end(), true);
    GEMEL_TRY(running_.restore(begin_));
  }
  history.add(end_s, running_.sources());
  return {};
}

Result<void> MacroStep::pass(double time_s, double step_s, const SignalHistory& history,
                             bool again) {
  for (const auto c : running_.feedthrough().components) {
    auto& component = running_.component(c);
    hold(c, time_s, step_s, history);
    const auto act = [&]() -> Result<void> {
      GEMEL_TRY(component.set(held_));
      ++component_steps_;
      GEMEL_ASSIGN(const auto outcome, component.step(time_s, step_s));
      ended_ = ended_ || outcome.terminate;
      if (!ended_ && outcome.reached_s < time_s + step_s * (1.0 - 1e-9))
        return {ErrorCode::Unavailable,
                "the step ended early, at t = " + text::rounded(outcome.reached_s, 10) + " s"};
      const bool early = settings_.exchange == Exchange::GaussSeidel;
      return early && !ended_ ? look_ahead(c, time_s + step_s, history) : Result<void>();
    };
    if (auto done = act(); !done) {
      return done.error().within(component.name() + " at t = " + text::rounded(time_s, 10) +
                                 " s, step " + text::rounded(step_s) + " s" +
                                 (again ? ", repeated" : ""));
    }
    if (ended_) return {};
  }
  return {};
}

/// The sources of a component that has stepped, for those that step after it.
Result<void> MacroStep::look_ahead(std::size_t component, double end_s,
                                   const SignalHistory& history) {
  auto& each = running_.component(component);
  for (const auto i : each.inputs()) {
    const auto& input = system_.inputs[i];
    held_[i] =
        input.external
            ? input.transformation(external_.at(end_s, fmu::InputTable::Side::After)[input.source])
            : value(i, end_s, end_s, history);
  }
  GEMEL_TRY(each.set(held_));
  GEMEL_TRY(each.read(end_sources_));
  for (const auto s : each.sources()) known_[s] = true;
  return {};
}

}  // namespace gemel::ssp::detail
