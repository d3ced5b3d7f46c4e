#pragma once
// Which history a command works on: a directory, or a schema of a PostgreSQL database.

#include <memory>
#include <string>

#include "base/result.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"
#include "history/file_history.hpp"

namespace gemel::app {

/// What `--history` may say: a directory, or `postgresql://user@host:port/database#schema` (without
/// #schema: "gemel").
struct HistoryPlace {
  HistoryKind kind = HistoryKind::File;
  std::string directory;
  std::string url;
  std::string schema;

  /// For people: without a password.
  std::string shown() const;
};

/// `asked` is what --history says; when it says nothing, the twin file decides, and "PLANT.history"
/// here when that decides nothing either.
HistoryPlace history_place(const std::string& asked, const Plant& plant);
HistoryPlace history_place(const std::string& asked);

/// Opens it to write, as the plant's settings say, or to read only. `upkeep`: an engine does it
/// elsewhere than in commit(). Errors: as history::open and postgres::open.
Result<std::unique_ptr<History>> open_history(const HistoryPlace& place, const Plant& plant,
                                              history::Upkeep upkeep = history::Upkeep::AtCommit);
Result<std::unique_ptr<History>> open_history_to_read(const HistoryPlace& place,
                                                      const Plant& plant);

/// A plant of bare signals, as the history knows them.
Result<Plant> recorded_signals(const HistoryPlace& place);

/// What the settings promise, in a few sentences for `gemel check`.
std::string promise_of(const HistorySettings& settings);

}  // namespace gemel::app
