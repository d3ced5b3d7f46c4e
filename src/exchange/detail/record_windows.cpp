#include "exchange/detail/record_windows.hpp"

#include <algorithm>

namespace gemel::exchange::detail {
namespace {

constexpr std::size_t kRecordsAtOnce = 200'000;  // of all signals together

std::int64_t floor_to(std::int64_t ns, std::int64_t step) {
  const auto rest = ns % step;
  return ns - (rest < 0 ? rest + step : rest);
}

}  // namespace

RecordWindows::RecordWindows(const HistoryReader& history, std::vector<SignalId> signals,
                             TimeRange range, Timestamp known_at, Duration every)
    : history_(history),
      signals_(std::move(signals)),
      known_at_(known_at),
      every_(every),
      range_(range),
      whole_(static_cast<Wide>(range.until.ns) - range.from.ns),
      width_(whole_),
      records_(signals_.size()) {}

Result<bool> RecordWindows::next() {
  const Wide smallest = every_.ns > 0 ? every_.ns : 1;
  while (done_ < whole_) {
    const auto width = std::min(width_, whole_ - done_);
    const auto got = read({at(done_), at(done_ + width)});
    if (!got && got.error().code == ErrorCode::Capacity && width > smallest) {
      width_ = (width / 4 + smallest - 1) / smallest * smallest;
      continue;
    }
    if (!got) return got.error();
    done_ += width;
    width_ = width * 2;
    return true;
  }
  return false;
}

double RecordWindows::done() const {
  return whole_ == 0 ? 1.0 : static_cast<double>(done_) / static_cast<double>(whole_);
}

Timestamp RecordWindows::at(Wide offset) const {
  return {static_cast<std::int64_t>(range_.from.ns + offset)};
}

Result<void> RecordWindows::read(TimeRange window) {
  std::size_t left = kRecordsAtOnce;
  // A window of one nanosecond can't be made smaller.
  if (window.until.ns - 1 <= window.from.ns) left = SIZE_MAX;
  for (std::size_t i = 0; i < signals_.size(); ++i) {
    GEMEL_ASSIGN(records_[i], every_.ns > 0 ? means(signals_[i], window, left)
                                            : history_.read(signals_[i], window, known_at_, left));
    if (left != SIZE_MAX) left -= records_[i].size();
  }
  return {};
}

Result<std::vector<Record>> RecordWindows::means(SignalId signal, TimeRange window,
                                                 std::size_t limit) const {
  const auto count = static_cast<std::size_t>(
      std::max<Wide>(1, (static_cast<Wide>(window.until.ns) - window.from.ns) / every_.ns));
  if (count > limit && count > 1) return Error{ErrorCode::Capacity, "too many means at once"};
  GEMEL_ASSIGN(const auto buckets, history_.downsample(signal, window, count, known_at_));
  std::vector<Record> records;
  for (const auto& bucket : buckets) {
    if (bucket.count == 0) continue;
    Quality quality;
    if (bucket.bad > 0) quality.grade = bucket.bad < bucket.count ? Grade::Uncertain : Grade::Bad;
    records.push_back({bucket.start, kNotTold, bucket.mean, quality});
  }
  return records;
}

Result<TimeRange> held(const HistoryReader& history, TimeRange range, Duration every) {
  if (range.from >= range.until) {
    return {ErrorCode::InvalidInput, "the range from " + to_string(range.from) + " until " +
                                         to_string(range.until) +
                                         " is empty; `until` must be later than `from`"};
  }
  if (every.ns < 0) {
    return {ErrorCode::InvalidInput, "means every " + to_string(every) + " can't be made"};
  }
  const TimeRange nothing{range.from, range.from};
  const auto extent = history.extent();
  if (!extent && extent.error().code == ErrorCode::NotFound) return nothing;
  if (!extent) return extent.error();
  TimeRange both{std::max(range.from, extent->from), std::min(range.until, extent->until)};
  if (both.from >= both.until) return nothing;
  if (every.ns > 0) {
    both.from.ns = floor_to(both.from.ns, every.ns);
    both.until.ns = floor_to(both.until.ns - 1, every.ns) + every.ns;
  }
  return both;
}

Result<std::vector<SignalId>> signals_of(const ExportRequest& request, const Plant& plant) {
  auto signals = request.signals;
  for (const auto& signal : plant.signals) {
    if (request.signals.empty()) signals.push_back(signal.id);
  }
  for (const auto signal : signals) {
    if (signal.index < plant.signals.size()) continue;
    return {ErrorCode::InvalidInput, "the plant has no signal number " +
                                         std::to_string(signal.index) + "; it has " +
                                         std::to_string(plant.signals.size())};
  }
  return signals;
}

}  // namespace gemel::exchange::detail
