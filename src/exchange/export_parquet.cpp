#include "exchange/detail/duckdb.hpp"
#include "exchange/detail/output_file.hpp"
#include "exchange/detail/rows.hpp"
#include "exchange/export.hpp"

namespace gemel::exchange {
namespace {

using detail::sql_text;

/// DuckDB reads the staged rows as a stream, so memory stays bounded however long the export is.
std::string to_parquet(const ExportRequest& request, const Plant& plant,
                       const std::vector<SignalId>& signals, const std::filesystem::path& staged,
                       const std::filesystem::path& target) {
  std::string columns, select;
  if (request.layout == Layout::Long) {
    columns =
        "'time':'BIGINT','signal':'VARCHAR','value':'DOUBLE','unit':'VARCHAR','quality':'VARCHAR','"
        "known_at':'BIGINT'";
    select =
        "make_timestamp_ns(time) AS time, signal, value, unit, quality, "
        "make_timestamp_ns(known_at) AS known_at";
  } else {
    columns = "'time':'BIGINT'";
    for (const auto signal : signals)
      columns += "," + sql_text(plant.signal(signal).path) + ":'DOUBLE'";
    select = "* REPLACE (make_timestamp_ns(time) AS time)";
  }
  return "COPY (SELECT " + select + " FROM read_csv(" + sql_text(staged.string()) +
         ", header=true, auto_detect=false, " +
         "delim=',', quote='\"', escape='\"', nullstr='', columns={" + columns + "})) TO " +
         sql_text(target.string()) + " (FORMAT parquet, COMPRESSION zstd)";
}

}  // namespace

Result<std::uint64_t> export_parquet(const HistoryReader& history, const Plant& plant,
                                     const ExportRequest& request, const Progress& progress,
                                     std::stop_token stop) {
  // Before hours of rows are staged: is DuckDB there at all?
  GEMEL_TRY(detail::run_in_duckdb("SELECT 1"));
  GEMEL_ASSIGN(const auto signals, detail::signals_of(request, plant));
  detail::OutputFile staged(request.path, ".rows.part");
  detail::OutputFile target(request.path);
  GEMEL_TRY(staged.open());
  const auto write = [&](std::string_view text) { return staged.append(text); };
  GEMEL_ASSIGN(const auto rows,
               detail::write_rows(history, plant, request, detail::TimeStyle::Nanoseconds, write,
                                  progress, stop));
  GEMEL_TRY(
      detail::run_in_duckdb(to_parquet(request, plant, signals, staged.path(), target.path())));
  if (stop.stop_requested())
    return {ErrorCode::Cancelled, "the export was stopped; nothing was left behind"};
  GEMEL_TRY(target.finish());
  return rows;
}

}  // namespace gemel::exchange
