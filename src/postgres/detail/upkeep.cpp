#include "postgres/detail/upkeep.hpp"

#include <algorithm>

#include "postgres/detail/schema.hpp"

namespace gemel::postgres::detail {
namespace {

// By key and not by ctid, which is not unique over the chunks of a hypertable. Corrections of the
// records that stay have the same source time and stay with them.
constexpr const char* kForgetSamples = R"sql(
WITH gone AS (
  DELETE FROM samples WHERE (signal, source_time, known_at, seq) IN (
    SELECT signal, source_time, known_at, seq FROM samples
    WHERE signal = $1::int4 AND source_time < $2::int8
      AND source_time < CASE grade
        WHEN 3 THEN (SELECT max(source_time) FROM samples
                     WHERE signal = $1::int4 AND source_time < $2::int8 AND grade = 3)
        ELSE (SELECT source_time FROM samples
              WHERE signal = $1::int4 AND source_time < $2::int8 AND grade <> 3
              ORDER BY source_time DESC LIMIT 1) END
    ORDER BY source_time LIMIT $3::int4)
  RETURNING 1
), counted AS (SELECT count(*) AS n FROM gone)
UPDATE store SET forgotten_samples = forgotten_samples + n FROM counted RETURNING n)sql";

constexpr const char* kForgetFrames = R"sql(
DELETE FROM frames WHERE known_at IN (
  SELECT known_at FROM frames WHERE known_at < $1::int8 ORDER BY known_at LIMIT $2::int4)
RETURNING 1)sql";

/// How far beyond its time something may stay, so that a row is not looked for every tick.
Duration slack_of(Duration keep) {
  return std::clamp(keep / 100, Duration::seconds(10), Duration::hours(6));
}

/// What all signals together need of the frames; for ever if one of them does.
Duration longest(const std::vector<Duration>& keep) {
  Duration most;
  for (const auto one : keep) {
    if (one.ns == 0) return {};
    most = std::max(most, one);
  }
  return most;
}

}  // namespace

Upkeep::Upkeep(Address address, std::string schema, const Plant& plant,
               std::vector<std::int32_t> numbers)
    : address_(std::move(address)), schema_(std::move(schema)), numbers_(std::move(numbers)) {
  for (const auto& signal : plant.signals) keep_.push_back(signal.keep);
  keep_.push_back(longest(keep_));
  next_at_.assign(keep_.size(), Timestamp::min());
}

Result<void> Upkeep::make_sure_connected() {
  if (connection_ && !connection_->lost()) return {};
  connection_.reset();
  GEMEL_ASSIGN(auto connection, Connection::open(address_));
  GEMEL_TRY(enter(connection, schema_, /*read_only=*/false));
  connection_ = std::move(connection);
  return {};
}

Result<Upkeep::Done> Upkeep::tend(Timestamp now) {
  for (std::size_t looked = 0; looked < keep_.size(); ++looked) {
    const auto i = next_;
    const bool due = keep_[i].ns > 0 && next_at_[i] <= now;
    if (due) {
      GEMEL_TRY(make_sure_connected());
      GEMEL_ASSIGN(const auto gone, i < numbers_.size() ? forget_samples(i, now - keep_[i])
                                                        : forget_frames(now - keep_[i]));
      if (gone < kPiece) {
        next_at_[i] = now + slack_of(keep_[i]);
        next_ = (i + 1) % keep_.size();
      }
      return Done{true, i < numbers_.size() ? gone : 0};
    }
    next_ = (i + 1) % keep_.size();
  }
  return Done{};
}

Result<std::uint64_t> Upkeep::forget_samples(std::size_t signal, Timestamp before) {
  GEMEL_ASSIGN(const auto rows, connection_->ask(kForgetSamples, {std::to_string(numbers_[signal]),
                                                                  std::to_string(before.ns),
                                                                  std::to_string(kPiece)}));
  return static_cast<std::uint64_t>(rows.integer(0, 0));
}

Result<std::uint64_t> Upkeep::forget_frames(Timestamp before) {
  GEMEL_ASSIGN(const auto rows, connection_->ask(kForgetFrames, {std::to_string(before.ns),
                                                                 std::to_string(kPiece)}));
  return static_cast<std::uint64_t>(rows.size());
}

}  // namespace gemel::postgres::detail
