#pragma once
// Signals by pattern, as people write them on a command line or into a request.

#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/plant.hpp"

namespace gemel::exchange {

/// The signals that any of the patterns means, each once, in the order of the patterns. With a `*`
/// (any text, dots too) a pattern means every path that it fits; otherwise it is a path, or an
/// ending that only one signal has. No patterns: no signals. Errors: NotFound, with the nearest
/// name.
Result<std::vector<SignalId>> match_signals(const Plant& plant,
                                            std::span<const std::string> patterns);

}  // namespace gemel::exchange
