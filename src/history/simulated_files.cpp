#include "history/simulated_files.hpp"

#include <algorithm>
#include <set>

#include "base/check.hpp"

namespace gemel::history {
namespace {

using Path = FileSystem::Path;

struct Content {
  std::string now;
  std::string durable;
};
using Names = std::map<std::string, std::shared_ptr<Content>>;

/// A change of names that a directory sync has not made durable yet. `to` empty: removed.
struct NameChange {
  std::string from;
  std::string to;
  std::shared_ptr<Content> content;
};

Error power_off() { return {ErrorCode::Unavailable, "the power is off"}; }
Error not_there(const Path& path) {
  return {ErrorCode::NotFound, path.string() + ": No such file or directory"};
}

constexpr std::size_t kSector = 512;

/// What the disk holds of a file after a power cut: sector by sector the durable bytes, the newer
/// ones, or zeros.
std::string survivor(const Content& content, Random& random) {
  const auto& [now, durable] = content;
  if (now == durable) return now;
  const auto shorter = std::min(now.size(), durable.size());
  const auto longer = std::max(now.size(), durable.size());
  std::string left = now.size() >= durable.size() ? now : durable;
  left.resize(shorter + random.below(longer - shorter + 1));
  const auto copy = [&](const std::string& from, std::size_t begin, std::size_t end) {
    if (begin < from.size())
      left.replace(begin, std::min(end, from.size()) - begin, from, begin, end - begin);
  };
  for (std::size_t at = 0; at < left.size(); at += kSector) {
    const auto end = std::min(left.size(), at + kSector);
    const auto fate = random.below(3);
    left.replace(at, end - at, end - at, '\0');
    copy(durable, at, end);
    if (fate != 0) copy(now, at, end);
  }
  return left;
}

}  // namespace

struct SimulatedFiles::Disk {
  explicit Disk(std::uint64_t seed) : random(seed) {}

  mutable std::mutex mutex;
  Random random;
  Names names;
  Names durable_names;
  std::vector<NameChange> journal;
  std::set<std::string> locks;
  std::uint64_t changes = 0;
  std::optional<std::uint64_t> cut_at;
  std::optional<std::uint64_t> space_left;
  bool off = false;
  bool syncs_fail = false;

  /// Counts a change. False: the power goes off in the middle of it.
  bool change() {
    ++changes;
    if (cut_at && changes >= *cut_at) off = true;
    return !off;
  }

  Result<void> append(Content& content, std::string_view bytes) {
    if (off) return power_off();
    if (!change()) {
      content.now += bytes.substr(0, random.below(bytes.size() + 1));
      return power_off();
    }
    if (space_left && bytes.size() > *space_left) {
      content.now += bytes.substr(0, *space_left);
      space_left = 0;
      return {ErrorCode::Unavailable, "No space left on device (the disk is full)"};
    }
    if (space_left) *space_left -= bytes.size();
    content.now += bytes;
    return {};
  }
  Result<void> sync(Content& content) {
    if (off || !change()) return power_off();
    if (syncs_fail) return {ErrorCode::Unavailable, "Input/output error"};
    content.durable = content.now;
    return {};
  }
  Result<void> truncate(Content& content, std::uint64_t size) {
    if (off || !change()) return power_off();
    content.now.resize(size);
    return {};
  }
  static void apply(Names& table, const NameChange& done) {
    if (!done.from.empty()) table.erase(done.from);
    if (!done.to.empty()) table[done.to] = done.content;
  }
  void rename(NameChange done) {
    apply(names, done);
    journal.push_back(std::move(done));
  }
};

namespace {

class Writable final : public WritableFile {
 public:
  Writable(std::shared_ptr<SimulatedFiles::Disk> disk, std::shared_ptr<Content> content)
      : disk_(std::move(disk)), content_(std::move(content)) {}
  Result<void> append(std::string_view bytes) override {
    const std::lock_guard lock(disk_->mutex);
    return disk_->append(*content_, bytes);
  }
  Result<void> sync() override {
    const std::lock_guard lock(disk_->mutex);
    return disk_->sync(*content_);
  }
  Result<void> truncate(std::uint64_t size) override {
    const std::lock_guard lock(disk_->mutex);
    return disk_->truncate(*content_, size);
  }
  Result<std::uint64_t> size() const override {
    const std::lock_guard lock(disk_->mutex);
    return static_cast<std::uint64_t>(content_->now.size());
  }

 private:
  std::shared_ptr<SimulatedFiles::Disk> disk_;
  std::shared_ptr<Content> content_;
};

class Readable final : public ReadableFile {
 public:
  Readable(std::shared_ptr<SimulatedFiles::Disk> disk, std::shared_ptr<Content> content)
      : disk_(std::move(disk)), content_(std::move(content)), size_(content_->now.size()) {}
  Result<std::string> read(std::uint64_t offset, std::size_t size) const override {
    const std::lock_guard lock(disk_->mutex);
    if (disk_->off) return power_off();
    const auto& bytes = content_->now;
    if (offset > bytes.size() || size > bytes.size() - offset) {
      return {ErrorCode::Corruption, "the file ends before byte " + std::to_string(offset + size)};
    }
    return bytes.substr(offset, size);
  }
  Result<void> read_into(std::uint64_t offset, std::span<char> bytes) const override {
    GEMEL_ASSIGN(const auto read_bytes, read(offset, bytes.size()));
    std::copy(read_bytes.begin(), read_bytes.end(), bytes.begin());
    return {};
  }
  std::uint64_t size() const override { return size_; }

 private:
  std::shared_ptr<SimulatedFiles::Disk> disk_;
  std::shared_ptr<Content> content_;
  std::uint64_t size_;
};

class Lock final : public FileLock {
 public:
  Lock(std::shared_ptr<SimulatedFiles::Disk> disk, std::string name)
      : disk_(std::move(disk)), name_(std::move(name)) {}
  ~Lock() override {
    const std::lock_guard lock(disk_->mutex);
    disk_->locks.erase(name_);
  }

 private:
  std::shared_ptr<SimulatedFiles::Disk> disk_;
  std::string name_;
};

}  // namespace

SimulatedFiles::SimulatedFiles(std::uint64_t seed) : disk_(std::make_shared<Disk>(seed)) {}

void SimulatedFiles::cut_power_after(std::uint64_t changes) {
  const std::lock_guard lock(disk_->mutex);
  disk_->cut_at = disk_->changes + changes;
}

bool SimulatedFiles::power_is_off() const {
  const std::lock_guard lock(disk_->mutex);
  return disk_->off;
}

void SimulatedFiles::restart() {
  const std::lock_guard lock(disk_->mutex);
  auto& disk = *disk_;
  const auto kept = disk.random.below(disk.journal.size() + 1);
  for (std::size_t i = 0; i < kept; ++i) Disk::apply(disk.durable_names, disk.journal[i]);
  disk.journal.clear();
  // Files get new contents rather than changed ones: what was opened before the cut must not see
  // the new world.
  for (auto& [name, content] : disk.durable_names) {
    const auto left = survivor(*content, disk.random);
    content = std::make_shared<Content>(Content{left, left});
  }
  disk.names = disk.durable_names;
  disk.locks.clear();
  disk.cut_at.reset();
  disk.off = false;
}

void SimulatedFiles::set_space_left(std::optional<std::uint64_t> bytes) {
  const std::lock_guard lock(disk_->mutex);
  disk_->space_left = bytes;
}

void SimulatedFiles::set_syncs_fail(bool fail) {
  const std::lock_guard lock(disk_->mutex);
  disk_->syncs_fail = fail;
}

std::uint64_t SimulatedFiles::changes() const {
  const std::lock_guard lock(disk_->mutex);
  return disk_->changes;
}

void SimulatedFiles::flip(const Path& path, std::uint64_t byte, unsigned bit) {
  const std::lock_guard lock(disk_->mutex);
  auto& content = *disk_->names.at(path.string());
  GEMEL_CHECK(byte < content.now.size());
  content.now[byte] = static_cast<char>(content.now[byte] ^ (1 << bit));
  content.durable = content.now;
}

std::string SimulatedFiles::contents(const Path& path) const {
  const std::lock_guard lock(disk_->mutex);
  const auto found = disk_->names.find(path.string());
  return found == disk_->names.end() ? "" : found->second->now;
}

void SimulatedFiles::place(const Path& path, std::string contents) {
  const std::lock_guard lock(disk_->mutex);
  const auto content = std::make_shared<Content>(Content{contents, contents});
  disk_->names[path.string()] = content;
  disk_->durable_names[path.string()] = content;
}

Result<std::unique_ptr<WritableFile>> SimulatedFiles::open_to_append(const Path& path) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->off) return power_off();
  const auto found = disk_->names.find(path.string());
  auto content = found == disk_->names.end() ? nullptr : found->second;
  if (!content) {
    if (!disk_->change()) return power_off();
    content = std::make_shared<Content>();
    disk_->rename({"", path.string(), content});
  }
  return {std::make_unique<Writable>(disk_, std::move(content))};
}

Result<std::unique_ptr<ReadableFile>> SimulatedFiles::open_to_read(const Path& path) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->off) return power_off();
  const auto found = disk_->names.find(path.string());
  if (found == disk_->names.end()) return not_there(path);
  return {std::make_unique<Readable>(disk_, found->second)};
}

Result<std::vector<std::string>> SimulatedFiles::list(const Path& directory) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->off) return power_off();
  std::vector<std::string> names;
  for (const auto& [name, content] : disk_->names) {
    if (Path(name).parent_path() == directory) names.push_back(Path(name).filename().string());
  }
  return names;
}

Result<void> SimulatedFiles::create_directories(const Path&) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->off) return power_off();
  return {};
}

Result<void> SimulatedFiles::rename(const Path& from, const Path& to) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->off || !disk_->change()) return power_off();
  const auto found = disk_->names.find(from.string());
  if (found == disk_->names.end()) return not_there(from);
  disk_->rename({from.string(), to.string(), found->second});
  return {};
}

Result<void> SimulatedFiles::remove(const Path& path) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->off || !disk_->change()) return power_off();
  if (!disk_->names.contains(path.string())) return not_there(path);
  disk_->rename({path.string(), "", nullptr});
  return {};
}

Result<void> SimulatedFiles::sync_directory(const Path& directory) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->off || !disk_->change()) return power_off();
  if (disk_->syncs_fail) return {ErrorCode::Unavailable, "Input/output error"};
  const auto inside = [&](const NameChange& done) {
    return Path(done.to.empty() ? done.from : done.to).parent_path() == directory;
  };
  for (const auto& done : disk_->journal) {
    if (inside(done)) Disk::apply(disk_->durable_names, done);
  }
  std::erase_if(disk_->journal, inside);
  return {};
}

Result<std::unique_ptr<FileLock>> SimulatedFiles::lock(const Path& path) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->off) return power_off();
  if (!disk_->locks.insert(path.string()).second) {
    return {ErrorCode::Conflict, path.parent_path().string() + " is in use"};
  }
  return {std::make_unique<Lock>(disk_, path.string())};
}

}  // namespace gemel::history
