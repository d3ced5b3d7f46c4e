#include "history/file_history.hpp"

#include "history/detail/catalog.hpp"
#include "history/detail/file_history.hpp"

namespace gemel::history {

using detail::Catalog;
using detail::FileHistory;

Result<std::unique_ptr<History>> open(const Options& options) {
  if (!options.plant)
    return {ErrorCode::InvalidInput, "opening a history needs a plant, to know its signals"};
  auto history = std::make_unique<FileHistory>(options);
  if (auto recovered = history->recover(); !recovered) {
    return recovered.error().within("opening the history in " + options.directory.string());
  }
  return {std::unique_ptr<History>(std::move(history))};
}

Result<Plant> recorded_signals(const std::filesystem::path& directory, FileSystem* files) {
  GEMEL_ASSIGN(const auto catalog, Catalog::load(files ? *files : real_files(), directory));
  Plant plant;
  Asset root;
  root.id = AssetId{0};
  for (const auto& path : catalog.paths()) {
    Signal signal;
    signal.id = SignalId{static_cast<std::uint32_t>(plant.signals.size())};
    signal.asset = root.id;
    signal.name = path.substr(path.rfind('.') + 1);
    signal.path = path;
    root.signals.push_back(signal.id);
    plant.signals.push_back(std::move(signal));
  }
  plant.assets.push_back(std::move(root));
  plant.index_paths();
  return plant;
}

}  // namespace gemel::history
