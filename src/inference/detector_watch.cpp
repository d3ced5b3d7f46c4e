#include "inference/detector_watch.hpp"

#include "inference/wording.hpp"

namespace gemel::inference {

DetectorWatch::DetectorWatch(std::shared_ptr<const Plant> plant, std::size_t detector,
                             const DetectorSettings& settings)
    : plant_(std::move(plant)),
      detector_(detector),
      settings_(settings),
      rows_(assembler()),
      episode_(settings.episode, settings.clear_below) {}

Duration DetectorWatch::memory() const {
  return rows_.period() * static_cast<std::int64_t>(settings_.window + settings_.episode.of + 2);
}

void DetectorWatch::start(std::shared_ptr<const Detector> detector,
                          std::span<const SlotSample> before) {
  run_.reset();  // it must not outlive what it ran
  trained_ = std::move(detector);
  rows_ = assembler();
  run_ = trained_->start();
  for (const auto& [slot, sample] : before) {
    if (const auto row = rows_.take(slot, sample)) (void)run_->observe(*row);
  }
}

void DetectorWatch::restore(const AlarmBook& book) {
  if (book.is_open(spec().path)) episode_.restore_open();
}

std::optional<Finding> DetectorWatch::take(std::size_t slot, const Sample& sample) {
  if (!trained()) return std::nullopt;
  const auto row = rows_.take(slot, sample);
  if (!row) return std::nullopt;
  return run_->observe(*row);
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
  return alarm;
}

void DetectorWatch::tell(const Finding& finding, AlarmBook& book, std::uint64_t& next_id,
                         std::vector<Event>& events) {
  if (finding.abnormal) mix_.add(finding.drivers);
  const Turn turn = episode_.observe(finding.time, finding.score);
  if (turn == Turn::Raise) {
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
