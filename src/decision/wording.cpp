#include "decision/wording.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.hpp"

namespace gemel::decision {
namespace {

std::string with_unit(double value, const std::string& unit) {
  return text::rounded(value, 4) + (unit.empty() ? "" : " " + unit);
}

std::string percent(double share) { return text::rounded(std::round(100.0 * share), 3) + " %"; }

/// "line_1.pump_1.speed_setpoint" -> "pump_1.speed_setpoint".
std::string short_path(const std::string& path) {
  const auto last = path.rfind('.');
  if (last == std::string::npos || last == 0) return path;
  const auto before = path.rfind('.', last - 1);
  return before == std::string::npos ? path : path.substr(before + 1);
}

bool is_inside(const std::string& path, const std::string& root) {
  return root.empty() || path == root || (path.starts_with(root) && path[root.size()] == '.');
}

/// The part of the plant that an asset belongs to: its parent, unless that is the whole plant.
std::string part_of(const Plant& plant, AssetId id) {
  const auto& asset = plant.asset(id);
  if (!asset.parent.valid() || plant.asset(asset.parent).path.empty()) return asset.path;
  return plant.asset(asset.parent).path;
}

std::set<std::string> parts_concerned(const Search& s, const Trial& with) {
  std::set<std::string> parts;
  for (const auto& change : with.changes)
    parts.insert(part_of(s.plant, s.plant.control(change.control).asset));
  for (const auto& c : s.spec.subject_to)
    parts.insert(part_of(s.plant, s.plant.signal(c.signal).asset));
  return parts;
}

ExpectedEffect effect_of(const Indicator& without, const Indicator& with) {
  return {with.name, with.unit, without.mean, with.mean, with.low, with.high};
}

}  // namespace

std::string title_of(const std::vector<ProposedChange>& changes) {
  std::string title;
  for (const auto& change : changes) {
    const bool up = change.to > change.from;
    title += title.empty() ? (up ? "Raise " : "Lower ") : (up ? " and raise " : " and lower ");
    title += short_path(change.control) + " from " + text::rounded(change.from, 4) + " to " +
             with_unit(change.to, change.unit);
  }
  return title;
}

std::string reason_of(const Search& s, const Trial& without, const Trial& with) {
  const auto ahead = to_string(s.spec.horizon);
  if (without.confidence < kFeasible) {
    const auto worst =
        static_cast<std::size_t>(std::ranges::min_element(without.held) - without.held.begin());
    const auto& constraint = s.spec.subject_to[worst];
    return "Carrying on as now breaks '" + constraint.text + "' in " +
           percent(1.0 - without.held[worst]) + " of the simulated futures of the next " + ahead +
           "; with this change in " + percent(1.0 - with.held[worst]) + ".";
  }
  const double gain = std::abs(with.objective.mean / without.objective.mean - 1.0);
  return "It brings " + s.spec.objective + " from " +
         with_unit(without.objective.mean, with.objective.unit) + " to " +
         with_unit(with.objective.mean, with.objective.unit) + " (" + percent(gain) + " " +
         (s.spec.maximise ? "more" : "less") + ") over the next " + ahead +
         "; every constraint holds in " + percent(with.confidence) + " of the simulated futures.";
}

std::vector<ExpectedEffect> effects_of(const Search& s, const Trial& without, const Trial& with) {
  std::vector<ExpectedEffect> effects;
  std::set<SignalId> shown;
  for (const auto& constraint : s.spec.subject_to) {
    if (!shown.insert(constraint.signal).second) continue;
    const auto& signal = s.plant.signal(constraint.signal);
    const auto* then = with.signal(constraint.signal);
    effects.push_back({signal.path, signal.unit.symbol,
                       without.signal(constraint.signal)->mean.back(), then->mean.back(),
                       then->low.back(), then->high.back()});
  }
  effects.push_back(effect_of(without.objective, with.objective));
  for (std::size_t i = 0; i < with.outcome.indicators.size(); ++i) {
    const auto& indicator = with.outcome.indicators[i];
    if (indicator.name != s.spec.objective)
      effects.push_back(effect_of(without.outcome.indicators[i], indicator));
  }
  return effects;
}

std::vector<std::string> evidence_of(const Search& s, const Trial& with) {
  std::vector<std::string> evidence;
  const auto parts = parts_concerned(s, with);
  for (const auto& alarm : *s.snapshot.alarms) {
    const bool touches = std::ranges::any_of(
        parts, [&](const std::string& part) { return is_inside(alarm.raised.asset, part); });
    if (alarm.active() && touches)
      evidence.push_back("alarm on " + alarm.raised.asset + ": " + alarm.raised.name);
  }
  evidence.insert(evidence.end(), with.outcome.findings.begin(), with.outcome.findings.end());
  for (const auto& warning : with.outcome.warnings)
    evidence.push_back("the simulator warns: " + warning);
  return evidence;
}

std::string alternative_of(const std::string& title, const Trial& trial) {
  return title + ": " + trial.objective.name + " " +
         with_unit(trial.objective.mean, trial.objective.unit) + ", confidence " +
         percent(trial.confidence);
}

}  // namespace gemel::decision
