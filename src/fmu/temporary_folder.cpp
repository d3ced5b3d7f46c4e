#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp is POSIX's

#include "fmu/archive.hpp"

namespace gemel::fmu {

Result<TemporaryFolder> TemporaryFolder::make() {
  const char* told = std::getenv("TMPDIR");
  std::string pattern = std::string(told && *told ? told : "/tmp") + "/gemel-fmu-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    return Error{ErrorCode::Unavailable, "no temporary folder " + pattern + ": " +
                                             std::strerror(errno) +
                                             "; set TMPDIR to a folder that can be written"};
  }
  return TemporaryFolder(std::filesystem::path(pattern));
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), own_(other.own_) {}

TemporaryFolder& TemporaryFolder::operator=(TemporaryFolder&& other) noexcept {
  if (this != &other) {
    remove();
    path_ = std::exchange(other.path_, {});
    own_ = other.own_;
  }
  return *this;
}

TemporaryFolder::~TemporaryFolder() { remove(); }

void TemporaryFolder::remove() {
  std::error_code ignored;  // what stays is in the system's temporary folder
  if (own_ && !path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace gemel::fmu
