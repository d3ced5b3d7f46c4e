#include "exchange/detail/output_file.hpp"
#include "exchange/detail/record_windows.hpp"
#include "exchange/detail/refusals.hpp"
#include "exchange/detail/samples_table.hpp"
#include "exchange/export.hpp"

namespace gemel::exchange {
namespace {

/// DuckDB reads our table and writes the file, a row group at a time.
Result<std::uint64_t> write(detail::Database& database, const detail::Table& table,
                            const detail::Advance& advance, double parts, std::string_view select,
                            const ExportRequest& request, const Progress& progress,
                            std::stop_token stop) {
  GEMEL_TRY(add_table(database, table));
  detail::OutputFile file(request.path);
  GEMEL_TRY(file.open());  // for an error that names the folder, before the work
  const auto meanwhile = [&] {
    if (progress) progress(static_cast<double>(advance.parts_done) / 1e6 / parts, advance.rows);
  };
  const auto done = database.run("COPY (" + std::string(select) + ") TO " +
                                     detail::sql_text(file.path().string()) +
                                     " (FORMAT parquet, COMPRESSION zstd)",
                                 stop, meanwhile);
  if (stop.stop_requested()) return detail::export_stopped();
  if (!done) return done.error();
  GEMEL_TRY(file.finish());
  if (progress) progress(1.0, advance.rows);
  return advance.rows.load();
}

}  // namespace

Result<std::uint64_t> export_parquet(const HistoryReader& history, const Plant& plant,
                                     const ExportRequest& request, const Progress& progress,
                                     std::stop_token stop) {
  GEMEL_ASSIGN(const auto signals, detail::signals_of(request, plant));
  if (request.layout == Layout::Wide) {
    const detail::WideTable table(history, plant, signals, request, stop);
    GEMEL_ASSIGN(const auto database, detail::Database::open());
    return write(*database, table, table.advance(), 1.0, "SELECT * FROM wide()", request, progress,
                 stop);
  }
  const detail::SamplesTable table(history, plant, request, stop);
  GEMEL_ASSIGN(const auto database, detail::Database::open());
  return write(*database, table, table.advance(), static_cast<double>(signals.size()),
               "SELECT source_time AS time, signal, value, unit, quality, known_at FROM samples()",
               request, progress, stop);
}

}  // namespace gemel::exchange
