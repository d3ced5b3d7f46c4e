// Model exchange: the FMU gives derivatives, CVODE integrates them.

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "fmu/detail/event_iteration.hpp"
#include "fmu/detail/ode_solver.hpp"
#include "fmu/detail/simulations.hpp"

namespace gemel::fmu {
namespace {

using detail::OdeSolver;
using detail::same_within;

constexpr double kTolerance = 1e-6;
/// FMI 2.0.4, section 2.2.2: what an absolute tolerance is in terms of the relative one.
constexpr double kAbsoluteShare = 0.01;

/// Event indicators with a hair's width of hysteresis: an event happens when an indicator has
/// passed zero, not when it touches it. FMI's domains are "> 0" and "<= 0", so a root at which the
/// indicator is exactly zero would not yet be an event to the FMU.
class Domains {
 public:
  void resize(std::size_t count) {
    above_.assign(count, false);
    width_.assign(count, kLeast);
  }
  std::size_t size() const { return above_.size(); }

  /// Where each indicator stands, after an event.
  void take(std::span<const double> indicators) {
    for (std::size_t i = 0; i < indicators.size(); ++i) {
      above_[i] = indicators[i] > 0.0;
      width_[i] = std::max(width_[i], kShare * std::abs(indicators[i]));
    }
  }
  void shift(double* indicators) const {
    for (std::size_t i = 0; i < above_.size(); ++i)
      indicators[i] += above_[i] ? width_[i] : -width_[i];
  }

 private:
  static constexpr double kLeast = 1e-15, kShare = 1e-13;
  std::vector<bool> above_;
  std::vector<double> width_;
};

class ModelExchange final : public Simulation {
 public:
  ModelExchange(Instance& instance, SimulationSettings settings)
      : instance_(instance),
        settings_(std::move(settings)),
        events_(instance, settings_),
        tolerance_(settings_.tolerance.value_or(
            instance.description().experiment.tolerance.value_or(kTolerance))),
        time_s_(settings_.start_s) {}

  Result<void> start() override {
    GEMEL_TRY(events_.prepare());
    GEMEL_TRY(instance_.enter_initialisation({settings_.start_s, settings_.stop_s, tolerance_}));
    GEMEL_TRY(events_.set_inputs(settings_.start_s, InputTable::Side::After));
    GEMEL_TRY(instance_.exit_initialisation());
    GEMEL_ASSIGN(const auto outcome, events_.begin(settings_.start_s));
    ended_ = outcome.terminate;
    GEMEL_TRY(instance_.enter_continuous_time_mode());
    GEMEL_TRY(make_solver());
    GEMEL_TRY(integrate_from_here());
    return settings_.states.empty() ? Result<void>() : start_from_told_states();
  }

  Result<void> advance(double to_s) override {
    while (!ended_ && time_s_ < to_s - same_within(to_s)) {
      if (auto moved = move(to_s); !moved)
        return moved.error().within("at t = " + text::rounded(time_s_, 10) + " s");
    }
    return {};
  }

  Result<void> put(std::span<const double> states, const VariableRow& row,
                   std::span<const double> values) override {
    if (states.size() != states_) return wrong_states(states.size());
    if (states_ > 0) GEMEL_TRY(instance_.set_states(states));
    GEMEL_TRY(instance_.enter_event_mode());
    GEMEL_TRY(row.write(instance_, values));
    GEMEL_ASSIGN(const auto outcome, events_.settle(time_s_));
    ended_ = ended_ || outcome.terminate;
    if (ended_) return {};
    GEMEL_TRY(instance_.enter_continuous_time_mode());
    return integrate_from_here();
  }

  double time() const override { return time_s_; }
  bool ended() const override { return ended_; }
  std::uint64_t events() const override { return events_.count(); }
  std::uint64_t clock_ticks() const override { return events_.clocks().ticks(); }
  std::uint64_t output_clock_ticks() const override { return events_.clocks().output_ticks(); }

 private:
  /// One step of the solver, not beyond `to_s` or what is known to happen before it. FMI wants the
  /// end of a step to be told when nothing before it is asked for any more; so steps end where rows
  /// are written.
  Result<void> move(double to_s) {
    const auto event = events_.next(time_s_);
    const bool cut = event && *event <= to_s + same_within(to_s);
    const double stop_s = cut ? std::max(*event, time_s_) : to_s;
    bool root = false;
    if (stop_s > time_s_ + same_within(time_s_)) {  // otherwise there is nothing to integrate
      trouble_.reset();
      const auto stepped = solver_->step(stop_s);
      if (!stepped) return trouble_ ? *trouble_ : stepped.error();
      root = *stepped == OdeSolver::Found::Root;
    }
    const bool arrived = solver_->time() >= stop_s - same_within(stop_s);
    time_s_ = arrived ? stop_s : solver_->time();
    GEMEL_TRY(show(time_s_, solver_->state()));
    CompletedStep completed;
    if (instance_.capabilities().completed_step) {
      GEMEL_ASSIGN(completed, instance_.completed_step());
    }
    ended_ = completed.terminate;
    if (ended_ || !(root || (cut && arrived) || completed.event)) return {};
    return handle_event();
  }

  Result<void> handle_event() {
    if (settings_.on_event) GEMEL_TRY(settings_.on_event(time_s_));
    GEMEL_TRY(instance_.enter_event_mode());
    GEMEL_ASSIGN(const auto outcome, events_.handle(time_s_));
    ended_ = outcome.terminate;
    if (ended_) return {};
    GEMEL_TRY(instance_.enter_continuous_time_mode());
    if (settings_.on_event) GEMEL_TRY(settings_.on_event(time_s_));
    return integrate_from_here();
  }

  Result<void> start_from_told_states() {
    auto states =
        std::vector<double>(y_.begin(), y_.begin() + static_cast<std::ptrdiff_t>(states_));
    for (const auto& [place, value] : settings_.states) {
      if (place >= states_) return wrong_states(place + 1);
      states[place] = value;
    }
    return put(states, {}, {});
  }

  Result<void> wrong_states(std::size_t told) const {
    return {ErrorCode::InvalidInput, std::to_string(told) + " continuous states were told; " +
                                         instance_.description().model_name + " has " +
                                         std::to_string(states_)};
  }

  Result<void> make_solver() {
    GEMEL_ASSIGN(states_, instance_.count_states());
    GEMEL_ASSIGN(const auto indicators, instance_.count_event_indicators());
    // CVODE needs a state even where the FMU has none; that one stands still.
    const auto solved = std::max<std::size_t>(states_, 1);
    y_.assign(solved, 0.0);
    tolerances_.assign(solved, 1.0);
    indicators_.assign(indicators, 0.0);
    domains_.resize(indicators);
    detail::OdeProblem problem;
    problem.states = solved;
    problem.roots = indicators;
    problem.tolerance_relative = tolerance_;
    problem.step_max = settings_.integrator_step_max_s;
    problem.derivatives = [this](double t, const double* y, double* out) {
      return derivatives(t, y, out);
    };
    problem.root_values = [this](double t, const double* y, double* out) {
      return root_values(t, y, out);
    };
    if (find_jacobian()) {
      problem.jacobian = [this](double t, const double* y, double* out) {
        return jacobian(t, y, out);
      };
    }
    GEMEL_ASSIGN(solver_, OdeSolver::make(std::move(problem)));
    return {};
  }

  /// From the states that the FMU has after an event.
  Result<void> integrate_from_here() {
    if (states_ > 0) {
      GEMEL_TRY(instance_.get_states(std::span(y_).first(states_)));
      GEMEL_TRY(instance_.get_nominals(std::span(tolerances_).first(states_)));
    }
    for (auto& each : tolerances_) {
      const double nominal = std::isfinite(each) && each != 0.0 ? std::abs(each) : 1.0;
      each = kAbsoluteShare * tolerance_ * nominal;
    }
    if (!indicators_.empty()) {
      GEMEL_TRY(instance_.get_event_indicators(indicators_));
      domains_.take(indicators_);
    }
    return solver_->restart(time_s_, y_, tolerances_);
  }

  /// The FMU at that moment: time, states, inputs as they are before an event.
  Result<void> show(double t, std::span<const double> y) {
    GEMEL_TRY(instance_.set_time(t));
    if (states_ > 0) GEMEL_TRY(instance_.set_states(y.first(states_)));
    return events_.set_continuous_inputs(t, InputTable::Side::Before);
  }

  // ---- called by the solver

  /// A refusal may be of this point alone (the FMU discards it); CVODE then tries nearer by.
  int keep(const Result<void>& done) {
    if (done) return 0;
    trouble_ = done.error();
    return 1;
  }

  int derivatives(double t, const double* y, double* out) {
    if (states_ == 0) {
      out[0] = 0.0;
      return 0;
    }
    if (const int status = keep(show(t, {y, states_})); status != 0) return status;
    if (const int status = keep(instance_.get_derivatives({out, states_})); status != 0)
      return status;
    const bool finite = std::all_of(out, out + states_, [](double v) { return std::isfinite(v); });
    return finite ? 0 : keep(Error{ErrorCode::Unavailable, "a derivative is NaN or infinite"});
  }

  int root_values(double t, const double* y, double* out) {
    if (const int status = keep(show(t, {y, std::max<std::size_t>(states_, 1)})); status != 0)
      return -1;
    if (keep(instance_.get_event_indicators({out, indicators_.size()})) != 0) return -1;
    domains_.shift(out);
    return 0;
  }

  /// The FMU's own derivatives of its derivatives, where it has them for plain states.
  bool find_jacobian() {
    const auto& description = instance_.description();
    if (!instance_.capabilities().directional_derivatives || states_ == 0 ||
        description.structure.derivatives.size() != states_)
      return false;
    for (const auto& unknown : description.structure.derivatives) {
      const auto& derivative = description.variables[unknown.variable];
      if (!derivative.derivative_of || !derivative.dimensions.empty()) return false;
      derivative_references_.push_back(unknown.reference);
      state_references_.push_back(*derivative.derivative_of);
    }
    return true;
  }

  int jacobian(double t, const double* y, double* out) {
    if (const int status = keep(show(t, {y, states_})); status != 0) return status;
    constexpr double kOne = 1.0;
    for (std::size_t column = 0; column < states_; ++column) {
      const auto done =
          instance_.directional_derivative(derivative_references_, {&state_references_[column], 1},
                                           {&kOne, 1}, {out + column * states_, states_});
      if (const int status = keep(done); status != 0) return status;
    }
    return 0;
  }

  Instance& instance_;
  const SimulationSettings settings_;
  detail::Events events_;
  const double tolerance_;
  std::unique_ptr<OdeSolver> solver_;
  Domains domains_;
  std::size_t states_ = 0;
  std::vector<double> y_, tolerances_, indicators_;
  std::vector<ValueReference> derivative_references_, state_references_;
  std::optional<Error> trouble_;  // of the last step, as the FMU told it
  double time_s_;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Simulation> detail::make_model_exchange(Instance& instance,
                                                        SimulationSettings settings) {
  return std::make_unique<ModelExchange>(instance, std::move(settings));
}

}  // namespace gemel::fmu
