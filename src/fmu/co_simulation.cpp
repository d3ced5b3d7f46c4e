// Co-simulation: the FMU brings its own solver and is taken from one communication point to the
// next.

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "fmu/detail/event_iteration.hpp"
#include "fmu/detail/simulations.hpp"

namespace gemel::fmu {
namespace {

using detail::same_within;

class CoSimulation final : public Simulation {
 public:
  CoSimulation(Instance& instance, SimulationSettings settings)
      : instance_(instance),
        settings_(std::move(settings)),
        events_(instance, settings_),
        event_mode_(instance.description().major == 3 && instance.options().event_mode &&
                    instance.capabilities().event_mode),
        split_steps_(event_mode_ || instance.capabilities().variable_step),
        time_s_(settings_.start_s) {}

  Result<void> start() override {
    GEMEL_TRY(events_.prepare());
    if (settings_.intermediate_inputs) GEMEL_TRY(serve_intermediate_inputs());
    GEMEL_TRY(
        instance_.enter_initialisation({settings_.start_s, settings_.stop_s, settings_.tolerance}));
    GEMEL_TRY(events_.set_inputs(settings_.start_s, InputTable::Side::After));
    GEMEL_TRY(instance_.exit_initialisation());
    if (!event_mode_) return {};
    GEMEL_ASSIGN(const auto outcome, events_.begin(settings_.start_s));
    ended_ = outcome.terminate;
    return instance_.enter_step_mode();
  }

  Result<void> advance(double to_s) override {
    while (!ended_ && time_s_ < to_s - same_within(to_s)) {
      const auto stop = next_stop(to_s);
      if (auto stepped = step(stop); !stepped)
        return stepped.error().within("at t = " + text::rounded(time_s_, 10) + " s");
    }
    return {};
  }

  Result<void> put(std::span<const double>, const VariableRow&, std::span<const double>) override {
    return {ErrorCode::Unsupported, instance_.description().model_name +
                                        ": continuous states can't be set in co-simulation"};
  }

  double time() const override { return time_s_; }
  bool ended() const override { return ended_; }
  std::uint64_t events() const override { return events_.count(); }
  std::uint64_t clock_ticks() const override { return events_.clocks().ticks(); }
  std::uint64_t output_clock_ticks() const override { return events_.clocks().output_ticks(); }

 private:
  struct Stop {
    double time_s;
    double step_s;  // the very communication step where nothing cuts it short
    bool event;
  };

  /// Communication points are multiples of the step, not sums of it.
  Stop next_stop(double to_s) const {
    const double done = (time_s_ - settings_.start_s) / settings_.step_s;
    const double next = settings_.start_s + (std::floor(done + 1e-9) + 1.0) * settings_.step_s;
    Stop stop{next, settings_.step_s, false};
    const bool on_grid = std::abs(done - std::round(done)) < 1e-9;
    if (!on_grid) stop.step_s = next - time_s_;
    if (split_steps_ && to_s < next - same_within(next)) stop = {to_s, to_s - time_s_, false};
    // A solver may refuse a step that rounding takes a hair's width beyond the end it was told.
    if (const double end = settings_.stop_s.value_or(to_s);
        stop.time_s >= end - same_within(end) && time_s_ < end)
      stop = {end, end - time_s_, false};
    auto event = split_steps_ ? events_.next(time_s_) : std::nullopt;
    if (event) event = std::max(*event, time_s_);  // what is overdue happens now
    if (event && *event <= stop.time_s + same_within(stop.time_s)) {
      stop.event = true;
      if (*event < stop.time_s - same_within(stop.time_s)) stop = {*event, *event - time_s_, true};
    }
    return stop;
  }

  Result<void> step(const Stop& stop) {
    const double shift = settings_.inputs_at_middle ? 0.5 * stop.step_s : 0.0;
    if (!event_mode_) GEMEL_TRY(events_.set_inputs(time_s_ + shift, InputTable::Side::After));
    bool event = stop.event;
    if (stop.step_s > same_within(time_s_)) {
      if (event_mode_)
        GEMEL_TRY(events_.set_continuous_inputs(time_s_ + shift, InputTable::Side::After));
      GEMEL_ASSIGN(const auto outcome, instance_.do_step(time_s_, stop.step_s));
      const bool early = outcome.reached_s < stop.time_s - same_within(stop.time_s);
      if (early && outcome.reached_s <= time_s_ && !outcome.event && !outcome.terminate)
        return {ErrorCode::Unavailable, "the FMU's step does not come forward"};
      time_s_ = early ? outcome.reached_s : stop.time_s;
      ended_ = outcome.terminate;
      event = (event && !early) || outcome.event;
    } else {
      time_s_ = stop.time_s;
    }
    return event && event_mode_ && !ended_ ? handle_event() : Result<void>();
  }

  Result<void> handle_event() {
    if (settings_.on_event) GEMEL_TRY(settings_.on_event(time_s_));
    GEMEL_TRY(instance_.enter_event_mode());
    GEMEL_ASSIGN(const auto outcome, events_.handle(time_s_));
    ended_ = outcome.terminate;
    GEMEL_TRY(instance_.enter_step_mode());
    return settings_.on_event ? settings_.on_event(time_s_) : Result<void>();
  }

  Result<void> serve_intermediate_inputs() {
    return instance_.on_intermediate_update([this](const IntermediateUpdate& update) {
      // A refusal here shows in the step's own answer.
      if (update.may_set)
        (void)events_.set_continuous_inputs(update.time_s, InputTable::Side::Before);
    });
  }

  Instance& instance_;
  const SimulationSettings settings_;
  detail::Events events_;
  const bool event_mode_;
  const bool split_steps_;  // steps may differ, so that events are met in time
  double time_s_;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Simulation> detail::make_co_simulation(Instance& instance,
                                                       SimulationSettings settings) {
  return std::make_unique<CoSimulation>(instance, std::move(settings));
}

std::unique_ptr<Simulation> Simulation::make(Instance& instance, SimulationSettings settings) {
  return instance.options().kind == Interface::CoSimulation
             ? detail::make_co_simulation(instance, std::move(settings))
             : detail::make_model_exchange(instance, std::move(settings));
}

}  // namespace gemel::fmu
