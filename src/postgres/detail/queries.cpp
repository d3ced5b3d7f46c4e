#include "postgres/detail/queries.hpp"

#include <algorithm>

#include "core/history_requests.hpp"
#include "postgres/detail/event_json.hpp"

namespace gemel::postgres::detail {
namespace {

std::string text_of(std::int64_t n) { return std::to_string(n); }
std::string text_of(Timestamp t) { return std::to_string(t.ns); }

/// LIMIT takes no more than a bigint.
std::string limit_of(std::size_t limit) {
  return text_of(static_cast<std::int64_t>(std::min<std::size_t>(limit, INT64_MAX - 1)));
}

Quality quality_of(const Rows& rows, int row, int grade, int causes) {
  return {static_cast<Grade>(rows.integer(row, grade) & 3),
          static_cast<std::uint16_t>(rows.integer(row, causes))};
}

/// Where buckets begin, rounded up to a nanosecond: a time t lies in bucket (t - from) · count ÷
/// width. 64 bits don't hold the width of "all of time".
std::vector<std::int64_t> starts_of(TimeRange range, std::size_t count) {
  __extension__ using Wide = __int128;
  const Wide width = static_cast<Wide>(range.until.ns) - range.from.ns;
  const auto buckets = static_cast<Wide>(count);
  std::vector<std::int64_t> starts(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Wide offset = (static_cast<Wide>(i) * width + buckets - 1) / buckets;
    starts[i] = static_cast<std::int64_t>(range.from.ns + offset);
  }
  return starts;
}

// Of records of one source time the one known last counts; of those, the first of its frame.
constexpr const char* kRead = R"sql(
SELECT DISTINCT ON (source_time) source_time, known_at, value, grade, causes
FROM samples
WHERE signal = $1::int4 AND source_time >= $2::int8 AND source_time < $3::int8
  AND known_at <= $4::int8
ORDER BY source_time DESC, known_at DESC, seq
LIMIT $5::int8)sql";

constexpr const char* kBeliefs = R"sql(
SELECT (asked.place - 1)::int4, v.source_time, v.known_at, v.value, v.grade, v.causes,
       m.source_time, m.known_at
FROM unnest($1::int4[]) WITH ORDINALITY AS asked(signal, place)
LEFT JOIN LATERAL (
  SELECT source_time, known_at, value, grade, causes FROM samples s
  WHERE s.signal = asked.signal AND source_time <= $2::int8 AND known_at <= $3::int8
    AND grade <> 3
  ORDER BY source_time DESC, known_at DESC, seq LIMIT 1) v ON true
LEFT JOIN LATERAL (
  SELECT source_time, known_at FROM samples s
  WHERE s.signal = asked.signal AND source_time <= $2::int8 AND known_at <= $3::int8
    AND grade = 3
  ORDER BY source_time DESC, known_at DESC LIMIT 1) m ON true
WHERE v.source_time IS NOT NULL OR m.source_time IS NOT NULL)sql";

// The first and the last value of a bucket are looked up afterwards: two steps in the index each,
// where an aggregate would have to carry every value along.
constexpr const char* kBuckets = R"sql(
WITH counted AS (
  SELECT DISTINCT ON (source_time) source_time, value, grade
  FROM samples
  WHERE signal = $1::int4 AND source_time >= $2::int8 AND source_time < $3::int8
    AND known_at <= $4::int8
  ORDER BY source_time DESC, known_at DESC, seq
), buckets AS (
  SELECT width_bucket(source_time, $5::int8[]) AS bucket,
         min(value) AS low, max(value) AS high, sum(value) AS sum, count(*) AS count,
         count(*) FILTER (WHERE grade = 2) AS bad,
         min(source_time) AS first_time, max(source_time) AS last_time
  FROM counted WHERE grade <> 3 GROUP BY 1
)
SELECT bucket - 1, low, high, sum, count, bad, f.value, l.value
FROM buckets,
LATERAL (SELECT value FROM samples WHERE signal = $1::int4 AND source_time = first_time
           AND known_at <= $4::int8 ORDER BY known_at DESC, seq LIMIT 1) f,
LATERAL (SELECT value FROM samples WHERE signal = $1::int4 AND source_time = last_time
           AND known_at <= $4::int8 ORDER BY known_at DESC, seq LIMIT 1) l)sql";

constexpr const char* kEvents = R"sql(
SELECT known_at, kind, body::text FROM events
WHERE known_at >= $1::int8 AND known_at < $2::int8
ORDER BY known_at DESC, seq DESC LIMIT $3::int8)sql";

constexpr const char* kFrame =
    "SELECT known_at FROM frames WHERE known_at <= $1::int8 ORDER BY known_at DESC LIMIT 1";

// Two steps in the index a signal; min() over the whole table would read all of it.
constexpr const char* kExtent = R"sql(
SELECT min(oldest.source_time), max(newest.source_time)
FROM signals,
LATERAL (SELECT source_time FROM samples WHERE signal = signals.id
         ORDER BY source_time LIMIT 1) oldest,
LATERAL (SELECT source_time FROM samples WHERE signal = signals.id
         ORDER BY source_time DESC LIMIT 1) newest)sql";

}  // namespace

Queries::Queries(Address address, std::string schema, std::vector<std::int32_t> numbers)
    : numbers_(std::move(numbers)),
      all_numbers_(array_of(numbers_, [](std::int32_t n) { return std::to_string(n); })),
      pool_(std::move(address), std::move(schema)) {}

Result<std::vector<Record>> Queries::read(SignalId signal, TimeRange range, Timestamp known_at,
                                          std::size_t limit) const {
  GEMEL_TRY(check_signal(signal, numbers_.size()));
  const auto one_more = limit == SIZE_MAX ? limit : limit + 1;
  GEMEL_ASSIGN(const auto rows,
               pool_.ask(kRead, {text_of(numbers_[signal.index]), text_of(range.from),
                                 text_of(range.until), text_of(known_at), limit_of(one_more)}));
  const auto found = static_cast<std::size_t>(rows.size());
  if (found > limit) return too_many(limit);
  std::vector<Record> records(found);
  for (int i = 0; i < rows.size(); ++i) {
    // The index is read from the newest to the oldest.
    records[found - 1 - static_cast<std::size_t>(i)] = {
        {rows.integer(i, 0)}, {rows.integer(i, 1)}, rows.real(i, 2), quality_of(rows, i, 3, 4)};
  }
  return records;
}

Result<BeliefTable> Queries::beliefs(Timestamp at, Timestamp known_at) const {
  // Nothing is known before it is so: without this bound, "now, as known last year" would walk
  // through the year.
  GEMEL_ASSIGN(const auto rows, pool_.ask(kBeliefs, {all_numbers_, text_of(std::min(at, known_at)),
                                                     text_of(known_at)}));
  BeliefTable table(numbers_.size());
  for (int i = 0; i < rows.size(); ++i) {
    auto& belief = table.edit(SignalId{static_cast<std::uint32_t>(rows.integer(i, 0))});
    if (!rows.is_null(i, 1)) {
      belief.value_time = {rows.integer(i, 1)};
      belief.known_at = {rows.integer(i, 2)};
      belief.value = rows.real(i, 3);
      belief.value_quality = quality_of(rows, i, 4, 5);
    }
    if (!rows.is_null(i, 6)) {
      belief.missing_since = {rows.integer(i, 6)};
      belief.missing_known_at = {rows.integer(i, 7)};
    }
  }
  return table;
}

Result<std::vector<Bucket>> Queries::downsample(SignalId signal, TimeRange range, std::size_t count,
                                                Timestamp known_at) const {
  GEMEL_TRY(check_signal(signal, numbers_.size()));
  GEMEL_TRY(check_buckets(range, count));
  const auto starts = starts_of(range, count);
  GEMEL_ASSIGN(
      const auto rows,
      pool_.ask(kBuckets, {text_of(numbers_[signal.index]), text_of(range.from),
                           text_of(range.until), text_of(known_at),
                           array_of(starts, [](std::int64_t n) { return std::to_string(n); })}));
  std::vector<Bucket> buckets(count);
  for (std::size_t i = 0; i < count; ++i) buckets[i].start = {starts[i]};
  for (int i = 0; i < rows.size(); ++i) {
    auto& bucket = buckets[static_cast<std::size_t>(rows.integer(i, 0))];
    bucket.min = rows.real(i, 1);
    bucket.max = rows.real(i, 2);
    bucket.count = static_cast<std::uint32_t>(rows.integer(i, 4));
    bucket.bad = static_cast<std::uint32_t>(rows.integer(i, 5));
    // Rounding in the sum may carry the mean past the values it is made of.
    bucket.mean = std::clamp(rows.real(i, 3) / bucket.count, bucket.min, bucket.max);
    bucket.first = rows.real(i, 6);
    bucket.last = rows.real(i, 7);
  }
  return buckets;
}

Result<std::vector<Event>> Queries::events(TimeRange known, std::size_t limit) const {
  GEMEL_ASSIGN(const auto rows,
               pool_.ask(kEvents, {text_of(known.from), text_of(known.until), limit_of(limit)}));
  std::vector<Event> events;
  events.reserve(static_cast<std::size_t>(rows.size()));
  for (int i = rows.size() - 1; i >= 0; --i) {
    GEMEL_ASSIGN(auto body, from_json(rows.text(i, 1), rows.text(i, 2)));
    events.push_back({{rows.integer(i, 0)}, std::move(body)});
  }
  return events;
}

Result<Timestamp> Queries::frame_at_or_before(Timestamp t) const {
  GEMEL_ASSIGN(const auto rows, pool_.ask(kFrame, {text_of(t)}));
  if (rows.size() == 0) return no_frame(t);
  return Timestamp{rows.integer(0, 0)};
}

Result<TimeRange> Queries::extent() const {
  GEMEL_ASSIGN(const auto rows, pool_.ask(kExtent, {}));
  if (rows.is_null(0, 0)) return is_empty();
  return TimeRange{{rows.integer(0, 0)}, just_past(Timestamp{rows.integer(0, 1)})};
}

}  // namespace gemel::postgres::detail
