#include "inference/rows.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace gemel::inference {
namespace {

/// Three quarters of a period: sources jitter, and a row that waits for a signal which is not going
/// to come must not wait for a second round.
Duration due_after(Duration period) { return period * 3 / 4; }

Duration fresh_for(const Signal& signal) {
  return signal.gap > Duration{} ? signal.gap : signal.period * 3;
}

}  // namespace

Duration median_period(const Plant& plant, std::span<const SignalId> signals) {
  std::vector<Duration> periods;
  for (const auto id : signals) periods.push_back(plant.signal(id).period);
  if (periods.empty()) return Duration::seconds(1);
  const auto middle = periods.begin() + static_cast<std::ptrdiff_t>((periods.size() - 1) / 2);
  std::nth_element(periods.begin(), middle, periods.end());
  return std::max(*middle, Duration::microseconds(1));
}

RowAssembler::RowAssembler(const Plant& plant, std::span<const SignalId> signals, Duration period)
    : period_(period > Duration{} ? period : median_period(plant, signals)),
      due_after_(due_after(period_)),
      values_(signals.size()),
      qualities_(signals.size()) {
  for (const auto id : signals) {
    slots_.emplace_back().fresh_for = std::max(fresh_for(plant.signal(id)), period_);
  }
}

void RowAssembler::hold(Slot& slot, const Sample& sample) {
  slot.time = sample.source_time;
  slot.value = sample.value;
  slot.quality = sample.quality;
}

Row RowAssembler::give_out() {
  last_row_ = waiting_until_;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    values_[i] = slot.value;
    qualities_[i] = slot.quality;
    const bool stale = slot.time == Timestamp::min() || last_row_ - slot.time > slot.fresh_for;
    if (stale && !slot.newer_than_row) qualities_[i].mark(Cause::Gap, Grade::Missing);
    slot.newer_than_row = false;
  }
  waiting_ = 0;
  waiting_since_ = Timestamp::max();
  waiting_until_ = Timestamp::min();
  return {last_row_, values_, qualities_};
}

std::optional<Row> RowAssembler::take(std::size_t index, const Sample& sample) {
  GEMEL_CHECK(index < slots_.size());
  Slot& slot = slots_[index];
  if (sample.source_time < slot.time) return std::nullopt;
  if (sample.source_time <= last_row_) {
    hold(slot, sample);  // too late for its row, still the newest for the next
    return std::nullopt;
  }
  std::optional<Row> row;
  if (waiting_ > 0 && sample.source_time - waiting_since_ >= due_after_) row = give_out();
  hold(slot, sample);
  if (!slot.newer_than_row) ++waiting_;
  slot.newer_than_row = true;
  waiting_since_ = std::min(waiting_since_, sample.source_time);
  waiting_until_ = std::max(waiting_until_, sample.source_time);
  if (waiting_ == slots_.size()) row = give_out();
  return row;
}

}  // namespace gemel::inference
