#include "history/backup.hpp"

#include <algorithm>
#include <set>

#include "history/detail/catalog.hpp"
#include "history/detail/recovery.hpp"

namespace gemel::history {
namespace {

using namespace detail;  // NOLINT(google-build-using-namespace): this file handles every file that
                         // detail writes

namespace fs = std::filesystem;

constexpr std::size_t kPortion = 1u << 20;
// While the history is reorganised faster than it can be copied; each time most is copied already.
constexpr int kAttempts = 20;

class Copy {
 public:
  Copy(FileSystem& files, fs::path from, fs::path to, const Progress& progress,
       std::stop_token stop)
      : files_(files),
        from_(std::move(from)),
        to_(std::move(to)),
        progress_(progress),
        stop_(std::move(stop)) {}

  Result<Copied> run() {
    GEMEL_TRY(files_.create_directories(to_));
    GEMEL_TRY(write_file(files_, to_ / kUnfinishedBackup, ""));
    // Logs first: what leaves a log while it is copied is found in a segment afterwards. The
    // catalog last: it names every series that the others may hold.
    GEMEL_TRY(copy_logs());
    GEMEL_TRY(copy_segments());
    for (const auto name : {Catalog::kName, Catalog::kCopyName})
      GEMEL_TRY(if_there(copy(std::string(name))));
    GEMEL_TRY(clear_up());
    GEMEL_TRY(find_newest());
    return done_;
  }

 private:
  static Result<void> if_there(Result<void> copied) {
    return !copied && copied.error().code == ErrorCode::NotFound ? Result<void>() : copied;
  }

  Result<void> copy_logs() {
    GEMEL_ASSIGN(auto names, files_.list(from_));
    std::erase_if(names, [](const std::string& name) { return !log_number(name); });
    std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
      return *log_number(a) < *log_number(b);
    });
    for (const auto& name : names) {
      GEMEL_TRY(if_there(copy(name)));
      logs_.insert(name);
    }
    return {};
  }

  /// Until one listing was there from its first file to its last.
  Result<void> copy_segments() {
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      GEMEL_ASSIGN(const auto names, files_.list(from_));
      segments_.clear();
      bool all = true;
      std::size_t at = 0;
      for (const auto& name : names) {
        if (progress_) progress_(static_cast<double>(at++) / static_cast<double>(names.size()));
        if (!segment_logs(name)) continue;
        segments_.insert(name);
        GEMEL_ASSIGN(const bool held, is_held(name));
        if (held) continue;
        const auto copied = copy(name);
        if (copied) continue;
        if (copied.error().code != ErrorCode::NotFound) return copied;
        all = false;
        break;
      }
      if (all) return {};
    }
    return {ErrorCode::Unavailable,
            "the history is reorganised faster than it can be copied; try again later"};
  }

  /// A segment never changes but for what retention takes out, which its description tells.
  Result<bool> is_held(const std::string& name) {
    const auto ours = read_segment_info(files_, from_ / name);
    const auto theirs = read_segment_info(files_, to_ / name);
    if (!ours || !theirs || ours->file_bytes != theirs->file_bytes ||
        ours->samples != theirs->samples || ours->span != theirs->span)
      return false;
    done_.bytes_before += theirs->file_bytes;
    return true;
  }

  Result<void> copy(const std::string& name) {
    GEMEL_ASSIGN(const auto source, files_.open_to_read(from_ / name));
    GEMEL_ASSIGN(auto target, NewFile::begin(files_, to_ / name));
    // A log grows while it is copied; what came after it was opened is left for the next backup.
    const auto size = source->size();
    for (std::uint64_t at = 0; at < size; at += kPortion) {
      if (stop_.stop_requested()) {
        return {ErrorCode::Cancelled,
                "copying was stopped; start it again with the same target and it goes on"};
      }
      const auto count = std::min<std::uint64_t>(kPortion, size - at);
      GEMEL_ASSIGN(const auto bytes, source->read(at, count));
      GEMEL_TRY(target.append(bytes));
      done_.bytes += count;
    }
    GEMEL_TRY(target.finish());
    ++done_.files;
    return {};
  }

  /// What an earlier backup had and the history has no more: logs that were sealed since, segments
  /// that were merged.
  Result<void> clear_up() {
    GEMEL_ASSIGN(const auto names, files_.list(to_));
    for (const auto& name : names) {
      const bool gone = (segment_logs(name) && !segments_.contains(name)) ||
                        (log_number(name) && !logs_.contains(name));
      if (gone) GEMEL_TRY(files_.remove(to_ / name));
    }
    // All of it is durable before the mark goes.
    GEMEL_TRY(files_.sync_directory(to_));
    GEMEL_TRY(files_.remove(to_ / kUnfinishedBackup));
    return files_.sync_directory(to_);
  }

  /// And proves that the copy can be read.
  Result<void> find_newest() {
    GEMEL_ASSIGN(const auto plant, recorded_signals(to_, &files_));
    Options options;
    options.directory = to_;
    options.plant = &plant;
    options.read_only = true;
    options.files = &files_;
    GEMEL_ASSIGN(const auto copy, open(options));
    done_.last_known_at = copy->status().last_known_at;
    return {};
  }

  FileSystem& files_;
  fs::path from_, to_;
  const Progress& progress_;
  std::stop_token stop_;
  std::set<std::string> segments_, logs_;
  Copied done_;
};

/// Series have their numbers by place: a history that goes on from another has its series first.
bool goes_on_from(const Catalog& history, const Catalog& before) {
  return before.paths().size() <= history.paths().size() &&
         std::equal(before.paths().begin(), before.paths().end(), history.paths().begin());
}

Result<bool> holds_history(FileSystem& files, const fs::path& directory) {
  const auto names = files.list(directory);
  if (!names && names.error().code == ErrorCode::NotFound) return false;
  if (!names) return names.error();
  return std::any_of(names->begin(), names->end(), [](const std::string& name) {
    return name == Catalog::kName || segment_logs(name) || log_number(name);
  });
}

}  // namespace

Result<Copied> backup(const fs::path& directory, const fs::path& target, const Progress& progress,
                      std::stop_token stop, FileSystem* files) {
  auto& disk = files ? *files : real_files();
  if (directory.lexically_normal() == target.lexically_normal()) {
    return {ErrorCode::InvalidInput, "the backup of " + directory.string() +
                                         " can't go into itself; name another directory"};
  }
  GEMEL_ASSIGN(const bool there, holds_history(disk, directory));
  if (!there) return {ErrorCode::NotFound, "there is no history in " + directory.string()};
  if (const auto before = Catalog::load(disk, target); before && !before->paths().empty()) {
    GEMEL_ASSIGN(const auto catalog, Catalog::load(disk, directory));
    if (!goes_on_from(catalog, *before)) {
      return {ErrorCode::InvalidInput, target.string() +
                                           " holds the backup of another history; name an empty "
                                           "directory"};
    }
  }
  return Copy(disk, directory, target, progress, std::move(stop)).run();
}

Result<Copied> restore(const fs::path& backup, const fs::path& directory, bool damaged_too,
                       const Progress& progress, std::stop_token stop, FileSystem* files) {
  auto& disk = files ? *files : real_files();
  GEMEL_ASSIGN(const bool there, holds_history(disk, directory));
  if (there) {
    return {ErrorCode::Conflict, directory.string() +
                                     " holds a history already, which restoring would overwrite; "
                                     "move it away first"};
  }
  GEMEL_ASSIGN(const bool something, holds_history(disk, backup));
  if (!something) return {ErrorCode::NotFound, "there is no history in " + backup.string()};
  const auto half = [&](double done) {
    if (progress) progress(done / 2);
  };
  GEMEL_ASSIGN(const auto verified, verify(backup, &disk, half, stop));
  if (!verified.damage.empty() && !damaged_too) {
    const auto& first = verified.damage.front();
    return {ErrorCode::Corruption, "the backup is damaged in " +
                                       std::to_string(verified.damage.size()) +
                                       " places, the first in " + first.file + ": " + first.what +
                                       "; --damaged restores what can be read"};
  }
  const auto rest = [&](double done) {
    if (progress) progress(0.5 + done / 2);
  };
  return Copy(disk, backup, directory, rest, std::move(stop)).run();
}

}  // namespace gemel::history
