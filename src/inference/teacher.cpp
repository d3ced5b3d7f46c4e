#include "inference/teacher.hpp"

#include <limits>

#include "inference/training.hpp"

namespace gemel::inference {
namespace {

constexpr std::uint32_t kDoublingsMax = 10;

/// The first stretch, possibly doubled, that an earlier event tells of.
bool is_first_stretch(const TrainingSpec& training, const Trained& trained) {
  Duration length = training.first;
  for (std::uint32_t i = 0; i <= kDoublingsMax; ++i, length = length * 2) {
    if (trained.until - trained.from == length) return true;
  }
  return false;
}

}  // namespace

Result<void> Teacher::recall(const HistoryReader& history) {
  if (recalled_) return {};
  GEMEL_ASSIGN(const auto events, history.events({}, std::numeric_limits<std::size_t>::max()));
  struct Told {
    AlarmRaised raised;
    Timestamp until = Timestamp::max();
  };
  std::map<std::uint64_t, Told> alarms;
  std::map<std::uint64_t, Timestamp> real;  // alarm -> when it was labelled so
  for (const auto& event : events) {
    if (const auto* trained = std::get_if<Trained>(&event.body))
      earlier_[trained->subject] = {*trained, event.known_at};
    if (const auto* asked = std::get_if<RetrainAsked>(&event.body))
      chosen_[asked->subject] = {asked->from, asked->until};
    if (const auto* raised = std::get_if<AlarmRaised>(&event.body))
      alarms[raised->alarm] = {*raised};
    if (const auto* cleared = std::get_if<AlarmCleared>(&event.body))
      alarms[cleared->alarm].until = event.known_at;
    if (const auto* label = std::get_if<AlarmLabelled>(&event.body)) {
      if (label->truth == Truth::Real)
        real[label->alarm] = event.known_at;
      else
        real.erase(label->alarm);
    }
  }
  real_.clear();
  for (const auto& [id, known_at] : real) {
    const auto& told = alarms[id];
    real_.push_back({told.raised.asset, {told.raised.onset, told.until}, known_at});
  }
  recalled_ = true;
  return {};
}

void Teacher::ask(const RetrainAsked& asked) {
  asked_[asked.subject] = chosen_[asked.subject] = {asked.from, asked.until};
  failed_.erase(asked.subject);
  recalled_ = false;  // there may be new labels
}

/// What was learnt before, if it was from the stretch that is asked for today.
const Teacher::Earlier* Teacher::earlier_of(const DetectorSpec& spec) const {
  const auto found = earlier_.find(spec.path);
  if (found == earlier_.end() || asked_.contains(spec.path)) return nullptr;
  const Trained& trained = found->second.trained;
  const TimeRange range{trained.from, trained.until};
  const auto chosen = chosen_.find(spec.path);
  if (chosen != chosen_.end()) return chosen->second == range ? &found->second : nullptr;
  const bool same = spec.training.range ? *spec.training.range == range
                                        : is_first_stretch(spec.training, trained);
  return same ? &found->second : nullptr;
}

std::optional<TimeRange> Teacher::stretch_of(const DetectorSpec& spec, TimeRange extent,
                                             const Earlier* earlier) const {
  if (earlier != nullptr) return TimeRange{earlier->trained.from, earlier->trained.until};
  TimeRange stretch{extent.from, extent.from};
  if (const auto chosen = chosen_.find(spec.path); chosen != chosen_.end()) {
    stretch = chosen->second;
  } else if (spec.training.range) {
    stretch = *spec.training.range;
  } else {
    const auto doublings = doublings_.find(spec.path);
    const std::int64_t times = 1LL << (doublings == doublings_.end() ? 0U : doublings->second);
    stretch.until = extent.from + spec.training.first * times;
  }
  if (extent.until < stretch.until) return std::nullopt;
  return stretch;
}

void Teacher::leave_out_real(const DetectorSpec& spec, Timestamp known_at, RowTable& rows) const {
  const auto& asset = plant_->asset(spec.asset).path;
  for (const auto& episode : real_) {
    if (episode.asset != asset || episode.known_at > known_at) continue;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      if (rows.times[i] < episode.range.from || rows.times[i] > episode.range.until) continue;
      for (std::size_t s = 0; s < rows.width; ++s)
        rows.qualities[i * rows.width + s].mark(Cause::OutOfRange, Grade::Bad);
    }
  }
}

void Teacher::tell_failure(const DetectorSpec& spec, TimeRange stretch, const Error& why,
                           std::vector<Event>& events) {
  if (!failed_.contains(spec.path)) events.push_back({{}, Notice{"inference", why.message}});
  failed_[spec.path] = stretch;
  // A stretch of a person's choice that can't be used is given up: the twin file's holds again.
  asked_.erase(spec.path);
  if (chosen_.erase(spec.path) > 0) return;
  auto& doublings = doublings_[spec.path];
  if (!spec.training.range && doublings < kDoublingsMax) ++doublings;
}

Result<std::optional<Lesson>> Teacher::teach(const DetectorWatch& watch,
                                             const HistoryReader& history, TimeRange extent,
                                             std::vector<Event>& events) {
  GEMEL_TRY(recall(history));
  const auto& spec = watch.spec();
  const Earlier* earlier = earlier_of(spec);
  const auto stretch = stretch_of(spec, extent, earlier);
  if (!stretch) return std::optional<Lesson>{};
  const auto failed = failed_.find(spec.path);
  if (failed != failed_.end() && failed->second == *stretch) return std::optional<Lesson>{};

  // What was known in the frames before the event, so that data which came late since changes
  // nothing.
  const Timestamp known_at =
      earlier ? earlier->known_at - Duration::nanoseconds(1) : Timestamp::max();
  const auto assembler = watch.assembler();
  GEMEL_ASSIGN(auto rows, read_rows(history, assembler, spec.signals, *stretch, known_at));
  leave_out_real(spec, known_at, rows);
  const std::size_t count = rows.rows();
  auto detector =
      train(*plant_, spec, watch.settings(), std::move(rows), assembler.period(), seed_);
  if (!detector) {
    tell_failure(spec, *stretch, detector.error(), events);
    return std::optional<Lesson>{};
  }
  asked_.erase(spec.path);
  const bool before = earlier && earlier->trained.version == (*detector)->card().version;
  return std::optional<Lesson>{{*detector, *stretch, count, before}};
}

}  // namespace gemel::inference
