// Real offshore wells (3W): learnt from the first two thirds of the leading normal rows of each
// file, judged on the rest of them and on the event. Split by well: settings were looked at on the
// wells 1, 3, 4 and 5 alone.

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "data_file.hpp"
#include "finding.hpp"
#include "stage_run.hpp"

namespace gemel::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSignals = 8;
constexpr std::size_t kLearntMin = 300;  // rows; fewer are no stretch to learn from

struct Wells {
  const char* name;
  std::vector<std::string> wells;
};

/// What came of one file.
struct WellRun {
  bool judged = false;
  bool event = false;
  double normal_days = 0.0;
  std::size_t false_alarms = 0;
  std::optional<double> delay_s;
  double training_s = 0.0;
};

/// Signals of which at least half is there in the rows to learn from: frozen ones stay.
std::vector<std::size_t> present(const NumberTable& table, std::size_t rows) {
  std::vector<std::size_t> signals;
  for (std::size_t s = 0; s < kSignals; ++s) {
    std::size_t there = 0;
    for (std::size_t i = 0; i < rows; ++i) there += std::isfinite(table.at(i, s + 1)) ? 1U : 0U;
    if (2 * there > rows) signals.push_back(s);
  }
  return signals;
}

Timestamp at(const NumberTable& table, std::size_t row) {
  return Timestamp{} + Duration::days(16'000) + Duration::from_seconds(table.at(row, 0));
}

Result<WellRun> judge_well(const fs::path& path, std::uint64_t seed) {
  GEMEL_ASSIGN(const auto table, read_table(path, {",", 1, 0}));
  const auto rows = table.rows();
  std::size_t normal = 0;
  while (normal < rows && table.at(normal, kSignals + 1) == 0.0) ++normal;
  WellRun out;
  out.event = normal < rows;
  const std::size_t learnt = out.event ? normal * 2 / 3 : std::min<std::size_t>(3600, rows / 2);
  const auto signals = present(table, learnt);
  if (learnt < kLearntMin || signals.empty()) return out;

  Plant plant = plant_of(
      {"P_PDG", "P_TPT", "T_TPT", "P_MON_CKP", "T_JUS_CKP", "P_JUS_CKGL", "T_JUS_CKGL", "QGL"},
      Duration::seconds(1));
  add_detector(plant, "well", "auto",
               {at(table, 0), at(table, learnt - 1) + Duration::nanoseconds(1)}, kPerDay, signals);
  StageRun run(std::make_shared<const Plant>(plant), seed);
  const auto values = [&](std::size_t row) { return table.row(row).subspan(1, kSignals); };
  for (std::size_t row = 0; row < learnt; ++row) run.record(at(table, row), values(row));
  GEMEL_TRY(run.train());
  if (!run.untrained().empty()) return out;  // refused, with a notice
  out.judged = true;
  out.training_s = run.training_s();

  for (std::size_t row = learnt; row < normal; ++row) run.observe(at(table, row), values(row));
  out.false_alarms = run.alarms().size();
  out.normal_days = static_cast<double>(normal - learnt) / 86'400.0;
  // An alarm that was open before doesn't find the event.
  for (std::size_t row = normal; row < rows && !out.delay_s; ++row) {
    run.observe(at(table, row), values(row));
    if (run.alarms().size() > out.false_alarms)
      out.delay_s = (at(table, row) - at(table, normal)).in_seconds();
  }
  return out;
}

Result<std::vector<WellRun>> judge_wells(const StudyOptions& options, const Wells& wells,
                                         std::uint64_t seed) {
  std::vector<fs::path> paths;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(fs::path(options.data) / "well3w", none)) {
    const auto name = entry.path().filename().string();
    const auto of_these = [&](const std::string& well) {
      return name.find("WELL-000" + well + "_") != name.npos;
    };
    if (std::ranges::any_of(wells.wells, of_these)) paths.push_back(entry.path());
  }
  if (paths.empty())
    return Error{ErrorCode::NotFound, "no files in " + options.data + "/well3w; set GEMEL_DATA"};
  std::ranges::sort(paths);
  std::vector<WellRun> runs;
  for (const auto& path : paths) {
    GEMEL_ASSIGN(auto run, judge_well(path, seed));
    runs.push_back(run);
  }
  return runs;
}

struct Totals {
  std::size_t events = 0, found = 0, false_alarms = 0, left_out = 0;
  double days = 0.0;
  std::vector<double> delays;
};

Totals totals_of(const std::vector<WellRun>& runs) {
  Totals totals;
  for (const auto& run : runs) {
    if (!run.judged) {
      ++totals.left_out;
      continue;
    }
    totals.false_alarms += run.false_alarms;
    totals.days += run.normal_days;
    if (!run.event) continue;
    ++totals.events;
    if (!run.delay_s) continue;
    ++totals.found;
    totals.delays.push_back(*run.delay_s);
  }
  std::ranges::sort(totals.delays);
  return totals;
}

std::string in_words(const std::vector<double>& delays) {
  std::string words;
  for (const double delay : delays)
    words += fmt::format("{}{:.0f}", words.empty() ? "" : " ", delay);
  return words;
}

}  // namespace

Result<std::vector<Finding>> study_wells(const StudyOptions& options) {
  const std::vector<Wells> sets{{"3W wells 1 3 4 5 (settings)", {"01", "03", "04", "05"}},
                                {"3W other wells (test)", {"09", "11", "12", "15", "18", "19"}}};
  std::vector<Finding> findings;
  for (const auto& set : sets) {
    Finding events{.data = set.name, .metric = "auto, events found, %", .aim = 80.0};
    Finding false_alarms{.data = set.name,
                         .metric = "  its false alarms a day",
                         .lower_is_better = true,
                         .aim = 1.0};
    Finding delay{.data = set.name, .metric = "  its median delay, s", .lower_is_better = true};
    for (std::size_t seed = 1; seed <= options.seeds; ++seed) {
      GEMEL_ASSIGN(const auto runs, judge_wells(options, set, seed));
      const auto totals = totals_of(runs);
      events.values.push_back(100.0 * static_cast<double>(totals.found) /
                              static_cast<double>(totals.events));
      false_alarms.values.push_back(static_cast<double>(totals.false_alarms) / totals.days);
      if (!totals.delays.empty()) delay.values.push_back(totals.delays[totals.delays.size() / 2]);
      if (seed > 1) continue;
      events.note = fmt::format(
          "first seed: {} of {} events; {} files without enough normal rows to learn from",
          totals.found, totals.events, totals.left_out);
      false_alarms.note = fmt::format("{} in {:.2f} days", totals.false_alarms, totals.days);
      delay.note = "all: " + in_words(totals.delays);
    }
    findings.push_back(events);
    findings.push_back(false_alarms);
    if (!delay.values.empty()) findings.push_back(delay);
  }
  return findings;
}

}  // namespace gemel::bench
