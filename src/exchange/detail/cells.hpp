#pragma once
// What a cell of a file means: a time, a value, a quality. The errors name the cell's text and the
// remedy; the caller adds the place.

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/plant.hpp"
#include "core/quality.hpp"
#include "exchange/import.hpp"

namespace gemel::exchange::detail {

/// Remembers the day of the last time, because rows come in order. Threads: one.
class TimeReader {
 public:
  explicit TimeReader(TimeFormat format) : format_(format) {}

  /// Errors: InvalidInput.
  Result<Timestamp> read(std::string_view text);
  Result<Timestamp> read(std::int64_t since_1970) const;
  Result<Timestamp> read(double since_1970) const;

 private:
  std::optional<Timestamp> on_the_same_day(std::string_view text) const;

  const TimeFormat format_;
  std::string date_;  // "2026-01-31", of midnight_
  Timestamp midnight_;
};

/// A number, the name of one of the signal's states, true or false. Nothing where the cell is empty
/// or says so (nan, null, na). Errors: InvalidInput.
Result<std::optional<double>> read_value(const Signal& signal, std::string_view text);

/// Reads what to_string(Quality) writes. Threads: one.
class QualityReader {
 public:
  /// An empty cell is good. Errors: InvalidInput.
  Result<Quality> read(std::string_view text);

 private:
  std::string last_text_;
  Quality last_;
};

}  // namespace gemel::exchange::detail
