#include "inference/evaluation.hpp"

#include <algorithm>

namespace gemel::inference {
namespace {

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double Confusion::f1() const {
  return share(2 * true_positives, 2 * true_positives + false_positives + false_negatives);
}
double Confusion::false_alarm_rate() const {
  return share(false_positives, false_positives + true_negatives);
}
double Confusion::missed_alarm_rate() const {
  return share(false_negatives, false_negatives + true_positives);
}

Confusion& Confusion::operator+=(const Confusion& other) {
  true_positives += other.true_positives;
  false_positives += other.false_positives;
  true_negatives += other.true_negatives;
  false_negatives += other.false_negatives;
  return *this;
}

Evaluation evaluate(std::span<const JudgedRow> rows) {
  Evaluation out;
  const JudgedRow* previous = nullptr;
  for (const auto& row : rows) {
    auto& count = row.anomalous
                      ? (row.alarmed ? out.rows.true_positives : out.rows.false_negatives)
                      : (row.alarmed ? out.rows.false_positives : out.rows.true_negatives);
    ++count;
    const bool begins = row.anomalous && (previous == nullptr || !previous->anomalous);
    if (begins)
      out.onsets.push_back({row.time, std::nullopt, previous != nullptr && previous->alarmed});
    if (row.anomalous && row.alarmed && !out.onsets.back().delay)
      out.onsets.back().delay = row.time - out.onsets.back().at;
    previous = &row;
  }
  return out;
}

void AlarmedIntervals::raised(std::uint64_t alarm, Timestamp at) {
  intervals_.push_back({alarm, {at, Timestamp::max()}});
}

void AlarmedIntervals::cleared(std::uint64_t alarm, Timestamp at) {
  const auto open = std::ranges::find_if(intervals_, [alarm](const Interval& i) {
    return i.alarm == alarm && i.range.until == Timestamp::max();
  });
  if (open != intervals_.end()) open->range.until = at;
}

bool AlarmedIntervals::alarmed(Timestamp at) const {
  return std::ranges::any_of(intervals_, [at](const Interval& i) { return i.range.contains(at); });
}

}  // namespace gemel::inference
