#include "fmu/archive.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <memory>
#include <set>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "base/text.hpp"

namespace gemel::fmu {
namespace {

namespace fs = std::filesystem;

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;

struct CloseMember {
  void operator()(zip_file_t* member) const { (void)zip_fclose(member); }
};

std::string lower(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

/// A path below the folder, or why there is none. Archives made by old tools on Windows hold
/// backslashes; they mean what slashes mean.
Result<std::string> safe_path(std::string name) {
  const auto refuse = [&](const char* why) {
    return Error{ErrorCode::InvalidInput, "the name '" + name.substr(0, 120) + "' " + why +
                                              "; such an archive is not unpacked"};
  };
  std::replace(name.begin(), name.end(), '\\', '/');
  if (name.empty() || name.size() > 1024) return refuse("is empty or longer than 1024 bytes");
  if (name.front() == '/') return refuse("is an absolute path");
  std::string path;
  for (const auto part : text::split(name, '/')) {
    if (part == "..") return refuse("leads out of the folder");
    if (part.size() > 255) return refuse("has a part of more than 255 bytes");
    if (part.find(':') != std::string_view::npos) return refuse("holds a colon");
    const bool control = std::any_of(part.begin(), part.end(),
                                     [](char c) { return static_cast<unsigned char>(c) < 32; });
    if (control) return refuse("holds a control character");
    if (part.empty() || part == ".") continue;
    path += (path.empty() ? "" : "/") + std::string(part);
  }
  return path;
}

/// What the names of an archive's members say of each other.
class Names {
 public:
  /// Adds folders above `path` and, unless it is one itself, the file.
  Result<void> add(const std::string& path, bool folder) {
    for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
      GEMEL_TRY(add_folder(path.substr(0, slash)));
    if (folder) return add_folder(path);
    if (folders_.contains(lower(path)) || !files_.insert(lower(path)).second) return clash(path);
    return {};
  }

 private:
  Result<void> add_folder(const std::string& path) {
    if (files_.contains(lower(path))) return clash(path);
    folders_.insert(lower(path));
    return {};
  }
  static Error clash(const std::string& path) {
    return {ErrorCode::InvalidInput, "the name '" + path.substr(0, 120) +
                                         "' is there twice, but for the case of its letters"};
  }
  std::set<std::string> files_, folders_;
};

class Unpacking {
 public:
  Unpacking(zip_t* archive, std::uint64_t archive_bytes, const ArchiveLimits& limits)
      : archive_(archive),
        limits_(limits),
        bytes_max_(std::min(
            limits.bytes,
            std::max(limits.always, static_cast<std::uint64_t>(
                                        limits.ratio * static_cast<double>(archive_bytes))))) {}

  Result<UnpackedArchive> run() {
    const auto count = zip_get_num_entries(archive_, 0);
    if (count < 0 || static_cast<std::size_t>(count) > limits_.members) {
      return Error{ErrorCode::Capacity, std::to_string(count) + " members; at most " +
                                            std::to_string(limits_.members) + " are unpacked"};
    }
    GEMEL_ASSIGN(auto folder, TemporaryFolder::make());
    UnpackedArchive unpacked{std::move(folder), {}};
    for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(count); ++i)
      GEMEL_TRY(member(i, unpacked));
    return unpacked;
  }

 private:
  Result<void> member(zip_uint64_t index, UnpackedArchive& into) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat_index(archive_, index, ZIP_FL_ENC_GUESS, &stat) != 0 || stat.name == nullptr)
      return broken("member " + std::to_string(index));
    const std::string raw = stat.name;
    GEMEL_TRY(plain(index, stat, raw));
    GEMEL_ASSIGN(const auto path, safe_path(raw));
    const bool folder = raw.ends_with('/') || raw.ends_with('\\');
    if (path.empty()) return {};
    GEMEL_TRY(names_.add(path, folder));
    const auto target = into.folder.path() / path;
    std::error_code error;
    fs::create_directories(folder ? target : target.parent_path(), error);
    if (error) {
      return Error{ErrorCode::Unavailable,
                   target.string() + ": " + error.message() + "; is the disk full?"};
    }
    if (folder) return {};
    into.members.push_back(path);
    return write(index, raw, target);
  }

  Result<void> plain(zip_uint64_t index, const zip_stat_t& stat, const std::string& name) {
    if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE) {
      return Error{ErrorCode::Unsupported, "the member '" + name.substr(0, 120) +
                                               "' is encrypted; export the FMU without a password"};
    }
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    (void)zip_file_get_external_attributes(archive_, index, 0, &system, &attributes);
    const auto kind = (attributes >> 16) & S_IFMT;
    if (system == ZIP_OPSYS_UNIX && kind != 0 && kind != S_IFREG && kind != S_IFDIR) {
      return Error{ErrorCode::InvalidInput,
                   "the member '" + name.substr(0, 120) + "' is a link or a device, no plain file"};
    }
    return {};
  }

  Result<void> write(zip_uint64_t index, const std::string& name, const fs::path& target) {
    const std::unique_ptr<zip_file_t, CloseMember> member(zip_fopen_index(archive_, index, 0));
    if (!member) return broken("'" + name.substr(0, 120) + "'");
    const int file =
        ::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) return disk(target);
    auto done = copy(member.get(), file, name, target);
    if (::close(file) != 0 && done) return disk(target);
    return done;
  }

  Result<void> copy(zip_file_t* member, int file, const std::string& name, const fs::path& target) {
    for (;;) {
      const auto got = zip_fread(member, buffer_.data(), buffer_.size());
      if (got < 0) return broken("'" + name.substr(0, 120) + "'");
      if (got == 0) return {};
      bytes_ += static_cast<std::uint64_t>(got);
      if (bytes_ > bytes_max_) {
        return Error{ErrorCode::Capacity, "more than " + std::to_string(bytes_max_ >> 20) +
                                              " MiB unpacked, at '" + name.substr(0, 120) +
                                              "'; such an archive is not unpacked"};
      }
      const char* at = buffer_.data();
      for (auto left = static_cast<std::size_t>(got); left > 0;) {
        const auto written = ::write(file, at, left);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return disk(target);
        at += written;
        left -= static_cast<std::size_t>(written);
      }
    }
  }

  static Error disk(const fs::path& target) {
    return {ErrorCode::Unavailable, "can't write " + target.string() + ": " + std::strerror(errno) +
                                        "; set TMPDIR to a folder with room"};
  }
  Error broken(const std::string& what) const {
    return {ErrorCode::Corruption, what + " can't be read: " + zip_strerror(archive_) +
                                       "; the archive is damaged, fetch or export it anew"};
  }

  zip_t* archive_;
  const ArchiveLimits& limits_;
  const std::uint64_t bytes_max_;
  std::uint64_t bytes_ = 0;
  Names names_;
  std::array<char, 65536> buffer_{};
};

Result<UnpackedArchive> unpack_source(zip_source_t* source, zip_error_t& why, std::uint64_t bytes,
                                      std::string_view name, const ArchiveLimits& limits) {
  Archive archive(source ? zip_open_from_source(source, ZIP_RDONLY, &why) : nullptr);
  if (!archive) {
    if (source) zip_source_free(source);
    Error error{ErrorCode::Corruption, std::string(name) + " is no archive that can be read (" +
                                           zip_error_strerror(&why) + "); an FMU is a zip file"};
    zip_error_fini(&why);
    return error;
  }
  zip_error_fini(&why);
  // On the heap: the buffer is too large for a small stack.
  auto unpacked = std::make_unique<Unpacking>(archive.get(), bytes, limits)->run();
  if (!unpacked) return unpacked.error().within(name);
  return unpacked;
}

}  // namespace

Result<UnpackedArchive> unpack(const fs::path& file, const ArchiveLimits& limits) {
  std::error_code error;
  const auto bytes = fs::file_size(file, error);
  if (error) {
    const bool absent = error == std::errc::no_such_file_or_directory;
    return Error{absent ? ErrorCode::NotFound : ErrorCode::Unavailable,
                 file.string() + ": " + error.message() + "; name an .fmu file"};
  }
  zip_error_t why;
  zip_error_init(&why);
  auto* source = zip_source_file_create(file.c_str(), 0, -1, &why);
  return unpack_source(source, why, bytes, file.string(), limits);
}

Result<UnpackedArchive> unpack_bytes(std::string_view bytes, std::string_view name,
                                     const ArchiveLimits& limits) {
  zip_error_t why;
  zip_error_init(&why);
  auto* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &why);
  return unpack_source(source, why, bytes.size(), name, limits);
}

}  // namespace gemel::fmu
