#pragma once
// A file beside the one that is being made. Whatever happens, it does not stay.

#include <filesystem>
#include <string_view>
#include <system_error>

namespace gemel::history::detail {

class ScratchFile {
 public:
  explicit ScratchFile(const std::filesystem::path& beside, std::string_view ending = ".part")
      : path_(beside.string() + std::string(ending)) {}
  ~ScratchFile() {
    std::error_code ignored;  // renamed, or never made
    std::filesystem::remove(path_, ignored);
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace gemel::history::detail
