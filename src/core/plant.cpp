#include "core/plant.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gemel {
namespace {

template <class PathIndex, class Noun>
PathIndex index_of(const std::vector<Noun>& nouns) {
  PathIndex index;
  for (const auto& noun : nouns) {
    index.whole.emplace(noun.path, noun.id.index);
    std::string_view ending = noun.path;
    for (auto dot = ending.find('.'); dot != std::string_view::npos; dot = ending.find('.')) {
      ending.remove_prefix(dot + 1);
      index.endings[std::string(ending)].push_back(noun.id.index);
    }
  }
  return index;
}

/// Whole path first, then the only path that ends so.
template <class IdType, class PathIndex, class Noun>
Result<IdType> find(const PathIndex& index, const std::vector<Noun>& nouns, std::string_view path,
                    std::string_view what) {
  if (const auto whole = index.whole.find(std::string(path)); whole != index.whole.end()) {
    return IdType{whole->second};
  }
  const auto ending = index.endings.find(std::string(path));
  if (ending != index.endings.end()) {
    if (ending->second.size() == 1) return IdType{ending->second.front()};
    constexpr std::size_t kShown = 5;
    std::string candidates;
    for (std::size_t i = 0; i < std::min(kShown, ending->second.size()); ++i) {
      candidates += (i == 0 ? "" : ", ") + nouns[ending->second[i]].path;
    }
    if (ending->second.size() > kShown) candidates += " and others";
    return Error{ErrorCode::NotFound, "'" + std::string(path) + "' could be any of " + candidates +
                                          "; write the whole path"};
  }
  std::vector<std::string> names;
  for (const auto& noun : nouns) {
    names.push_back(noun.path);
    for (auto dot = noun.path.find('.'); dot != std::string::npos;
         dot = noun.path.find('.', dot + 1)) {
      names.push_back(noun.path.substr(dot + 1));
    }
  }
  return Error{ErrorCode::NotFound, "no " + std::string(what) + " '" + std::string(path) + "'" +
                                        text::did_you_mean(path, names)};
}

}  // namespace

void Plant::index_paths() {
  asset_paths_ = index_of<PathIndex>(assets);
  signal_paths_ = index_of<PathIndex>(signals);
  control_paths_ = index_of<PathIndex>(controls);
}

Result<AssetId> Plant::find_asset(std::string_view path) const {
  return find<AssetId>(asset_paths_, assets, path, "asset");
}
Result<SignalId> Plant::find_signal(std::string_view path) const {
  return find<SignalId>(signal_paths_, signals, path, "signal");
}
Result<ControlId> Plant::find_control(std::string_view path) const {
  return find<ControlId>(control_paths_, controls, path, "control");
}

Result<std::uint32_t> Plant::find_simulator(std::string_view wanted) const {
  if (simulators.empty()) {
    return Error{ErrorCode::NotFound,
                 "the twin file names no simulator; add one under `simulators:`"};
  }
  if (wanted.empty()) return 0;
  std::vector<std::string> names;
  for (const auto& simulator : simulators) {
    if (simulator.name == wanted) return static_cast<std::uint32_t>(names.size());
    names.push_back(simulator.name);
  }
  return Error{ErrorCode::NotFound,
               "no simulator '" + std::string(wanted) + "'" + text::did_you_mean(wanted, names)};
}

}  // namespace gemel
