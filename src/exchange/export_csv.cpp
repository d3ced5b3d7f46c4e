#include "exchange/detail/csv_text.hpp"
#include "exchange/detail/output_file.hpp"
#include "exchange/detail/record_windows.hpp"
#include "exchange/detail/refusals.hpp"
#include "exchange/detail/wide_rows.hpp"
#include "exchange/export.hpp"

namespace gemel::exchange {
namespace {

constexpr std::size_t kTextAtOnce = 1u << 20;

class CsvRows {
 public:
  CsvRows(const HistoryReader& history, const Plant& plant, TimeRange range,
          const ExportRequest& request, const WriteText& write, const Progress& progress,
          std::stop_token stop)
      : history_(history),
        plant_(plant),
        range_(range),
        request_(request),
        write_(write),
        progress_(progress),
        stop_(std::move(stop)) {}

  Result<std::uint64_t> run_long(const std::vector<SignalId>& signals) {
    text_ = "time,signal,value,unit,quality,known_at\n";
    for (std::size_t i = 0; i < signals.size(); ++i) {
      const auto& signal = plant_.signal(signals[i]);
      const auto name = "," + detail::csv_field(signal.path) + ",";
      const auto unit = "," + detail::csv_field(signal.unit.symbol) + ",";
      GEMEL_TRY(each_window({signals[i]}, i, signals.size(), [&](const auto& records) {
        for (const auto& record : records.front()) {
          times_.append(text_, record.source_time);
          text_ += name;
          append_value(record);
          text_ += unit;
          if (record.quality == Quality{})
            text_ += "good";
          else
            text_ += detail::csv_field(to_string(record.quality));
          text_ += ',';
          if (record.known_at != detail::kNotTold) known_.append(text_, record.known_at);
          text_ += '\n';
        }
        rows_ += records.front().size();
      }));
    }
    return finish();
  }

  Result<std::uint64_t> run_wide(const std::vector<SignalId>& signals) {
    text_ = "time";
    for (const auto signal : signals) text_ += "," + detail::csv_field(plant_.signal(signal).path);
    text_ += '\n';
    GEMEL_TRY(each_window(signals, 0, 1, [&](const auto& records) {
      for (detail::WideRows rows(records); rows.next(); ++rows_) {
        times_.append(text_, rows.time());
        for (const auto* record : rows.row()) {
          text_ += ',';
          if (record) append_value(*record);
        }
        text_ += '\n';
      }
    }));
    return finish();
  }

 private:
  void append_value(const Record& record) {
    if (record.quality.grade != Grade::Missing) detail::append_number(text_, record.value);
  }

  /// `part` of `parts` is for the progress.
  template <class Take>
  Result<void> each_window(std::vector<SignalId> signals, std::size_t part, std::size_t parts,
                           Take&& take) {
    detail::RecordWindows windows(history_, std::move(signals), range_, request_.known_at,
                                  request_.every);
    for (;;) {
      if (stop_.stop_requested()) return detail::export_stopped();
      GEMEL_ASSIGN(const bool more, windows.next());
      if (!more) return {};
      take(windows.records());
      if (rows_ > request_.rows_max) return detail::too_many_rows(request_.rows_max);
      GEMEL_TRY(flush(kTextAtOnce));
      if (progress_)
        progress_((static_cast<double>(part) + windows.done()) / static_cast<double>(parts), rows_);
    }
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
  const WriteText& write_;
  const Progress& progress_;
  std::stop_token stop_;
  detail::TimeWriter times_, known_;
  std::string text_;
  std::uint64_t rows_ = 0;
};

}  // namespace

Result<std::uint64_t> write_csv(const HistoryReader& history, const Plant& plant,
                                const ExportRequest& request, const WriteText& write,
                                const Progress& progress, std::stop_token stop) {
  GEMEL_ASSIGN(const auto signals, detail::signals_of(request, plant));
  GEMEL_ASSIGN(const auto range, detail::held(history, request.range, request.every));
  CsvRows rows(history, plant, range, request, write, progress, std::move(stop));
  return request.layout == Layout::Long ? rows.run_long(signals) : rows.run_wide(signals);
}

Result<std::uint64_t> export_csv(const HistoryReader& history, const Plant& plant,
                                 const ExportRequest& request, const Progress& progress,
                                 std::stop_token stop) {
  detail::OutputFile file(request.path);
  GEMEL_TRY(file.open());
  const auto write = [&](std::string_view text) { return file.append(text); };
  GEMEL_ASSIGN(const auto rows,
               write_csv(history, plant, request, write, progress, std::move(stop)));
  GEMEL_TRY(file.finish());
  return rows;
}

}  // namespace gemel::exchange
