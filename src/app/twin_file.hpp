#pragma once
// A twin that does not run: its file, a moment of its history, and a simulator ready to be asked.

#include <memory>
#include <string>

#include "app/changeable.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"
#include "core/simulator.hpp"
#include "core/snapshot.hpp"

namespace gemel::app {

struct TwinFile {
  std::shared_ptr<const Plant> plant;
  std::unique_ptr<History> history;
  Snapshot start;
  std::shared_ptr<const Simulator> simulator;

  Changeable changeable() const;
};

/// `history` empty: nothing is known; `at` empty: the latest moment of the history; `simulator`
/// empty: the first. Errors: InvalidInput (a moment without a history), NotFound (no such
/// simulator, or it learns from a history and there is none), those of the file, the history and of
/// learning.
Result<TwinFile> open_twin_file(const std::string& path, const std::string& history,
                                const std::string& at, const std::string& simulator);

}  // namespace gemel::app
