#pragma once
// Arrivals out of a CSV file, in the long or the wide layout.

#include <memory>

#include "base/csv_reader.hpp"
#include "exchange/detail/arrival.hpp"
#include "exchange/detail/cells.hpp"
#include "exchange/detail/column_plan.hpp"

namespace gemel::exchange::detail {

class CsvArrivals final : public ArrivalReader {
 public:
  /// Reads the header. No time may be later than `now`. `bytes`: of the whole, for done().
  /// Lifetime: `names` and `request` outlive it. Errors: those of plan_columns, InvalidInput (no
  /// header).
  static Result<std::unique_ptr<CsvArrivals>> open(const ImportRequest& request, SignalNames& names,
                                                   Timestamp now, CsvReader::Refill refill,
                                                   std::uint64_t bytes);

  Result<bool> next(std::vector<Arrival>& arrivals) override;
  double done() const override;
  std::uint64_t rows() const override { return rows_; }

 private:
  CsvArrivals(const ImportRequest& request, SignalNames& names, Timestamp now,
              CsvReader::Refill refill, std::uint64_t bytes);

  Result<void> read_header();
  Result<void> read_row(std::vector<Arrival>& arrivals);
  Result<void> read_long(Arrival arrival, std::vector<Arrival>& arrivals);
  Result<void> read_wide(Arrival arrival, std::vector<Arrival>& arrivals);
  std::string_view cell(std::size_t column) const { return reader_.cells()[column]; }
  bool has(std::size_t column) const { return column != ColumnPlan::kNone; }
  /// With the place of a cell and the name of its column.
  Error at(std::size_t column, const Error& error) const;

  SignalNames& names_;
  const ImportRequest& request_;
  const Timestamp now_;
  const std::uint64_t bytes_;
  CsvReader reader_;
  std::vector<std::string> header_;
  ColumnPlan plan_;
  TimeReader times_, known_times_;
  QualityReader qualities_;
  std::uint64_t rows_ = 0;
};

/// The same from the file of the request. Errors: NotFound, Unavailable, and the above.
Result<std::unique_ptr<ArrivalReader>> open_csv(const ImportRequest& request, SignalNames& names,
                                                Timestamp now);

/// Arrivals out of a Parquet file, by DuckDB. Errors: Unsupported (no DuckDB), NotFound,
/// InvalidInput (no Parquet file), those of plan_columns.
Result<std::unique_ptr<ArrivalReader>> open_parquet(const ImportRequest& request,
                                                    SignalNames& names, Timestamp now);

}  // namespace gemel::exchange::detail
