#include "exchange/signal_patterns.hpp"

#include "base/text.hpp"

namespace gemel::exchange {
namespace {

/// The pieces between the stars must stand in `path` in their order; the outer ones at its ends.
bool fits(std::string_view pattern, std::string_view path) {
  const auto pieces = text::split(pattern, '*');
  if (!path.starts_with(pieces.front())) return false;
  path.remove_prefix(pieces.front().size());
  if (!path.ends_with(pieces.back())) return false;
  path.remove_suffix(pieces.back().size());
  for (std::size_t i = 1; i + 1 < pieces.size(); ++i) {
    const auto at = path.find(pieces[i]);
    if (at == std::string_view::npos) return false;
    path.remove_prefix(at + pieces[i].size());
  }
  return true;
}

}  // namespace

Result<std::vector<SignalId>> match_signals(const Plant& plant,
                                            std::span<const std::string> patterns) {
  std::vector<SignalId> found;
  std::vector<bool> taken(plant.signals.size(), false);
  const auto take = [&](SignalId id) {
    if (!taken[id.index]) found.push_back(id);
    taken[id.index] = true;
  };
  for (const auto& pattern : patterns) {
    if (pattern.find('*') == std::string::npos) {
      GEMEL_ASSIGN(const auto id, plant.find_signal(pattern));
      take(id);
      continue;
    }
    bool any = false;
    for (const auto& signal : plant.signals) {
      if (!fits(pattern, signal.path)) continue;
      take(signal.id);
      any = true;
    }
    if (!any) return {ErrorCode::NotFound, "no signal's path fits '" + pattern + "'"};
  }
  return found;
}

}  // namespace gemel::exchange
