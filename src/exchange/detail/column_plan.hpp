#pragma once
// What the columns of a file hold.

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "exchange/detail/signal_names.hpp"
#include "exchange/import.hpp"

namespace gemel::exchange::detail {

struct ColumnPlan {
  static constexpr std::size_t kNone = SIZE_MAX;

  std::size_t time = kNone;
  std::size_t known_at = kNone;
  // Long layout:
  std::size_t signal = kNone;
  std::size_t value = kNone;
  std::size_t quality = kNone;
  std::size_t unit = kNone;
  // Wide layout:
  std::vector<std::pair<std::size_t, SignalId>> signals;

  bool is_long() const { return signal != kNone; }
};

/// Columns mean what `map` says, then what their names say; in the wide layout every other column
/// is a signal's, and the first is the time where none is called so. Errors: InvalidInput (no
/// columns, two of one meaning, no signal at all), NotFound (a column or a role of `map` that is
/// not there; unknown signals unless request.skip_unknown).
Result<ColumnPlan> plan_columns(std::span<const std::string> header, const ImportRequest& request,
                                SignalNames& names);

}  // namespace gemel::exchange::detail
