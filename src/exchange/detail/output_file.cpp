#include "exchange/detail/output_file.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace gemel::exchange::detail {
namespace {

Error trouble(std::string_view doing, const std::filesystem::path& path, int error) {
  std::string message = std::string(doing) + " " + path.string() + ": " + std::strerror(error);
  if (error == ENOSPC || error == EDQUOT) message += " (free some space, or write elsewhere)";
  return {error == ENOENT ? ErrorCode::NotFound : ErrorCode::Unavailable, std::move(message)};
}

}  // namespace

OutputFile::OutputFile(std::filesystem::path target, std::string_view ending)
    : target_(std::move(target)), path_(target_.string() + std::string(ending)) {}

OutputFile::~OutputFile() {
  if (file_ >= 0) ::close(file_);
  std::error_code ignored;  // renamed, or never made
  std::filesystem::remove(path_, ignored);
}

Result<void> OutputFile::open() {
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file_ < 0) return trouble("opening", path_, errno);
  return {};
}

Result<void> OutputFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return trouble("writing", path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> OutputFile::finish() {
  if (file_ < 0) {
    file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (file_ < 0) return trouble("opening", path_, errno);
  }
  if (::fsync(file_) != 0) return trouble("making durable", path_, errno);
  std::error_code error;
  std::filesystem::rename(path_, target_, error);
  if (error) return trouble("renaming", path_, error.value());
  return {};
}

}  // namespace gemel::exchange::detail
