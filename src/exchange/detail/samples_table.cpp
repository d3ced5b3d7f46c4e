#include "exchange/detail/samples_table.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "exchange/detail/record_windows.hpp"
#include "exchange/detail/refusals.hpp"
#include "exchange/signal_patterns.hpp"

namespace gemel::exchange::detail {
namespace {

enum : std::size_t { kSignal, kSourceTime, kKnownAt, kValue, kUnit, kQuality, kGrade };

constexpr std::size_t kThreadsMax = 64;
constexpr double kMillionths = 1e6;

/// What every part of one scan shares. Threads: any.
struct Shared {
  const HistoryReader& history;
  ExportRequest request;
  std::vector<SignalId> signals;
  TimeRange range;
  const std::vector<std::uint32_t>& signal_numbers;
  const std::vector<std::uint32_t>& unit_numbers;
  std::size_t signal_names;
  std::size_t unit_names;
  std::stop_token stop;
  Advance& advance;
  std::atomic<std::size_t> next = 0;
};

/// Takes one signal after the other.
class SamplesPart final : public ScanPart {
 public:
  explicit SamplesPart(Shared& shared) : shared_(shared) {}

  Result<std::size_t> fill(const Filling& filling) override {
    std::size_t rows = 0;
    while (rows < filling.capacity()) {
      GEMEL_ASSIGN(const bool more, at_a_record());
      if (!more) break;
      const auto& records = windows_->records().front();
      const auto count = std::min(filling.capacity() - rows, records.size() - at_);
      put(filling, rows, std::span(records).subspan(at_, count));
      at_ += count;
      rows += count;
    }
    if ((shared_.advance.rows += rows) > shared_.request.rows_max)
      return too_many_rows(shared_.request.rows_max);
    return rows;
  }

 private:
  /// Goes on to the next window or signal until there is a record. False at the end.
  Result<bool> at_a_record() {
    while (!windows_ || at_ == windows_->records().front().size()) {
      if (shared_.stop.stop_requested()) return export_stopped();
      bool more = false;
      if (windows_) {
        GEMEL_ASSIGN(more, windows_->next());
        report(more ? windows_->done() : 1.0);
      }
      if (!more) {
        const auto index = shared_.next++;
        if (index >= shared_.signals.size()) return false;
        told_ = 0;
        windows_.emplace(shared_.history, std::vector{shared_.signals[index]}, shared_.range,
                         shared_.request.known_at, shared_.request.every);
      }
      at_ = 0;
    }
    return true;
  }

  void report(double done) {
    const auto now = static_cast<std::uint64_t>(done * kMillionths);
    shared_.advance.parts_done += now - told_;
    told_ = now;
  }

  void put(const Filling& filling, std::size_t begin, std::span<const Record> records) const {
    const auto signal = windows_->signals().front().index;
    const auto end = begin + records.size();
    filling.fill_one_of(kSignal, begin, end, shared_.signal_numbers[signal], shared_.signal_names);
    filling.fill_one_of(kUnit, begin, end, shared_.unit_numbers[signal], shared_.unit_names);
    auto row = begin;
    if (auto* times = filling.times(kSourceTime))
      for (const auto& record : records) times[row++] = record.source_time.ns;
    row = begin;
    if (auto* times = filling.times(kKnownAt)) {
      for (const auto& record : records) {
        times[row] = record.known_at.ns;
        if (record.known_at == kNotTold) filling.set_null(kKnownAt, row);
        ++row;
      }
    }
    row = begin;
    if (auto* values = filling.numbers(kValue)) {
      for (const auto& record : records) {
        values[row] = record.value;
        if (record.quality.grade == Grade::Missing) filling.set_null(kValue, row);
        ++row;
      }
    }
    row = begin;
    if (filling.wanted(kQuality)) {
      for (const auto& record : records) {
        if (record.quality == Quality{})
          filling.set_text(kQuality, row++, "good");
        else
          filling.set_text(kQuality, row++, to_string(record.quality));
      }
    }
    row = begin;
    if (filling.wanted(kGrade)) {
      for (const auto& record : records) {
        filling.fill_one_of(kGrade, row, row + 1, static_cast<std::uint32_t>(record.quality.grade),
                            4);
        ++row;
      }
    }
  }

  Shared& shared_;
  std::optional<RecordWindows> windows_;
  std::size_t at_ = 0;
  std::uint64_t told_ = 0;
};

class SamplesScan final : public Scan {
 public:
  explicit SamplesScan(std::unique_ptr<Shared> shared) : shared_(std::move(shared)) {}
  std::size_t threads() const override {
    return std::clamp<std::size_t>(shared_->signals.size(), 1, kThreadsMax);
  }
  std::unique_ptr<ScanPart> part() override { return std::make_unique<SamplesPart>(*shared_); }

 private:
  std::unique_ptr<Shared> shared_;
};

/// The distinct texts, sorted, so that an ENUM of them sorts as text does; and each one's number.
void number_texts(std::vector<std::string> texts, std::vector<std::string>& names,
                  std::vector<std::uint32_t>& numbers) {
  names = texts;
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const auto& text : texts) {
    numbers.push_back(static_cast<std::uint32_t>(
        std::lower_bound(names.begin(), names.end(), text) - names.begin()));
  }
}

}  // namespace

SamplesTable::SamplesTable(const HistoryReader& history, const Plant& plant, ExportRequest within,
                           std::stop_token stop)
    : history_(history), plant_(plant), within_(std::move(within)), stop_(std::move(stop)) {
  std::vector<std::string> paths, units;
  for (const auto& signal : plant.signals) {
    paths.push_back(signal.path);
    units.push_back(signal.unit.symbol);
  }
  number_texts(std::move(paths), signal_names_, signal_numbers_);
  number_texts(std::move(units), unit_names_, unit_numbers_);
}

std::vector<Column> SamplesTable::columns() const {
  return {{"signal", ColumnType::OneOf, signal_names_},
          {"source_time", ColumnType::Time},
          {"known_at", ColumnType::Time},
          {"value", ColumnType::Number},
          {"unit", ColumnType::OneOf, unit_names_},
          {"quality", ColumnType::Text},
          {"grade", ColumnType::OneOf, {"good", "uncertain", "bad", "missing"}}};
}

Result<std::unique_ptr<Scan>> SamplesTable::scan(const Asked& asked) const {
  GEMEL_ASSIGN(auto request, narrowed(within_, asked, plant_));
  GEMEL_ASSIGN(auto signals, signals_of(request, plant_));
  GEMEL_ASSIGN(const auto range, held(history_, request.range, request.every));
  auto shared = std::make_unique<Shared>(history_, std::move(request), std::move(signals), range,
                                         signal_numbers_, unit_numbers_, signal_names_.size(),
                                         unit_names_.size(), stop_, advance_);
  return std::unique_ptr<Scan>(std::make_unique<SamplesScan>(std::move(shared)));
}

Result<ExportRequest> narrowed(const ExportRequest& within, const Asked& asked,
                               const Plant& plant) {
  auto request = within;
  if (asked.from) request.range.from = std::max(request.range.from, *asked.from);
  if (asked.until) request.range.until = std::min(request.range.until, *asked.until);
  if (asked.known_at) request.known_at = *asked.known_at;
  if (!asked.signals) return request;
  std::vector<std::string> patterns;
  for (const auto pattern : text::split(*asked.signals, ','))
    patterns.emplace_back(text::trim(pattern));
  GEMEL_ASSIGN(request.signals, match_signals(plant, patterns));
  return request;
}

}  // namespace gemel::exchange::detail
