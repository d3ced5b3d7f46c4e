#pragma once
// The durable history in a PostgreSQL database, for plants whose records have to lie where others
// already ask with SQL. The tables are described in docs/formats/postgres.md.

#include <memory>
#include <string>

#include "core/history.hpp"
#include "core/plant.hpp"

namespace gemel::postgres {

struct Options {
  std::string url;               // postgresql://user@host:port/database
  std::string schema = "gemel";  // one history each
  const Plant* plant = nullptr;  // maps SignalId to what was recorded under its path; must outlive
  bool read_only = false;        // takes no lock, makes nothing, sees what others commit meanwhile
  Duration commit_every = {};    // 0: commit() is durable on return; otherwise sync() makes it so
};

/// Opens the history, making schema and tables where they are missing; `samples` becomes a
/// hypertable where the database has the extension timescaledb. While the server is away every
/// member fails with Unavailable and works again when it is back; a commit may then be tried again
/// with the same frame and is never done twice. Errors: InvalidInput (url, no plant), NotFound
/// (read_only and nothing there), Conflict (another program writes this schema), Unavailable,
/// Unsupported (made by a newer version, a database that is not in UTF-8).
Result<std::unique_ptr<History>> open(const Options& options);

/// A plant of bare signals, one for each path that was ever recorded, to read what the twin file no
/// longer has.
Result<Plant> recorded_signals(const std::string& url, const std::string& schema);

}  // namespace gemel::postgres
