// Lithium-ion cells: the cycle at which the capacity falls below 1.4 Ah, told from the cycles so
// far by the particle filter of production with its defaults. Nothing is learnt from other cells.

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/csv_reader.hpp"
#include "data_file.hpp"
#include "finding.hpp"
#include "inference/degradation.hpp"
#include "inference/robust.hpp"

namespace gemel::bench {
namespace {

using inference::DegradationFilter;
using inference::DegradationOptions;

constexpr double kEndOfLife = 1.4;               // Ah
constexpr std::size_t kHealthy = 20;             // cycles that the filter begins with
constexpr int kHorizon = 200;                    // cycles
constexpr std::size_t kAskedEvery = 10;          // cycles
constexpr Duration kCycle = Duration::hours(1);  // the filter wants a time

struct Cell {
  std::string name;
  std::vector<double> capacity;  // Ah, by discharge
  std::size_t end = 0;           // cycle of the end of life; 0: it did not come to it
};

Result<std::vector<Cell>> read_cells(const std::string& folder) {
  const auto path = folder + "/battery_nasa/cycles_B0005_06_07_18.csv";
  GEMEL_ASSIGN(const auto bytes, read_bytes(path));
  std::size_t at = 0;
  CsvReader reader(path, ',', [&](std::span<char> into) {
    const auto count = std::min(into.size(), bytes.size() - at);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, into.begin());
    at += count;
    return count;
  });
  std::vector<Cell> cells;
  bool header = true;
  for (;;) {
    GEMEL_ASSIGN(const bool any, reader.next());
    if (!any) break;
    if (std::exchange(header, false)) continue;
    const auto row = reader.cells();
    if (row.size() < 5) return Error{ErrorCode::Corruption, reader.place(0) + ": too few cells"};
    if (cells.empty() || cells.back().name != row[0]) cells.push_back({std::string(row[0]), {}, 0});
    auto& cell = cells.back();
    cell.capacity.push_back(std::stod(std::string(row[4])));
    if (cell.end == 0 && cell.capacity.back() < kEndOfLife) cell.end = cell.capacity.size();
  }
  return cells;
}

struct Asked {
  double off = 0.0;    // cycles, of the median
  double width = 0.0;  // of the 90 % interval
  bool inside = false;
};

std::vector<Asked> ask_along(const Cell& cell, std::uint64_t seed) {
  std::vector<double> sunk;  // so that wear rises
  for (const double c : cell.capacity) sunk.push_back(-c);
  std::vector<double> differences, first(sunk.begin(), sunk.begin() + kHealthy);
  for (std::size_t i = 1; i < kHealthy; ++i) differences.push_back(sunk[i] - sunk[i - 1]);
  DegradationOptions options;
  options.healthy = quantile(first, 0.5);
  options.limit = -kEndOfLife;
  options.noise =
      std::max(1e-3, inference::robust_spread(differences, 1e-6).width / std::sqrt(2.0));
  options.step = kCycle;
  options.horizon = kCycle * kHorizon;
  options.seed = seed;
  DegradationFilter filter(options);
  std::vector<Asked> asked;
  for (std::size_t cycle = 1; cycle < cell.end; ++cycle) {
    if (cycle > 1) filter.pass(kCycle);
    filter.observe(sunk[cycle - 1]);
    if (cycle < 2 * kHealthy || cycle % kAskedEvery != 0) continue;
    const auto life = filter.remaining();
    const auto cycles = [&](double p) {
      return life.quantile(p).in_seconds() / kCycle.in_seconds();
    };
    const auto truth = static_cast<double>(cell.end - cycle);
    asked.push_back({std::abs(cycles(0.5) - truth), cycles(0.95) - cycles(0.05),
                     cycles(0.05) <= truth && truth <= cycles(0.95)});
  }
  return asked;
}

}  // namespace

Result<std::vector<Finding>> study_battery(const StudyOptions& options) {
  GEMEL_ASSIGN(const auto cells, read_cells(options.data));
  std::vector<Finding> findings;
  for (const auto& cell : cells) {
    if (cell.end == 0) continue;  // nothing to compare with
    Finding off{.data = fmt::format("battery {}, end at cycle {}", cell.name, cell.end),
                .metric = "mean error of the median, cycles",
                .lower_is_better = true};
    Finding covered{.data = off.data, .metric = "coverage of 90 % intervals"};
    for (std::uint64_t seed = 1; seed <= options.seeds; ++seed) {
      const auto asked = ask_along(cell, seed);
      double sum = 0.0, inside = 0.0, width = 0.0;
      for (const auto& one : asked) {
        sum += one.off;
        inside += one.inside;
        width += one.width;
      }
      const auto n = static_cast<double>(asked.size());
      off.values.push_back(sum / n);
      covered.values.push_back(inside / n);
      covered.note =
          fmt::format("asked {} times; mean width {:.0f} cycles", asked.size(), width / n);
    }
    findings.push_back(std::move(off));
    findings.push_back(std::move(covered));
  }
  return findings;
}

}  // namespace gemel::bench
