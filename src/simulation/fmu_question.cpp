#include "simulation/fmu_question.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gemel::simulation {
namespace {

constexpr double kKeptMax = 2e8;  // values of all futures, 8 bytes each

}  // namespace

Result<FmuSimulator::Question> FmuSimulator::understand(const Snapshot& start,
                                                        const Scenario& scenario) const {
  GEMEL_TRY(check_scenario(scenario));
  Question question(scenario);
  question.horizon_s = scenario.horizon.in_seconds();
  question.step_s = scenario.step.in_seconds();
  question.judged_from_s = scenario.judged_from.in_seconds();
  question.draws = scenario.draws;
  for (double t = 0.0; t < question.horizon_s * (1.0 - 1e-9); t += question.step_s)
    question.moments_s.push_back(t);
  question.moments_s.push_back(question.horizon_s);
  const double kept = static_cast<double>(question.moments_s.size() * outputs_.size()) *
                      static_cast<double>(scenario.draws);
  if (kept > kKeptMax) {
    return Error{ErrorCode::Capacity,
                 "so many futures and moments are too much to keep; ask for "
                 "fewer futures or longer steps"};
  }
  for (const auto& [name, value] : told_) question.start[*model_->find(name)] = value;
  for (const auto& bound : bound_) {
    if (!bound.quantity->may_be_set) continue;
    double present = 0.0;
    if (bound.signal.valid()) {
      const auto& belief = start.beliefs[bound.signal];
      if (!belief.usable()) {
        question.warnings.push_back(
            plant_->signal(bound.signal).path + " is not known now; the FMU starts from its own " +
            bound.quantity->name + " = " + text::rounded(bound.quantity->start));
        continue;
      }
      present = belief.value;
    } else {
      const auto setting = present_setting(*plant_, start, bound.control);
      if (!setting) continue;  // bound to a signal as well, or as the FMU proposes
      present = *setting;
    }
    question.start[bound.quantity] = bound.to_fmu(present);
  }
  take_followed(start, question);
  GEMEL_TRY(take_changes(scenario, question));
  return question;
}

void FmuSimulator::take_followed(const Snapshot& start, Question& question) const {
  if (!following_) return;
  const auto present = fmu_present(*plant_, *following_, start);
  for (std::size_t i = 0; i < following_->followed.size(); ++i) {
    const auto& what = following_->followed[i];
    const auto* quantity = quantity_of(what.of.variable);
    auto at = present.starts[i];
    if (!present.told[i]) {
      question.warnings.push_back(what.quantity.name +
                                  " is not followed now; it starts as described");
      // A state that a gauge shows starts there, as what is bound does; one of which nothing is
      // said as the FMU begins.
      const bool bound = quantity != nullptr && question.start.contains(quantity);
      if (what.kind != FmuFollowing::Kind::Slow && (bound || !std::isfinite(at.mean))) continue;
      if (!std::isfinite(at.mean)) at.mean = quantity->start;
    }
    if (quantity != nullptr) question.start[quantity] = at.mean;
    question.followed.push_back({&what, quantity, at});
  }
}

Result<void> FmuSimulator::take_changes(const Scenario& scenario, Question& question) const {
  const auto adjustable = [&](const std::string& name) -> Result<const Quantity*> {
    std::vector<std::string> names;
    for (const auto* quantity : adjustable_) {
      if (quantity->name == name) return quantity;
      names.push_back(quantity->name);
    }
    return Error{ErrorCode::NotFound, model_->name() + " has no parameter or input '" + name + "'" +
                                          text::did_you_mean(name, names)};
  };
  const auto present = [&](const Quantity* quantity) {
    const auto known = question.start.find(quantity);
    return known == question.start.end() ? quantity->start : known->second;
  };
  for (const auto& change : scenario.changes) {
    if (change.control.valid()) {
      const auto bound =
          std::ranges::find_if(bound_, [&](const Bound& b) { return b.control == change.control; });
      if (bound == bound_.end()) {
        return Error{ErrorCode::InvalidInput, "nothing of " + model_->name() +
                                                  " is bound to the control " +
                                                  plant_->control(change.control).path};
      }
      const double rate = plant_->control(change.control).rate_limit_per_s / std::abs(bound->scale);
      question.moves.push_back(
          {bound->quantity, present(bound->quantity), bound->to_fmu(change.value), rate});
      continue;
    }
    GEMEL_ASSIGN(const auto* quantity, adjustable(change.quantity));
    const auto& [low, high] = std::pair(quantity->variable->min, quantity->variable->max);
    const double value = changed(present(quantity), change.value, change.how);
    if ((low && value < *low) || (high && value > *high)) {
      return Error{ErrorCode::InvalidInput, quantity->name + " can't be " + text::number(value) +
                                                "; the FMU takes " +
                                                (low ? text::number(*low) : "anything") + " to " +
                                                (high ? text::number(*high) : "anything")};
    }
    question.start[quantity] = value;
    question.followed_changes.push_back({quantity, change.value, change.how});
  }
  for (const auto& uncertain : scenario.uncertain) {
    GEMEL_ASSIGN(const auto* quantity, adjustable(uncertain.quantity));
    question.uncertain.push_back(quantity);
    question.start.emplace(quantity, quantity->start);
  }
  return {};
}

}  // namespace gemel::simulation
