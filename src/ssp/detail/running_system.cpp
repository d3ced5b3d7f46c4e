#include "ssp/detail/running_system.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "ssp/detail/loop_solver.hpp"

namespace gemel::ssp::detail {
namespace {

/// Relative, of differences where an FMU gives no derivatives: about the root of double's accuracy.
constexpr double kDifference = 1e-7;

}  // namespace

bool is_real(fmu::Type type) { return type == fmu::Type::Float64 || type == fmu::Type::Float32; }

Result<RunningSystem> RunningSystem::make(const CoupledSystem& system, std::vector<bool> given,
                                          double loop_tolerance,
                                          std::vector<std::unique_ptr<fmu::Instance>> instances) {
  RunningSystem made(system, loop_tolerance);
  made.inputs_.resize(system.inputs.size());
  made.sources_.resize(system.sources.size());
  made.column_.resize(system.sources.size());
  made.due_.resize(instances.size());
  for (const auto& input : system.inputs)
    made.used_.push_back(!input.external || given[input.source]);
  for (std::size_t c = 0; c < instances.size(); ++c) {
    std::vector<std::size_t> inputs;
    std::vector<bool> matters;
    for (std::size_t i = 0; i < system.inputs.size(); ++i) {
      if (system.inputs[i].component != c || !made.used_[i]) continue;
      inputs.push_back(i);
      matters.push_back(made.feedthrough_.input_matters[i]);
    }
    GEMEL_ASSIGN(auto component,
                 RunningComponent::make(system, c, std::move(inputs), std::move(matters),
                                        std::move(instances[c])));
    for (std::size_t k = 0; k < component.inputs().size(); ++k)
      made.inputs_[component.inputs()[k]] = component.set_values()[k];
    made.components_.push_back(std::move(component));
  }
  return made;
}

bool RunningSystem::can_save() const {
  return std::all_of(components_.begin(), components_.end(),
                     [](const auto& each) { return each.capabilities().state; });
}

double RunningSystem::passed_on(std::size_t input) const {
  const auto& each = system_->inputs[input];
  return each.transformation(sources_[each.source]);
}

Result<void> RunningSystem::refresh(std::size_t component) {
  auto& each = components_[component];
  auto done = each.set(inputs_);
  if (done) done = each.read(sources_);
  if (!done) return done.error().within(each.name());
  due_[component] = false;
  return {};
}

Result<void> RunningSystem::evaluate(std::span<const double> external) {
  due_.assign(components_.size(), true);
  for (const auto& group : feedthrough_.groups) {
    if (group.loop) {
      GEMEL_TRY(solve(group));
      continue;
    }
    for (const auto i : group.inputs) {
      if (!used_[i]) continue;
      const auto& input = system_->inputs[i];
      const double value =
          input.external ? input.transformation(external[input.source]) : passed_on(i);
      if (value != inputs_[i] && feedthrough_.input_matters[i]) due_[input.component] = true;
      inputs_[i] = value;
    }
    for (const auto s : group.sources) {
      const auto component = system_->sources[s].component;
      if (due_[component]) GEMEL_TRY(refresh(component));
    }
  }
  // Also those that only take: what is recorded of them belongs to these inputs.
  for (std::size_t c = 0; c < components_.size(); ++c) {
    if (auto done = components_[c].set(inputs_); !done)
      return done.error().within(components_[c].name());
  }
  return check_numbers();
}

Result<void> RunningSystem::solve(const Group& group) {
  std::vector<std::size_t> members;  // the components in the loop
  bool real = true;
  LoopProblem problem;
  problem.tolerance = loop_tolerance_;
  std::vector<double> x;
  for (const auto i : group.inputs) {
    const auto& input = system_->inputs[i];
    real = real && is_real(input.variable->type);
    if (std::find(members.begin(), members.end(), input.component) == members.end())
      members.push_back(input.component);
  }
  for (const auto s : group.sources) {
    if (due_[system_->sources[s].component]) GEMEL_TRY(refresh(system_->sources[s].component));
  }
  for (const auto i : group.inputs) {
    x.push_back(passed_on(i));
    problem.scales.push_back(std::max(std::abs(x.back()), system_->inputs[i].variable->nominal));
  }
  problem.evaluate = [&](std::span<const double> at, std::span<double> g) -> Result<void> {
    for (std::size_t k = 0; k < at.size(); ++k) inputs_[group.inputs[k]] = at[k];
    for (const auto member : members) GEMEL_TRY(refresh(member));
    for (std::size_t k = 0; k < at.size(); ++k) g[k] = passed_on(group.inputs[k]);
    return {};
  };
  problem.jacobian = [&](std::span<const double> at, std::span<double> rows) -> Result<void> {
    // Truth values and counts have no derivative; their loops must settle by themselves.
    std::fill(rows.begin(), rows.end(), 0.0);
    return real ? loop_jacobian(group, problem.scales, at, rows) : Result<void>();
  };
  GEMEL_ASSIGN(const auto outcome, solve_loop(problem, x));
  loop_iterations_ += static_cast<std::uint64_t>(outcome.iterations);
  if (!outcome.converged) return unsolved(group, outcome.worst, outcome.residual);
  return {};
}

Result<void> RunningSystem::loop_jacobian(const Group& group, const std::vector<double>& scales,
                                          std::span<const double> x, std::span<double> rows) {
  const auto n = x.size();
  const auto kept = sources_;
  for (std::size_t j = 0; j < n; ++j) {
    const auto input = group.inputs[j];
    auto& component = components_[system_->inputs[input].component];
    std::fill(column_.begin(), column_.end(), 0.0);
    const bool exact =
        std::all_of(component.sources().begin(), component.sources().end(),
                    [&](std::size_t source) { return component.has_derivatives(source); });
    if (exact) {
      if (auto done = component.derivative(input, column_); !done)
        return done.error().within(component.name());
    } else {
      const double change = kDifference * scales[j];
      inputs_[input] = x[j] + change;
      GEMEL_TRY(refresh(system_->inputs[input].component));
      for (const auto s : component.sources()) column_[s] = (sources_[s] - kept[s]) / change;
      inputs_[input] = x[j];
      GEMEL_TRY(refresh(system_->inputs[input].component));
    }
    for (std::size_t i = 0; i < n; ++i) {
      const auto& taker = system_->inputs[group.inputs[i]];
      rows[i * n + j] = taker.transformation.factor * column_[taker.source];
    }
  }
  return {};
}

Error RunningSystem::unsolved(const Group& group, std::size_t worst, double residual) const {
  std::string names;
  for (const auto i : group.inputs) {
    const auto& input = system_->inputs[i];
    names += (names.empty() ? "" : ", ") + system_->components[input.component].name + "." +
             input.variable->name;
    if (names.size() > 300) {
      names += " …";
      break;
    }
  }
  const auto& input = system_->inputs[group.inputs[worst]];
  return {ErrorCode::Unavailable,
          "the algebraic loop of " + names + " does not converge; " +
              system_->components[input.component].name + "." + input.variable->name +
              " is off by " + text::rounded(residual) +
              " of its size; look at the components' start values, loosen the loop's tolerance, or "
              "put a delay between two of them"};
}

Result<void> RunningSystem::check_numbers() const {
  for (std::size_t s = 0; s < sources_.size(); ++s) {
    if (std::isfinite(sources_[s])) continue;
    const auto& source = system_->sources[s];
    return {ErrorCode::InvalidInput,
            system_->components[source.component].name + " gives " + source.variable->name + " = " +
                (std::isnan(sources_[s]) ? "NaN" : "infinity") +
                "; look at its parameters and inputs, or take smaller steps"};
  }
  return {};
}

Result<void> RunningSystem::settle() {
  for (auto& each : components_) {
    if (auto done = each.settle(); !done) return done.error().within(each.name());
  }
  return {};
}

Result<void> RunningSystem::save(Saved& into) {
  into.components.resize(components_.size());
  into.inputs = inputs_;
  into.sources = sources_;
  for (std::size_t c = 0; c < components_.size(); ++c) {
    if (auto done = components_[c].save(into.components[c]); !done)
      return done.error().within(components_[c].name());
  }
  return {};
}

Result<void> RunningSystem::restore(const Saved& from) {
  inputs_ = from.inputs;
  sources_ = from.sources;
  for (std::size_t c = 0; c < components_.size(); ++c) {
    if (auto done = components_[c].restore(from.components[c]); !done)
      return done.error().within(components_[c].name());
  }
  return {};
}

}  // namespace gemel::ssp::detail
