// gemel history sql

#include <cstdio>

#include "app/history_subcommand.hpp"
#include "app/terminal.hpp"
#include "exchange/signal_patterns.hpp"
#include "exchange/sql.hpp"

namespace gemel::app {
namespace {

struct SqlOptions : HistoryOptions {
  std::string statement, output, format = "table", memory = "1GB";
  std::size_t rows = 1'000;
};

Result<void> ask(const SqlOptions& options, std::stop_token stop) {
  GEMEL_ASSIGN(const auto opened, open_to_read(options));
  exchange::SqlRequest request;
  request.statement = options.statement;
  request.memory_max = options.memory;
  GEMEL_ASSIGN(request.range, range_of(options));
  GEMEL_ASSIGN(request.known_at, known_at_of(options));
  GEMEL_ASSIGN(request.signals, exchange::match_signals(*opened.plant, options.signals));

  auto format = options.format;
  for (const char* ending : {"csv", "json", "parquet"}) {
    if (format == "table" && options.output.ends_with(std::string(".") + ending)) format = ending;
  }
  if (format != "table") {
    if (options.output.empty() && format == "parquet")
      return {ErrorCode::InvalidInput, "Parquet can't be printed; name a file by --output"};
    const auto kind = format == "csv"    ? exchange::FileFormat::Csv
                      : format == "json" ? exchange::FileFormat::Json
                                         : exchange::FileFormat::Parquet;
    const std::string path = options.output.empty() ? "/dev/stdout" : options.output;
    GEMEL_ASSIGN(const auto rows, exchange::query_to_file(*opened.history, *opened.plant, request,
                                                          path, kind, stop));
    if (!options.output.empty())
      std::printf("%llu rows written to %s\n", static_cast<unsigned long long>(rows),
                  options.output.c_str());
    return {};
  }
  if (!options.output.empty())
    return {ErrorCode::InvalidInput,
            "--output must end in .csv, .json or .parquet, or --format "
            "must say which it is"};
  GEMEL_ASSIGN(const auto answer,
               exchange::query(*opened.history, *opened.plant, request, options.rows, stop));
  Table table(answer.columns);
  for (const auto& row : answer.rows) {
    std::vector<std::string> cells;
    for (const auto& cell : row) cells.push_back(cell.value_or("-"));
    table.add(std::move(cells));
  }
  std::printf("%s", table.to_text().c_str());
  if (answer.more)
    std::fprintf(stderr, "there are more rows; ask for them by --rows or --output\n");
  return {};
}

}  // namespace

void add_history_sql(CLI::App& history, Chosen& chosen) {
  auto options = std::make_shared<SqlOptions>();
  auto* sub = add_history_subcommand(
      history, chosen, *options, "sql", "Ask a history in SQL (DuckDB's), read only.",
      "  gemel history sql --history DIR \"SELECT signal, count(*), avg(value) FROM samples GROUP "
      "BY "
      "signal\"\n"
      "  gemel history sql --history DIR --signals 'line_1.*' --from 2026-01-31 --output "
      "flows.parquet "
      "\"SELECT * FROM samples WHERE grade = 'good'\"\n"
      "  gemel history sql --history DIR \"SELECT known_at, details->>'name' FROM events WHERE "
      "kind = "
      "'AlarmRaised'\"\n"
      "Tables: samples (signal, source_time, known_at, value, unit, quality, grade), latest, "
      "signals,\n"
      "events (known_at, kind, details). A WHERE is judged after reading; what bounds the reading "
      "is\n"
      "--signals, --from, --until and --known-at, or in the statement samples(signals := 'a.*, "
      "b',\n"
      "from_time := …, until_time := …, known_at := TIMESTAMP_NS '2026-01-31 08:00:00').",
      [options](std::stop_token stop) { return ask(*options, std::move(stop)); });
  sub->add_option("statement", options->statement, "One SELECT, DESCRIBE, SUMMARIZE or EXPLAIN.")
      ->required();
  sub->add_option("--signals", options->signals,
                  "Only these: paths or patterns with *, by comma; may be repeated.")
      ->delimiter(',')
      ->allow_extra_args(false);
  add_range_options(*sub, *options);
  sub->add_option("--output", options->output, "A file: .csv, .json or .parquet.");
  sub->add_option("--format", options->format, "table, csv, json or parquet.")
      ->check(CLI::IsMember({"table", "csv", "json", "parquet"}))
      ->capture_default_str();
  sub->add_option("--rows", options->rows, "Most rows of a printed table.")->capture_default_str();
  sub->add_option("--memory", options->memory, "What DuckDB may take before it uses the disk.")
      ->capture_default_str();
  add_twin_option(*sub, *options, "The twin file, for units.");
}

}  // namespace gemel::app
