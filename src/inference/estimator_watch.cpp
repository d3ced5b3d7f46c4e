#include "inference/estimator_watch.hpp"

#include <algorithm>

#include "inference/forecaster.hpp"
#include "inference/learned_life.hpp"
#include "inference/life_estimator.hpp"

namespace gemel::inference {
namespace {

// Buckets of a read of step means at a time.
constexpr std::int64_t kBucketsMost = 10'000;

/// The distance of the means that say all that an estimator takes from its signal; 0: it wants
/// every sample.
Duration step_of(const Plant& plant, const EstimatorSpec& spec) {
  switch (spec.kind) {
    case EstimatorKind::SoftSensor:
      return {};
    case EstimatorKind::Forecast:
      return forecast_step(plant, spec);
    case EstimatorKind::Life:
      if (!spec.model.empty()) return LearnedLife::step_of(spec);
      return life_step(spec);
  }
  return {};
}

/// Adds means of one signal's steps as samples: a year of a signal at 1 Hz is not read one by one.
Result<void> read_steps(const HistoryReader& history, std::size_t slot, SignalId signal,
                        Duration step, TimeRange range, Timestamp known_at,
                        std::vector<SlotSample>& out) {
  const auto begin = range.from.ns / step.ns - (range.from.ns % step.ns < 0 ? 1 : 0);
  for (auto at = Timestamp{begin * step.ns}; at < range.until; at = at + step * kBucketsMost) {
    const auto left = (range.until - at).ns / step.ns + 1;
    const auto count = std::min(kBucketsMost, left);
    GEMEL_ASSIGN(const auto buckets, history.downsample(signal, {at, at + step * count},
                                                        static_cast<std::size_t>(count), known_at));
    for (const auto& bucket : buckets) {
      if (bucket.count <= bucket.bad || bucket.start >= range.until) continue;
      out.push_back({slot, {signal, Quality{}, bucket.start, bucket.mean}});
    }
  }
  return {};
}

Result<std::vector<SlotSample>> read_stretch(const HistoryReader& history, const Plant& plant,
                                             const EstimatorSpec& spec, TimeRange range,
                                             Timestamp known_at) {
  const auto step = step_of(plant, spec);
  if (step.ns == 0) return read_merged(history, signals_of(spec), range, known_at);
  std::vector<SlotSample> out;
  const auto signals = signals_of(spec);
  for (std::size_t slot = 0; slot < signals.size(); ++slot)
    GEMEL_TRY(read_steps(history, slot, signals[slot], step, range, known_at, out));
  std::ranges::stable_sort(out, {}, [](const SlotSample& s) { return s.sample.source_time; });
  return out;
}

}  // namespace

Result<void> EstimatorWatch::train_due(Teacher& teacher, const HistoryReader& history,
                                       TimeRange extent, std::vector<Event>& events) {
  if (trained() && !teacher.is_asked(spec().path)) return {};
  GEMEL_ASSIGN(const auto assigned, teacher.assign(spec().path, spec().training, history, extent));
  if (!assigned) return {};
  GEMEL_ASSIGN(const auto stretch,
               read_stretch(history, *plant_, spec(), assigned->stretch, assigned->known_at));
  auto learnt = learn_estimator(*plant_, spec(), stretch, seed_);
  if (!learnt) {
    teacher.failed(spec().path, spec().training, assigned->stretch, learnt.error(), events);
    return {};
  }
  teacher.passed(spec().path);
  estimates_ = std::move(*learnt);
  version_ = version_of(*plant_, spec(), stretch, seed_);
  learnt_from_ = assigned->stretch.until - assigned->stretch.from;
  if (version_ != assigned->version_before) {
    events.push_back({{},
                      Trained{spec().path, version_, assigned->stretch.from,
                              assigned->stretch.until, estimates_->rows(), estimates_->summary()}});
  }
  return warm_up(history, {assigned->stretch.until, extent.until});
}

/// What it would know, had it been running.
Result<void> EstimatorWatch::warm_up(const HistoryReader& history, TimeRange after) {
  after.from = std::max(after.from, after.until - estimates_->memory());
  if (after.from >= after.until) return {};
  GEMEL_ASSIGN(const auto missed, read_stretch(history, *plant_, spec(), after, Timestamp::max()));
  std::vector<Sample> derived;
  for (const auto& [slot, sample] : missed) {
    derived.clear();
    estimates_->take(slot, sample, derived, drifts_);
  }
  drifts_.clear();
  return {};
}

void EstimatorWatch::take(std::size_t slot, const Sample& sample, std::vector<Sample>& derived,
                          std::vector<Event>& events) {
  if (!trained()) return;
  estimates_->take(slot, sample, derived, drifts_);
  for (auto& drift : drifts_) {
    drift.subject = spec().path;
    drift.version = version_;
    // As long a stretch as it learnt from, ending now.
    drift.proposed_until = sample.source_time;
    drift.proposed_from = sample.source_time - learnt_from_;
    events.push_back({{}, std::move(drift)});
  }
  drifts_.clear();
}

}  // namespace gemel::inference
