#include "fmu/detail/child_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fmu/detail/wire.hpp"
#include "fmu/fmu.hpp"
#include "fmu/own_process.hpp"

namespace gemel::fmu::detail {
namespace {

/// In the child: nothing that belongs to the parent stays open or handled.
void become_a_stranger(int& socket) {
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &no_core);
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTERM, SIGPIPE, SIGALRM})
    (void)std::signal(number, SIG_DFL);
  (void)std::signal(SIGINT, SIG_IGN);  // Ctrl-C is the parent's to act on
  sigset_t none;
  (void)::sigemptyset(&none);
  (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
  // What an FMU prints goes with the messages, not into the parent's output.
  const int nothing = ::open("/dev/null", O_RDONLY);
  (void)::dup2(nothing, STDIN_FILENO);
  (void)::dup2(STDERR_FILENO, STDOUT_FILENO);
  constexpr int kKept = 3;
  if (socket != kKept) (void)::dup2(socket, kKept);
  socket = kKept;
  (void)::close_range(kKept + 1, ~0u, 0);
}

std::vector<std::string>& serving_command() {
  static std::vector<std::string> command;
  return command;
}

pid_t copied(int socket, std::shared_ptr<const Fmu> fmu, const InstanceOptions& options) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  become_a_stranger(socket);
  serve_instance(socket, std::move(fmu), options);
  ::_exit(0);  // the parent's objects are not this process's to destroy
}

/// As become_a_stranger() leaves a copy. Below zero: it can't be started.
pid_t started_anew(int socket) {
  constexpr int kKept = 3;
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  // Neither init can fail with glibc; what they made is destroyed below.
  (void)::posix_spawn_file_actions_init(&files);
  (void)::posix_spawnattr_init(&attributes);
  sigset_t none, defaults;
  (void)::sigemptyset(&none);
  (void)::sigfillset(&defaults);
  (void)::posix_spawn_file_actions_adddup2(&files, socket, kKept);
  (void)::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  (void)::posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  (void)::posix_spawn_file_actions_addclosefrom_np(&files, kKept + 1);
  (void)::posix_spawnattr_setsigmask(&attributes, &none);
  (void)::posix_spawnattr_setsigdefault(&attributes, &defaults);
  (void)::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<char*> arguments;
  for (auto& each : serving_command()) arguments.push_back(each.data());
  arguments.push_back(nullptr);
  pid_t child = -1;
  const int failed =
      ::posix_spawn(&child, arguments.front(), &files, &attributes, arguments.data(), environ);
  (void)::posix_spawnattr_destroy(&attributes);
  (void)::posix_spawn_file_actions_destroy(&files);
  return failed == 0 ? child : -1;
}

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(std::shared_ptr<const Fmu> fmu,
                                                          const InstanceOptions& options) {
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return Error{ErrorCode::Unavailable,
                 "no socket for a process of its own; look at the limit of open files"};
  const auto order = order_of(*fmu, options);
  const bool anew = !serving_command().empty();
  const pid_t child = anew ? started_anew(pair[1]) : copied(pair[1], std::move(fmu), options);
  (void)::close(pair[1]);
  if (child < 0) {
    (void)::close(pair[0]);
    return Error{ErrorCode::Unavailable, "no process for the FMU" +
                                             (anew ? " by " + serving_command().front() : "") +
                                             "; look at the limit of processes"};
  }
  std::unique_ptr<ChildProcess> made(new ChildProcess(child, pair[0], options.patience));
  if (anew && !send_message(made->socket_, order)) return made->ended("being told what to run");
  return made;
}

ChildProcess::~ChildProcess() { (void)bury(); }

/// Ends the process if it lives; its wait status.
int ChildProcess::bury() {
  if (child_ < 0) return 0;
  (void)::close(socket_);
  (void)::kill(child_, SIGKILL);
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
  child_ = -1;
  return status;
}

Error ChildProcess::ended(std::string_view doing) {
  // Its end may be a moment later than that of its socket.
  int status = 0;
  pid_t found = 0;
  for (int i = 0; i < 200 && found == 0; ++i) {
    found = ::waitpid(child_, &status, WNOHANG);
    if (found == 0) (void)::usleep(1000);
  }
  if (found == child_) {
    child_ = -1;
    (void)::close(socket_);
  } else {
    status = bury();
  }
  std::string how = "ended";
  if (WIFSIGNALED(status)) {
    how = "crashed with signal " + std::to_string(WTERMSIG(status)) + " (" +
          ::strsignal(WTERMSIG(status)) + ")";
  } else if (WIFEXITED(status)) {
    how = "left with exit status " + std::to_string(WEXITSTATUS(status));
  }
  after_ = "the FMU's process " + how + " in " + std::string(doing);
  return {ErrorCode::Unavailable,
          after_ + "; make a new instance, or report it to the FMU's maker"};
}

Error ChildProcess::late(std::string_view doing) {
  (void)bury();
  after_ = "the FMU did not come back from " + std::string(doing) + " within " +
           std::to_string(patience_.count()) + " ms; its process was ended";
  return {ErrorCode::Timeout, after_ + ". Allow more time if it is only slow"};
}

Result<std::string> ChildProcess::listen(std::string_view doing) {
  std::string answer;
  switch (receive_message(socket_, answer, patience_)) {
    case Received::Whole:
      break;
    case Received::Late:
      return late(doing);
    case Received::Gone:
      return ended(doing);
  }
  ByteReader in(answer);
  if (in.fixed<bool>()) return answer.substr(1);
  Error error;
  take(in, error.code);
  take(in, error.message);
  return error;
}

Result<std::string> ChildProcess::ask(std::string_view question, std::string_view doing) {
  if (child_ < 0) return Error{ErrorCode::Unavailable, "no more calls: " + after_};
  if (!send_message(socket_, question)) return ended(doing);
  return listen(doing);
}

}  // namespace gemel::fmu::detail

void gemel::fmu::serve_own_processes_by(std::vector<std::string> command) {
  detail::serving_command() = std::move(command);
}
