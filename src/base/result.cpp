#include "base/result.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace gemel {

std::string_view to_string(ErrorCode code) {
  static constexpr std::array<std::string_view, 11> kNames{
      "InvalidInput", "NotFound",    "Unavailable", "Timeout",          "Conflict", "Capacity",
      "Corruption",   "Unsupported", "Cancelled",   "PermissionDenied", "Internal"};
  return kNames[static_cast<std::size_t>(code)];
}

void check_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: broken promise: %s\nThis is a fault in Gemel, please report it.\n",
               file, line, expression);
  std::abort();
}

}  // namespace gemel
