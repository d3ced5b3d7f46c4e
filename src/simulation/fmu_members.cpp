#include "simulation/fmu_members.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace gemel::simulation {
namespace {

constexpr std::chrono::milliseconds kPatience{2'000};

}  // namespace

Result<std::unique_ptr<FmuMembers>> FmuMembers::make(std::shared_ptr<const FmuFollowing> following,
                                                     StartValues start_values) {
  return following->interface == fmu::Interface::ModelExchange
             ? detail::make_exchange_members(std::move(following), std::move(start_values))
             : detail::make_stepped_members(std::move(following), std::move(start_values));
}

Result<void> FmuMembers::prepare() {
  const auto& description = following_->fmu->description();
  std::vector<const fmu::Variable*> watched;
  for (const auto& each : following_->watched) watched.push_back(each.of.variable);
  for (const auto& each : following_->inputs) given_variables_.push_back(each.of.variable);
  for (const auto& each : following_->followed) {
    if (each.kind == FmuFollowing::Kind::Slow) given_variables_.push_back(each.of.variable);
  }
  for (const auto* each : given_variables_) {
    double start = start_of(*each);
    for (const auto& [name, value] : following_->start_values) {
      if (name == each->name) text::parse_number(value, start);
    }
    given_values_.push_back(start);
  }
  GEMEL_ASSIGN(watched_, fmu::VariableRow::make(description, watched));
  GEMEL_ASSIGN(given_, fmu::VariableRow::make(description, given_variables_));
  proposed_.assign(following_->shown(), 0.0);
  proposed_.insert(proposed_.end(),
                   given_values_.begin() + static_cast<std::ptrdiff_t>(following_->inputs.size()),
                   given_values_.end());
  return {};
}

void FmuMembers::give(std::span<const double> inputs) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!std::isfinite(inputs[i])) continue;
    const auto type = given_variables_[i]->type;
    const bool whole = type != fmu::Type::Float64 && type != fmu::Type::Float32;
    given_values_[i] = whole ? std::round(inputs[i]) : inputs[i];
  }
}

std::span<const double> FmuMembers::given_with(std::span<const double> member) {
  const auto inputs = following_->inputs.size(), shown = following_->shown();
  for (std::size_t k = 0; shown + k < member.size(); ++k) {
    // A filter's members know no bounds; the FMU may.
    const auto& variable = *given_variables_[inputs + k];
    double value = member[shown + k];
    if (variable.min) value = std::max(value, *variable.min);
    if (variable.max) value = std::min(value, *variable.max);
    given_values_[inputs + k] = value;
  }
  return given_values_;
}

fmu::InstanceOptions detail::instance_options(const FmuFollowing& following) {
  fmu::InstanceOptions options;
  options.name = following.fmu->description().model_name;
  options.kind = following.interface;
  options.own_process = following.own_process;
  options.patience = kPatience;
  return options;
}

}  // namespace gemel::simulation
