#include "exchange/detail/duckdb_library.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <dlfcn.h>

namespace gemel::exchange::detail {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLibrary = "libduckdb.so";

std::vector<fs::path> places() {
  std::vector<fs::path> found;
  if (const char* told = std::getenv("GEMEL_DUCKDB"); told && *told) {
    found.emplace_back(told);
    found.push_back(fs::path(told) / kLibrary);
  }
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error).parent_path();
  if (!error) {
    found.push_back(program / kLibrary);
    found.push_back(program / ".." / "lib" / kLibrary);
    // In a build tree the program lies somewhere below build/.
    for (auto up = program; up.has_parent_path() && up != up.parent_path(); up = up.parent_path())
      found.push_back(up / "deps" / "lib" / kLibrary);
  }
  found.push_back(fs::path("build/deps/lib") / kLibrary);
  return found;
}

/// The first function that the library lacks; null when it has all.
const char* find_functions(void* library, DuckLibrary& functions) {
#define GEMEL_DUCKDB_FIND(name)                                                                   \
  functions.name = reinterpret_cast<decltype(functions.name)>(::dlsym(library, "duckdb_" #name)); \
  if (functions.name == nullptr) return "duckdb_" #name;
  GEMEL_DUCKDB_FUNCTIONS(GEMEL_DUCKDB_FIND)
#undef GEMEL_DUCKDB_FIND
  return nullptr;
}

Result<DuckLibrary> open_at(const fs::path& place) {
  void* library = ::dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* why = ::dlerror();
    return {ErrorCode::Unsupported, place.string() + " is no DuckDB library that can be used: " +
                                        (why ? why : "no reason given")};
  }
  DuckLibrary functions;
  if (const char* lacks = find_functions(library, functions)) {
    return {ErrorCode::Unsupported, place.string() + " is a DuckDB that has no " + lacks +
                                        "; run ./dev setup for one that has"};
  }
  return functions;
}

Result<DuckLibrary> look() {
  std::string tried;
  for (const auto& place : places()) {
    std::error_code error;
    if (fs::is_regular_file(place, error)) return open_at(place);
    tried += (tried.empty() ? "" : ", ") + place.string();
  }
  return {ErrorCode::Unsupported,
          "Parquet and SQL need DuckDB's library, libduckdb.so, which is not there; run ./dev "
          "setup, or set GEMEL_DUCKDB to where it is (looked at: " +
              tried + "). CSV works without it"};
}

}  // namespace

const Result<DuckLibrary>& duck_library() {
  static const Result<DuckLibrary> kFound = look();
  return kFound;
}

}  // namespace gemel::exchange::detail
