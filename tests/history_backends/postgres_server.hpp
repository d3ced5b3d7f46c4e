#pragma once
// A PostgreSQL server of the test's own, in a temporary folder, heard on a unix socket there alone;
// killed and started again as the test likes. As root it runs as the user postgres (or nobody),
// because PostgreSQL refuses to be root.

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace gemel::testing {

class PostgresServer {
 public:
  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// Why there can be none here; empty: there can.
  static std::string absent();

  /// The one that a whole test program shares, running: started again if it is not. Null, with the
  /// reason on standard error, when it can't be started.
  static PostgresServer* shared();

  /// Waits until it takes connections, or has ended.
  [[nodiscard]] bool start();
  /// SIGKILL to it and all its processes: what they had not written is lost. Waits until all are
  /// gone.
  void kill_hard();

  std::string url() const;
  /// A schema that nobody has used yet.
  std::string new_schema();
  /// Runs SQL with psql; its answer, or nothing when it failed.
  std::string sql(const std::string& statements) const;

 private:
  bool make_cluster();
  std::vector<pid_t> processes() const;
  bool has_ended();
  void say_why(const std::string& what) const;

  std::filesystem::path folder_;
  pid_t process_ = -1;
  bool answers_ = false;
  int schemas_ = 0;
};

}  // namespace gemel::testing

/// Skips the test without PostgreSQL's server, or fails it where GEMEL_NO_SKIP=1 forbids that.
#define GEMEL_NEEDS_POSTGRES()                                                     \
  do {                                                                             \
    if (const auto why = gemel::testing::PostgresServer::absent(); !why.empty()) { \
      const char* no_skip = std::getenv("GEMEL_NO_SKIP");                          \
      if (no_skip != nullptr && std::string_view(no_skip) == "1")                  \
        FAIL() << why << ", and GEMEL_NO_SKIP=1";                                  \
      GTEST_SKIP() << why;                                                         \
    }                                                                              \
  } while (false)
