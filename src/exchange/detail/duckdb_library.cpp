#include "exchange/detail/duckdb_library.hpp"

#include <filesystem>
#include <string>

#include <dlfcn.h>

#include "base/beside_program.hpp"

namespace gemel::exchange::detail {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLibrary = "libduckdb.so";

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
  const auto place = find_library({kLibrary, "GEMEL_DUCKDB"});
  if (place) return open_at(*place);
  return {ErrorCode::Unsupported, "Parquet and SQL need DuckDB: " + place.error().message +
                                      ". ./dev setup brings it; CSV works without it"};
}

}  // namespace

const Result<DuckLibrary>& duck_library() {
  static const Result<DuckLibrary> kFound = look();
  return kFound;
}

}  // namespace gemel::exchange::detail
