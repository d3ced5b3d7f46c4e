#include "ssp/detail/running_component.hpp"

#include <algorithm>

namespace gemel::ssp::detail {

Result<RunningComponent> RunningComponent::make(const CoupledSystem& system, std::size_t component,
                                                std::vector<std::size_t> inputs,
                                                std::vector<bool> matters,
                                                std::unique_ptr<fmu::Instance> instance) {
  RunningComponent made;
  made.name_ = &system.components[component].name;
  made.instance_ = std::move(instance);
  made.inputs_ = std::move(inputs);
  made.matters_ = std::move(matters);
  made.derivatives_ = made.capabilities().directional_derivatives;
  const auto& description = made.instance_->description();
  std::vector<const fmu::Variable*> variables;
  for (std::size_t i = 0; i < made.inputs_.size(); ++i) {
    const auto* variable = system.inputs[made.inputs_[i]].variable;
    variables.push_back(variable);
    if (variable->type != fmu::Type::Float64 || !made.matters_[i]) continue;
    made.real_inputs_.push_back(i);
    made.input_references_.push_back(variable->reference);
  }
  GEMEL_ASSIGN(made.input_row_, fmu::VariableRow::make(description, variables));
  variables.clear();
  for (std::size_t s = 0; s < system.sources.size(); ++s) {
    if (system.sources[s].component != component) continue;
    const auto* variable = system.sources[s].variable;
    variables.push_back(variable);
    // The standard lets derivatives be asked of outputs alone.
    if (variable->type == fmu::Type::Float64 && variable->causality == fmu::Causality::Output) {
      made.real_sources_.push_back(made.sources_.size());
      made.source_references_.push_back(variable->reference);
    }
    made.sources_.push_back(s);
  }
  GEMEL_ASSIGN(made.source_row_, fmu::VariableRow::make(description, variables));
  made.set_.resize(made.inputs_.size());
  made.row_.resize(std::max(made.inputs_.size(), made.sources_.size()));
  made.seed_.resize(made.real_inputs_.size());
  made.sensitivity_.resize(made.real_sources_.size());
  // What it starts with, so that only changes are set.
  GEMEL_TRY(made.input_row_.read(*made.instance_, made.set_));
  return made;
}

Result<void> RunningComponent::settle() {
  settled_inputs_ = set_;
  settled_sources_.resize(sources_.size());
  return source_row_.read(*instance_, settled_sources_);
}

Result<void> RunningComponent::set(std::span<const double> all) {
  const auto row = std::span(row_).first(inputs_.size());
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = all[inputs_[i]];
  if (std::equal(row.begin(), row.end(), set_.begin())) return {};
  GEMEL_TRY(input_row_.write(*instance_, row));
  std::copy(row.begin(), row.end(), set_.begin());
  return {};
}

Result<void> RunningComponent::read(std::span<double> all) {
  const auto row = std::span(row_).first(sources_.size());
  GEMEL_TRY(source_row_.read(*instance_, row));
  for (std::size_t s = 0; s < row.size(); ++s) all[sources_[s]] = row[s];
  const bool answered =
      settled_sources_.empty() || !std::equal(row.begin(), row.end(), settled_sources_.begin());
  return answered || !derivatives_ ? Result<void>() : correct(all);
}

Result<void> RunningComponent::correct(std::span<double> all) {
  bool changed = false;
  for (std::size_t k = 0; k < real_inputs_.size(); ++k) {
    seed_[k] = set_[real_inputs_[k]] - settled_inputs_[real_inputs_[k]];
    changed |= seed_[k] != 0.0;
  }
  if (!changed || real_sources_.empty()) return {};
  GEMEL_TRY(instance_->directional_derivative(source_references_, input_references_, seed_,
                                              sensitivity_));
  for (std::size_t k = 0; k < real_sources_.size(); ++k)
    all[sources_[real_sources_[k]]] += sensitivity_[k];
  return {};
}

Result<fmu::StepOutcome> RunningComponent::step(double time_s, double step_s) {
  GEMEL_ASSIGN(auto outcome, instance_->do_step(time_s, step_s));
  GEMEL_TRY(settle());
  return outcome;
}

bool RunningComponent::has_derivatives(std::size_t source) const {
  return derivatives_ && std::any_of(real_sources_.begin(), real_sources_.end(),
                                     [&](std::size_t place) { return sources_[place] == source; });
}

Result<void> RunningComponent::derivative(std::size_t input, std::span<double> all) {
  for (std::size_t k = 0; k < real_inputs_.size(); ++k)
    seed_[k] = inputs_[real_inputs_[k]] == input ? 1.0 : 0.0;
  GEMEL_TRY(instance_->directional_derivative(source_references_, input_references_, seed_,
                                              sensitivity_));
  for (std::size_t k = 0; k < real_sources_.size(); ++k)
    all[sources_[real_sources_[k]]] = sensitivity_[k];
  return {};
}

Result<void> RunningComponent::save(Saved& into) {
  into.set = set_;
  into.settled_inputs = settled_inputs_;
  into.settled_sources = settled_sources_;
  return instance_->save(into.state);
}

Result<void> RunningComponent::restore(const Saved& from) {
  set_ = from.set;
  settled_inputs_ = from.settled_inputs;
  settled_sources_ = from.settled_sources;
  return instance_->restore(from.state);
}

}  // namespace gemel::ssp::detail
