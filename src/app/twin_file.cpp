#include "app/twin_file.hpp"

#include "app/history_store.hpp"
#include "app/plant_file.hpp"
#include "history/memory_history.hpp"
#include "simulation/simulation.hpp"
#include "state/fold.hpp"
#include "state/rewind.hpp"

namespace gemel::app {
namespace {

constexpr std::uint64_t kSeed = 1;  // of what is learnt

/// The moment of the history that is asked for; without a history, nothing is known.
Result<void> take_start(TwinFile& twin, const std::string& history, const std::string& at) {
  if (history.empty()) {
    if (!at.empty())
      return Error{ErrorCode::InvalidInput, "--at needs a --history to look it up in"};
    twin.history = std::make_unique<history::MemoryHistory>(*twin.plant);
    twin.start = state::State(*twin.plant).freeze();
    return {};
  }
  auto moment = Timestamp::max();
  if (!at.empty()) {
    GEMEL_ASSIGN(moment, parse_timestamp(at));
  }
  GEMEL_ASSIGN(twin.history, open_history_to_read(history_place(history), *twin.plant));
  GEMEL_ASSIGN(twin.start, state::rewind(*twin.history, *twin.plant, moment, moment));
  return {};
}

}  // namespace

Changeable TwinFile::changeable() const {
  Changeable out;
  for (const auto& one : simulator->adjustables()) out.quantities.push_back({one.name, one.unit});
  for (const auto& control : plant->controls)
    out.controls.push_back({control.path, control.unit.symbol});
  return out;
}

Result<TwinFile> open_twin_file(const std::string& path, const std::string& history,
                                const std::string& at, const std::string& simulator) {
  TwinFile twin;
  GEMEL_ASSIGN(twin.plant, load_plant(path));
  const auto& plant = *twin.plant;
  GEMEL_ASSIGN(const auto index, plant.find_simulator(simulator));
  GEMEL_TRY(take_start(twin, history, at));
  const auto& spec = plant.simulators[index];
  TimeRange range;
  if (simulation::learns(spec)) {
    const auto extent = twin.history->extent();
    if (!extent) {
      return Error{ErrorCode::NotFound,
                   "the simulator " + spec.name +
                       " learns from a history; give --history, or ask the running twin"};
    }
    range =
        spec.training.range.value_or(TimeRange{extent->from, extent->from + spec.training.first});
  }
  GEMEL_ASSIGN(twin.simulator,
               simulation::fit(plant, spec, *twin.history, range, twin.start.known_at, kSeed));
  return twin;
}

}  // namespace gemel::app
