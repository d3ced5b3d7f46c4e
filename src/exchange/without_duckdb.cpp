// Stands in for the files that need DuckDB's header where there is none.

#include "exchange/detail/csv_arrivals.hpp"
#include "exchange/export.hpp"
#include "exchange/sql.hpp"

namespace gemel::exchange {
namespace {

Error no_header() {
  return {ErrorCode::Unsupported,
          "this gemel was built without DuckDB's header; run ./dev setup and build again. CSV "
          "works without it"};
}

}  // namespace

Result<std::uint64_t> export_parquet(const HistoryReader&, const Plant&, const ExportRequest&,
                                     const Progress&, std::stop_token) {
  return no_header();
}

Result<SqlTable> query(const HistoryReader&, const Plant&, const SqlRequest&, std::size_t,
                       std::stop_token) {
  return no_header();
}

Result<std::uint64_t> query_to_file(const HistoryReader&, const Plant&, const SqlRequest&,
                                    const std::filesystem::path&, FileFormat, std::stop_token) {
  return no_header();
}

Result<std::unique_ptr<detail::ArrivalReader>> detail::open_parquet(const ImportRequest&,
                                                                    SignalNames&, Timestamp) {
  return no_header();
}

}  // namespace gemel::exchange
