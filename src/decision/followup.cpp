#include "decision/followup.hpp"

#include <algorithm>
#include <cmath>

namespace gemel::decision {
namespace {

constexpr double kSameShareOfChange = 0.2;
constexpr double kSameShareOfRange = 0.02;
constexpr double kTailShare = 0.1;
constexpr Duration kTailMax = Duration::minutes(1);
constexpr Duration kGrace = Duration::seconds(5);  // for the last samples to arrive
constexpr std::size_t kRecordsMax = 1'000'000;
constexpr std::string_view kTwin = "twin";

double nearness(const ProposedChange& a, const ProposedChange& b, const Plant& plant) {
  const double of_change =
      kSameShareOfChange * std::max(std::abs(a.to - a.from), std::abs(b.to - b.from));
  const auto id = plant.find_control(a.control);
  if (!id) return of_change;
  const auto& range = plant.control(*id).range;
  if (!range.low || !range.high) return of_change;
  return std::max(of_change, kSameShareOfRange * (*range.high - *range.low));
}

bool rejected_lately(const Recommendation& r, Timestamp now) {
  return r.decided && r.decided->verdict == Verdict::Rejected && now < r.made.expires;
}

RecommendationDecided withdrawn(const Recommendation& r, std::string why) {
  return {r.made.recommendation, Verdict::Withdrawn, std::string(kTwin), std::move(why)};
}

TimeRange horizon_of(const Recommendation& r) {
  return {r.decided_at, r.decided_at + r.made.horizon};
}

/// Mean of the usable values; nothing if there is none.
Result<std::optional<double>> mean_over(const HistoryReader& history, SignalId signal,
                                        TimeRange range) {
  GEMEL_ASSIGN(const auto records, history.read(signal, range, Timestamp::max(), kRecordsMax));
  double sum = 0.0;
  double count = 0.0;
  for (const auto& record : records) {
    if (!record.quality.usable()) continue;
    sum += record.value;
    count += 1.0;
  }
  if (count == 0.0) return std::optional<double>();
  return std::optional(sum / count);
}

std::optional<double> find(const std::vector<Indicator>& indicators, const std::string& name) {
  const auto at =
      std::ranges::find_if(indicators, [&](const Indicator& i) { return i.name == name; });
  if (at == indicators.end()) return std::nullopt;
  return at->mean;
}

}  // namespace

bool same_advice(const RecommendationMade& a, const RecommendationMade& b, const Plant& plant) {
  return a.decision == b.decision &&
         std::ranges::equal(
             a.changes, b.changes, [&](const ProposedChange& x, const ProposedChange& y) {
               return x.control == y.control && std::abs(x.to - y.to) <= nearness(x, y, plant);
             });
}

bool at_work(const Recommendation& r, Timestamp now) {
  return r.decided && r.decided->verdict == Verdict::Approved &&
         now < r.decided_at + r.made.horizon;
}

bool measurable(const Recommendation& r, Timestamp now) {
  return r.decided && r.decided->verdict == Verdict::Approved && !r.measured &&
         now >= r.decided_at + r.made.horizon + kGrace;
}

std::vector<RecommendationDecided> expire(const Snapshot& snapshot, Timestamp now) {
  std::vector<RecommendationDecided> out;
  for (const auto& r : *snapshot.recommendations) {
    if (!r.open() || now < r.made.expires) continue;
    out.push_back({r.made.recommendation, Verdict::Expired, std::string(kTwin),
                   "nobody answered before " + to_string(r.made.expires)});
  }
  return out;
}

ListChange reconcile(const Plant& plant, const DecisionSpec& decision, const Snapshot& snapshot,
                     const std::vector<RecommendationMade>& proposed, Timestamp now) {
  const auto& all = *snapshot.recommendations;
  const auto ours = [&](const Recommendation& r) { return r.made.decision == decision.name; };
  const bool busy =
      std::ranges::any_of(all, [&](const Recommendation& r) { return ours(r) && at_work(r, now); });
  std::vector<bool> listed(proposed.size(), false);
  ListChange change;
  for (const auto& r : all) {
    if (!ours(r)) continue;
    const auto again = std::ranges::find_if(
        proposed, [&](const RecommendationMade& p) { return same_advice(p, r.made, plant); });
    const auto place = static_cast<std::size_t>(again - proposed.begin());
    const bool proposed_again = again != proposed.end();
    if (rejected_lately(r, now) && proposed_again) listed[place] = true;
    if (!r.open() || now >= r.made.expires) continue;  // expire() ends those
    if (busy) {
      change.decided.push_back(withdrawn(r, "another recommendation was approved and is at work"));
    } else if (!proposed_again) {
      change.decided.push_back(
          withdrawn(r, proposed.empty() ? "the situation is over" : "there is better advice now"));
    } else if (listed[place]) {
      change.decided.push_back(withdrawn(r, "the same advice is on the list"));
    } else {
      listed[place] = true;
    }
  }
  for (std::size_t i = 0; i < proposed.size() && !busy; ++i) {
    if (!listed[i]) change.made.push_back(proposed[i]);
  }
  return change;
}

Result<RecommendationMeasured> measure(const Plant& plant, const Recommendation& recommendation,
                                       const HistoryReader& history, const Simulator* simulator) {
  const auto range = horizon_of(recommendation);
  const auto tail = std::min(
      kTailMax, Duration::from_seconds(kTailShare * recommendation.made.horizon.in_seconds()));
  std::vector<Indicator> indicators;
  if (simulator != nullptr) {
    GEMEL_ASSIGN(indicators, simulator->measured(history, range));
  }
  RecommendationMeasured measured{recommendation.made.recommendation, {}, true};
  for (auto effect : recommendation.made.effects) {
    std::optional<double> value = find(indicators, effect.quantity);
    if (const auto signal = plant.find_signal(effect.quantity); !value && signal) {
      GEMEL_ASSIGN(value, mean_over(history, *signal, {range.until - tail, range.until}));
    }
    if (!value) continue;
    effect.with = *value;
    measured.inside_interval =
        measured.inside_interval && *value >= effect.with_low && *value <= effect.with_high;
    measured.effects.push_back(std::move(effect));
  }
  if (!measured.effects.empty()) return measured;
  return Error{ErrorCode::Unavailable,
               "recommendation " + std::to_string(recommendation.made.recommendation) +
                   ": nothing of what it promised was measured between " + to_string(range.from) +
                   " and " + to_string(range.until)};
}

}  // namespace gemel::decision
