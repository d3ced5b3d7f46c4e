#pragma once
// A disk in memory that can be filled up, and whose power can be cut: what was not made durable is
// then lost or torn. For tests of whatever writes files.

#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "base/random.hpp"
#include "history/file_system.hpp"

namespace gemel::history {

/// Threads: any.
class SimulatedFiles final : public FileSystem {
 public:
  explicit SimulatedFiles(std::uint64_t seed = 1);

  /// From the n-th change on (append, sync, rename … each count one) everything fails; that one may
  /// be half done.
  void cut_power_after(std::uint64_t changes);
  bool power_is_off() const;
  /// The power is back. Of each file there is what was synced, and of the rest some bytes, some
  /// zeros, or nothing; of the names those of the last sync_directory() and some of the changes
  /// after it, in their order.
  void restart();

  /// Appends succeed for so many bytes in all; the one that does not fit is half done. Empty: no
  /// limit.
  void set_space_left(std::optional<std::uint64_t> bytes);
  void set_syncs_fail(bool fail);

  /// Changes since the start; to find out where power could be cut.
  std::uint64_t changes() const;

  /// Flips one bit, as a failing disk does.
  void flip(const Path& path, std::uint64_t byte, unsigned bit);
  std::string contents(const Path& path) const;
  /// Puts a file there as if it had always been.
  void place(const Path& path, std::string contents);

  Result<std::unique_ptr<WritableFile>> open_to_append(const Path& path) override;
  Result<std::unique_ptr<ReadableFile>> open_to_read(const Path& path) override;
  Result<std::vector<std::string>> list(const Path& directory) override;
  Result<void> create_directories(const Path& directory) override;
  Result<void> rename(const Path& from, const Path& to) override;
  Result<void> remove(const Path& path) override;
  Result<void> sync_directory(const Path& directory) override;
  Result<std::unique_ptr<FileLock>> lock(const Path& path) override;

  struct Disk;

 private:
  std::shared_ptr<Disk> disk_;
};

}  // namespace gemel::history
