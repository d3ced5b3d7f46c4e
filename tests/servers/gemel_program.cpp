#include "gemel_program.hpp"

#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker.hpp"

namespace gemel::testing {
namespace {

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Sends the text, reads until the other side closes.
std::string exchange(std::uint16_t port, const std::string& request) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const timeval patience{20, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      send(fd, request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size())) {
    char buffer[65'536];
    for (ssize_t got = 0; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;)
      answer.append(buffer, static_cast<std::size_t>(got));
  }
  close(fd);
  return answer;
}

}  // namespace

GemelProgram::GemelProgram(std::filesystem::path twin, std::filesystem::path folder)
    : twin_(std::move(twin)), folder_(std::move(folder)) {}

GemelProgram::~GemelProgram() { kill_hard(); }

bool GemelProgram::start() {
  ++starts_;
  const auto log_path = folder_ / ("gemel-" + std::to_string(starts_) + ".log");
  const std::string history_path = history();
  process_ = fork();
  if (process_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that dies leaves nobody behind
    const int out = open(log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execl(GEMEL_PROGRAM, "gemel", "run", twin_.c_str(), "--history", history_path.c_str(), "--port",
          "0", nullptr);
    _exit(127);
  }
  const bool serves = eventually(
      [&] {
        if (const auto port = port_in_log())
          port_ = *port;
        else
          return !running();
        return true;
      },
      std::chrono::seconds(60));
  if (serves && running()) return true;
  std::cerr << "gemel does not start: " << log() << '\n';
  return false;
}

bool GemelProgram::running() {
  int status = 0;
  if (process_ > 0 && waitpid(process_, &status, WNOHANG) != 0) process_ = -1;
  return process_ > 0;
}

void GemelProgram::kill_hard() {
  if (process_ <= 0) return;
  kill(process_, SIGKILL);
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
}

int GemelProgram::interrupt() {
  kill(process_, SIGINT);
  int status = 0;
  const bool ended = eventually([&] { return waitpid(process_, &status, WNOHANG) == process_; },
                                std::chrono::seconds(30));
  if (!ended) {
    kill_hard();
    return -1;
  }
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string GemelProgram::get(const std::string& target) const {
  const auto answer = exchange(
      port_, "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
  const auto body = answer.find("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.1 200") || body == std::string::npos) return {};
  return answer.substr(body + 4);
}

std::string GemelProgram::log() const {
  return contents(folder_ / ("gemel-" + std::to_string(starts_) + ".log"));
}

/// It says "page=http://127.0.0.1:PORT/" once it serves.
std::optional<std::uint16_t> GemelProgram::port_in_log() const {
  constexpr std::string_view kPage = "page=http://127.0.0.1:";
  const auto text = log();
  const auto at = text.find(kPage);
  if (at == std::string::npos || text.find('\n', at) == std::string::npos) return std::nullopt;
  return static_cast<std::uint16_t>(std::stoi(text.substr(at + kPage.size())));
}

}  // namespace gemel::testing
