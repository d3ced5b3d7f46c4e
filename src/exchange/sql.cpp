#include "exchange/sql.hpp"

#include <random>

#include <unistd.h>

#include "exchange/detail/output_file.hpp"
#include "exchange/detail/plant_tables.hpp"
#include "exchange/detail/samples_table.hpp"

namespace gemel::exchange {
namespace {

/// The tables and the database that reads them. Lifetime: in this order.
class Session {
 public:
  Session(const HistoryReader& history, const Plant& plant, const SqlRequest& request,
          std::stop_token stop)
      : request_(request),
        stop_(std::move(stop)),
        samples_(history, plant,
                 {.signals = request.signals,
                  .range = request.range,
                  .known_at = request.known_at,
                  .every = {},
                  .path = {}},
                 stop_),
        latest_(history, plant, request),
        signals_(plant),
        events_(history, request) {}

  ~Session() {
    database_.reset();
    std::error_code ignored;  // nothing is there unless a statement outgrew its memory
    std::filesystem::remove_all(scratch_, ignored);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Result<void> open() {
    scratch_ =
        std::filesystem::temp_directory_path() /
        ("gemel-sql-" + std::to_string(::getpid()) + "-" + std::to_string(std::random_device{}()));
    GEMEL_ASSIGN(database_, detail::Database::open({{"memory_limit", request_.memory_max},
                                                    {"temp_directory", scratch_.string()}}));
    for (const detail::Table* table :
         std::initializer_list<const detail::Table*>{&samples_, &latest_, &signals_, &events_}) {
      GEMEL_TRY(add_table(*database_, *table));
      const auto name = detail::sql_name(table->name());
      GEMEL_TRY(database_->run("CREATE VIEW " + name + " AS SELECT * FROM " + name + "()"));
    }
    return {};
  }

  /// The statement by itself first, so that what DuckDB says of it counts from its own beginning.
  Result<detail::Database::Described> described() {
    GEMEL_ASSIGN(auto described, database_->describe(request_.statement));
    const auto kind = described.kind;
    if (kind == DUCKDB_STATEMENT_TYPE_SELECT || kind == DUCKDB_STATEMENT_TYPE_EXPLAIN)
      return described;
    return Error{ErrorCode::InvalidInput,
                 "the history is only read here: SELECT, WITH, DESCRIBE, SUMMARIZE and EXPLAIN are "
                 "answered; --output writes what they answer into a file"};
  }

  detail::Database& database() { return *database_; }
  /// Without the end that a subquery may not have.
  std::string statement() const {
    auto text = request_.statement;
    while (!text.empty() &&
           (text.back() == ';' || std::isspace(static_cast<unsigned char>(text.back()))))
      text.pop_back();
    return text + "\n";  // which ends a comment at its end
  }

 private:
  const SqlRequest& request_;
  const std::stop_token stop_;
  const detail::SamplesTable samples_;
  const detail::LatestTable latest_;
  const detail::SignalsTable signals_;
  const detail::EventsTable events_;
  std::filesystem::path scratch_;
  std::unique_ptr<detail::Database> database_;
};

std::string_view copy_options(FileFormat format) {
  switch (format) {
    case FileFormat::Csv:
      return "(FORMAT csv, HEADER)";
    case FileFormat::Json:
      return "(FORMAT json)";
    case FileFormat::Parquet:
      return "(FORMAT parquet, COMPRESSION zstd)";
  }
  return "";
}

}  // namespace

Result<SqlTable> query(const HistoryReader& history, const Plant& plant, const SqlRequest& request,
                       std::size_t rows_max, std::stop_token stop) {
  Session session(history, plant, request, stop);
  GEMEL_TRY(session.open());
  GEMEL_ASSIGN(auto described, session.described());
  SqlTable table;
  table.columns = std::move(described.columns);
  // DuckDB writes its many types as text; EXPLAIN is text already, and can't be selected from.
  const auto sql = described.kind == DUCKDB_STATEMENT_TYPE_EXPLAIN
                       ? request.statement
                       : "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (" + session.statement() + ")";
  GEMEL_ASSIGN(auto rows, session.database().query(sql, stop));
  for (;;) {
    GEMEL_ASSIGN(const bool more, rows.next());
    if (!more) return table;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      table.more = table.rows.size() == rows_max;
      if (table.more) return table;
      auto& cells = table.rows.emplace_back();
      for (std::size_t column = 0; column < table.columns.size(); ++column) {
        if (rows.is_null(column, row))
          cells.emplace_back();
        else
          cells.emplace_back(rows.text(column, row));
      }
    }
  }
}

Result<std::uint64_t> query_to_file(const HistoryReader& history, const Plant& plant,
                                    const SqlRequest& request, const std::filesystem::path& path,
                                    FileFormat format, std::stop_token stop) {
  Session session(history, plant, request, stop);
  GEMEL_TRY(session.open());
  GEMEL_TRY(session.described());
  const auto copy_to = [&](const std::filesystem::path& target) -> Result<std::uint64_t> {
    GEMEL_ASSIGN(auto rows, session.database().query("COPY (" + session.statement() + ") TO " +
                                                         detail::sql_text(target.string()) + " " +
                                                         std::string(copy_options(format)),
                                                     stop));
    GEMEL_ASSIGN(const bool counted, rows.next());
    return counted ? static_cast<std::uint64_t>(rows.column<std::int64_t>(0)[0]) : 0;
  };
  if (path == "/dev/stdout") return copy_to(path);
  detail::OutputFile file(path);
  GEMEL_TRY(file.open());
  GEMEL_ASSIGN(const auto rows, copy_to(file.path()));
  GEMEL_TRY(file.finish());
  return rows;
}

}  // namespace gemel::exchange
