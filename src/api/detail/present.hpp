#pragma once
// The present as clients are shown it.

#include <memory>

#include "engine/engine.hpp"

namespace gemel::api {

/// The engine's present. Before its first frame nothing is known as of no time at all; clients are
/// told the start of the program then, because a clock on a page can't show "never".
inline std::shared_ptr<const Snapshot> present(const engine::Engine& engine) {
  auto now = engine.snapshot();
  if (now->known_at != Timestamp::min()) return now;
  auto dated = std::make_shared<Snapshot>(*now);
  dated->at = dated->known_at = engine.status().started;
  return dated;
}

}  // namespace gemel::api
