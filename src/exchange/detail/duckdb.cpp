#include "exchange/detail/duckdb.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <dlfcn.h>

#if __has_include(<duckdb.h>)
#include <duckdb.h>
#define GEMEL_HAS_DUCKDB 1
#endif

namespace gemel::exchange::detail {

std::string sql_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

#ifdef GEMEL_HAS_DUCKDB
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
    for (auto up = program; up.has_parent_path() && up != up.parent_path(); up = up.parent_path()) {
      found.push_back(up / "deps" / "lib" / kLibrary);
    }
  }
  found.push_back(fs::path("build/deps/lib") / kLibrary);
  return found;
}

/// The functions that we call, by the header's own types.
struct Api {
  void* library = nullptr;
  decltype(&duckdb_open) open = nullptr;
  decltype(&duckdb_close) close = nullptr;
  decltype(&duckdb_connect) connect = nullptr;
  decltype(&duckdb_disconnect) disconnect = nullptr;
  decltype(&duckdb_query) query = nullptr;
  decltype(&duckdb_result_error) result_error = nullptr;
  decltype(&duckdb_destroy_result) destroy_result = nullptr;

  template <class F>
  bool find(F& function, const char* name) {
    function = reinterpret_cast<F>(::dlsym(library, name));
    return function != nullptr;
  }
  bool complete() {
    return find(open, "duckdb_open") && find(close, "duckdb_close") &&
           find(connect, "duckdb_connect") && find(disconnect, "duckdb_disconnect") &&
           find(query, "duckdb_query") && find(result_error, "duckdb_result_error") &&
           find(destroy_result, "duckdb_destroy_result");
  }
};

Result<Api> load() {
  std::string tried;
  for (const auto& place : places()) {
    std::error_code error;
    if (!fs::is_regular_file(place, error)) {
      tried += (tried.empty() ? "" : ", ") + place.string();
      continue;
    }
    Api api;
    // Never closed: its threads may outlive the call.
    api.library = ::dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!api.library || !api.complete()) {
      const char* why = ::dlerror();
      return {ErrorCode::Unsupported, place.string() + " is no DuckDB library that can be used: " +
                                          (why ? why : "functions are missing")};
    }
    return api;
  }
  return {
      ErrorCode::Unsupported,
      "Parquet needs DuckDB's library, libduckdb.so, which is not there; run ./dev setup, or set "
      "GEMEL_DUCKDB to where it is (looked at: " +
          tried + "). CSV works without it"};
}

/// The library, looked for once.
const Result<Api>& api() {
  static const Result<Api> loaded = load();
  return loaded;
}

class Database {
 public:
  explicit Database(const Api& api) : api_(api) {}
  ~Database() {
    if (connection_) api_.disconnect(&connection_);
    if (database_) api_.close(&database_);
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Result<void> open() {
    if (api_.open(nullptr, &database_) == DuckDBSuccess &&
        api_.connect(database_, &connection_) == DuckDBSuccess)
      return {};
    return {ErrorCode::Unavailable, "DuckDB can't open a database in memory"};
  }
  Result<void> run(const std::string& sql) {
    duckdb_result result;
    const bool done = api_.query(connection_, sql.c_str(), &result) == DuckDBSuccess;
    const char* why = done ? nullptr : api_.result_error(&result);
    const std::string message = why ? why : "no reason given";
    api_.destroy_result(&result);
    if (done) return {};
    return {ErrorCode::Unavailable, "DuckDB refused: " + message};
  }

 private:
  const Api& api_;
  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
};

}  // namespace

Result<void> run_in_duckdb(const std::string& sql) {
  const auto& loaded = api();
  if (!loaded) return loaded.error();
  Database database(*loaded);
  GEMEL_TRY(database.open());
  return database.run(sql);
}

#else

Result<void> run_in_duckdb(const std::string&) {
  return {ErrorCode::Unsupported,
          "this gemel was built without DuckDB's header; run ./dev setup and build again. "
          "CSV works without it"};
}

#endif

}  // namespace gemel::exchange::detail
