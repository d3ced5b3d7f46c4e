#include "inference/labels.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.hpp"

namespace gemel::inference {
namespace {

constexpr double kUncertaintyOfRules = 0.25;
constexpr double kLeastWorth = 0.02;
constexpr double kNearThreshold = 0.7;  // uncertainty from which a person is told of it
constexpr double kLike = 0.5;           // likeness from which two alarms are told to be alike

bool learnt(const Plant& plant, const std::string& source) {
  return std::ranges::any_of(plant.detectors, [&](const DetectorSpec& spec) {
    return spec.path == source && spec.score.valid();
  });
}

/// 1 at the threshold, less the further the score is from it on either side.
double uncertainty_of(double score) {
  if (!std::isfinite(score) || score <= 0.0) return 0.0;
  return std::min(score, 1.0 / score);
}

bool above(const Driver& driver) { return driver.value > driver.expected; }

/// The Bhattacharyya coefficient of two alarms' drivers; a signal that is off to the other side is
/// another driver.
double likeness(const AlarmRaised& a, const AlarmRaised& b) {
  if (a.drivers.empty() || b.drivers.empty()) return a.source == b.source ? 1.0 : 0.0;
  double sum = 0.0;
  for (const auto& one : a.drivers) {
    for (const auto& other : b.drivers) {
      if (one.signal == other.signal && above(one) == above(other))
        sum += std::sqrt(std::max(0.0, one.contribution * other.contribution));
    }
  }
  return std::min(1.0, sum);
}

/// An alarm that may be suggested, and what is known of it so far.
struct Candidate {
  const AlarmRaised* raised = nullptr;
  double uncertainty = 0.0;
  bool by_detector = false;
  std::size_t of_source = 1;
  double share = 0.0;
  double labelled_like = 0.0;  // the likeness of what is labelled and most like it
  double like = 0.0;           // the same, or of what was picked before

  double worth() const { return uncertainty * (1.0 - like) * std::sqrt(share); }
};

bool better(const Candidate& a, const Candidate& b) {
  if (a.worth() != b.worth()) return a.worth() > b.worth();
  return a.raised->alarm > b.raised->alarm;  // the newer: it is remembered better
}

std::vector<std::string> reasons_of(const Candidate& candidate, bool any_labelled) {
  std::vector<std::string> reasons;
  if (candidate.by_detector && candidate.uncertainty >= kNearThreshold) {
    reasons.push_back("its score of " + text::rounded(candidate.raised->score, 3) +
                      " is near the threshold, 1: the detector is least certain there");
  }
  if (any_labelled && candidate.labelled_like < kLike)
    reasons.emplace_back("nothing like it was labelled yet");
  if (!any_labelled) reasons.emplace_back("no alarm was labelled yet");
  if (candidate.of_source > 1) {
    reasons.push_back(candidate.raised->source + " raised " + std::to_string(candidate.of_source) +
                      " of the alarms that are listed");
  }
  return reasons;
}

}  // namespace

std::vector<LabelSuggestion> suggest_labels(const Plant& plant, std::span<const Alarm> alarms,
                                            std::size_t most) {
  std::map<std::string, std::size_t> raised_by;
  std::size_t busiest = 1;
  for (const auto& alarm : alarms) busiest = std::max(busiest, ++raised_by[alarm.raised.source]);

  std::vector<const AlarmRaised*> labelled;
  for (const auto& alarm : alarms) {
    if (alarm.label) labelled.push_back(&alarm.raised);
  }
  std::vector<Candidate> candidates;
  for (const auto& alarm : alarms) {
    if (alarm.label) continue;
    const auto& raised = alarm.raised;
    Candidate candidate{.raised = &raised, .by_detector = learnt(plant, raised.source)};
    candidate.uncertainty =
        candidate.by_detector ? uncertainty_of(raised.score) : kUncertaintyOfRules;
    candidate.of_source = raised_by[raised.source];
    candidate.share = static_cast<double>(candidate.of_source) / static_cast<double>(busiest);
    for (const auto* other : labelled)
      candidate.labelled_like = std::max(candidate.labelled_like, likeness(raised, *other));
    candidate.like = candidate.labelled_like;
    candidates.push_back(candidate);
  }

  std::vector<LabelSuggestion> suggestions;
  while (suggestions.size() < most && !candidates.empty()) {
    const auto best = std::ranges::min_element(candidates, better);
    const Candidate picked = *best;
    if (picked.worth() < kLeastWorth) break;
    candidates.erase(best);
    suggestions.push_back(
        {picked.raised->alarm, picked.worth(), reasons_of(picked, !labelled.empty())});
    for (auto& candidate : candidates)
      candidate.like = std::max(candidate.like, likeness(*candidate.raised, *picked.raised));
  }
  return suggestions;
}

}  // namespace gemel::inference
