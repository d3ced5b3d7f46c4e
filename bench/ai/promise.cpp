// The promise: asked for a rate of false alarms, how many come in a month of normal operation?
// Through the stage of production; what counts is alarms, not rows.

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "data_file.hpp"
#include "finding.hpp"
#include "plant.hpp"  // of the simulated station
#include "stage_run.hpp"

namespace gemel::bench {
namespace {

constexpr std::int64_t kSettledFrom = 1'780'358'400'000;  // 2026-06-02T00:00:00Z
constexpr int kPeriodS = 5;
constexpr int kLines = 2;
constexpr double kMonthDays = 28.0;

struct Asked {
  const char* name;
  double per_s;
  double unit_days;
};
constexpr std::array kAsked{Asked{"day", kPerDay, 1.0}, Asked{"week", kPerWeek, 7.0},
                            Asked{"month", kPerDay / 30.0, 30.0}};

/// How a detector comes to know what is normal.
struct Schooling {
  const char* name;
  const char* kind;
  Duration first;
  bool grows;
};
constexpr std::array kSchoolings{
    Schooling{"auto, an hour and on", "auto", Duration::hours(1), true},
    Schooling{"auto, a week", "auto", Duration::days(7), false},
    Schooling{"forest and limits, a week", "isolation_forest", Duration::days(7), false}};

/// What was given, beside what was asked for.
struct Given {
  double alarms = 0.0;
  double alarmed_days = 0.0;
  double days = 0.0;
};

/// The count that a Poisson variable stays below with this chance, as a mean: the exact interval's
/// ends by bisection. Source: Garwood, Biometrika 1936.
double poisson_end(double count, double chance) {
  const auto at_most = [](double n, double mean) {
    double term = std::exp(-mean);
    double sum = 0.0;
    for (double k = 0.0; k <= n; ++k) {
      sum += term;
      term *= mean / (k + 1.0);
    }
    return sum;
  };
  double low = 0.0;
  double high = 3.0 * count + 20.0;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2.0;
    (at_most(count, middle) > chance ? low : high) = middle;
  }
  return low;
}

std::string interval_of(double count) {
  const double low = count > 0.0 ? poisson_end(count - 1.0, 0.975) : 0.0;
  return fmt::format("{:.1f}–{:.1f}", low, poisson_end(count, 0.025));
}

/// Flow, both pressures, current and power of each pump, as the demo's twin file watches them.
std::vector<std::size_t> watched(int line) {
  using riverside::LineSignal;
  std::vector<std::size_t> signals;
  for (const auto signal : {LineSignal::Flow, LineSignal::SuctionPressure,
                            LineSignal::DischargePressure, LineSignal::Current, LineSignal::Power})
    signals.push_back(riverside::index_of(line, signal));
  return signals;
}

std::string name_of(const Schooling& schooling, const Asked& asked, int line) {
  return fmt::format("{}/{}/{}", schooling.name, asked.name, line);
}

Plant station(Timestamp start) {
  std::vector<std::string> names;
  for (const auto& signal : riverside::signals()) names.push_back(signal.path());
  Plant plant = plant_of(names, Duration::seconds(kPeriodS));
  for (const auto& schooling : kSchoolings) {
    for (const auto& asked : kAsked) {
      for (int line = 0; line < kLines; ++line) {
        auto& detector = add_detector(plant, name_of(schooling, asked, line), schooling.kind,
                                      {start, start + schooling.first}, asked.per_s, watched(line));
        if (schooling.grows) detector.training = {schooling.first, {}};
      }
    }
  }
  return plant;
}

using GivenBySource = std::map<std::string, Given>;

GivenBySource count(const StageRun& run, const Plant& plant, Timestamp from_first, Timestamp end) {
  GivenBySource given;
  for (const auto& detector : plant.detectors) {
    const Timestamp from = detector.training.range ? detector.training.range->until : from_first;
    given[detector.path].days = (end - from).in_seconds() / 86'400.0;
  }
  for (const auto& alarm : run.alarms()) {
    auto& of = given[alarm.source];
    of.alarms += 1.0;
    of.alarmed_days += (std::min(alarm.cleared, end) - alarm.raised).in_seconds() / 86'400.0;
  }
  return given;
}

/// One station's month after the longest schooling.
Result<GivenBySource> run_month(std::uint64_t seed, double days) {
  const Timestamp start = Timestamp{} + Duration::milliseconds(kSettledFrom);
  const Plant plant = station(start);
  StageRun run(std::make_shared<const Plant>(plant), seed);
  auto world = riverside::Plant::settled_at(kSettledFrom, seed);
  std::vector<double> values(riverside::kSignalCount);
  const auto seconds = static_cast<std::int64_t>(days * 86'400.0);
  Timestamp at = start;
  for (std::int64_t second = 0; second < seconds; second += kPeriodS) {
    world.run_until(kSettledFrom + second * 1000);
    at = start + Duration::seconds(second);
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = world.readings()[i].value.value_or(std::nan(""));
    run.record(at, values);
    if (second % 600 == 0) GEMEL_TRY(run.train());
    run.observe(at, values);
  }
  return count(run, plant, start + Duration::hours(1), at);
}

Finding finding_of(const std::string& data, const std::string& schooling, const Asked& asked,
                   const std::vector<Given>& runs) {
  Finding finding{
      .data = data, .metric = fmt::format("1 a {} asked of {}", asked.name, schooling), .aim = 1.0};
  Given all;
  for (const auto& run : runs) {
    finding.values.push_back(run.alarms * asked.unit_days / run.days);
    all.alarms += run.alarms;
    all.days += run.days;
    all.alarmed_days += run.alarmed_days;
  }
  finding.lower_is_better = true;
  finding.note = fmt::format("asked {:.1f}, given {:.0f} (95 % {}), alarmed {:.2f} % of the time",
                             all.days / asked.unit_days, all.alarms, interval_of(all.alarms),
                             100.0 * all.alarmed_days / all.days);
  return finding;
}

/// Hourly loads and oil temperatures of two transformers over two years; nobody labelled them, so
/// what is found there need not be false.
Result<std::vector<Finding>> real_hours(const StudyOptions& options) {
  std::vector<Finding> findings;
  for (const char* name : {"ETTh1", "ETTh2"}) {
    GEMEL_ASSIGN(const auto table,
                 read_table(fmt::format("{}/ett/{}.csv", options.data, name), {",", 1, 1}));
    const auto at = [](std::size_t row) {
      return Timestamp{} + Duration::days(17'000) + Duration::hours(static_cast<std::int64_t>(row));
    };
    std::vector<std::string> names;
    for (std::size_t c = 0; c < table.width; ++c) names.push_back(fmt::format("column_{}", c));
    Plant plant = plant_of(names, Duration::hours(1));
    const std::size_t learnt = 24 * 7 * 12;
    for (const auto& asked : kAsked)
      add_detector(plant, asked.name, "auto", {at(0), at(learnt)}, asked.per_s);
    StageRun run(std::make_shared<const Plant>(plant), 1);
    for (std::size_t row = 0; row <= learnt; ++row) run.record(at(row), table.row(row));
    GEMEL_TRY(run.train());
    for (std::size_t row = learnt; row < table.rows(); ++row) run.observe(at(row), table.row(row));
    auto given = count(run, plant, at(learnt), at(table.rows() - 1));
    for (const auto& asked : kAsked)
      findings.push_back(finding_of(name, "auto, twelve weeks", asked, {given[asked.name]}));
  }
  return findings;
}

}  // namespace

Result<std::vector<Finding>> study_promise(const StudyOptions& options) {
  std::vector<GivenBySource> runs;
  for (std::size_t seed = 1; seed <= options.seeds; ++seed) {
    GEMEL_ASSIGN(auto given, run_month(seed, options.quick ? 14.0 : 7.0 + kMonthDays));
    runs.push_back(std::move(given));
    progress("promise", seed, options.seeds);
  }
  std::vector<Finding> findings;
  for (const auto& schooling : kSchoolings) {
    for (const auto& asked : kAsked) {
      std::vector<Given> of_runs;
      for (auto& run : runs) {
        for (int line = 0; line < kLines; ++line)
          of_runs.push_back(run[name_of(schooling, asked, line)]);
      }
      findings.push_back(finding_of("simulated station", schooling.name, asked, of_runs));
    }
  }
  GEMEL_ASSIGN(auto real, real_hours(options));
  for (auto& finding : real) findings.push_back(std::move(finding));
  return findings;
}

}  // namespace gemel::bench
