#include "decision/advisor.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "decision/followup.hpp"
#include "decision/search.hpp"
#include "decision/wording.hpp"

namespace gemel::decision {
namespace {

constexpr double kMaterial = 0.03;  // gain of the objective that is worth an operator's time …
constexpr double kMaterialToKeep = 0.02;  // … and worth keeping on the list
constexpr double kSafeAgain = 0.97;   // doing nothing must be this sure before a warning goes away
constexpr double kClearlyMore = 0.2;  // confidence gained, where nothing is feasible
constexpr double kPairsApart =
    0.95;  // share of futures, each with and without the change, that gain

/// How much must be gained, whether or not something of this decision is on the list already.
struct Bar {
  double confidence_without;  // below: something should be done
  double gain;
};

Bar bar_for(const Snapshot& snapshot, const std::string& decision) {
  const bool listed = std::ranges::any_of(*snapshot.recommendations, [&](const Recommendation& r) {
    return r.open() && r.made.decision == decision;
  });
  return listed ? Bar{kSafeAgain, kMaterialToKeep} : Bar{kFeasible, kMaterial};
}

/// Same chance in both, so futures are compared in pairs.
double share_that_gains(const Trial& without, const Trial& with, bool maximise) {
  const auto n = std::min(without.objective.draws.size(), with.objective.draws.size());
  if (n == 0) return 0.0;
  std::size_t gains = 0;
  for (std::size_t d = 0; d < n; ++d) {
    const double less = without.objective.draws[d] - with.objective.draws[d];
    if (maximise ? less < 0.0 : less > 0.0) ++gains;
  }
  return static_cast<double>(gains) / static_cast<double>(n);
}

bool worth_it(const Trial& without, const Trial& with, bool maximise, Bar bar) {
  if (without.confidence < bar.confidence_without) {
    return with.confidence >= kFeasible ? with.confidence > without.confidence
                                        : with.confidence >= without.confidence + kClearlyMore;
  }
  if (with.confidence < kFeasible) return false;
  const double less = without.objective.mean - with.objective.mean;
  const double gain = (maximise ? -less : less) / std::max(std::abs(without.objective.mean), 1e-12);
  return gain >= bar.gain && share_that_gains(without, with, maximise) >= kPairsApart;
}

/// What is on the list stays there until something betters it materially: an optimum that jitters
/// is no news.
bool beats(const Trial& a, const Trial& b, bool maximise) {
  const bool both_feasible = a.confidence >= kFeasible && b.confidence >= kFeasible;
  if (!both_feasible || a.listed == b.listed) return better(a, b, maximise);
  const double less =
      (maximise ? -1.0 : 1.0) * (b.objective.mean - a.objective.mean) / std::abs(b.objective.mean);
  return a.listed ? less > -kMaterialToKeep : less >= kMaterialToKeep;
}

std::vector<ControlId> controls_of(const Trial& trial) {
  std::vector<ControlId> controls;
  for (const auto& change : trial.changes) controls.push_back(change.control);
  return controls;
}

/// Whether `less` changes only some of the controls that `more` changes and is better all the same.
bool makes_needless(const Trial& less, const Trial& more, bool maximise) {
  return less.changes.size() < more.changes.size() && beats(less, more, maximise) &&
         std::ranges::all_of(
             less.changes,
             [&](const Change& a) {
               return std::ranges::any_of(more.changes,
                                          [&](const Change& b) { return a.control == b.control; });
             });
}

/// The best of each set of controls: three shades of one change are no choice.
std::vector<const Trial*> one_of_each(const std::vector<Trial>& trials, bool maximise, Bar bar) {
  std::map<std::vector<ControlId>, const Trial*> best;
  for (const auto& trial : trials) {
    if (trial.changes.empty() || !worth_it(trials.front(), trial, maximise, bar)) continue;
    auto& slot = best[controls_of(trial)];
    if (slot == nullptr || beats(trial, *slot, maximise)) slot = &trial;
  }
  std::vector<const Trial*> out;
  for (const auto& [controls, trial] : best) out.push_back(trial);
  return out;
}

std::vector<const Trial*> ranked(const std::vector<Trial>& trials, bool maximise, Bar bar) {
  const auto all = one_of_each(trials, maximise, bar);
  std::vector<const Trial*> out;
  for (const auto* trial : all) {
    const bool needless = std::ranges::any_of(
        all, [&](const Trial* other) { return makes_needless(*other, *trial, maximise); });
    if (!needless) out.push_back(trial);
  }
  std::stable_sort(out.begin(), out.end(),
                   [&](const Trial* a, const Trial* b) { return better(*a, *b, maximise); });
  const auto listed = std::ranges::find_if(out, [](const Trial* trial) { return trial->listed; });
  if (listed != out.end() && beats(**listed, *out.front(), maximise))
    std::rotate(out.begin(), listed, listed + 1);
  if (out.size() > Advisor::kRanksMax) out.resize(Advisor::kRanksMax);
  return out;
}

Result<std::vector<ProposedChange>> proposed(const Search& s, const Trial& trial) {
  std::vector<ProposedChange> out;
  for (const auto& change : trial.changes) {
    const auto& control = s.plant.control(change.control);
    GEMEL_ASSIGN(const double from, present_setting(s.plant, s.snapshot, change.control));
    out.push_back({control.path, control.unit.symbol, from, change.value});
  }
  return out;
}

Result<RecommendationMade> recommendation(const Search& s, const Trial& without, const Trial& with,
                                          Timestamp now) {
  RecommendationMade made;
  made.decision = s.spec.name;
  GEMEL_ASSIGN(made.changes, proposed(s, with));
  made.title = title_of(made.changes);
  made.reason = reason_of(s, without, with);
  made.effects = effects_of(s, without, with);
  made.confidence = with.confidence;
  made.evidence = evidence_of(s, with);
  made.expires = now + s.spec.expiry;
  made.horizon = s.spec.horizon;
  made.version = with.outcome.version;
  return made;
}

/// Each tells of the others, and of doing nothing.
void tell_alternatives(std::vector<RecommendationMade>& all,
                       const std::vector<const Trial*>& trials, const Trial& without) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].rank = static_cast<std::uint32_t>(i + 1);
    for (std::size_t j = 0; j < all.size(); ++j) {
      if (i != j) all[i].alternatives.push_back(alternative_of(all[j].title, *trials[j]));
    }
    all[i].alternatives.push_back(alternative_of("Carry on as now", without));
  }
}

}  // namespace

Advisor::Advisor(std::shared_ptr<const Plant> plant, DecisionSpec spec)
    : plant_(std::move(plant)), spec_(std::move(spec)) {}

Result<Advisor> Advisor::create(std::shared_ptr<const Plant> plant, DecisionSpec spec) {
  const auto fail = [&](const std::string& why) {
    return Error{ErrorCode::InvalidInput, "decision " + spec.name + ": " + why};
  };
  if (spec.by.empty()) return fail("it names no control to decide by");
  if (spec.horizon <= Duration{})
    return fail("its horizon is " + to_string(spec.horizon) + "; it must be above 0");
  for (const auto id : spec.by) {
    if (id.index >= plant->controls.size())
      return fail("it decides by a control that the plant does not have");
  }
  for (const auto& constraint : spec.subject_to) {
    if (constraint.signal.index < plant->signals.size()) continue;
    return fail("'" + constraint.text + "' is about a signal that the plant does not have");
  }
  return Advisor(std::move(plant), std::move(spec));
}

Result<std::vector<RecommendationMade>> Advisor::propose(const Snapshot& snapshot,
                                                         const Simulator& simulator, Timestamp now,
                                                         std::uint64_t seed) const {
  const Search search{*plant_, spec_, simulator, snapshot, seed};
  GEMEL_ASSIGN(const auto trials, try_settings(search, kScenariosMax));
  const auto& without = trials.front();
  const auto chosen = ranked(trials, spec_.maximise, bar_for(snapshot, spec_.name));
  std::vector<RecommendationMade> out;
  for (const auto* trial : chosen) {
    GEMEL_ASSIGN(auto made, recommendation(search, without, *trial, now));
    out.push_back(std::move(made));
  }
  tell_alternatives(out, chosen, without);
  return out;
}

bool Advisor::needed(const Snapshot& snapshot, std::optional<Timestamp> last_look,
                     Timestamp now) const {
  if (last_look && now - *last_look < spec_.every) return false;
  return std::ranges::none_of(*snapshot.recommendations, [&](const Recommendation& r) {
    return r.made.decision == spec_.name && at_work(r, now);
  });
}

}  // namespace gemel::decision
