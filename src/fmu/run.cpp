#include "fmu/run.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "fmu/simulation.hpp"
#include "fmu/variable_row.hpp"

namespace gemel::fmu {
namespace {

constexpr double kRowsByDefault = 500.0;
constexpr double kRowsMax = 1e9;

/// The options with nothing left open.
struct Plan {
  Interface kind = Interface::CoSimulation;
  double start_s = 0.0, stop_s = 1.0, step_s = 0.002, output_s = 0.002;
};

Result<Plan> plan_of(const ModelDescription& description, const RunOptions& options) {
  const auto& experiment = description.experiment;
  Plan plan;
  plan.kind = options.kind.value_or(description.co_simulation ? Interface::CoSimulation
                                                              : Interface::ModelExchange);
  plan.start_s = options.start_s.value_or(experiment.start_s.value_or(0.0));
  plan.stop_s = options.stop_s.value_or(experiment.stop_s.value_or(plan.start_s + 1.0));
  if (!(plan.stop_s > plan.start_s)) {
    return Error{ErrorCode::InvalidInput, "the stop time " + text::number(plan.stop_s) +
                                              " s is not after the start, " +
                                              text::number(plan.start_s) + " s"};
  }
  const double length = plan.stop_s - plan.start_s;
  const auto proposed = options.output_s ? options.output_s : options.step_s;
  plan.output_s = proposed ? *proposed : experiment.step_s.value_or(length / kRowsByDefault);
  plan.step_s = options.step_s.value_or(plan.output_s);
  for (const double each : {plan.output_s, plan.step_s}) {
    if (!(each > 0.0) || length / each > kRowsMax) {
      return Error{ErrorCode::InvalidInput, "a step of " + text::number(each) +
                                                " s; it must be above zero and give at most "
                                                "1,000,000,000 of them"};
    }
  }
  return plan;
}

Result<VariableRow> recorded(const ModelDescription& description, const RunOptions& options) {
  std::vector<const Variable*> variables;
  for (const auto& name : options.outputs) {
    GEMEL_ASSIGN(variables.emplace_back(), description.find(name));
  }
  if (options.outputs.empty()) {
    for (const Variable* each : description.with(Causality::Output)) {
      if (is_number(each->type)) variables.push_back(each);
    }
  }
  return VariableRow::make(description, variables);
}

class Run {
 public:
  Run(const RunOptions& options, const Plan& plan, VariableRow row, RowSink& sink)
      : options_(options), plan_(plan), row_(std::move(row)), sink_(sink), values_(row_.size()) {}

  Result<RunSummary> go(Instance& instance, const std::stop_token& stop) {
    auto simulation = Simulation::make(instance, settings(instance));
    GEMEL_TRY(simulation->start());
    GEMEL_TRY(sink_.columns(row_.columns()));
    GEMEL_TRY(write(instance, plan_.start_s));
    const auto rows = static_cast<std::uint64_t>(
        std::ceil((plan_.stop_s - plan_.start_s) / plan_.output_s - 1e-9));
    for (std::uint64_t i = 1; i <= rows && !simulation->ended(); ++i) {
      if (stop.stop_requested()) {
        summary_.cancelled = true;
        break;
      }
      const double to_s =
          i == rows ? plan_.stop_s : plan_.start_s + static_cast<double>(i) * plan_.output_s;
      GEMEL_TRY(simulation->advance(to_s));
      // The row after an event at that very moment is this one.
      if (last_event_row_s_ != simulation->time()) GEMEL_TRY(write(instance, simulation->time()));
      if (options_.progress) options_.progress(static_cast<double>(i) / static_cast<double>(rows));
    }
    summary_.by_fmu = simulation->ended();
    summary_.ended_at_s = simulation->time();
    summary_.events = simulation->events();
    summary_.clock_ticks = simulation->clock_ticks();
    summary_.output_clock_ticks = simulation->output_clock_ticks();
    GEMEL_TRY(instance.terminate());
    summary_.log = instance.take_log();
    return std::move(summary_);
  }

 private:
  SimulationSettings settings(Instance& instance) {
    SimulationSettings settings;
    settings.start_s = plan_.start_s;
    settings.stop_s = plan_.stop_s;
    // The FMU's own solver knows its tolerance; told the one it proposes, some do worse.
    settings.tolerance = options_.tolerance;
    settings.step_s = plan_.step_s;
    settings.start_values = options_.start_values;
    settings.inputs = options_.inputs;
    settings.states = options_.states;
    settings.intermediate_inputs = options_.intermediate_inputs;
    settings.inputs_at_middle = options_.inputs_at_middle;
    if (options_.event_rows)
      settings.on_event = [this, &instance](double time_s) {
        last_event_row_s_ = time_s;
        return write(instance, time_s);
      };
    return settings;
  }

  Result<void> write(Instance& instance, double time_s) {
    GEMEL_TRY(row_.read(instance, values_));
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (!std::isfinite(values_[i])) {
        return {ErrorCode::InvalidInput,
                "the FMU " + instance.description().model_name + " gives " + row_.columns()[i] +
                    " = " + (std::isnan(values_[i]) ? "NaN" : "infinity") + " at t = " +
                    text::rounded(time_s, 10) + " s; look at its parameters and inputs"};
      }
    }
    ++summary_.rows;
    return sink_.row(time_s, values_);
  }

  const RunOptions& options_;
  const Plan plan_;
  const VariableRow row_;
  RowSink& sink_;
  std::vector<double> values_;
  std::optional<double> last_event_row_s_;
  RunSummary summary_;
};

}  // namespace

Result<RunSummary> run(const Fmu& fmu, const RunOptions& options, RowSink& sink,
                       std::stop_token stop) {
  const auto& description = fmu.description();
  GEMEL_ASSIGN(const auto plan, plan_of(description, options));
  GEMEL_ASSIGN(auto row, recorded(description, options));
  InstanceOptions wanted;
  wanted.name = description.model_name;
  wanted.kind = plan.kind;
  wanted.logging = options.logging;
  wanted.event_mode = true;
  wanted.own_process = options.own_process;
  wanted.patience = options.patience;
  GEMEL_ASSIGN(const auto instance, fmu.instantiate(wanted));
  return Run(options, plan, std::move(row), sink).go(*instance, stop);
}

Result<void> Recording::columns(std::span<const std::string> given) {
  names.assign(given.begin(), given.end());
  return {};
}

Result<void> Recording::row(double time_s, std::span<const double> given) {
  times_s.push_back(time_s);
  values.insert(values.end(), given.begin(), given.end());
  return {};
}

}  // namespace gemel::fmu
