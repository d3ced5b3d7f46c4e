#pragma once
// The futures of a what-if, run on all processors.

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/parallel.hpp"
#include "core/simulator.hpp"

namespace gemel::simulation {

/// run(draw) for draws 0 … `draws`, each of which `progress` hears of. When it stops the work,
/// those before the first that is missing come back: the futures that a smaller question would have
/// had. Errors: Cancelled, when that is nothing.
template <class Future, class Run>
Result<std::vector<Future>> draw_futures(std::uint32_t draws, const Progress& progress, Run run) {
  std::vector<std::optional<Future>> all(draws);
  std::mutex telling;
  std::uint32_t done = 0;
  std::atomic<std::uint32_t> next = 0;
  std::atomic<bool> stopped = false;
  // Draws are taken in their order, so that few are missing between those done when it is stopped.
  const auto part = [&](std::size_t first, std::size_t last) -> Result<void> {
    for (auto count = last - first; count > 0 && !stopped; --count) {
      const auto draw = next++;
      all[draw] = run(draw);
      if (!progress) continue;
      const std::lock_guard lock(telling);
      if (!progress(++done, draws)) stopped = true;
    }
    return {};
  };
  GEMEL_TRY(share_out(draws, 1, part));
  std::vector<Future> futures;
  futures.reserve(draws);
  for (auto& future : all) {
    if (!future) break;
    futures.push_back(std::move(*future));
  }
  if (futures.empty()) return Error{ErrorCode::Cancelled, "stopped before a future was done"};
  return futures;
}

}  // namespace gemel::simulation
