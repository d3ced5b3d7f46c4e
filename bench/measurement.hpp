#pragma once
// What benchmarks that print one row a measurement share: options, rows, timing.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gemel::bench {

struct Options {
  bool quick = false;  // end within a minute
};

struct Measurement {
  std::string name;
  double value = 0.0;
  std::string unit;
  std::string better;  // "higher" or "lower"
  std::string peer;    // empty: none was there
  std::optional<double> peer_value;
  std::optional<double> aim;
};

/// One part of a benchmark, by a name for --only.
struct Part {
  std::string name;
  std::function<std::vector<Measurement>(const Options&)> measure;
};

/// A benchmark's main(): reads --quick, --only and --json, runs its parts, prints the table.
/// `description` stands in --help.
int run_parts(int argc, char** argv, const std::string& description,
              const std::vector<Part>& parts);

/// The best of several runs, in work per second: other programs of the machine can only make it
/// slower.
template <class Work>
double best_rate(int runs, double amount, Work work) {
  double best = 0;
  for (int i = 0; i < runs; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    best = std::max(best, amount / took.count());
  }
  return best;
}

/// Runs a python3 script that prints one number. Nothing when python3, or a module it imports, is
/// not there.
std::optional<double> ask_python(const std::string& script,
                                 const std::vector<std::string>& arguments);

}  // namespace gemel::bench
