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
  for (const auto& event : events) {
    if (const auto* trained = std::get_if<Trained>(&event.body)) {
      earlier_[trained->subject] = {*trained, event.known_at};
    }
  }
  recalled_ = true;
  return {};
}

/// What was learnt before, if it was from the stretch that the twin file asks for today.
const Teacher::Earlier* Teacher::earlier_of(const DetectorSpec& spec) const {
  const auto found = earlier_.find(spec.path);
  if (found == earlier_.end()) return nullptr;
  const Trained& trained = found->second.trained;
  const bool same = spec.training.range
                        ? *spec.training.range == TimeRange{trained.from, trained.until}
                        : is_first_stretch(spec.training, trained);
  return same ? &found->second : nullptr;
}

std::optional<TimeRange> Teacher::stretch_of(const DetectorSpec& spec, TimeRange extent,
                                             const Earlier* earlier) const {
  if (earlier != nullptr) return TimeRange{earlier->trained.from, earlier->trained.until};
  TimeRange stretch{extent.from, extent.from};
  if (spec.training.range) {
    stretch = *spec.training.range;
  } else {
    const auto doublings = doublings_.find(spec.path);
    const std::int64_t times = 1LL << (doublings == doublings_.end() ? 0U : doublings->second);
    stretch.until = extent.from + spec.training.first * times;
  }
  if (extent.until < stretch.until) return std::nullopt;
  return stretch;
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
  const std::size_t count = rows.rows();
  auto detector =
      train(*plant_, spec, watch.settings(), std::move(rows), assembler.period(), seed_);
  if (!detector) {
    if (!failed_.contains(spec.path))
      events.push_back({{}, Notice{"inference", detector.error().message}});
    failed_[spec.path] = *stretch;
    auto& doublings = doublings_[spec.path];
    if (!spec.training.range && doublings < kDoublingsMax) ++doublings;
    return std::optional<Lesson>{};
  }
  const bool before = earlier && earlier->trained.version == (*detector)->card().version;
  return std::optional<Lesson>{{*detector, *stretch, count, before}};
}

}  // namespace gemel::inference
