// Archives: whatever the bytes, nothing lands outside the folder, and limits hold.

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/check.hpp"
#include "fmu/archive.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fs = std::filesystem;
  using namespace gemel::fmu;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const ArchiveLimits limits{.members = 50, .bytes = 1u << 20, .ratio = 50.0, .always = 1u << 16};
  const auto unpacked = unpack_bytes(bytes, "fuzz.fmu", limits);
  if (!unpacked) return 0;
  GEMEL_CHECK(unpacked->members.size() <= limits.members);
  std::uintmax_t all = 0;
  const auto& folder = unpacked->folder.path();
  for (const auto& member : unpacked->members) {
    const auto path = (folder / member).lexically_normal();
    GEMEL_CHECK(path.string().starts_with(folder.string() + "/"));
    GEMEL_CHECK(fs::is_regular_file(fs::symlink_status(path)));
    all += fs::file_size(path);
  }
  GEMEL_CHECK(all <= limits.bytes);
  return 0;
}
