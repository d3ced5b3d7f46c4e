#include "postgres/detail/schema.hpp"

#include <unordered_map>

#include <fmt/format.h>

#include "base/log.hpp"

namespace gemel::postgres::detail {
namespace {

// One index answers every question about one signal: a range (read backwards in time and turned
// round), the newest record before a moment, one moment. Gap marks are rare and have their own, so
// that "the newest gap" does not walk through a year of values. Columns go from wide to narrow:
// no byte of a row is padding but two.
constexpr const char* kTables = R"sql(
CREATE TABLE store (
  version integer NOT NULL,
  forgotten_samples bigint NOT NULL DEFAULT 0
);
INSERT INTO store (version) VALUES (1);
CREATE TABLE signals (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  path text NOT NULL UNIQUE
);
CREATE TABLE frames (
  known_at bigint PRIMARY KEY,
  samples_total bigint NOT NULL,
  events_total bigint NOT NULL
);
CREATE TABLE events (
  known_at bigint NOT NULL,
  seq integer NOT NULL,
  kind text NOT NULL,
  body json NOT NULL,
  PRIMARY KEY (known_at, seq)
);
CREATE TABLE samples (
  source_time bigint NOT NULL,
  known_at bigint NOT NULL,
  value double precision NOT NULL,
  signal integer NOT NULL,
  seq integer NOT NULL,
  causes integer NOT NULL,
  grade smallint NOT NULL
);
CREATE UNIQUE INDEX samples_of_signal
  ON samples (signal, source_time DESC, known_at DESC, seq);
CREATE INDEX gaps_of_signal
  ON samples (signal, source_time DESC, known_at DESC) WHERE grade = 3;
CREATE VIEW readable AS
  SELECT path, to_timestamp(source_time / 1e9) AS source_time,
         to_timestamp(known_at / 1e9) AS known_at, value,
         (ARRAY['good', 'uncertain', 'bad', 'missing'])[grade + 1] AS grade, causes
  FROM samples JOIN signals ON signals.id = samples.signal;
)sql";

// A day a chunk.
constexpr const char* kHypertable =
    "SELECT create_hypertable('samples', 'source_time', chunk_time_interval => 86400000000000, "
    "create_default_indexes => false)";

Result<bool> holds(Connection& connection, const char* question,
                   std::initializer_list<std::string> parameters = {}) {
  GEMEL_ASSIGN(const auto rows, connection.ask(question, parameters));
  return rows.size() > 0;
}

Result<void> check_encoding(Connection& connection) {
  GEMEL_ASSIGN(const auto rows, connection.ask("SELECT current_setting('server_encoding')"));
  if (rows.text(0, 0) == "UTF8") return {};
  return {ErrorCode::Unsupported,
          fmt::format("the database at {} is in {}; make one with CREATE DATABASE … ENCODING "
                      "'UTF8' TEMPLATE template0",
                      connection.address().shown, rows.text(0, 0))};
}

Result<void> check_version(Connection& connection, const std::string& schema) {
  GEMEL_ASSIGN(const auto rows, connection.ask("SELECT version FROM store"));
  const auto version = rows.size() == 1 ? rows.integer(0, 0) : 0;
  if (version == kSchemaVersion) return {};
  return {ErrorCode::Unsupported,
          fmt::format("schema {} at {} is of version {}, this program knows version {}; use the "
                      "program that made it, or name another schema",
                      schema, connection.address().shown, version, kSchemaVersion)};
}

/// A plan that does not use the index sorts a year to answer for a second, and fresh tables have no
/// statistics that would say so.
constexpr const char* kSession =
    "SET search_path TO {}, public; SET jit = off; SET enable_seqscan = off; "
    "SET enable_bitmapscan = off; SET statement_timeout = 0; SET lock_timeout = '5s'; "
    "SET idle_in_transaction_session_timeout = 0; SET default_transaction_read_only = {}";

std::unordered_map<std::string, std::int32_t> by_path(const Rows& rows) {
  std::unordered_map<std::string, std::int32_t> numbers;
  for (int i = 0; i < rows.size(); ++i)
    numbers.emplace(rows.text(i, 0), static_cast<std::int32_t>(rows.integer(i, 1)));
  return numbers;
}

}  // namespace

Result<void> prepare(Connection& connection, const std::string& schema) {
  GEMEL_TRY(check_encoding(connection));
  GEMEL_ASSIGN(
      const bool made,
      holds(connection, "SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = 'store'",
            {schema}));
  if (made) return {};
  GEMEL_ASSIGN(const bool timescale,
               holds(connection, "SELECT FROM pg_extension WHERE extname = 'timescaledb'"));
  const auto name = quoted_name(schema);
  // Somebody else may have made the (empty) schema, for want of our right to.
  GEMEL_ASSIGN(const bool exists,
               holds(connection, "SELECT FROM pg_namespace WHERE nspname = $1", {schema}));
  std::string statements = exists ? "" : fmt::format("CREATE SCHEMA {}; ", name);
  statements += fmt::format("SET LOCAL search_path TO {}, public; {}", name, kTables);
  if (timescale) statements += kHypertable;
  GEMEL_TRY(connection.run(statements));
  log::info("postgres", "made the tables of a history",
            {{"server", connection.address().shown},
             {"schema", schema},
             {"samples in", timescale ? "a hypertable of TimescaleDB" : "a plain table"}});
  return {};
}

Result<void> enter(Connection& connection, const std::string& schema, bool read_only) {
  GEMEL_ASSIGN(
      const bool made,
      holds(connection, "SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = 'store'",
            {schema}));
  if (!made)
    return {ErrorCode::NotFound, fmt::format("the database at {} holds no history in schema {}",
                                             connection.address().shown, schema)};
  GEMEL_TRY(connection.run(
      fmt::format(fmt::runtime(kSession), quoted_name(schema), read_only ? "on" : "off")));
  return check_version(connection, schema);
}

Result<std::vector<std::int32_t>> find_signals(Connection& connection, const Plant& plant) {
  GEMEL_ASSIGN(const auto rows, connection.ask("SELECT path, id FROM signals"));
  const auto numbers = by_path(rows);
  std::vector<std::int32_t> found;
  for (const auto& signal : plant.signals) {
    const auto known = numbers.find(signal.path);
    found.push_back(known == numbers.end() ? 0 : known->second);
  }
  return found;
}

Result<std::vector<std::int32_t>> number_signals(Connection& connection, const Plant& plant) {
  const auto paths = array_of(plant.signals, [](const Signal& s) { return quoted_item(s.path); });
  GEMEL_TRY(
      connection.ask("INSERT INTO signals (path) SELECT path FROM unnest($1::text[]) WITH "
                     "ORDINALITY AS p(path, n) "
                     "WHERE NOT EXISTS (SELECT FROM signals s WHERE s.path = p.path) ORDER BY n",
                     {paths}));
  return find_signals(connection, plant);
}

Result<std::vector<std::string>> recorded_paths(Connection& connection) {
  GEMEL_ASSIGN(const auto rows, connection.ask("SELECT path FROM signals ORDER BY id"));
  std::vector<std::string> paths;
  for (int i = 0; i < rows.size(); ++i) paths.emplace_back(rows.text(i, 0));
  return paths;
}

Result<HistoryStatus> read_totals(Connection& connection) {
  GEMEL_ASSIGN(const auto rows,
               connection.ask("SELECT known_at, samples_total - forgotten_samples, events_total "
                              "FROM store, frames ORDER BY known_at DESC LIMIT 1"));
  HistoryStatus status;
  if (rows.size() == 0) return status;
  status.last_known_at = {rows.integer(0, 0)};
  status.samples = static_cast<std::uint64_t>(rows.integer(0, 1));
  status.events = static_cast<std::uint64_t>(rows.integer(0, 2));
  return status;
}

Result<std::uint64_t> bytes_on_disk(Connection& connection) {
  GEMEL_ASSIGN(const bool hypertable,
               holds(connection,
                     "SELECT FROM pg_class c JOIN pg_inherits i ON i.inhparent = c.oid "
                     "WHERE c.oid = 'samples'::regclass"));
  // The chunks of a hypertable lie outside the schema.
  GEMEL_ASSIGN(
      const auto rows,
      connection.ask(
          hypertable ? "SELECT (hypertable_size('samples') + pg_total_relation_size('events') + "
                       "pg_total_relation_size('frames'))::int8"
                     : "SELECT (pg_total_relation_size('samples') + "
                       "pg_total_relation_size('events') + "
                       "pg_total_relation_size('frames'))::int8"));
  return static_cast<std::uint64_t>(rows.integer(0, 0));
}

}  // namespace gemel::postgres::detail
