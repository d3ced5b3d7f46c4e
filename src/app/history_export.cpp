// gemel history export

#include <cstdio>

#include "app/history_subcommand.hpp"
#include "app/terminal.hpp"
#include "exchange/export.hpp"
#include "exchange/signal_patterns.hpp"

namespace gemel::app {
namespace {

struct ExportOptions : HistoryOptions {
  std::string output, format, every;
  bool wide = false;
};

Result<void> write_out(const ExportOptions& options, std::stop_token stop) {
  GEMEL_ASSIGN(const auto opened, open_to_read(options));
  exchange::ExportRequest request;
  GEMEL_ASSIGN(request.range, range_of(options));
  GEMEL_ASSIGN(request.known_at, known_at_of(options));
  GEMEL_ASSIGN(request.signals, exchange::match_signals(*opened.plant, options.signals));
  if (!options.every.empty()) {
    GEMEL_ASSIGN(request.every, parse_duration(options.every));
    if (request.every.ns <= 0)
      return {ErrorCode::InvalidInput, "--every must be longer than " + options.every};
  }
  request.path = options.output;
  request.layout = options.wide ? exchange::Layout::Wide : exchange::Layout::Long;
  const bool parquet = options.format == "parquet" ||
                       (options.format.empty() && options.output.ends_with(".parquet"));
  std::uint64_t rows = 0;
  {
    ProgressLine line("exporting");
    const Pace pace;
    const auto progress = [&](double done, std::uint64_t count) {
      line.show(done, pace.told(done, count, "rows"));
    };
    GEMEL_ASSIGN(
        rows,
        parquet ? exchange::export_parquet(*opened.history, *opened.plant, request, progress, stop)
                : exchange::export_csv(*opened.history, *opened.plant, request, progress, stop));
  }
  std::printf("%llu rows written to %s\n", static_cast<unsigned long long>(rows),
              options.output.c_str());
  return {};
}

}  // namespace

void add_history_export(CLI::App& history, Chosen& chosen) {
  auto options = std::make_shared<ExportOptions>();
  auto* sub = add_history_subcommand(
      history, chosen, *options, "export", "Write a stretch of history as CSV or Parquet.",
      "  gemel history export --history riverside.history --out january.parquet --from 2026-01-01\n"
      "  gemel history export --history riverside.history --out hours.csv --wide --every '1 h' "
      "'line_1.*'",
      [options](std::stop_token stop) { return write_out(*options, std::move(stop)); });
  sub->add_option("signals,--signals", options->signals,
                  "Signal paths, endings that only one has, or patterns with * (default: all).");
  sub->add_option("--out", options->output, "The file to write.")->required();
  sub->add_option("--format", options->format, "csv or parquet (default: by the file's ending).")
      ->check(CLI::IsMember({"csv", "parquet"}));
  sub->add_flag("--wide", options->wide,
                "A column for each signal instead of a row for each record.");
  sub->add_option("--every", options->every,
                  "Means over so long ('10 s', '1 h') instead of the records.");
  add_range_options(*sub, *options);
  add_twin_option(*sub, *options, "The twin file, for units.");
}

}  // namespace gemel::app
