#include "core/simulator.hpp"

#include <algorithm>
#include <cmath>

#include "base/statistics.hpp"
#include "base/text.hpp"

namespace gemel {
namespace {

constexpr std::uint32_t kDrawsMax = 1'000'000;
constexpr std::int64_t kMomentsMax = 100'000;

Error beyond(const char* what, const std::string& value, const std::string& remedy) {
  return {ErrorCode::InvalidInput,
          std::string("the scenario's ") + what + " is " + value + "; " + remedy};
}

}  // namespace

double changed(double present, double value, How how) {
  switch (how) {
    case How::Set:
      return value;
    case How::Add:
      return present + value;
    case How::Scale:
      return present * value;
  }
  return value;
}

std::vector<Difference> differences(const Outcome& as_now, const Outcome& changed) {
  std::vector<Difference> out;
  for (const auto& after : changed.indicators) {
    const auto before = std::ranges::find_if(
        as_now.indicators, [&](const Indicator& i) { return i.name == after.name; });
    if (before == as_now.indicators.end()) continue;
    std::vector<double> apart;
    const auto both = std::min(before->draws.size(), after.draws.size());
    for (std::size_t i = 0; i < both; ++i) {
      const double by = after.draws[i] - before->draws[i];
      if (std::isfinite(by)) apart.push_back(by);
    }
    if (apart.empty()) continue;
    Difference difference{.name = after.name, .unit = after.unit, .mean = mean_of(apart)};
    std::tie(difference.mean_low, difference.mean_high) = mean_interval(apart, 0.95);
    difference.low = quantile(apart, 0.05);
    difference.high = quantile(apart, 0.95);
    out.push_back(std::move(difference));
  }
  return out;
}

Result<WhatIfAnswer> compare(const Simulator& simulator, const Snapshot& start,
                             const Scenario& scenario, const Progress& progress) {
  const auto half = [&](std::uint32_t before) -> Progress {
    if (!progress) return {};
    return [&progress, before](std::uint32_t done, std::uint32_t of) {
      return progress(before + done, 2 * of);
    };
  };
  auto unchanged = scenario;
  unchanged.changes.clear();
  WhatIfAnswer out;
  GEMEL_ASSIGN(out.as_now, simulator.what_if(start, unchanged, half(0)));
  auto rest = scenario;  // when stopped, the answer compares what there is of both
  rest.draws = std::max(out.as_now.draws, 1U);
  const bool stopped = out.as_now.draws < scenario.draws;
  GEMEL_ASSIGN(out.changed,
               simulator.what_if(start, rest, stopped ? Progress{} : half(scenario.draws)));
  out.differences = differences(out.as_now, out.changed);
  return out;
}

Result<double> present_setting(const Plant& plant, const Snapshot& snapshot, ControlId id) {
  const auto& control = plant.control(id);
  if (!control.feedback.valid() || !snapshot.beliefs[control.feedback].usable()) {
    return Error{ErrorCode::Unavailable,
                 "nobody knows where " + control.path + " stands: its feedback is not usable"};
  }
  const auto& signal = plant.signal(control.feedback);
  return control.unit.from_si(signal.unit.to_si(snapshot.beliefs[control.feedback].value));
}

Result<Scenario> settled(const Plant& plant, const Snapshot& snapshot, Scenario scenario) {
  for (auto& change : scenario.changes) {
    if (!change.control.valid()) continue;
    const auto& control = plant.control(change.control);
    if (change.how != How::Set) {
      GEMEL_ASSIGN(const double present, present_setting(plant, snapshot, change.control));
      change.value = changed(present, change.value, change.how);
      change.how = How::Set;
    }
    if (control.range.contains(change.value)) continue;
    const auto& unit = control.unit.symbol;
    const auto side = [&](const std::optional<double>& limit) {
      return limit ? text::number(*limit) : std::string("anything");
    };
    return Error{ErrorCode::InvalidInput,
                 control.path + " must be from " + side(control.range.low) + " to " +
                     side(control.range.high) + " " + unit + ", not " + text::number(change.value)};
  }
  return scenario;
}

Result<void> check_scenario(const Scenario& scenario) {
  if (scenario.horizon <= Duration{})
    return beyond("horizon", to_string(scenario.horizon), "it must be above 0");
  if (scenario.step <= Duration{})
    return beyond("step", to_string(scenario.step), "it must be above 0");
  if (scenario.draws == 0 || scenario.draws > kDrawsMax) {
    return beyond("number of draws", std::to_string(scenario.draws),
                  "1 to " + std::to_string(kDrawsMax) + " are possible");
  }
  if (scenario.horizon.ns / scenario.step.ns > kMomentsMax) {
    return beyond("horizon", to_string(scenario.horizon),
                  "that is too many steps of " + to_string(scenario.step));
  }
  for (const auto& change : scenario.changes) {
    if (!std::isfinite(change.value))
      return beyond("change", text::number(change.value), "it must be a number");
  }
  return {};
}

}  // namespace gemel
