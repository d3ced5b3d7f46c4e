#pragma once
// The numbers of series by the paths of their signals. A path keeps its number for ever.

#include <string>
#include <vector>

#include "core/plant.hpp"
#include "history/detail/entry.hpp"
#include "history/file_system.hpp"

namespace gemel::history::detail {

class Catalog {
 public:
  /// Empty when there is none yet. Errors: Corruption (both copies are damaged), Unsupported, Unavailable.
  static Result<Catalog> load(FileSystem& files, const std::filesystem::path& directory);

  const std::vector<std::string>& paths() const { return paths_; }

  /// Gives numbers to the plant's signals that have none. True if there were any.
  bool add(const Plant& plant);
  Result<void> save(FileSystem& files, const std::filesystem::path& directory) const;

  /// The plant's signals' series; invalid for those that were never added.
  std::vector<SeriesId> series_of(const Plant& plant) const;

 private:
  std::vector<std::string> paths_;
};

}  // namespace gemel::history::detail
