#include "ssp/master.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "fmu/variable_row.hpp"
#include "ssp/detail/macro_step.hpp"
#include "ssp/detail/running_system.hpp"

namespace gemel::ssp {
namespace {

using detail::RunningSystem;

/// Two times are one when they differ by rounding alone.
double same_within(double time_s) { return 1e-12 * std::max(1.0, std::abs(time_s)); }

/// A step that is left of the way is not cut into a long and a tiny one.
constexpr double kStretch = 1.1;
constexpr double kSafety = 0.9, kGrowthMax = 3.0, kShrinkMax = 0.1;

std::string joined_names(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

class MasterRun final : public Master {
 public:
  MasterRun(const CoupledSystem& system, MasterSettings settings)
      : system_(system),
        settings_(std::move(settings)),
        external_(system, settings_.inputs),
        history_(system.sources.size()),
        time_s_(settings_.start_s),
        next_step_s_(settings_.step_s),
        sizes_(system.sources.size()) {}

  Result<void> prepare() {
    GEMEL_TRY(check_settings());
    for (const auto& component : system_.components) {
      fmu::InstanceOptions options;
      options.name = component.name;
      options.logging = settings_.logging;
      options.own_process = settings_.own_process;
      options.patience = settings_.patience;
      auto instance = component.fmu->instantiate(options);
      if (!instance) return instance.error().within("component " + component.name);
      instances_.push_back(std::move(*instance));
    }
    return check_abilities();
  }

  Result<void> start() override {
    for (std::size_t c = 0; c < instances_.size(); ++c) {
      if (auto done = initialise(c); !done)
        return done.error().within("component " + system_.components[c].name);
    }
    GEMEL_ASSIGN(auto running,
                 RunningSystem::make(system_, external_.given(), settings_.loop_tolerance,
                                     std::move(instances_)));
    running_.emplace(std::move(running));
    const auto outside = [&] { return external_.at(time_s_, fmu::InputTable::Side::After); };
    GEMEL_TRY(within_start(running_->evaluate(outside())));
    for (std::size_t c = 0; c < running_->size(); ++c) {
      auto& component = running_->component(c);
      if (auto done = component.instance().exit_initialisation(); !done)
        return done.error().within("component " + component.name());
    }
    GEMEL_TRY(running_->settle());
    GEMEL_TRY(within_start(running_->evaluate(outside())));
    history_.add(time_s_, running_->sources());
    step_.emplace(system_, settings_, *running_, external_);
    grow_sizes();
    return {};
  }

  Result<void> advance(double to_s, const std::stop_token& stop) override {
    while (!ended() && !stop.stop_requested() && time_s_ < to_s - same_within(to_s)) {
      if (varies_) {
        GEMEL_TRY(varied_step(limit(to_s)));
      } else {
        GEMEL_TRY(fixed_step(to_s));
      }
      ++counts_.steps;
      forget_at_jumps();
    }
    return {};
  }

  Result<void> terminate() override {
    for (std::size_t c = 0; running_ && c < running_->size(); ++c) {
      auto& component = running_->component(c);
      if (auto done = component.instance().terminate(); !done)
        return done.error().within(component.name());
    }
    return {};
  }

  double time() const override { return time_s_; }
  bool ended() const override { return step_ && step_->ended(); }
  bool varies() const override { return varies_; }
  const std::vector<std::string>& notes() const override { return notes_; }
  std::span<const double> sources() const override { return running_->sources(); }
  fmu::Instance& instance(std::size_t component) override {
    return running_ ? running_->component(component).instance() : *instances_[component];
  }
  MasterCounts counts() const override {
    auto counts = counts_;
    if (step_) counts.component_steps = step_->component_steps();
    if (running_) counts.loop_iterations = running_->loop_iterations();
    return counts;
  }

 private:
  Result<void> check_settings() const {
    if (!(settings_.step_s > 0.0))
      return {ErrorCode::InvalidInput,
              "a step of " + text::number(settings_.step_s) + " s; it must be above zero"};
    if (settings_.order > 2)
      return {ErrorCode::InvalidInput,
              "an extrapolation of order " + std::to_string(settings_.order) + "; write 0, 1 or 2"};
    if (settings_.error && !(*settings_.error > 0.0))
      return {ErrorCode::InvalidInput, "an error of " + text::number(*settings_.error) +
                                           "; it must be above zero, such as 1e-4"};
    return {};
  }

  /// What all FMUs must be able to do for what was asked.
  Result<void> check_abilities() {
    std::vector<std::string> stateless, rigid;
    for (std::size_t c = 0; c < instances_.size(); ++c) {
      const auto& can = instances_[c]->capabilities();
      if (!can.state) stateless.push_back(system_.components[c].name);
      if (!can.variable_step) rigid.push_back(system_.components[c].name);
    }
    splits_ = rigid.empty();
    varies_ = settings_.error && stateless.empty() && rigid.empty();
    if (settings_.error && !varies_) {
      notes_.push_back("steps stay at " + text::number(settings_.step_s) + " s: " +
                       (stateless.empty()
                            ? joined_names(rigid) + " can't vary the step"
                            : joined_names(stateless) + " can't save the state, so no step can be "
                                                        "taken back"));
    }
    if (settings_.corrections > 0 && !stateless.empty())
      notes_.push_back("steps are not repeated: " + joined_names(stateless) +
                       " can't save the state");
    return {};
  }

  Result<void> initialise(std::size_t c) {
    auto& instance = *instances_[c];
    GEMEL_TRY(fmu::set_from_texts(instance, system_.components[c].start_values));
    std::vector<std::pair<std::string, std::string>> own;
    const auto prefix = system_.components[c].name + ".";
    for (const auto& [name, value] : settings_.start_values) {
      if (name.starts_with(prefix)) own.emplace_back(name.substr(prefix.size()), value);
    }
    GEMEL_TRY(fmu::set_from_texts(instance, own));
    return instance.enter_initialisation(
        {settings_.start_s, splits_ ? settings_.stop_s : std::nullopt, settings_.tolerance});
  }

  Result<void> within_start(Result<void> done) const {
    if (done) return done;
    return done.error().within("at the start, t = " + text::rounded(time_s_, 10) + " s");
  }

  /// Where the next step must end at the latest: jumps of inputs are met in time.
  double limit(double to_s) const {
    const auto event = external_.next_event(time_s_ + same_within(time_s_));
    return event && *event < to_s ? *event : to_s;
  }

  /// Communication points are multiples of the step, not sums of it.
  Result<void> fixed_step(double to_s) {
    const double done = (time_s_ - settings_.start_s) / settings_.step_s;
    double next = settings_.start_s + (std::floor(done + 1e-9) + 1.0) * settings_.step_s;
    double step_s = std::abs(done - std::round(done)) < 1e-9 ? settings_.step_s : next - time_s_;
    if (const double end = limit(to_s); splits_ && end < next - same_within(next)) {
      next = end;
      step_s = end - time_s_;
    }
    GEMEL_TRY(step_->take(time_s_, step_s, history_));
    time_s_ = next;
    return {};
  }

  /// Once whole and once in two halves; their difference tells the error, and the halves stay.
  Result<void> varied_step(double limit_s) {
    GEMEL_TRY(running_->save(begin_));
    const auto history = history_;
    double step_s = next_step_s_;
    if (settings_.step_max_s > 0.0) step_s = std::min(step_s, settings_.step_max_s);
    bool shrunk = false;
    for (;;) {
      const double left = limit_s - time_s_;
      const bool last = step_s * kStretch >= left;
      const double now_s = last ? left : step_s;
      const auto error = try_step(now_s, history);
      if (ended()) return {};
      if (error && *error <= 1.0) {
        time_s_ = last ? limit_s : time_s_ + now_s;
        const double growth = shrunk ? 1.0 : kGrowthMax;
        const double wanted = now_s * std::min(growth, factor(*error));
        // A step that was cut short by a row says nothing against longer ones.
        next_step_s_ =
            last ? std::max(wanted, next_step_s_ * std::min(1.0, factor(*error))) : wanted;
        grow_sizes();
        return {};
      }
      ++counts_.rejected;
      shrunk = true;
      GEMEL_TRY(running_->restore(begin_));
      history_ = history;
      step_s = now_s * (error ? std::clamp(factor(*error), kShrinkMax, 0.7) : 0.25);
      if (step_s < settings_.step_min_s) {
        if (!error) return error.error();
        return {ErrorCode::Unavailable, "at t = " + text::rounded(time_s_, 10) +
                                            " s the step falls below " +
                                            text::number(settings_.step_min_s) +
                                            " s; loosen the error, or allow smaller steps"};
      }
    }
  }

  /// The largest error of a source over what is allowed.
  Result<double> try_step(double step_s, const SignalHistory& history) {
    GEMEL_TRY(step_->take(time_s_, step_s, history_));
    if (ended()) return 0.0;
    const std::vector<double> whole(running_->sources().begin(), running_->sources().end());
    GEMEL_TRY(running_->restore(begin_));
    history_ = history;
    GEMEL_TRY(step_->take(time_s_, 0.5 * step_s, history_));
    if (ended()) return 0.0;
    GEMEL_TRY(step_->take(time_s_ + 0.5 * step_s, 0.5 * step_s, history_));
    if (ended()) return 0.0;
    double worst = 0.0;
    const double gain = std::exp2(local_order() - 1.0) - 1.0;
    for (std::size_t s = 0; s < whole.size(); ++s) {
      if (!detail::is_real(system_.sources[s].variable->type)) continue;
      const double off = std::abs(running_->sources()[s] - whole[s]) / gain;
      const double size = std::max(
          {sizes_[s], std::abs(running_->sources()[s]), system_.sources[s].variable->nominal});
      worst = std::max(worst, off / (*settings_.error * size));
    }
    return worst;
  }

  /// The power of the step that a step's error goes with. An input that is held at a mean is not
  /// better than of third order, whatever the polynomial.
  double local_order() const { return std::min(3.0, static_cast<double>(settings_.order) + 2.0); }
  double factor(double error) const {
    return error > 0.0 ? kSafety * std::pow(error, -1.0 / local_order()) : kGrowthMax;
  }

  void grow_sizes() {
    for (std::size_t s = 0; s < sizes_.size(); ++s)
      sizes_[s] = std::max(sizes_[s], std::abs(running_->sources()[s]));
  }

  void forget_at_jumps() {
    const auto event = external_.next_event(time_s_ - 2.0 * same_within(time_s_));
    if (!event || std::abs(*event - time_s_) > same_within(time_s_)) return;
    history_.clear();
    history_.add(time_s_, running_->sources());
  }

  const CoupledSystem& system_;
  const MasterSettings settings_;
  detail::ExternalValues external_;
  std::vector<std::unique_ptr<fmu::Instance>> instances_;  // until start()
  std::optional<RunningSystem> running_;
  std::optional<detail::MacroStep> step_;
  SignalHistory history_;
  RunningSystem::Saved begin_;
  double time_s_, next_step_s_;
  std::vector<double> sizes_;  // the largest that each source has been
  MasterCounts counts_;
  std::vector<std::string> notes_;
  bool splits_ = true;  // all FMUs may be given steps of any size
  bool varies_ = false;
};

}  // namespace

std::string_view to_string(Exchange exchange) {
  return exchange == Exchange::Jacobi ? "Jacobi" : "Gauss-Seidel";
}

fmu::ModelDescription external_description(const CoupledSystem& system) {
  fmu::ModelDescription description;
  description.model_name = system.name;
  for (const auto& each : system.external) {
    fmu::Variable variable;
    variable.name = each.name;
    variable.reference = static_cast<fmu::ValueReference>(description.variables.size());
    variable.type = each.type;
    variable.causality = fmu::Causality::Input;
    variable.variability =
        each.continuous ? fmu::Variability::Continuous : fmu::Variability::Discrete;
    description.by_name.emplace(each.name, description.variables.size());
    description.variables.push_back(std::move(variable));
  }
  return description;
}

Result<std::unique_ptr<Master>> Master::make(const CoupledSystem& system, MasterSettings settings) {
  auto made = std::make_unique<MasterRun>(system, std::move(settings));
  GEMEL_TRY(made->prepare());
  return std::unique_ptr<Master>(std::move(made));
}

}  // namespace gemel::ssp
