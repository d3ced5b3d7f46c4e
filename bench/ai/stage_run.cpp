#include "stage_run.hpp"

#include <chrono>
#include <cmath>
#include <utility>

namespace gemel::bench {

Plant plant_of(const std::vector<std::string>& signals, Duration period) {
  Plant plant;
  plant.name = plant.version = "recorded";
  Asset asset;
  asset.id = {0};
  for (const auto& name : signals) {
    Signal signal;
    signal.id = {static_cast<std::uint32_t>(plant.signals.size())};
    signal.asset = asset.id;
    signal.name = signal.path = name;
    signal.period = period;
    plant.signals.push_back(signal);
    asset.signals.push_back(signal.id);
  }
  plant.assets.push_back(asset);
  return plant;
}

DetectorSpec& add_detector(Plant& plant, const std::string& name, const std::string& kind,
                           TimeRange training, double false_alarms_per_s,
                           const std::vector<std::size_t>& signals) {
  DetectorSpec detector;
  detector.asset = {0};
  detector.name = detector.path = name;
  detector.kind = kind;
  for (const auto s : signals) detector.signals.push_back({static_cast<std::uint32_t>(s)});
  if (signals.empty()) {
    for (const auto id : plant.assets[0].signals) {
      if (plant.signal(id).role == SignalRole::Measured) detector.signals.push_back(id);
    }
  }
  detector.training.range = training;
  detector.false_alarms_per_s = false_alarms_per_s;
  Signal score;
  score.id = {static_cast<std::uint32_t>(plant.signals.size())};
  score.asset = {0};
  score.role = SignalRole::Score;
  score.name = score.path = name + ".score";
  plant.signals.push_back(score);
  detector.score = score.id;
  return plant.detectors.emplace_back(std::move(detector));
}

namespace {

std::shared_ptr<const Plant> indexed(std::shared_ptr<const Plant> plant) {
  auto copy = std::make_shared<Plant>(*plant);
  copy->index_paths();
  return copy;
}

}  // namespace

StageRun::StageRun(std::shared_ptr<const Plant> plant, std::uint64_t seed)
    : plant_(indexed(std::move(plant))),
      stage_(plant_, seed),
      learnt_(plant_->signals.size()),
      working_(plant_->signals.size()),
      scores_(plant_->detectors.size()) {}

std::vector<Sample> StageRun::samples_of(Timestamp at, std::span<const double> values) const {
  std::vector<Sample> samples;
  for (std::uint32_t s = 0; s < values.size(); ++s) {
    Sample sample{{s}, {}, at, values[s]};
    if (!std::isfinite(values[s])) {
      sample.value = 0.0;
      sample.quality.mark(Cause::Gap, Grade::Missing);
    }
    samples.push_back(sample);
  }
  return samples;
}

void StageRun::record(Timestamp at, std::span<const double> values) {
  for (const auto& sample : samples_of(at, values)) learnt_.add(sample);
}

Result<void> StageRun::train() {
  const auto began = std::chrono::steady_clock::now();
  std::vector<Event> events;
  // A few a call, as the engine does it second by second.
  for (std::size_t before = 1, now = 0; before != now;) {
    before = events.size();
    GEMEL_TRY(stage_.train_due(learnt_, Timestamp::max(), events));
    now = events.size();
  }
  training_s_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  for (const auto& event : events) {
    learnt_.add(event);
    if (const auto* notice = std::get_if<Notice>(&event.body)) notices_.push_back(notice->text);
    if (const auto* trained = std::get_if<Trained>(&event.body)) trained_.push_back(*trained);
  }
  return {};
}

void StageRun::observe(Timestamp at, std::span<const double> values) {
  derived_.clear();
  events_.clear();
  stage_.observe(samples_of(at, values), working_, at, next_id_, derived_, events_);
  for (auto& event : events_) {
    event.known_at = at;
    learnt_.add(event);
    if (const auto* raised = std::get_if<AlarmRaised>(&event.body)) {
      if (raised->source.ends_with(".sensor") || raised->source.ends_with(".link")) continue;
      place_[raised->alarm] = alarms_.size();
      alarms_.push_back({raised->source, at, Timestamp::max(), raised->onset,
                         raised->drivers.empty() ? "" : raised->drivers.front().signal});
      ++open_;
    } else if (const auto* cleared = std::get_if<AlarmCleared>(&event.body)) {
      const auto place = place_.find(cleared->alarm);
      if (place == place_.end()) continue;
      alarms_[place->second].cleared = at;
      --open_;
    }
  }
  for (const auto& sample : derived_) {
    for (std::size_t d = 0; d < scores_.size(); ++d) {
      if (plant_->detectors[d].score == sample.signal) scores_[d] = sample.value;
    }
  }
}

}  // namespace gemel::bench
