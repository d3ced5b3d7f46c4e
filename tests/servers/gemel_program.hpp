#pragma once
// The program `gemel run` as a process of the test's own: started, asked over HTTP, interrupted,
// killed.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace gemel::testing {

/// Threads: one.
class GemelProgram {
 public:
  /// Starts nothing. `folder` gets the log, and the history in `history`.
  GemelProgram(std::filesystem::path twin, std::filesystem::path folder);
  ~GemelProgram();
  GemelProgram(const GemelProgram&) = delete;
  GemelProgram& operator=(const GemelProgram&) = delete;

  /// Waits until it serves, on a port of its choice; false, with its log on standard error, when it
  /// does not.
  [[nodiscard]] bool start();
  void kill_hard();  // SIGKILL
  int interrupt();   // SIGINT; its exit status once it has ended, -1 when it had to be killed after
                     // 30 s
  bool running();

  /// The body of a GET; empty when nobody answers with 200.
  std::string get(const std::string& target) const;

  std::filesystem::path history() const { return folder_ / "history"; }
  /// What it wrote since the last start().
  std::string log() const;

 private:
  std::optional<std::uint16_t> port_in_log() const;

  const std::filesystem::path twin_, folder_;
  int starts_ = 0;
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
};

}  // namespace gemel::testing
