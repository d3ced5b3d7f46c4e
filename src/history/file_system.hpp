#pragma once
// The little that the history asks of a disk, behind one small class so that tests can cut its
// power. Source: LevelDB's Env.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gemel::history {

/// Threads: one.
class WritableFile {
 public:
  virtual ~WritableFile() = default;
  /// Writes at the end. On error any part of `bytes` may have been written; truncate() takes it
  /// back. Errors: Unavailable; the message tells a full disk from a failing one.
  virtual Result<void> append(std::string_view bytes) = 0;
  /// On return everything written is on the disk. After an error nothing since the last success may
  /// be trusted.
  virtual Result<void> sync() = 0;
  virtual Result<void> truncate(std::uint64_t size) = 0;
  virtual Result<std::uint64_t> size() const = 0;
};

/// Threads: any. Lifetime: readable until destroyed, even when the file has been removed meanwhile.
class ReadableFile {
 public:
  virtual ~ReadableFile() = default;
  /// Exactly `size` bytes. Errors: Corruption (the file ends before), Unavailable.
  virtual Result<std::string> read(std::uint64_t offset, std::size_t size) const = 0;
  /// The same, as many as `bytes` has room for.
  virtual Result<void> read_into(std::uint64_t offset, std::span<char> bytes) const = 0;
  virtual std::uint64_t size() const = 0;
};

/// Held until destroyed.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

/// Threads: any. Errors: NotFound, Unavailable, each naming the path.
class FileSystem {
 public:
  using Path = std::filesystem::path;
  virtual ~FileSystem() = default;

  /// Makes the file if there is none.
  virtual Result<std::unique_ptr<WritableFile>> open_to_append(const Path& path) = 0;
  virtual Result<std::unique_ptr<ReadableFile>> open_to_read(const Path& path) = 0;
  /// Names of the files in a directory, sorted.
  virtual Result<std::vector<std::string>> list(const Path& directory) = 0;
  virtual Result<void> create_directories(const Path& directory) = 0;
  /// Replaces `to` if it is there.
  virtual Result<void> rename(const Path& from, const Path& to) = 0;
  virtual Result<void> remove(const Path& path) = 0;
  /// Makes what was created, renamed and removed in it durable.
  virtual Result<void> sync_directory(const Path& directory) = 0;
  /// Errors: Conflict when another process or this one holds it.
  virtual Result<std::unique_ptr<FileLock>> lock(const Path& path) = 0;
};

/// The machine's own disk.
FileSystem& real_files();

/// Where a part of a file is.
struct Section {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;

  std::uint64_t end() const { return offset + size; }
};

/// The whole of a file.
Result<std::string> read_file(FileSystem& files, const std::filesystem::path& path);

/// Durably and whole or not at all: writes beside `path` and renames.
Result<void> write_file(FileSystem& files, const std::filesystem::path& path,
                        std::string_view bytes);

/// The same for a file that does not fit into memory, piece by piece. Without finish() nothing is
/// left. Errors: those of the disk, each naming the path.
class NewFile {
 public:
  static Result<NewFile> begin(FileSystem& files, std::filesystem::path path);
  NewFile(NewFile&&) noexcept = default;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  Result<void> append(std::string_view bytes);
  Result<void> finish();

 private:
  NewFile(FileSystem& files, std::filesystem::path path, std::filesystem::path beside,
          std::unique_ptr<WritableFile> file)
      : files_(&files),
        path_(std::move(path)),
        beside_(std::move(beside)),
        file_(std::move(file)) {}

  FileSystem* files_;
  std::filesystem::path path_;
  std::filesystem::path beside_;
  std::unique_ptr<WritableFile> file_;  // null once finished or moved from
  std::uint64_t unsynced_ = 0;
};

}  // namespace gemel::history
