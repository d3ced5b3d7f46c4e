// gemel history query | export | import | sql | stat | verify | compact | backup | restore

#include "app/history_subcommand.hpp"

namespace gemel::app {

void add_history(CLI::App& app, Chosen& chosen) {
  auto* history = app.add_subcommand(
      "history", "Read, export, import, ask and look after a history, beside its twin or without.");
  history->require_subcommand(1);
  history->footer(
      "Examples:\n"
      "  gemel history query --history DIR pump_1.flow --from 2026-01-31\n"
      "  gemel history export --history DIR --out january.parquet --from 2026-01-01\n"
      "  gemel history import --history DIR --twin twin.yaml old_years.csv\n"
      "  gemel history sql --history DIR \"SELECT signal, avg(value) FROM samples GROUP BY "
      "signal\"\n"
      "Each subcommand has --help with examples.");
  add_history_query(*history, chosen);
  add_history_export(*history, chosen);
  add_history_import(*history, chosen);
  add_history_sql(*history, chosen);
  add_history_stat(*history, chosen);
  add_history_verify(*history, chosen);
  add_history_compact(*history, chosen);
  add_history_backup(*history, chosen);
  add_history_restore(*history, chosen);
}

}  // namespace gemel::app
