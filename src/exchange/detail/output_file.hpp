#pragma once
// The file that an export makes: written beside its name, and given it when it is whole.

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/result.hpp"

namespace gemel::exchange::detail {

/// Whatever happens, what was not finished does not stay. Threads: one.
class OutputFile {
 public:
  explicit OutputFile(std::filesystem::path target, std::string_view ending = ".part");
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Where it is being written; another library may write it in our place.
  const std::filesystem::path& path() const { return path_; }

  /// Errors: NotFound (no such folder), Unavailable (the message says why).
  Result<void> open();
  Result<void> append(std::string_view bytes);
  /// Makes it durable under its name.
  Result<void> finish();

 private:
  const std::filesystem::path target_;
  const std::filesystem::path path_;
  int file_ = -1;
};

}  // namespace gemel::exchange::detail
