#include "exchange/detail/rows.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"

namespace gemel::exchange::detail {
namespace {

constexpr std::size_t kRecordsAtOnce = 200'000;  // of all signals together
constexpr std::size_t kTextAtOnce = 1u << 20;

/// RFC 4180: quoted where it must be.
std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

class Rows {
 public:
  Rows(const HistoryReader& history, const Plant& plant, TimeRange range,
       const ExportRequest& request, TimeStyle style, const WriteText& write,
       const Progress& progress, std::stop_token stop)
      : history_(history),
        plant_(plant),
        range_(range),
        request_(request),
        style_(style),
        write_(write),
        progress_(progress),
        stop_(std::move(stop)) {}

  Result<std::uint64_t> run_long(std::span<const SignalId> signals) {
    text_ = "time,signal,value,unit,quality,known_at\n";
    for (std::size_t i = 0; i < signals.size(); ++i) {
      const auto& signal = plant_.signal(signals[i]);
      const auto middle = "," + csv_field(signal.path) + ",";
      const auto unit = "," + csv_field(signal.unit.symbol) + ",";
      GEMEL_TRY(each_window(signals.subspan(i, 1), i, signals.size(), [&](const auto& records) {
        for (const auto& record : records.front()) {
          text_ += time(record.source_time) + middle + value(record) + unit +
                   csv_field(to_string(record.quality)) + "," + time(record.known_at) + "\n";
          ++rows_;
        }
      }));
    }
    return finish();
  }

  Result<std::uint64_t> run_wide(std::span<const SignalId> signals) {
    text_ = "time";
    for (const auto signal : signals) text_ += "," + csv_field(plant_.signal(signal).path);
    text_ += '\n';
    GEMEL_TRY(each_window(signals, 0, 1, [&](const auto& records) {
      std::map<Timestamp, std::vector<std::string>> table;
      for (std::size_t column = 0; column < records.size(); ++column) {
        for (const auto& record : records[column]) {
          auto& row = table[record.source_time];
          row.resize(records.size());
          row[column] = value(record);
        }
      }
      for (const auto& [when, row] : table) {
        text_ += time(when);
        for (const auto& cell : row) text_ += "," + cell;
        text_ += '\n';
        ++rows_;
      }
    }));
    return finish();
  }

 private:
  using Records = std::vector<std::vector<Record>>;  // by signal

  std::string time(Timestamp t) const {
    return style_ == TimeStyle::Iso ? to_string(t) : std::to_string(t.ns);
  }
  static std::string value(const Record& record) {
    return record.quality.grade == Grade::Missing ? "" : text::number(record.value);
  }

  /// Walks through the range in windows that hold about kRecordsAtOnce, whatever the sampling
  /// rates. `part` of `parts` is for the progress.
  template <class Take>
  Result<void> each_window(std::span<const SignalId> signals, std::size_t part, std::size_t parts,
                           Take&& take) {
    __extension__ using Wide = __int128;
    const auto whole = static_cast<Wide>(range_.until.ns) - range_.from.ns;
    auto width = whole;
    for (Wide done = 0; done < whole;) {
      if (stop_.stop_requested())
        return {ErrorCode::Cancelled, "the export was stopped; nothing was left behind"};
      const auto now = std::min(width, whole - done);
      const auto at = [&](Wide offset) {
        return Timestamp{static_cast<std::int64_t>(range_.from.ns + offset)};
      };
      auto records = read({at(done), at(done + now)}, signals);
      if (!records && records.error().code == ErrorCode::Capacity && now > 1) {
        width = now / 4 + 1;
        continue;
      }
      if (!records) return records.error();
      take(*records);
      GEMEL_TRY(flush(kTextAtOnce));
      done += now;
      width = now * 2;
      if (progress_) {
        const auto share = static_cast<double>(done) / static_cast<double>(whole);
        progress_((static_cast<double>(part) + share) / static_cast<double>(parts), rows_);
      }
    }
    return {};
  }

  Result<Records> read(TimeRange window, std::span<const SignalId> signals) const {
    Records records;
    std::size_t left = kRecordsAtOnce;
    // A window of one nanosecond can't be made smaller.
    if (window.until.ns - 1 <= window.from.ns) left = SIZE_MAX;
    for (const auto signal : signals) {
      GEMEL_ASSIGN(auto one, history_.read(signal, window, request_.known_at, left));
      if (left != SIZE_MAX) left -= one.size();
      records.push_back(std::move(one));
    }
    return records;
  }

  Result<void> flush(std::size_t at_least) {
    if (text_.size() < at_least) return {};
    GEMEL_TRY(write_(text_));
    text_.clear();
    return {};
  }
  Result<std::uint64_t> finish() {
    GEMEL_TRY(flush(0));
    return rows_;
  }

  const HistoryReader& history_;
  const Plant& plant_;
  TimeRange range_;
  const ExportRequest& request_;
  TimeStyle style_;
  const WriteText& write_;
  const Progress& progress_;
  std::stop_token stop_;
  std::string text_;
  std::uint64_t rows_ = 0;
};

/// The part of the range that can hold anything. Empty when nothing does.
Result<TimeRange> held(const HistoryReader& history, TimeRange range) {
  const auto extent = history.extent();
  if (!extent && extent.error().code == ErrorCode::NotFound)
    return TimeRange{range.from, range.from};
  if (!extent) return extent.error();
  const TimeRange both{std::max(range.from, extent->from), std::min(range.until, extent->until)};
  return both.from < both.until ? both : TimeRange{range.from, range.from};
}

}  // namespace

Result<std::vector<SignalId>> signals_of(const ExportRequest& request, const Plant& plant) {
  if (request.range.from >= request.range.until) {
    return {ErrorCode::InvalidInput, "the range from " + to_string(request.range.from) + " until " +
                                         to_string(request.range.until) +
                                         " is empty; `until` must be later than `from`"};
  }
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

Result<std::uint64_t> write_rows(const HistoryReader& history, const Plant& plant,
                                 const ExportRequest& request, TimeStyle style,
                                 const WriteText& write, const Progress& progress,
                                 std::stop_token stop) {
  GEMEL_ASSIGN(const auto signals, signals_of(request, plant));
  GEMEL_ASSIGN(const auto range, held(history, request.range));
  Rows rows(history, plant, range, request, style, write, progress, std::move(stop));
  return request.layout == Layout::Long ? rows.run_long(signals) : rows.run_wide(signals);
}

}  // namespace gemel::exchange::detail
