#include "simulation/network_question.hpp"

#include <algorithm>
#include <cmath>

#include "base/random.hpp"
#include "base/text.hpp"

namespace gemel::simulation {
namespace {

constexpr double kFarSpreads = 2.0;  // from what was described: worth telling

Result<void> check_bounds(const std::string& name, const NetworkPlace& place, double value) {
  if (value >= place.low && value <= place.high) return {};
  return Error{ErrorCode::InvalidInput, "'" + name + "' can't be " + text::number(value) +
                                            "; it may be " + text::number(place.low) + " to " +
                                            text::number(place.high)};
}

bool remembers(const FollowedQuantity& quantity) {
  return quantity.wander > 0.0 && quantity.memory > 0.0;
}

/// What a quantity comes back to, of which it shows `present` now. Before that was known it lay
/// about its start, together with how far the quantity strays from it as far as the spread says;
/// `deviate` is standard normal. (Normal prior, normal observation.)
double drawn_usual(const FollowedQuantity& quantity, double present, double deviate) {
  const double strays = 0.5 * quantity.wander * quantity.wander * quantity.memory;  // variances
  const double prior = std::max(quantity.spread * quantity.spread - strays, 0.0);
  const double weight = prior / (prior + strays);
  return quantity.start + weight * (present - quantity.start) +
         std::sqrt(weight * strays) * deviate;
}

}  // namespace

Result<NetworkQuestion> NetworkQuestion::put(const Plant& plant, const NetworkBinding& binding,
                                             const Snapshot& snapshot, const Scenario& scenario) {
  NetworkQuestion made(binding, scenario);
  made.take_present(plant, snapshot);
  GEMEL_TRY(made.take(plant, scenario));
  return made;
}

void NetworkQuestion::take_present(const Plant& plant, const Snapshot& snapshot) {
  parameters_ = binding_.network->given();
  std::vector<std::string> missing;
  for (const auto& input : binding_.inputs) {
    const auto shown = shown_now(plant, snapshot, input.signal);
    if (shown)
      parameters_[input.place] = *shown;
    else
      missing.push_back(plant.signal(input.signal).path);
  }
  if (!missing.empty())
    warnings_.push_back("as described, for want of a present value: " + text::join(missing, ", "));
  const bool time_is_known = snapshot.at > Timestamp::min();
  for (const auto& planned : binding_.maintenance) {
    const double past =
        time_is_known ? std::fmod((snapshot.at - planned.on).in_seconds(), planned.every) : 0.0;
    due_.push_back(past > 0.0 ? planned.every - past : -past);
    if (!time_is_known)
      warnings_.push_back("nobody knows the time: " + planned.name + " is taken as due now");
  }
  held_ = held_quantities(plant, binding_, snapshot);
  const auto untold = std::ranges::count_if(held_, [](const auto& one) { return !one.told; });
  if (untold > 0)
    warnings_.push_back(std::to_string(untold) + " of " + std::to_string(held_.size()) +
                        " states and slow quantities are as described: no tracker has told them "
                        "of late");
  for (std::size_t i = 0; i < held_.size(); ++i) {
    const auto& [quantity, place] = binding_.followed[i];
    const double off = held_[i].mean - quantity.start;
    if (place.is_state() || !held_[i].told || std::abs(off) < kFarSpreads * quantity.spread)
      continue;
    findings_.push_back(quantity.name + ": " + text::rounded(held_[i].mean, 3) + ", described as " +
                        text::rounded(quantity.start, 3) + " ± " +
                        text::rounded(quantity.spread, 2));
  }
}

/// What a quantity is now: the middle of what is believed.
double NetworkQuestion::present(const std::string& name, const NetworkPlace& place) const {
  for (std::size_t i = 0; i < held_.size(); ++i) {
    if (binding_.followed[i].quantity.name == name) return held_[i].mean;
  }
  switch (place.of) {
    case NetworkPlace::Of::State:
      return binding_.network->states()[place.place].value;
    case NetworkPlace::Of::Maintenance:
      return due_[place.place];
    case NetworkPlace::Of::Parameter:
      break;
  }
  return parameters_[place.place];
}

Result<void> NetworkQuestion::take(const Plant& plant, const Scenario& scenario) {
  for (const auto& change : scenario.changes) {
    if (!change.control.valid()) {
      GEMEL_ASSIGN(const auto place, binding_.find(change.quantity));
      GEMEL_TRY(check_bounds(change.quantity, place,
                             changed(present(change.quantity, place), change.value, change.how)));
      moved_.push_back({place, change.value, change.how});
      continue;
    }
    const auto& control = plant.control(change.control);
    const auto found =
        std::ranges::find(binding_.moved, change.control, &NetworkBinding::Moved::control);
    if (found == binding_.moved.end())
      return Error{ErrorCode::InvalidInput,
                   "the equations don't say what " + control.path + " moves; bind it to an input"};
    const double present = control.unit.from_si(parameters_[found->place]);
    const double value = control.unit.to_si(changed(present, change.value, change.how));
    GEMEL_ASSIGN(const auto place, binding_.find(found->name));
    GEMEL_TRY(check_bounds(found->name, place, value));
    moved_.push_back({place, value, How::Set});
  }
  for (const auto& uncertain : scenario.uncertain) {
    GEMEL_ASSIGN(const auto place, binding_.find(uncertain.quantity));
    uncertain_.push_back(place);
  }
  return {};
}

void NetworkQuestion::start(std::size_t draw, NetworkStart& at) const {
  Random chance((seed_ + 1) * 0x9e3779b97f4a7c15ULL ^ (draw * 0xbf58476d1ce4e5b9ULL));
  at.parameters = parameters_;
  at.due = due_;
  at.usual.clear();
  for (std::size_t i = 0; i < held_.size(); ++i) {
    const auto& place = binding_.followed[i].place;
    const double value = held_[i].mean + held_[i].spread * chance.normal();
    at.at(place) = std::clamp(value, place.low, place.high);
  }
  for (const auto& [quantity, place] : binding_.followed) {
    if (remembers(quantity))
      at.usual.push_back(drawn_usual(quantity, at.at(place), chance.normal()) - at.at(place));
  }
  for (std::size_t i = 0; i < uncertain_.size(); ++i) {
    const auto& place = uncertain_[i];
    double& value = at.at(place);
    value = drawn_.value(i, static_cast<std::uint32_t>(draw), value);
    value = std::clamp(value, place.low, place.high);
  }
  for (const auto& moved : moved_) {
    double& value = at.at(moved.place);
    value = std::clamp(changed(value, moved.value, moved.how), moved.place.low, moved.place.high);
  }
  // What is changed is usual from now on.
  auto usual = at.usual.begin();
  for (const auto& [quantity, place] : binding_.followed) {
    if (remembers(quantity)) *usual++ += at.at(place);
  }
}

std::vector<PlannedWork> NetworkQuestion::maintenance() const {
  std::vector<PlannedWork> all;
  for (const auto& planned : binding_.maintenance) all.push_back({planned.every, planned.sets});
  return all;
}

std::vector<Wandering> NetworkQuestion::wandering() const {
  std::vector<Wandering> all;
  for (const auto& [quantity, place] : binding_.followed) {
    if (quantity.wander > 0.0) all.push_back({place, quantity.wander, quantity.memory});
  }
  return all;
}

}  // namespace gemel::simulation
