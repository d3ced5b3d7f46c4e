// gemel history compact

#include <cstdio>

#include "app/history_store.hpp"
#include "app/history_subcommand.hpp"
#include "app/terminal.hpp"
#include "history/statistics.hpp"

namespace gemel::app {
namespace {

Result<void> compact(const HistoryOptions& options, std::stop_token stop) {
  const auto place = history_place(options.history);
  if (place.kind == HistoryKind::Postgres) {
    return {ErrorCode::Unsupported,
            "a history in PostgreSQL is compacted by the server itself: autovacuum, or VACUUM"};
  }
  GEMEL_ASSIGN(const auto before, history::statistics(place.directory));
  {
    ProgressLine line("compacting");
    GEMEL_TRY(history::compact(
        place.directory, [&](double done) { line.show(done, ""); }, std::move(stop)));
  }
  GEMEL_ASSIGN(const auto after, history::statistics(place.directory));
  std::printf("%zu segments became %zu, %.1f MB became %.1f MB\n", before.segments.size(),
              after.segments.size(),
              static_cast<double>(before.segment_bytes() + before.log_bytes) / 1e6,
              static_cast<double>(after.segment_bytes() + after.log_bytes) / 1e6);
  return {};
}

}  // namespace

void add_history_compact(CLI::App& history, Chosen& chosen) {
  auto options = std::make_shared<HistoryOptions>();
  add_history_subcommand(history, chosen, *options, "compact",
                         "Pack the log and merge segments into as few as there can be. A running "
                         "twin does both by itself.",
                         "  gemel history compact --history riverside.history",
                         [options](std::stop_token stop) { return compact(*options, stop); });
}

}  // namespace gemel::app
