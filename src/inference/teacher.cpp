#include "inference/teacher.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "inference/kinds.hpp"
#include "inference/training.hpp"

namespace gemel::inference {
namespace {

constexpr std::uint32_t kDoublingsMax = 10;
constexpr std::array kGrown{Duration::hours(4), Duration::days(1), Duration::days(7)};

bool is_grown(TimeRange stretch) {
  return std::ranges::find(kGrown, stretch.until - stretch.from) != kGrown.end();
}

/// The first stretch, possibly doubled, that an earlier event tells of.
bool is_first_stretch(const TrainingSpec& training, const Trained& trained) {
  Duration length = training.first;
  for (std::uint32_t i = 0; i <= kDoublingsMax; ++i, length = length * 2) {
    if (trained.until - trained.from == length) return true;
  }
  return is_grown({trained.from, trained.until});
}

}  // namespace

Result<void> Teacher::recall(const HistoryReader& history) {
  if (recalled_) return {};
  GEMEL_ASSIGN(const auto events, history.events({}, std::numeric_limits<std::size_t>::max()));
  alarms_.clear();
  onsets_.clear();
  std::map<std::uint64_t, Timestamp> real;  // alarm -> when it was labelled so
  for (const auto& event : events) {
    if (const auto* trained = std::get_if<Trained>(&event.body))
      earlier_[trained->subject] = {*trained, event.known_at};
    if (const auto* asked = std::get_if<RetrainAsked>(&event.body))
      chosen_[asked->subject] = {asked->from, asked->until};
    if (const auto* raised = std::get_if<AlarmRaised>(&event.body)) {
      alarms_[raised->alarm] = {raised->asset, raised->onset, event.known_at};
      onsets_[raised->source].push_back({raised->version, raised->onset});
    }
    if (const auto* cleared = std::get_if<AlarmCleared>(&event.body))
      alarms_[cleared->alarm].cleared_known_at = event.known_at;
    if (const auto* label = std::get_if<AlarmLabelled>(&event.body)) {
      if (label->truth == Truth::Real)
        real[label->alarm] = event.known_at;
      else
        real.erase(label->alarm);
    }
  }
  real_.clear();
  for (const auto& [id, known_at] : real) {
    const auto& told = alarms_[id];
    real_.push_back({told.asset, {told.onset, told.cleared_known_at}, known_at});
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

std::optional<TimeRange> Teacher::next_stretch(const DetectorWatch& watch) const {
  const auto& spec = watch.spec();
  const auto learnt = learnt_.find(spec.path);
  const Kind* kind = find_kind(spec.kind);
  if (learnt == learnt_.end() || kind == nullptr || !kind->grows || !watch.settings().grow)
    return std::nullopt;
  if (spec.training.range || chosen_.contains(spec.path)) return std::nullopt;
  for (const auto length : kGrown) {
    if (length > learnt->second.until - learnt->second.from)
      return TimeRange{learnt->second.from, learnt->second.from + length};
  }
  return std::nullopt;
}

bool Teacher::may_grow(const DetectorWatch& watch, TimeRange extent) const {
  if (!watch.trained() || is_asked(watch.spec().path)) return false;
  const auto stretch = next_stretch(watch);
  return stretch && extent.until >= stretch->until;
}

void Teacher::leave_out(TimeRange range, RowTable& rows) const {
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    if (rows.times[i] < range.from || rows.times[i] > range.until) continue;
    for (std::size_t s = 0; s < rows.width; ++s)
      rows.qualities[i * rows.width + s].mark(Cause::OutOfRange, Grade::Bad);
  }
}

/// What may be a fault that nobody has ended yet must not become normal. Alarms that came and went
/// are learnt from, unless a person found them real: that is how a plant turns out to be.
void Teacher::leave_out_open(const DetectorSpec& spec, Timestamp known_at, RowTable& rows) const {
  const auto& asset = plant_->asset(spec.asset).path;
  for (const auto& [id, told] : alarms_) {
    const bool open = told.raised_known_at <= known_at && told.cleared_known_at > known_at;
    const bool open_now = told.cleared_known_at == Timestamp::max();
    if (told.asset == asset && (known_at == Timestamp::max() ? open_now : open))
      leave_out({told.onset, Timestamp::max()}, rows);
  }
}

void Teacher::leave_out_real(const DetectorSpec& spec, Timestamp known_at, RowTable& rows) const {
  const auto& asset = plant_->asset(spec.asset).path;
  for (const auto& episode : real_) {
    if (episode.asset == asset && episode.known_at <= known_at) leave_out(episode.range, rows);
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
  const bool grows = may_grow(watch, extent);
  if (grows) recalled_ = false;  // alarms may have come since
  GEMEL_TRY(recall(history));
  GEMEL_ASSIGN(auto assigned, assign(spec.path, spec.training, history, extent));
  if (grows) assigned = Assignment{*next_stretch(watch), Timestamp::max(), {}};
  if (!assigned) return std::optional<Lesson>{};
  const auto& [stretch, known_at, version_before] = *assigned;
  const auto assembler = watch.assembler();
  GEMEL_ASSIGN(auto rows, read_rows(history, assembler, spec.signals, stretch, known_at));
  leave_out_real(spec, known_at, rows);
  if (is_grown(stretch)) leave_out_open(spec, known_at, rows);
  learnt_[spec.path] = stretch;
  const std::size_t count = rows.rows();
  InputDrift inputs(rows);
  auto detector =
      train(*plant_, spec, watch.settings(), std::move(rows), assembler.period(), seed_);
  if (!detector) {
    if (grows)  // what it learnt before goes on
      events.push_back({{}, Notice{"inference", detector.error().message}});
    else
      failed(spec.path, spec.training, stretch, detector.error(), events);
    return std::optional<Lesson>{};
  }
  passed(spec.path);
  const auto& version = (*detector)->card().version;
  Lesson lesson{*detector, stretch, count, version == version_before, {}, std::move(inputs)};
  for (const auto& onset : onsets_[spec.path]) {
    if (onset.version == version) lesson.alarms.push_back(onset.at);
  }
  return std::optional<Lesson>(std::move(lesson));
}

}  // namespace gemel::inference
