#include "server_process.hpp"

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "measuring.hpp"

namespace gemel::bench {
namespace {

std::uint64_t status_bytes(pid_t process, const std::string& name) {
  std::ifstream file(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + ":")) return std::stoull(line.substr(name.size() + 1)) * 1024;
  return 0;
}

}  // namespace

double cpu_s_of(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  std::string text;
  std::getline(file, text);
  // Source: proc(5). The name may hold anything, so what counts begins after its bracket.
  std::istringstream fields(text.substr(std::min(text.size(), text.rfind(')') + 1)));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  double ticks = 0.0;
  for (int i = 0; i < 4; ++i) {  // utime, stime, cutime, cstime
    double part = 0.0;
    fields >> part;
    ticks += part;
  }
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::uint64_t memory_bytes_of(pid_t process) { return status_bytes(process, "VmRSS"); }
std::uint64_t peak_memory_bytes_of(pid_t process) { return status_bytes(process, "VmHWM"); }

bool wait_idle(pid_t process, double at_least_s, double at_most_s) {
  constexpr double kIdle = 0.02;
  const Stopwatch since_start;
  Stopwatch idle;
  while (since_start.seconds() < at_most_s) {
    const auto before = cpu_s_of(process);
    const Stopwatch stopwatch;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    if (cpu_s_of(process) - before > kIdle * stopwatch.seconds()) idle = {};
    if (idle.seconds() >= 2.0 && since_start.seconds() >= at_least_s) return true;
  }
  return false;
}

}  // namespace gemel::bench
