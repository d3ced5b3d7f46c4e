// A first try of an .onnx file in a child process.

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "networks/onnx_network.hpp"

namespace gemel::networks {
namespace {

constexpr unsigned kPatienceS = 30;

Result<void> load_and_answer(std::string_view bytes, const Shape& input, const Shape& output) {
  GEMEL_ASSIGN(const auto network, load_onnx(bytes, input, output));
  const std::vector<float> window(count(input), 0.0F);
  std::vector<float> out(count(output));
  return network->answer(window, out);
}

/// In the child. What went wrong goes into the pipe; then nothing of this process is cleaned up,
/// for it belongs to the parent.
[[noreturn]] void try_and_leave(std::string_view bytes, const Shape& input, const Shape& output,
                                int pipe) {
  const rlimit no_core{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &no_core);
  for (const int number : {SIGABRT, SIGSEGV, SIGALRM, SIGTERM}) (void)std::signal(number, SIG_DFL);
  (void)::alarm(kPatienceS);
  const int nowhere = ::open("/dev/null", O_WRONLY);
  if (nowhere >= 0) (void)::dup2(nowhere, STDERR_FILENO);
  const auto tried = load_and_answer(bytes, input, output);
  if (tried) ::_exit(0);
  const auto& why = tried.error().message;
  // One write of less than a page is whole.
  (void)!::write(pipe, why.data(), std::min<std::size_t>(why.size(), 2000));
  ::_exit(1);
}

}  // namespace

Result<void> try_onnx(std::string_view bytes, const Shape& input, const Shape& output) {
  GEMEL_TRY(onnx_available());  // opened here, so that the child need not
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
    return {ErrorCode::Unavailable,
            "no pipe for trying a network; look at the limit of open files"};
  const pid_t child = ::fork();
  if (child == 0) try_and_leave(bytes, input, output, pipe[1]);
  (void)::close(pipe[1]);
  std::string why;
  if (child > 0) {
    std::array<char, 512> some{};
    ssize_t got = 0;
    while ((got = ::read(pipe[0], some.data(), some.size())) > 0 || (got < 0 && errno == EINTR)) {
      if (got > 0) why.append(some.data(), static_cast<std::size_t>(got));
    }
  }
  (void)::close(pipe[0]);
  if (child < 0)
    return {ErrorCode::Unavailable,
            "no process for trying a network; look at the limit of processes"};
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (!why.empty()) return {ErrorCode::InvalidInput, why};
  const bool late = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
  return {ErrorCode::InvalidInput,
          late
              ? "ONNX Runtime was not done with it after " + std::to_string(kPatienceS) + " s"
              : "ONNX Runtime ended the process that tried it; the file is broken, or made with an "
                "operator that this version cannot run"};
}

}  // namespace gemel::networks
