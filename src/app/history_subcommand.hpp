#pragma once
// What the subcommands of `gemel history` share. Each stands in a file of its own,
// history_NAME.cpp, and is one line in history_command.cpp.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "app/commands.hpp"
#include "base/result.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"

namespace gemel::app {

/// Options that several have. Lifetime: shared by the command line and what it chose.
struct HistoryOptions {
  std::string history;  // a directory, or postgresql://…#SCHEMA
  std::string twin;
  std::vector<std::string> signals;  // patterns
  std::string from, until, known_at;
};

struct OpenedHistory {
  std::shared_ptr<const Plant> plant;
  std::unique_ptr<History> history;
};
/// With the twin file's signals, or those that the history knows. Errors: those of the twin file
/// and the history.
Result<OpenedHistory> open_to_read(const HistoryOptions& options);
/// As above, to write; many frames share one sync. Errors: NotFound too, when there is neither a
/// twin file nor a history, whose signals nobody knows.
Result<OpenedHistory> open_to_write(const HistoryOptions& options);

/// From --from and --until, and from --known-at. Errors: InvalidInput.
Result<TimeRange> range_of(const HistoryOptions& options);
Result<Timestamp> known_at_of(const HistoryOptions& options);

/// Adds a subcommand with --history; what it does when it is chosen is `action`.
CLI::App* add_history_subcommand(CLI::App& history, Chosen& chosen, HistoryOptions& options,
                                 const std::string& name, const std::string& what,
                                 const std::string& examples,
                                 std::function<Result<void>(std::stop_token)> action);
void add_range_options(CLI::App& subcommand, HistoryOptions& options);
void add_twin_option(CLI::App& subcommand, HistoryOptions& options, const std::string& what);

/// How fast a long piece of work is, for its progress line.
class Pace {
 public:
  /// "1.2 M samples/s, 12 s left".
  std::string told(double done, std::uint64_t count, const std::string& what) const;

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void add_history_query(CLI::App& history, Chosen& chosen);
void add_history_export(CLI::App& history, Chosen& chosen);
void add_history_import(CLI::App& history, Chosen& chosen);
void add_history_sql(CLI::App& history, Chosen& chosen);
void add_history_stat(CLI::App& history, Chosen& chosen);
void add_history_verify(CLI::App& history, Chosen& chosen);
void add_history_compact(CLI::App& history, Chosen& chosen);
void add_history_backup(CLI::App& history, Chosen& chosen);
void add_history_restore(CLI::App& history, Chosen& chosen);

}  // namespace gemel::app
