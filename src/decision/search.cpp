#include "decision/search.hpp"

#include <algorithm>
#include <cmath>

namespace gemel::decision {
namespace {

constexpr int kLevels = 9;                // of one control alone
constexpr int kLevelsOnTop = 7;           // of another on top of the best
constexpr double kStepsOfRange = 40;      // a setting is a round number, about this many to a range
constexpr double kWorthAControl = 0.005;  // how much better a change of one more control must be
constexpr Duration kSettle = Duration::minutes(1);

/// 1, 2 or 5 times a power of ten, at most `width`.
double round_step(double width) {
  const double power = std::pow(10.0, std::floor(std::log10(width)));
  for (const double digit : {5.0, 2.0}) {
    if (digit * power <= width) return digit * power;
  }
  return power;
}

/// What one control can reach before the constraints count.
struct Reach {
  ControlId control;
  double present = 0.0;
  double low = 0.0;
  double high = 0.0;
  double step = 1.0;

  bool changes(double value) const { return std::abs(value - present) > 0.5 * step; }
  std::optional<double> rounded(double value) const {
    const double r = std::round(value / step) * step;
    if (r < low - 1e-9 || r > high + 1e-9 || !changes(r)) return std::nullopt;
    return r;
  }
};

Result<Reach> reach_of(const Search& s, ControlId id) {
  const auto& control = s.plant.control(id);
  GEMEL_ASSIGN(const double present, present_setting(s.plant, s.snapshot, id));
  Reach reach{id, present, control.range.low.value_or(present),
              control.range.high.value_or(present), 1.0};
  reach.step = round_step(std::max((reach.high - reach.low) / kStepsOfRange, 1e-9));
  if (control.rate_limit_per_s > 0.0) {
    const double way = control.rate_limit_per_s * judged_from(s.spec).in_seconds();
    reach.low = std::max(reach.low, present - way);
    reach.high = std::min(reach.high, present + way);
  }
  return reach;
}

std::vector<double> levels(const Reach& reach, double low, double high, int count) {
  std::vector<double> out;
  for (int i = 0; i < count; ++i) {
    const double value = low + (high - low) * i / std::max(count - 1, 1);
    const auto rounded = reach.rounded(value);
    if (rounded && (out.empty() || out.back() != *rounded)) out.push_back(*rounded);
  }
  return out;
}

/// Whether a constraint holds in every judged moment of one future.
bool holds(const Condition& constraint, const SimulatedSignal& signal, std::size_t draw) {
  const auto low = signal.worst_low[draw];
  const auto high = signal.worst_high[draw];
  return constraint.holds(low) && constraint.holds(high);
}

Error not_simulated(const Search& s, const std::string& what) {
  return {ErrorCode::InvalidInput, "decision " + s.spec.name + ": the simulator " +
                                       s.simulator.version() + " does not tell " + what};
}

class Trials {
 public:
  Trials(const Search& search, std::size_t most) : s_(search), most_(most) {}

  Result<void> run() {
    for (const auto id : s_.spec.by) {
      GEMEL_ASSIGN(auto reach, reach_of(s_, id));
      reaches_.push_back(reach);
    }
    GEMEL_TRY(add({}));
    GEMEL_TRY(add_listed());
    for (const auto& reach : reaches_) {
      GEMEL_TRY(vary(reach, {}, levels(reach, reach.low, reach.high, kLevels)));
    }
    const auto single = best().changes;
    for (const auto& reach : reaches_) {
      if (single.empty() || single.front().control == reach.control) continue;
      GEMEL_TRY(vary(reach, single, levels(reach, reach.low, reach.high, kLevelsOnTop)));
    }
    return refine();
  }

  std::vector<Trial> take() { return std::move(trials_); }

 private:
  const Trial& best() const {
    return *std::min_element(trials_.begin(), trials_.end(), [&](const Trial& a, const Trial& b) {
      return better(a, b, s_.spec.maximise);
    });
  }

  Result<void> add_listed() {
    for (const auto& r : *s_.snapshot.recommendations) {
      if (!r.open() || r.made.decision != s_.spec.name) continue;
      std::vector<Change> changes;
      for (const auto& change : r.made.changes) {
        if (const auto id = s_.plant.find_control(change.control))
          changes.push_back({*id, change.to});
      }
      const auto before = trials_.size();
      GEMEL_TRY(add(std::move(changes)));
      if (trials_.size() > before) trials_.back().listed = true;
    }
    return {};
  }

  /// Halves the grid around the best, one control after the other.
  Result<void> refine() {
    const auto changes = best().changes;
    for (const auto& change : changes) {
      const auto reach = *std::ranges::find_if(
          reaches_, [&](const Reach& r) { return r.control == change.control; });
      const double half = 0.5 * (reach.high - reach.low) / (kLevels - 1);
      GEMEL_TRY(
          vary(reach, best().changes, levels(reach, change.value - half, change.value + half, 3)));
    }
    return {};
  }

  Result<void> vary(const Reach& reach, const std::vector<Change>& base,
                    const std::vector<double>& values) {
    for (const double value : values) {
      std::vector<Change> changes;
      // In the order of the decision's controls, whatever was found first.
      for (const auto& each : reaches_) {
        if (each.control == reach.control)
          changes.push_back({reach.control, value});
        else if (const auto* kept = find(base, each.control))
          changes.push_back(*kept);
      }
      GEMEL_TRY(add(std::move(changes)));
    }
    return {};
  }

  static const Change* find(const std::vector<Change>& changes, ControlId id) {
    const auto at = std::ranges::find_if(changes, [&](const Change& c) { return c.control == id; });
    return at == changes.end() ? nullptr : &*at;
  }

  bool tried(const std::vector<Change>& changes) const {
    return std::ranges::any_of(trials_, [&](const Trial& t) {
      return std::ranges::equal(t.changes, changes, [](const Change& a, const Change& b) {
        return a.control == b.control && a.value == b.value;
      });
    });
  }

  Result<void> add(std::vector<Change> changes) {
    if (trials_.size() >= most_ || tried(changes)) return {};
    Scenario scenario;
    scenario.changes = changes;
    scenario.horizon = s_.spec.horizon;
    scenario.step = std::max(Duration::seconds(5), s_.spec.horizon / 120);
    scenario.draws = kDraws;
    scenario.seed = s_.seed;
    scenario.judged_from = judged_from(s_.spec);
    GEMEL_ASSIGN(auto outcome, s_.simulator.what_if(s_.snapshot, scenario));
    Trial trial;
    trial.changes = std::move(changes);
    trial.outcome = std::move(outcome);
    GEMEL_TRY(judge(trial));
    trials_.push_back(std::move(trial));
    return {};
  }

  Result<void> judge(Trial& trial) const {
    const auto objective = std::ranges::find_if(
        trial.outcome.indicators, [&](const Indicator& i) { return i.name == s_.spec.objective; });
    if (objective == trial.outcome.indicators.end())
      return not_simulated(s_, "'" + s_.spec.objective + "'");
    trial.objective = *objective;
    std::vector<bool> good(kDraws, true);
    for (const auto& constraint : s_.spec.subject_to) {
      const auto* signal = trial.signal(constraint.signal);
      if (signal == nullptr) return not_simulated(s_, s_.plant.signal(constraint.signal).path);
      double held = 0.0;
      for (std::size_t d = 0; d < signal->worst_low.size() && d < good.size(); ++d) {
        const bool ok = holds(constraint, *signal, d);
        held += ok ? 1.0 : 0.0;
        good[d] = good[d] && ok;
      }
      trial.held.push_back(held / kDraws);
    }
    trial.confidence = static_cast<double>(std::ranges::count(good, true)) / kDraws;
    return {};
  }

  const Search& s_;
  std::size_t most_;
  std::vector<Reach> reaches_;
  std::vector<Trial> trials_;
};

}  // namespace

const SimulatedSignal* Trial::signal(SignalId id) const {
  const auto at = std::ranges::find_if(outcome.signals,
                                       [&](const SimulatedSignal& s) { return s.signal == id; });
  return at == outcome.signals.end() ? nullptr : &*at;
}

Duration judged_from(const DecisionSpec& spec) { return std::min(kSettle, spec.horizon / 4); }

Result<std::vector<Trial>> try_settings(const Search& search, std::size_t trials_max) {
  Trials trials(search, trials_max);
  GEMEL_TRY(trials.run());
  return trials.take();
}

bool better(const Trial& a, const Trial& b, bool maximise) {
  const bool a_feasible = a.confidence >= kFeasible;
  const bool b_feasible = b.confidence >= kFeasible;
  if (a_feasible != b_feasible) return a_feasible;
  if (!a_feasible && a.confidence != b.confidence) return a.confidence > b.confidence;
  // Fewer changes win unless more are worth it.
  const double sign = maximise ? -1.0 : 1.0;
  const double fewer =
      static_cast<double>(a.changes.size()) - static_cast<double>(b.changes.size());
  const double handicap = kWorthAControl * std::abs(b.objective.mean) * fewer;
  return sign * a.objective.mean + handicap < sign * b.objective.mean;
}

}  // namespace gemel::decision
