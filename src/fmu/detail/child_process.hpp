#pragma once
// A process that serves one instance, and how it ended.

#include <chrono>
#include <memory>
#include <string>

#include <sys/types.h>

#include "base/result.hpp"
#include "fmu/fmu.hpp"
#include "fmu/instance.hpp"

namespace gemel::fmu::detail {

/// The child is the program of serve_own_processes_by(), or else a copy of this process; it keeps
/// nothing of this one open: no files, no sockets. It ends with its parent. Threads: its owner's.
class ChildProcess {
 public:
  static Result<std::unique_ptr<ChildProcess>> start(std::shared_ptr<const Fmu> fmu,
                                                     const InstanceOptions& options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Sends a question and waits for the answer. Errors: Unavailable with how the process ended,
  /// Timeout; `doing` says in what. From then on there is no process.
  Result<std::string> ask(std::string_view question, std::string_view doing);
  /// What the child says of itself first.
  Result<std::string> listen(std::string_view doing);

 private:
  ChildProcess(pid_t child, int socket, std::chrono::milliseconds patience)
      : child_(child), socket_(socket), patience_(patience) {}
  Error ended(std::string_view doing);
  Error late(std::string_view doing);
  int bury();

  pid_t child_;
  int socket_;
  std::chrono::milliseconds patience_;
  std::string after_;  // why there is no process any more
};

}  // namespace gemel::fmu::detail
