#include "exchange/detail/record_windows.hpp"
#include "exchange/detail/refusals.hpp"
#include "exchange/detail/samples_table.hpp"
#include "exchange/detail/wide_rows.hpp"

namespace gemel::exchange::detail {
namespace {

class WideScan final : public Scan, public ScanPart {
 public:
  WideScan(const HistoryReader& history, const ExportRequest& request,
           std::vector<SignalId> signals, TimeRange range, std::stop_token stop, Advance& advance)
      : windows_(history, std::move(signals), range, request.known_at, request.every),
        rows_max_(request.rows_max),
        stop_(std::move(stop)),
        advance_(advance) {}

  std::unique_ptr<ScanPart> part() override { return std::make_unique<Borrowed>(*this); }

  Result<std::size_t> fill(const Filling& filling) override {
    std::size_t count = 0;
    while (count < filling.capacity()) {
      GEMEL_ASSIGN(const bool more, at_a_row());
      if (!more) break;
      if (auto* times = filling.times(0)) times[count] = rows_->time().ns;
      for (std::size_t i = 0; i < rows_->row().size(); ++i) {
        const auto* record = rows_->row()[i];
        if (record && record->quality.grade != Grade::Missing) {
          if (auto* values = filling.numbers(i + 1)) values[count] = record->value;
        } else {
          filling.set_null(i + 1, count);
        }
      }
      ++count;
    }
    if ((advance_.rows += count) > rows_max_) return too_many_rows(rows_max_);
    return count;
  }

 private:
  /// DuckDB's threads own their parts; there is one part here, and it is the scan.
  struct Borrowed final : ScanPart {
    explicit Borrowed(WideScan& lender) : scan(lender) {}
    Result<std::size_t> fill(const Filling& filling) override { return scan.fill(filling); }
    WideScan& scan;
  };

  Result<bool> at_a_row() {
    while (!rows_ || !rows_->next()) {
      if (stop_.stop_requested()) return export_stopped();
      GEMEL_ASSIGN(const bool more, windows_.next());
      if (!more) return false;
      rows_.emplace(windows_.records());
      advance_.parts_done = static_cast<std::uint64_t>(windows_.done() * 1e6);
    }
    return true;
  }

  RecordWindows windows_;
  std::optional<WideRows> rows_;
  const std::uint64_t rows_max_;
  const std::stop_token stop_;
  Advance& advance_;
};

}  // namespace

std::vector<Column> WideTable::columns() const {
  std::vector<Column> columns{{"time", ColumnType::Time}};
  for (const auto signal : signals_)
    columns.push_back({plant_.signal(signal).path, ColumnType::Number});
  return columns;
}

Result<std::unique_ptr<Scan>> WideTable::scan(const Asked&) const {
  GEMEL_ASSIGN(auto signals, signals_of(request_, plant_));
  GEMEL_ASSIGN(const auto range, held(history_, request_.range, request_.every));
  return std::unique_ptr<Scan>(
      std::make_unique<WideScan>(history_, request_, std::move(signals), range, stop_, advance_));
}

}  // namespace gemel::exchange::detail
