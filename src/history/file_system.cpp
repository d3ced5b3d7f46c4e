#include "history/file_system.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gemel::history {
namespace {

constexpr std::uint64_t kSyncEvery = 8u << 20;

using Path = FileSystem::Path;

Error trouble(std::string_view doing, const Path& path, int error) {
  const auto code = error == ENOENT ? ErrorCode::NotFound : ErrorCode::Unavailable;
  std::string message = std::string(doing) + " " + path.string() + ": " + std::strerror(error);
  if (error == ENOSPC || error == EDQUOT)
    message += " (the disk is full; free some space and it goes on by itself)";
  return {code, std::move(message)};
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Result<Descriptor> open_descriptor(const Path& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
  if (fd < 0) return trouble("opening", path, errno);
  return Descriptor(fd);
}

Result<std::uint64_t> size_of(const Descriptor& file, const Path& path) {
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) return trouble("asking for the size of", path, errno);
  return static_cast<std::uint64_t>(info.st_size);
}

class DiskWritableFile final : public WritableFile {
 public:
  DiskWritableFile(Descriptor file, Path path) : file_(std::move(file)), path_(std::move(path)) {}

  Result<void> append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto n = ::write(file_.get(), bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return trouble("writing", path_, errno);
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
  }
  Result<void> sync() override {
    if (::fdatasync(file_.get()) != 0) return trouble("making durable", path_, errno);
    return {};
  }
  Result<void> truncate(std::uint64_t size) override {
    if (::ftruncate(file_.get(), static_cast<off_t>(size)) != 0)
      return trouble("shortening", path_, errno);
    return {};
  }
  Result<std::uint64_t> size() const override { return size_of(file_, path_); }

 private:
  Descriptor file_;
  Path path_;
};

class DiskReadableFile final : public ReadableFile {
 public:
  DiskReadableFile(Descriptor file, Path path, std::uint64_t size)
      : file_(std::move(file)), path_(std::move(path)), size_(size) {}

  Result<std::string> read(std::uint64_t offset, std::size_t size) const override {
    if (!holds(offset, size)) return ends_before(offset + size);
    std::string bytes(size, '\0');
    GEMEL_TRY(read_into(offset, bytes));
    return bytes;
  }
  Result<void> read_into(std::uint64_t offset, std::span<char> bytes) const override {
    const auto end = offset + bytes.size();
    if (!holds(offset, bytes.size())) return ends_before(end);
    while (!bytes.empty()) {
      const auto n =
          ::pread(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(end - bytes.size()));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return trouble("reading", path_, errno);
      if (n == 0) return ends_before(end);
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return {};
  }
  std::uint64_t size() const override { return size_; }

 private:
  bool holds(std::uint64_t offset, std::size_t size) const {
    return offset <= size_ && size <= size_ - offset;
  }
  Error ends_before(std::uint64_t wanted) const {
    return {ErrorCode::Corruption, path_.string() + " ends before byte " + std::to_string(wanted)};
  }
  Descriptor file_;
  Path path_;
  std::uint64_t size_;
};

class DiskLock final : public FileLock {
 public:
  explicit DiskLock(Descriptor file) : file_(std::move(file)) {}

 private:
  Descriptor file_;
};

class Disk final : public FileSystem {
 public:
  Result<std::unique_ptr<WritableFile>> open_to_append(const Path& path) override {
    GEMEL_ASSIGN(auto file, open_descriptor(path, O_WRONLY | O_CREAT | O_APPEND));
    return {std::make_unique<DiskWritableFile>(std::move(file), path)};
  }
  Result<std::unique_ptr<ReadableFile>> open_to_read(const Path& path) override {
    GEMEL_ASSIGN(auto file, open_descriptor(path, O_RDONLY));
    GEMEL_ASSIGN(const auto size, size_of(file, path));
    return {std::make_unique<DiskReadableFile>(std::move(file), path, size)};
  }
  Result<std::vector<std::string>> list(const Path& directory) override {
    std::error_code error;
    std::vector<std::string> names;
    std::filesystem::directory_iterator entries(directory, error);
    for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
      names.push_back(entries->path().filename().string());
    }
    if (error) return trouble("listing", directory, error.value());
    std::sort(names.begin(), names.end());
    return names;
  }
  Result<void> create_directories(const Path& directory) override {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) return trouble("making the directory", directory, error.value());
    return {};
  }
  Result<void> rename(const Path& from, const Path& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return trouble("renaming", from, errno);
    return {};
  }
  Result<void> remove(const Path& path) override {
    if (::unlink(path.c_str()) != 0) return trouble("removing", path, errno);
    return {};
  }
  Result<void> sync_directory(const Path& directory) override {
    GEMEL_ASSIGN(const auto file, open_descriptor(directory, O_RDONLY | O_DIRECTORY));
    if (::fsync(file.get()) != 0) return trouble("making durable", directory, errno);
    return {};
  }
  Result<std::unique_ptr<FileLock>> lock(const Path& path) override {
    GEMEL_ASSIGN(auto file, open_descriptor(path, O_RDWR | O_CREAT));
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0)
      return {std::make_unique<DiskLock>(std::move(file))};
    if (errno != EWOULDBLOCK) return trouble("locking", path, errno);
    return {ErrorCode::Conflict, path.parent_path().string() +
                                     " is in use by another gemel; stop that one, or open it " +
                                     "for reading only"};
  }
};

}  // namespace

FileSystem& real_files() {
  static Disk disk;
  return disk;
}

Result<std::string> read_file(FileSystem& files, const Path& path) {
  GEMEL_ASSIGN(const auto file, files.open_to_read(path));
  return file->read(0, file->size());
}

Result<void> write_file(FileSystem& files, const Path& path, std::string_view bytes) {
  GEMEL_ASSIGN(auto file, NewFile::begin(files, path));
  GEMEL_TRY(file.append(bytes));
  return file.finish();
}

Result<NewFile> NewFile::begin(FileSystem& files, Path path) {
  Path beside = path.string() + ".tmp";
  GEMEL_ASSIGN(auto file, files.open_to_append(beside));
  NewFile fresh(files, std::move(path), std::move(beside), std::move(file));
  GEMEL_TRY(fresh.file_->truncate(0));
  return fresh;
}

NewFile::~NewFile() {
  if (!file_) return;
  file_.reset();
  // What can't be removed now is removed when the directory is opened the next time.
  (void)files_->remove(beside_);
}

Result<void> NewFile::append(std::string_view bytes) {
  GEMEL_TRY(file_->append(bytes));
  unsynced_ += bytes.size();
  // In small portions, so that others who sync meanwhile don't wait for all of it.
  if (unsynced_ < kSyncEvery) return {};
  unsynced_ = 0;
  return file_->sync();
}

Result<void> NewFile::finish() {
  GEMEL_TRY(file_->sync());
  GEMEL_TRY(files_->rename(beside_, path_));
  file_.reset();
  return files_->sync_directory(path_.parent_path());
}

}  // namespace gemel::history
