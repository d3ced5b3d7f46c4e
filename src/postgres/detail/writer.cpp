#include "postgres/detail/writer.hpp"

#include <algorithm>
#include <bit>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "core/history_requests.hpp"
#include "postgres/detail/event_json.hpp"
#include "postgres/detail/schema.hpp"
#include "postgres/detail/wire.hpp"

namespace gemel::postgres::detail {
namespace {

/// The advisory lock of a schema. Source: FNV-1a, 64 bits.
std::int64_t lock_of(const std::string& schema) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : "gemel history " + schema)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return static_cast<std::int64_t>(hash);
}

/// What makes two samples the same to drop_known().
struct Content {
  std::uint32_t signal;
  std::int64_t source_time;
  std::uint64_t value;
  bool missing;
  friend bool operator==(const Content&, const Content&) = default;

  explicit Content(const Sample& sample)
      : signal(sample.signal.index),
        source_time(sample.source_time.ns),
        missing(sample.quality.grade == Grade::Missing) {
    // Minus zero is zero.
    value = missing ? 0 : std::bit_cast<std::uint64_t>(sample.value == 0.0 ? 0.0 : sample.value);
  }
  struct Hash {
    std::size_t operator()(const Content& c) const {
      std::uint64_t h = c.signal * 0x9e3779b97f4a7c15ULL + c.missing;
      h = (h ^ static_cast<std::uint64_t>(c.source_time)) * 0xbf58476d1ce4e5b9ULL;
      h = (h ^ (h >> 29) ^ c.value) * 0x94d049bb133111ebULL;
      return static_cast<std::size_t>(h ^ (h >> 32));
    }
  };
};

constexpr const char* kHeld = R"sql(
SELECT asked.place FROM
  unnest($1::int4[], $2::int8[], $3::float8[], $4::bool[]) WITH ORDINALITY
    AS asked(signal, source_time, value, missing, place)
WHERE EXISTS (
  SELECT FROM samples s
  WHERE s.signal = asked.signal AND s.source_time = asked.source_time
    AND CASE WHEN asked.missing THEN s.grade = 3
             ELSE s.grade <> 3 AND s.value = asked.value END))sql";

constexpr const char* kNewest = R"sql(
SELECT (asked.place - 1)::int4, newest.source_time
FROM unnest($1::int4[]) WITH ORDINALITY AS asked(signal, place),
LATERAL (SELECT source_time FROM samples s WHERE s.signal = asked.signal
         ORDER BY source_time DESC LIMIT 1) newest)sql";

constexpr const char* kHolder = R"sql(
SELECT a.pid::text, a.application_name, coalesce(a.client_addr::text, 'this machine')
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND (l.classid::int8 << 32) | l.objid::int8 = $1::int8)sql";

}  // namespace

Writer::Writer(Address address, std::string schema, const Plant& plant, Duration commit_every)
    : address_(std::move(address)),
      schema_(std::move(schema)),
      plant_(plant),
      at_once_(commit_every.ns == 0) {}

Result<void> Writer::make_sure_connected() {
  if (connection_ && !connection_->lost()) return {};
  return connect();
}

Result<void> Writer::connect() {
  connection_.reset();
  GEMEL_ASSIGN(auto connection, Connection::open(address_));
  GEMEL_TRY(take_lock(connection));
  GEMEL_TRY(prepare(connection, schema_));
  GEMEL_TRY(enter(connection, schema_, /*read_only=*/false));
  GEMEL_TRY(be_durable(connection));
  if (numbers_.empty()) {
    GEMEL_ASSIGN(numbers_, number_signals(connection, plant_));
  }
  GEMEL_TRY(read_end(connection));
  connection_ = std::move(connection);
  measure_disk();
  if (auto done = restore_unsynced(); !done) {
    connection_.reset();  // so that nothing newer is written before
    return done;
  }
  return {};
}

/// Nobody else writes from here on, and nothing of a session that we lost is still under way.
Result<void> Writer::take_lock(Connection& connection) {
  if (!session_.empty()) {
    GEMEL_TRY(
        connection.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                       "WHERE pid || ' since ' || backend_start = $1",
                       {session_}));
  }
  GEMEL_TRY(connection.run("SET lock_timeout = '5s'"));
  const auto key = std::to_string(lock_of(schema_));
  if (auto locked = connection.ask("SELECT pg_advisory_lock($1::int8)", {key}); !locked) {
    if (connection.lost()) return locked.error();
    GEMEL_ASSIGN(const auto holder, connection.ask(kHolder, {key}));
    if (holder.size() == 0) return locked.error();
    return {ErrorCode::Conflict,
            fmt::format("another program writes schema {} at {}: {}, process {} of the server, "
                        "from {}; stop it, or name another schema",
                        schema_, address_.shown, holder.text(0, 1), holder.text(0, 0),
                        holder.text(0, 2))};
  }
  GEMEL_ASSIGN(const auto own, connection.ask("SELECT pid || ' since ' || backend_start FROM "
                                              "pg_stat_activity WHERE pid = pg_backend_pid()"));
  session_ = std::string(own.text(0, 0));
  return {};
}

Result<void> Writer::be_durable(Connection& connection) {
  GEMEL_ASSIGN(const auto settings, connection.ask("SELECT current_setting('fsync'), "
                                                   "current_setting('synchronous_commit')"));
  if (settings.text(0, 0) == "off" && !begun_)
    log::warning("postgres", "the server runs with fsync = off: a power cut can lose everything",
                 {{"server", address_.shown}});
  // What the administrator wants above that (to wait for replicas) is left.
  durable_ = settings.text(0, 1) == "off" ? "on" : std::string(settings.text(0, 1));
  return connection.run(
      fmt::format("SET synchronous_commit = {}", at_once_ ? durable_ : std::string("off")));
}

Result<void> Writer::read_end(Connection& connection) {
  GEMEL_ASSIGN(const auto end, read_totals(connection));
  const auto found = end.last_known_at;
  const auto expected = std::max(last_, doubtful_.value_or(Timestamp::min()));
  if (begun_ && found > expected)
    return {ErrorCode::Conflict,
            fmt::format("another program wrote to schema {} at {} while the connection was lost; "
                        "stop it and start this one again",
                        schema_, address_.shown)};
  if (begun_ && found < durable_until_)
    return {ErrorCode::Corruption,
            fmt::format("the server at {} has lost what it had confirmed: its newest frame is of "
                        "{}, it was {}; look for fsync = off or a restored backup, and start again "
                        "to go on from there",
                        address_.shown, to_string(found), to_string(durable_until_))};
  if (doubtful_ && found == *doubtful_) adopted_ = doubtful_;
  doubtful_.reset();
  GEMEL_ASSIGN(const auto newest, connection.ask(kNewest, {array_of(numbers_, [](std::int32_t n) {
                                                   return std::to_string(n);
                                                 })}));
  newest_.assign(plant_.signals.size(), Timestamp::min());
  for (int i = 0; i < newest.size(); ++i)
    newest_[static_cast<std::size_t>(newest.integer(i, 0))] = {newest.integer(i, 1)};
  last_ = found;
  if (!begun_) durable_until_ = found;
  begun_ = true;
  const std::lock_guard lock(status_mutex_);
  status_.samples = end.samples;
  status_.events = end.events;
  status_.last_known_at = found;
  return {};
}

/// A server that crashed has forgotten commits that were not yet on its disk: they are here.
Result<void> Writer::restore_unsynced() {
  for (const auto& frame : unsynced_) {
    if (frame.known_at > last_) GEMEL_TRY(write(frame));
  }
  return {};
}

Result<std::size_t> Writer::drop_known(std::vector<Sample>& samples) {
  GEMEL_TRY(make_sure_connected());
  std::vector<Sample> asked;
  for (const auto& sample : samples) {
    const auto i = sample.signal.index;
    if (i < newest_.size() && sample.source_time <= newest_[i]) asked.push_back(sample);
  }
  std::unordered_set<Content, Content::Hash> known;
  known.reserve(samples.size());
  if (!asked.empty()) {
    GEMEL_ASSIGN(const auto held, ask_held(asked));
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (held[i]) known.emplace(asked[i]);
    }
  }
  const auto dropped = std::erase_if(samples, [&](const Sample& sample) {
    // commit() refuses those with a reason.
    return sample.signal.index < newest_.size() && !known.emplace(sample).second;
  });
  const std::lock_guard lock(status_mutex_);
  status_.duplicates += dropped;
  return dropped;
}

Result<std::vector<bool>> Writer::ask_held(const std::vector<Sample>& samples) {
  const auto column = [&](auto to_text) { return array_of(samples, to_text); };
  const auto number = [&](const Sample& s) { return std::to_string(numbers_[s.signal.index]); };
  const auto time = [](const Sample& s) { return std::to_string(s.source_time.ns); };
  const auto value = [](const Sample& s) { return text::number(s.value); };
  const auto missing = [](const Sample& s) {
    return std::string(s.quality.grade == Grade::Missing ? "t" : "f");
  };
  GEMEL_ASSIGN(const auto rows, connection_->ask(kHeld, {column(number), column(time),
                                                         column(value), column(missing)}));
  std::vector<bool> held(samples.size());
  for (int i = 0; i < rows.size(); ++i)
    held[static_cast<std::size_t>(rows.integer(i, 0) - 1)] = true;
  return held;
}

Result<void> Writer::check(const Frame& frame) const {
  if (last_ != Timestamp::min()) GEMEL_TRY(check_later(frame.known_at, last_));
  GEMEL_TRY(check_events(frame));
  for (const auto& sample : frame.samples) {
    GEMEL_TRY(check_signal(sample.signal, numbers_.size()));
    if (sample.source_time > frame.known_at)
      return {ErrorCode::InvalidInput,
              fmt::format("a sample of {} is of {}, later than its frame, known at {}; what is "
                          "stamped in the future is set to its arrival before",
                          plant_.signal(sample.signal).path, to_string(sample.source_time),
                          to_string(frame.known_at))};
  }
  return {};
}

Result<void> Writer::commit(const Frame& frame) {
  GEMEL_TRY(make_sure_connected());
  // Tried again after its answer was lost.
  if (std::exchange(adopted_, std::nullopt) == frame.known_at) {
  } else {
    GEMEL_TRY(check(frame));
    GEMEL_TRY(write(frame));
  }
  if (at_once_) {
    durable_until_ = last_;
    return {};
  }
  unsynced_.push_back(frame);
  unsynced_samples_ += frame.samples.size();
  return unsynced_samples_ < kUnsyncedSamples ? Result<void>{} : sync();
}

/// One message of several statements is one transaction: no BEGIN and COMMIT to wait for.
Result<void> Writer::write(const Frame& frame) {
  CopyRows samples, events;
  std::int32_t seq = 0;
  for (const auto& sample : frame.samples) {
    samples.start_row(7);
    samples.int8(sample.source_time.ns);
    samples.int8(frame.known_at.ns);
    samples.float8(sample.value);
    samples.int4(numbers_[sample.signal.index]);
    samples.int4(seq++);
    samples.int4(sample.quality.causes);
    samples.int2(static_cast<std::int16_t>(sample.quality.grade));
  }
  seq = 0;
  for (const auto& event : frame.events) {
    events.start_row(4);
    events.int8(frame.known_at.ns);
    events.int4(seq++);
    events.text(kind_of(event.body));
    events.text(to_json(event.body));
  }
  auto done = connection_->run(
      fmt::format(
          "INSERT INTO frames SELECT {0}, "
          "coalesce((SELECT samples_total FROM frames ORDER BY known_at DESC LIMIT 1), 0) + {1}, "
          "coalesce((SELECT events_total FROM frames ORDER BY known_at DESC LIMIT 1), 0) + {2}; "
          "COPY samples (source_time, known_at, value, signal, seq, causes, grade) "
          "FROM STDIN (FORMAT binary); "
          "COPY events (known_at, seq, kind, body) FROM STDIN (FORMAT binary)",
          frame.known_at.ns, frame.samples.size(), frame.events.size()),
      {samples.finish(), events.finish()});
  if (!done) {
    if (connection_->lost()) doubtful_ = frame.known_at;
    return done;
  }
  count_in(frame);
  return {};
}

void Writer::count_in(const Frame& frame) {
  last_ = frame.known_at;
  for (const auto& sample : frame.samples) {
    auto& newest = newest_[sample.signal.index];
    newest = std::max(newest, sample.source_time);
  }
  {
    const std::lock_guard lock(status_mutex_);
    status_.samples += frame.samples.size();
    status_.events += frame.events.size();
    status_.last_known_at = frame.known_at;
  }
  unmeasured_ += frame.samples.size();
  if (unmeasured_ >= kMeasureEvery) measure_disk();
}

Result<void> Writer::sync() {
  if (unsynced_.empty()) return {};
  // A record of the server's log that is on the disk has everything before it there as well.
  const auto flush = fmt::format(
      "SET LOCAL synchronous_commit = {}; SELECT pg_logical_emit_message(true, 'gemel', 'sync')",
      durable_);
  for (bool again = false;; again = true) {
    GEMEL_TRY(make_sure_connected());
    auto done = connection_->run(flush);
    if (done) break;
    if (again || !connection_->lost()) return done;
  }
  durable_until_ = last_;
  unsynced_.clear();
  unsynced_samples_ = 0;
  return {};
}

void Writer::forget(std::uint64_t samples) {
  const std::lock_guard lock(status_mutex_);
  status_.samples -= std::min(status_.samples, samples);
}

HistoryStatus Writer::status() const {
  const std::lock_guard lock(status_mutex_);
  return status_;
}

/// For people, so a failure leaves the figure as it was.
void Writer::measure_disk() {
  unmeasured_ = 0;
  const auto bytes = bytes_on_disk(*connection_);
  const std::lock_guard lock(status_mutex_);
  if (bytes) status_.bytes_on_disk = *bytes;
}

}  // namespace gemel::postgres::detail
