#pragma once
// What a process used and how long things took.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace gemel::bench {

/// Units: seconds of wall time since it was made.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

/// Of many turns of the same thing. Units: milliseconds.
struct Latencies {
  double median_ms = 0.0;
  double p99_ms = 0.0;
};
Latencies summarise(std::vector<double> seconds);

/// Units: seconds of processor time, user and system, of this process and of this thread.
double process_cpu_s();
double thread_cpu_s();

/// Units: bytes. The peak is since the last forget_peak_memory().
std::uint64_t memory_bytes();
std::uint64_t peak_memory_bytes();
void forget_peak_memory();

/// What the files below `folder` take up on the disk, as du counts.
std::uint64_t disk_bytes(const std::filesystem::path& folder);

/// Rows of a name, a number and a unit: printed for people and written as JSON for programs.
class Report {
 public:
  void add(std::string name, double value, std::string unit);
  void add(const std::string& name, const Latencies& latencies);
  void print() const;
  /// False when the file can't be written; standard error says so. An empty path writes nothing.
  bool write_json(const std::string& path) const;

 private:
  struct Row {
    std::string name;
    double value;
    std::string unit;
  };
  std::vector<Row> rows_;
};

}  // namespace gemel::bench
