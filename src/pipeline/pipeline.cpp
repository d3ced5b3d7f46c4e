#include "pipeline/pipeline.hpp"

#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "base/text.hpp"

namespace gemel::pipeline {
namespace {

// How many samples ahead what is remembered of a signal is fetched into the cache.
constexpr std::size_t kAhead = 8;

/// Source times come from outside and may lie at the ends of the scale.
Duration since(Timestamp later, Timestamp earlier) {
  std::int64_t ns = 0;
  if (__builtin_sub_overflow(later.ns, earlier.ns, &ns)) {
    ns = later > earlier ? std::numeric_limits<std::int64_t>::max()
                         : std::numeric_limits<std::int64_t>::min();
  }
  return {ns};
}

Timestamp after(Timestamp t, Duration d) {
  std::int64_t ns = 0;
  return __builtin_add_overflow(t.ns, d.ns, &ns) ? Timestamp::max() : Timestamp{ns};
}

Sample gap_mark(SignalId signal, Timestamp newest, Duration gap) {
  Sample mark;
  mark.signal = signal;
  mark.quality.mark(Cause::Gap, Grade::Missing);
  mark.source_time = after(newest, gap);
  return mark;
}

}  // namespace

std::string describe(const SkewNotice& notice, const Plant& plant) {
  const std::string& path = plant.asset(notice.asset).path;
  return (path.empty() ? plant.name : path) + ": source times are " + to_string(notice.ahead) +
         " ahead of this machine's clock and were set to the time of arrival; synchronise the "
         "clocks";
}

Pipeline::Checks::Checks(const Signal& signal)
    : gain(signal.gain),
      offset(signal.offset),
      range(signal.range),
      rate_limit_per_s(signal.rate_limit_per_s),
      gap(signal.gap),
      stuck_after(signal.stuck_after) {}

Pipeline::Pipeline(const Plant& plant)
    : plant_(plant), skew_noticed_(plant.assets.size(), Timestamp::min()) {
  watched_.reserve(plant.signals.size());
  for (const auto& signal : plant.signals) watched_.push_back({Checks(signal), {}});
  marks_.reserve(plant.signals.size());
  skew_notices_.reserve(plant.assets.size());
}

void Pipeline::restore(const Snapshot& snapshot) {
  for (std::uint32_t i = 0; i < watched_.size(); ++i) {
    const Belief& belief = snapshot.beliefs[SignalId{i}];
    Memory& memory = watched_[i].memory;
    memory = Memory{};
    if (!belief.has_value()) continue;
    memory.newest = belief.value_time;
    memory.arrival = belief.known_at;
    memory.gap_marked = belief.missing();
    memory.unchanged_since = belief.value_time;
    memory.last_value = belief.value;
    if (belief.value_quality.usable() && !belief.value_quality.has(Cause::RateOfChange)) {
      memory.trusted_time = belief.value_time;
      memory.trusted_value = belief.value;
    }
  }
}

std::size_t Pipeline::clean(std::vector<Sample>& samples, Timestamp now) {
  marks_.clear();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    // Neighbours in a batch are strangers in memory.
    if (i + kAhead < samples.size()) fetch(samples[i + kAhead].signal);
    judge(samples[i], now);
  }
  samples.insert(samples.end(), marks_.begin(), marks_.end());
  return marks_.size();
}

void Pipeline::fetch(SignalId signal) const {
  if (signal.index >= watched_.size()) return;
  const auto* at = reinterpret_cast<const char*>(&watched_[signal.index]);
  for (std::size_t line = 0; line < sizeof(Watched); line += 64) __builtin_prefetch(at + line, 1);
}

void Pipeline::judge(Sample& sample, Timestamp now) {
  GEMEL_CHECK(sample.signal.index < watched_.size());
  auto& [checks, memory] = watched_[sample.signal.index];
  check_clock(sample, now);
  check_value(sample, checks);
  if (sample.quality.grade == Grade::Missing) {
    if (sample.source_time > memory.newest) memory.gap_marked = true;
    return;
  }
  if (sample.source_time < memory.newest) {
    sample.quality.mark(Cause::Late, Grade::Good);
    return;  // what came before the newest says nothing of the present
  }
  end_gap(sample, checks, memory);
  if (sample.source_time > memory.newest) memory.newest = sample.source_time;
  memory.arrival = now;
  memory.gap_marked = false;
  if (sample.quality.has(Cause::SensorFault)) return;
  check_rate(sample, checks, memory);
  check_stuck(sample, checks, memory);
}

void Pipeline::check_clock(Sample& sample, Timestamp now) {
  if (sample.source_time <= now) {
    // The first instant of the scale stands for "never" throughout Gemel.
    if (sample.source_time == Timestamp::min()) sample.source_time.ns += 1;
    return;
  }
  const Duration ahead = since(sample.source_time, now);
  sample.source_time = now;
  if (ahead <= kSkewTolerance) return;
  sample.quality.mark(Cause::ClockSkew, Grade::Uncertain);
  const AssetId asset = plant_.signal(sample.signal).asset;
  Timestamp& noticed = skew_noticed_[asset.index];
  if (noticed != Timestamp::min() && since(now, noticed) < kSkewNoticeEvery) return;
  noticed = now;
  if (skew_notices_.size() < plant_.assets.size()) skew_notices_.push_back({asset, ahead});
}

void Pipeline::check_value(Sample& sample, const Checks& checks) {
  if (sample.quality.grade == Grade::Missing) {
    sample.value = 0.0;
    return;
  }
  sample.value = checks.gain * sample.value + checks.offset;
  if (!std::isfinite(sample.value)) {
    sample.value = 0.0;
    sample.quality.mark(Cause::SensorFault, Grade::Bad);
  } else if (!sample.quality.has(Cause::SensorFault) && !checks.range.contains(sample.value)) {
    sample.quality.mark(Cause::OutOfRange, Grade::Bad);
  }
}

void Pipeline::end_gap(const Sample& sample, const Checks& checks, Memory& memory) {
  const bool was_silent = checks.gap.ns > 0 && memory.newest != Timestamp::min() &&
                          since(sample.source_time, memory.newest) > checks.gap;
  if (was_silent && !memory.gap_marked)
    marks_.push_back(gap_mark(sample.signal, memory.newest, checks.gap));
  // A value that is the same after a silence need not have been the same during it.
  if (was_silent) memory.unchanged_since = Timestamp::min();
}

void Pipeline::check_rate(Sample& sample, const Checks& checks, Memory& memory) {
  const Duration passed = memory.trusted_time == Timestamp::min()
                              ? Duration{}
                              : since(sample.source_time, memory.trusted_time);
  // Two values of one moment have no rate.
  const bool jumped =
      checks.rate_limit_per_s > 0.0 && passed.ns > 0 &&
      std::abs(sample.value - memory.trusted_value) > checks.rate_limit_per_s * passed.in_seconds();
  if (jumped) sample.quality.mark(Cause::RateOfChange, Grade::Uncertain);
  if (jumped || !sample.quality.usable()) return;
  memory.trusted_time = sample.source_time;
  memory.trusted_value = sample.value;
}

void Pipeline::check_stuck(Sample& sample, const Checks& checks, Memory& memory) {
  if (memory.unchanged_since == Timestamp::min() || sample.value != memory.last_value) {
    memory.unchanged_since = sample.source_time;
    memory.last_value = sample.value;
    return;
  }
  if (checks.stuck_after.ns > 0 &&
      since(sample.source_time, memory.unchanged_since) > checks.stuck_after) {
    sample.quality.mark(Cause::Stuck, Grade::Uncertain);
  }
}

void Pipeline::mark_gaps(Timestamp now, std::vector<Sample>& out) {
  for (std::uint32_t i = 0; i < watched_.size(); ++i) {
    auto& [checks, memory] = watched_[i];
    const Duration gap = checks.gap;
    if (gap.ns <= 0 || memory.newest == Timestamp::min() || memory.gap_marked) continue;
    // Silence is measured from the arrival: a source whose clock is slow, or that sends what it had
    // buffered, is not silent.
    if (since(now, memory.arrival) <= gap || since(now, memory.newest) <= gap) continue;
    memory.gap_marked = true;
    out.push_back(gap_mark(SignalId{i}, memory.newest, gap));
  }
}

std::vector<SkewNotice> Pipeline::take_skew_notices() {
  std::vector<SkewNotice> taken(skew_notices_);
  skew_notices_.clear();
  return taken;
}

}  // namespace gemel::pipeline
