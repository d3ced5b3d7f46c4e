#pragma once
// The numbers of series by the paths of their signals. A path keeps its number for ever.

#include <string>
#include <string_view>
#include <vector>

#include "core/plant.hpp"
#include "history/detail/entry.hpp"
#include "history/file_system.hpp"

namespace gemel::history::detail {

class Catalog {
 public:
  // Without it no sample has a name, so it is kept twice.
  static constexpr std::string_view kName = "catalog";
  static constexpr std::string_view kCopyName = "catalog.copy";

  /// Empty when there is none yet. Errors: Corruption (both copies are damaged), Unsupported,
  /// Unavailable.
  static Result<Catalog> load(FileSystem& files, const std::filesystem::path& directory);

  const std::vector<std::string>& paths() const { return paths_; }
  /// Both copies are on the disk and say the same.
  bool whole() const { return whole_; }

  /// Gives numbers to the plant's signals that have none. True if there were any.
  bool add(const Plant& plant);
  Result<void> save(FileSystem& files, const std::filesystem::path& directory) const;

  /// The plant's signals' series; invalid for those that were never added.
  std::vector<SeriesId> series_of(const Plant& plant) const;

 private:
  std::vector<std::string> paths_;
  bool whole_ = false;
};

}  // namespace gemel::history::detail
