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
const Teacher::Earlier* Teacher::earlier_of(const std::string& subject,
                                            const TrainingSpec& training) const {
  const auto found = earlier_.find(subject);
  if (found == earlier_.end() || asked_.contains(subject)) return nullptr;
  const Trained& trained = found->second.trained;
  const TimeRange range{trained.from, trained.until};
  const auto chosen = chosen_.find(subject);
  if (chosen != chosen_.end()) return chosen->second == range ? &found->second : nullptr;
  const bool same = training.range ? *training.range == range : is_first_stretch(training, trained);
  return same ? &found->second : nullptr;
}

std::optional<TimeRange> Teacher::stretch_of(const std::string& subject,
                                             const TrainingSpec& training, TimeRange extent,
                                             const Earlier* earlier) const {
  if (earlier != nullptr) return TimeRange{earlier->trained.from, earlier->trained.until};
  TimeRange stretch{extent.from, extent.from};
  if (const auto chosen = chosen_.find(subject); chosen != chosen_.end()) {
    stretch = chosen->second;
  } else if (training.range) {
    stretch = *training.range;
  } else {
    const auto doublings = doublings_.find(subject);
    const std::int64_t times = 1LL << (doublings == doublings_.end() ? 0U : doublings->second);
    stretch.until = extent.from + training.first * times;
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

void Teacher::failed(const std::string& subject, const TrainingSpec& training, TimeRange stretch,
                     const Error& why, std::vector<Event>& events) {
  if (!failed_.contains(subject)) events.push_back({{}, Notice{"inference", why.message}});
  failed_[subject] = stretch;
  // A stretch of a person's choice that can't be used is given up: the twin file's holds again.
  asked_.erase(subject);
  if (chosen_.erase(subject) > 0) return;
  auto& doublings = doublings_[subject];
  if (!training.range && doublings < kDoublingsMax) ++doublings;
}

Result<std::optional<Teacher::Assignment>> Teacher::assign(const std::string& subject,
                                                           const TrainingSpec& training,
                                                           const HistoryReader& history,
                                                           TimeRange extent) {
  GEMEL_TRY(recall(history));
  const Earlier* earlier = earlier_of(subject, training);
  const auto stretch = stretch_of(subject, training, extent, earlier);
  if (!stretch) return std::optional<Assignment>{};
  const auto failed = failed_.find(subject);
  if (failed != failed_.end() && failed->second == *stretch) return std::optional<Assignment>{};
  if (earlier == nullptr) return std::optional<Assignment>{{*stretch, Timestamp::max(), {}}};
  // What was known in the frames before the event, so that data which came late since changes
  // nothing.
  return std::optional<Assignment>{
      {*stretch, earlier->known_at - Duration::nanoseconds(1), earlier->trained.version}};
}

Result<std::optional<Lesson>> Teacher::teach(const DetectorWatch& watch,
                                             const HistoryReader& history, TimeRange extent,
                                             std::vector<Event>& events) {
  const auto& spec = watch.spec();
  GEMEL_ASSIGN(const auto assigned, assign(spec.path, spec.training, history, extent));
  if (!assigned) return std::optional<Lesson>{};
  const auto assembler = watch.assembler();
  GEMEL_ASSIGN(auto rows,
               read_rows(history, assembler, spec.signals, assigned->stretch, assigned->known_at));
  leave_out_real(spec, assigned->known_at, rows);
  const std::size_t count = rows.rows();
  auto detector =
      train(*plant_, spec, watch.settings(), std::move(rows), assembler.period(), seed_);
  if (!detector) {
    failed(spec.path, spec.training, assigned->stretch, detector.error(), events);
    return std::optional<Lesson>{};
  }
  passed(spec.path);
  const bool before = assigned->version_before == (*detector)->card().version;
  return std::optional<Lesson>{{*detector, assigned->stretch, count, before}};
}

}  // namespace gemel::inference
