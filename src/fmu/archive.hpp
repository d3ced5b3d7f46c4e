#pragma once
// An FMU's archive (zip) into a folder of its own, with nothing of it landing anywhere else.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gemel::fmu {

/// A folder that only this user may enter, removed with all that is in it at the end.
class TemporaryFolder {
 public:
  /// Below TMPDIR, or /tmp. Errors: Unavailable.
  static Result<TemporaryFolder> make();
  /// One that somebody else made and removes.
  static TemporaryFolder of_another(std::filesystem::path path) {
    TemporaryFolder folder(std::move(path));
    folder.own_ = false;
    return folder;
  }

  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept;
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  void remove();
  std::filesystem::path path_;
  bool own_ = true;
};

struct ArchiveLimits {
  std::size_t members = 20'000;
  std::uint64_t bytes = std::uint64_t{2} << 30;    // of all members, unpacked
  double ratio = 200.0;                            // of these to the archive's own bytes …
  std::uint64_t always = std::uint64_t{64} << 20;  // … as far as they are more than this
};

struct UnpackedArchive {
  TemporaryFolder folder;
  std::vector<std::string> members;  // "binaries/linux64/Pump.so", in the archive's order
};

/// Unpacks an archive.
///
/// A member is refused, and with it the archive, when its name is absolute, goes up (..), differs
/// from another only in case, or makes a folder of a file; when it is no plain file or folder
/// (links), or is encrypted. Checksums are checked.
///
/// Errors: InvalidInput (with the member's name), Corruption, Capacity (see the limits),
/// Unavailable (disk, file). Threads: any.
Result<UnpackedArchive> unpack(const std::filesystem::path& file, const ArchiveLimits& limits = {});
/// The same for bytes in memory; `name` stands in errors.
Result<UnpackedArchive> unpack_bytes(std::string_view bytes, std::string_view name,
                                     const ArchiveLimits& limits = {});

}  // namespace gemel::fmu
