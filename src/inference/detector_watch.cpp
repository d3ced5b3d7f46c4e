#include "inference/detector_watch.hpp"

#include <algorithm>

#include "inference/training.hpp"
#include "inference/wording.hpp"

namespace gemel::inference {

DetectorWatch::DetectorWatch(std::shared_ptr<const Plant> plant, std::size_t detector,
                             const DetectorSettings& settings)
    : plant_(std::move(plant)),
      detector_(detector),
      settings_(settings),
      rows_(assembler()),
      episode_(settings.episode, settings.clear_below),
      threshold_(fresh_threshold()) {}

AdaptiveThreshold DetectorWatch::fresh_threshold() const {
  return {spec().false_alarms_per_s, settings_.adapt ? settings_.adapt_max : 1.0};
}

Duration DetectorWatch::memory() const {
  const auto rows = settings_.window + settings_.episode.of + 2;
  return rows_.period() * static_cast<std::int64_t>(std::max(rows, memory_rows(spec())));
}

void DetectorWatch::start(std::shared_ptr<const Detector> detector,
                          std::span<const SlotSample> before) {
  run_.reset();  // it must not outlive what it ran
  trained_ = std::move(detector);
  rows_ = assembler();
  run_ = trained_->start();
  threshold_ = fresh_threshold();
  factor_ = 1.0;
  for (const auto& [slot, sample] : before) {
    if (const auto row = rows_.take(slot, sample)) (void)run_->observe(*row);
  }
}

void DetectorWatch::watch_inputs(InputDrift inputs, Duration learnt_from) {
  inputs_ = std::move(inputs);
  learnt_from_ = learnt_from;
  drifted_.clear();
}

void DetectorWatch::tell_drift(Timestamp now, std::vector<Event>& events) {
  for (auto& found : drifted_) {
    DriftFound drift;
    drift.subject = spec().path;
    drift.drift = Drift::Inputs;
    if (found.slot) drift.signal = plant_->signal(spec().signals[*found.slot]).path;
    drift.statistic = found.statistic;
    drift.since = found.since;
    drift.version = trained_->card().version;
    drift.detail = std::move(found.detail);
    drift.proposed_from = now - learnt_from_;
    drift.proposed_until = now;
    events.push_back({{}, std::move(drift)});
  }
  drifted_.clear();
}

void DetectorWatch::recall_alarm(Timestamp onset) {
  factor_ = threshold_.factor(onset);
  threshold_.raised(onset);
}

void DetectorWatch::restore(const AlarmBook& book) {
  if (book.is_open(spec().path)) episode_.restore_open();
}

std::optional<Finding> DetectorWatch::take(std::size_t slot, const Sample& sample) {
  if (!trained()) return std::nullopt;
  const auto row = rows_.take(slot, sample);
  if (!row) return std::nullopt;
  if (inputs_) inputs_->take(*row, drifted_);
  auto finding = run_->observe(*row);
  if (!finding) return finding;
  if (!episode_.open()) factor_ = threshold_.factor(finding->time);
  finding->score /= factor_;
  finding->abnormal = finding->score >= 1.0;
  return finding;
}

AlarmRaised DetectorWatch::describe(const Finding& finding, std::vector<Driver> drivers) const {
  AlarmRaised alarm;
  alarm.asset = plant_->asset(spec().asset).path;
  alarm.source = spec().path;
  alarm.name = finding_name(*plant_, spec(), drivers);
  alarm.priority = spec().priority;
  alarm.cause = finding_cause(*plant_, spec(), drivers, finding.degraded);
  alarm.consequence = spec().consequence;
  alarm.action = finding_action(*plant_, spec(), drivers);
  alarm.score = finding.score;
  alarm.drivers = std::move(drivers);
  alarm.onset = episode_.onset();
  alarm.version = trained_->card().version;
  if (const auto like = run_->nearest_normal()) {
    alarm.nearest_normal = like->time;
    alarm.nearest_distance = like->distance;
  }
  return alarm;
}

void DetectorWatch::tell(const Finding& finding, AlarmBook& book, std::uint64_t& next_id,
                         std::vector<Event>& events) {
  if (finding.abnormal) mix_.add(finding.drivers);
  const Turn turn = episode_.observe(finding.time, finding.score);
  if (turn == Turn::Raise) {
    threshold_.raised(episode_.onset());
    book.raise(describe(finding, mix_.drivers()), finding.time, next_id, events);
  } else if (turn == Turn::Clear) {
    book.clear(spec().path, events);
  } else if (episode_.open() && finding.abnormal) {
    const auto drivers = mix_.drivers();
    book.update(spec().path, finding_name(*plant_, spec(), drivers), finding.score, drivers,
                finding.time, events);
  }
  if (!episode_.open() && episode_.abnormal_rows() == 0) mix_.forget();
}

void DetectorWatch::write_score(const Finding& finding, std::vector<Sample>& derived) {
  if (!spec().score.valid()) return;
  const bool crossed = finding.abnormal != score_was_abnormal_;
  const bool first = score_written_ == Timestamp::min();
  if (!first && !crossed && finding.time - score_written_ < kScoreEvery) return;
  Quality quality;
  if (finding.degraded) quality.grade = Grade::Uncertain;
  derived.push_back({spec().score, quality, finding.time, finding.score});
  score_written_ = finding.time;
  score_was_abnormal_ = finding.abnormal;
}

}  // namespace gemel::inference
