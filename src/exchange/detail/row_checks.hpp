#pragma once
// What a row of any file must keep to. The errors name the value and the remedy; the caller adds
// the place.

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/plant.hpp"

namespace gemel::exchange::detail {

inline Result<void> check_time(Timestamp time, Timestamp now) {
  if (time <= now) return {};
  return {ErrorCode::InvalidInput,
          to_string(time) + " lies in the future; is it in another unit or time zone?"};
}

inline Result<void> check_known_at(Timestamp known_at, Timestamp time, Timestamp now) {
  if (known_at > now)
    return {ErrorCode::InvalidInput, to_string(known_at) +
                                         " lies in the future; import it with "
                                         "--known-now"};
  if (known_at >= time) return {};
  return {ErrorCode::InvalidInput, to_string(known_at) + " is before the time of the sample, " +
                                       to_string(time) + "; nothing is known before it is so"};
}

inline Result<void> check_unit(const Signal& signal, std::string_view unit) {
  if (unit.empty() || signal.unit.symbol.empty() || unit == signal.unit.symbol) return {};
  return {ErrorCode::InvalidInput, "'" + std::string(unit) + "' is not the unit of " + signal.path +
                                       ", '" + signal.unit.symbol +
                                       "'; convert the values, or leave the column out with "
                                       "--map COLUMN=@skip"};
}

}  // namespace gemel::exchange::detail
