#include "measuring.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "base/text.hpp"

namespace gemel::bench {
namespace {

double cpu_s(clockid_t clock) {
  timespec used{};
  clock_gettime(clock, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

/// A line such as "VmHWM:    1234 kB" of /proc/self/status.
std::uint64_t status_bytes(const std::string& name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + ":")) return std::stoull(line.substr(name.size() + 1)) * 1024;
  return 0;
}

}  // namespace

Latencies summarise(std::vector<double> seconds) {
  if (seconds.empty()) return {};
  std::ranges::sort(seconds);
  const auto p99 = std::min(seconds.size() - 1, seconds.size() * 99 / 100);
  return {.median_ms = seconds[seconds.size() / 2] * 1e3, .p99_ms = seconds[p99] * 1e3};
}

double process_cpu_s() { return cpu_s(CLOCK_PROCESS_CPUTIME_ID); }
double thread_cpu_s() { return cpu_s(CLOCK_THREAD_CPUTIME_ID); }

std::uint64_t memory_bytes() { return status_bytes("VmRSS"); }
std::uint64_t peak_memory_bytes() { return status_bytes("VmHWM"); }
// Source: proc(5), "5 resets the peak resident set size".
void forget_peak_memory() { std::ofstream("/proc/self/clear_refs") << 5; }

std::uint64_t disk_bytes(const std::filesystem::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, ignored)) {
    struct stat info{};
    if (stat(entry.path().c_str(), &info) == 0 && S_ISREG(info.st_mode))
      bytes += static_cast<std::uint64_t>(info.st_blocks) * 512;
  }
  return bytes;
}

void Report::add(std::string name, double value, std::string unit) {
  rows_.push_back({std::move(name), value, std::move(unit)});
}

void Report::add(const std::string& name, const Latencies& latencies) {
  add(name + ", median", latencies.median_ms, "ms");
  add(name + ", p99", latencies.p99_ms, "ms");
}

void Report::print() const {
  for (const auto& row : rows_)
    fmt::print("{:<62} {:>12}  {}\n", row.name, text::rounded(row.value), row.unit);
}

bool Report::write_json(const std::string& path) const {
  if (path.empty()) return true;
  auto rows = nlohmann::json::array();
  for (const auto& row : rows_)
    rows.push_back({{"name", row.name}, {"value", row.value}, {"unit", row.unit}});
  std::ofstream file(path);
  file << rows.dump(2) << '\n';
  file.close();
  if (!file.good())
    fmt::print(stderr, "{} can't be written; name a file in a folder that exists and is yours\n",
               path);
  return file.good();
}

}  // namespace gemel::bench
