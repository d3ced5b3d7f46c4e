// gemel history backup | restore

#include <cstdio>

#include "app/history_store.hpp"
#include "app/history_subcommand.hpp"
#include "app/terminal.hpp"
#include "history/backup.hpp"

namespace gemel::app {
namespace {

/// The directory; a history in a database has other means.
Result<std::string> directory_of(const std::string& asked, const std::string& instead) {
  const auto place = history_place(asked);
  if (place.kind == HistoryKind::File) return place.directory;
  return {ErrorCode::Unsupported,
          "a history in PostgreSQL is copied by the server's own means: " + instead};
}

history::Progress shown_by(ProgressLine& line) {
  return [&line](double done) { line.show(done, ""); };
}

void tell(const history::Copied& copied, const std::string& where) {
  std::printf(
      "%llu files, %.1f MB copied, %.1f MB were there already: %s holds all that was known at %s\n",
      static_cast<unsigned long long>(copied.files), static_cast<double>(copied.bytes) / 1e6,
      static_cast<double>(copied.bytes_before) / 1e6, where.c_str(),
      to_string(copied.last_known_at).c_str());
}

Result<void> back_up(const HistoryOptions& options, const std::string& target,
                     std::stop_token stop) {
  GEMEL_ASSIGN(const auto directory, directory_of(options.history, "pg_dump or a base backup"));
  ProgressLine line("backing up");
  GEMEL_ASSIGN(const auto copied,
               history::backup(directory, target, shown_by(line), std::move(stop)));
  tell(copied, target);
  return {};
}

Result<void> restore(const HistoryOptions& options, const std::string& backup, bool damaged_too,
                     std::stop_token stop) {
  GEMEL_ASSIGN(const auto directory, directory_of(options.history, "pg_restore"));
  ProgressLine line("restoring");
  GEMEL_ASSIGN(const auto copied,
               history::restore(backup, directory, damaged_too, shown_by(line), std::move(stop)));
  tell(copied, directory);
  return {};
}

}  // namespace

void add_history_backup(CLI::App& history, Chosen& chosen) {
  auto options = std::make_shared<HistoryOptions>();
  auto target = std::make_shared<std::string>();
  auto* sub = add_history_subcommand(
      history, chosen, *options, "backup",
      "Copy a history, also while its twin runs; the copy is of one moment, and a history itself.",
      "  gemel history backup --history riverside.history --to /backup/riverside\n"
      "Made again to the same place, it copies only what is new.",
      [options, target](std::stop_token stop) { return back_up(*options, *target, stop); });
  sub->add_option("--to", *target, "Directory of the copy; made if it is not there.")->required();
}

void add_history_restore(CLI::App& history, Chosen& chosen) {
  auto options = std::make_shared<HistoryOptions>();
  auto backup = std::make_shared<std::string>();
  auto damaged_too = std::make_shared<bool>(false);
  auto* sub = add_history_subcommand(
      history, chosen, *options, "restore",
      "Make a history from a backup, after checking every byte of it.",
      "  gemel history restore --history riverside.history --from /backup/riverside",
      [options, backup, damaged_too](std::stop_token stop) {
        return restore(*options, *backup, *damaged_too, stop);
      });
  sub->add_option("--from", *backup, "Directory of the backup.")->required();
  sub->add_flag("--damaged", *damaged_too, "Restore what can be read of a damaged backup.");
}

}  // namespace gemel::app
