// gemel history query

#include <cstdio>

#include "app/history_subcommand.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "exchange/signal_patterns.hpp"

namespace gemel::app {
namespace {

struct QueryOptions : HistoryOptions {
  std::size_t limit = 1'000;
};

Result<void> query(const QueryOptions& options) {
  GEMEL_ASSIGN(const auto opened, open_to_read(options));
  GEMEL_ASSIGN(const auto range, range_of(options));
  GEMEL_ASSIGN(const auto known_at, known_at_of(options));
  GEMEL_ASSIGN(const auto signals, exchange::match_signals(*opened.plant, options.signals));
  Table table({"time", "signal", "value", "unit", "quality", "known at"});
  for (const auto id : signals) {
    const auto& signal = opened.plant->signal(id);
    GEMEL_ASSIGN(const auto records, opened.history->read(id, range, known_at, options.limit));
    for (const auto& record : records) {
      const bool missing = record.quality.grade == Grade::Missing;
      table.add({to_string(record.source_time), signal.path,
                 missing ? "-" : text::number(record.value), signal.unit.symbol,
                 to_string(record.quality), to_string(record.known_at)});
    }
  }
  if (table.empty())
    std::fprintf(stderr, "no records in this range\n");
  else
    std::printf("%s", table.to_text().c_str());
  return {};
}

}  // namespace

void add_history_query(CLI::App& history, Chosen& chosen) {
  auto options = std::make_shared<QueryOptions>();
  auto* sub = add_history_subcommand(
      history, chosen, *options, "query", "Print records.",
      "  gemel history query --history riverside.history pump_1.flow --from 2026-01-31\n"
      "  gemel history query --history riverside.history 'line_1.*' --known-at "
      "2026-01-31T08:00:00Z",
      [options](std::stop_token) { return query(*options); });
  sub->add_option("signals", options->signals,
                  "Signal paths, endings that only one has, or patterns with *.")
      ->required();
  sub->add_option("--limit", options->limit, "Most records of one signal.")->capture_default_str();
  add_range_options(*sub, *options);
  add_twin_option(*sub, *options, "The twin file, for units.");
}

}  // namespace gemel::app
