#include "history/detail/catalog.hpp"

#include <array>
#include <optional>
#include <unordered_map>

#include "base/bytes.hpp"
#include "base/log.hpp"
#include "history/detail/checksum.hpp"

namespace gemel::history::detail {
namespace {

constexpr std::string_view kMagic = "GEMELCAT";
constexpr std::uint32_t kVersion = 2;
// A damaged length can't ask for endless memory.
constexpr std::size_t kAllPathsMax = 1u << 28;
constexpr std::array<std::string_view, 2> kCopies{Catalog::kName, Catalog::kCopyName};

using Numbers = std::unordered_map<std::string_view, std::uint32_t>;

Numbers numbers_of(const std::vector<std::string>& paths) {
  Numbers numbers;
  for (std::uint32_t i = 0; i < paths.size(); ++i) numbers.emplace(paths[i], i);
  return numbers;
}

Result<std::vector<std::string>> decode(std::string_view bytes) {
  ByteReader in(unsealed(bytes));
  const bool ours = in.raw(kMagic.size()) == kMagic;
  if (const auto version = in.fixed<std::uint32_t>(); ours && in.ok() && version != kVersion) {
    return {ErrorCode::Unsupported, "the catalog is of version " + std::to_string(version) +
                                        ", this gemel reads version " + std::to_string(kVersion) +
                                        "; open it with the gemel that wrote it"};
  }
  // Neighbours begin alike: of each path only what differs from the one before is there.
  std::vector<std::string> paths(in.count(2));
  std::string_view before;
  std::size_t length = 0;
  for (auto& path : paths) {
    const auto shared = in.varint();
    const auto rest = in.text();
    length += shared + rest.size();
    if (shared > before.size() || length > kAllPathsMax) in.fail();
    if (!in.ok()) break;
    path.reserve(shared + rest.size());
    path.append(before.substr(0, shared)).append(rest);
    before = path;
  }
  if (!ours || !in.finished()) return {ErrorCode::Corruption, "its checksum does not match"};
  return paths;
}

}  // namespace

Result<Catalog> Catalog::load(FileSystem& files, const std::filesystem::path& directory) {
  Catalog catalog;
  std::optional<Error> trouble;
  std::vector<std::string> copies;
  for (const auto copy : kCopies) {
    auto bytes = read_file(files, directory / copy);
    if (!bytes && bytes.error().code == ErrorCode::NotFound) continue;
    auto paths = bytes ? decode(*bytes) : Result<std::vector<std::string>>(bytes.error());
    if (!paths) {
      trouble = paths.error().within("reading " + (directory / copy).string());
      log::error("history", "a copy of the catalog can't be read", {{"why", trouble->message}});
      continue;
    }
    // The first is written first: where a crash came between the two, it is the newer.
    if (copies.empty()) catalog.paths_ = std::move(*paths);
    copies.push_back(std::move(*bytes));
  }
  if (copies.empty() && trouble) return *trouble;
  catalog.whole_ = copies.size() == kCopies.size() && copies.front() == copies.back();
  return catalog;
}

bool Catalog::add(const Plant& plant) {
  const auto before = paths_.size();
  std::vector<std::string> missing;
  const auto numbers = numbers_of(paths_);
  for (const auto& signal : plant.signals) {
    if (!numbers.contains(signal.path)) missing.push_back(signal.path);
  }
  paths_.insert(paths_.end(), missing.begin(), missing.end());
  return paths_.size() != before;
}

Result<void> Catalog::save(FileSystem& files, const std::filesystem::path& directory) const {
  ByteWriter out;
  out.raw(kMagic);
  out.fixed(kVersion);
  out.varint(paths_.size());
  std::string_view before;
  for (const std::string_view path : paths_) {
    const auto differs =
        std::mismatch(path.begin(), path.end(), before.begin(), before.end()).first;
    const auto shared = static_cast<std::size_t>(differs - path.begin());
    out.varint(shared);
    out.text(path.substr(shared));
    before = path;
  }
  const auto bytes = sealed(out.take());
  for (const auto copy : kCopies) GEMEL_TRY(write_file(files, directory / copy, bytes));
  return {};
}

std::vector<SeriesId> Catalog::series_of(const Plant& plant) const {
  const auto numbers = numbers_of(paths_);
  std::vector<SeriesId> series;
  series.reserve(plant.signals.size());
  for (const auto& signal : plant.signals) {
    const auto found = numbers.find(signal.path);
    series.push_back(found == numbers.end() ? SeriesId{} : SeriesId{found->second});
  }
  return series;
}

}  // namespace gemel::history::detail
