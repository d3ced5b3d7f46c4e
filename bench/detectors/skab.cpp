// Accuracy on SKAB, by the protocol of its authors: per file the first 400 rows to learn from, the
// rest to be judged. The stage is the one of production; a row counts as alarmed while an alarm is
// open, because that is what an operator sees.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <string>
#include <utility>

#include "inference/evaluation.hpp"
#include "inference/inference.hpp"
#include "recorded_signals.hpp"
#include "report.hpp"
#include "skab_files.hpp"

namespace gemel::bench {
namespace {

using inference::Confusion;
using inference::Evaluation;

constexpr std::size_t kTrainingRows = 400;
constexpr double kHour = 1.0 / 3600.0;
constexpr double kDay = kHour / 24.0;
constexpr double kWeek = kDay / 7.0;

struct Variant {
  const char* name;
  const char* kind;
  std::map<std::string, double> settings;
  double false_alarms_per_s;
};

std::shared_ptr<const Plant> skab_plant(const Variant& variant, TimeRange training) {
  auto plant = std::make_shared<Plant>();
  plant->name = "skab";
  plant->version = "skab";
  Asset bed;
  bed.id = {0};
  for (std::uint32_t s = 0; s < SkabFile::kSignals; ++s) {
    Signal signal;
    signal.id = {s};
    signal.asset = bed.id;
    signal.name = signal.path = SkabFile::kNames[s];
    signal.unit.symbol = SkabFile::kUnits[s];
    plant->signals.push_back(signal);
    bed.signals.push_back(signal.id);
  }
  plant->assets.push_back(bed);
  DetectorSpec detector;
  detector.asset = bed.id;
  detector.name = detector.path = "behaviour";
  detector.kind = variant.kind;
  detector.signals = bed.signals;
  detector.training.range = training;
  detector.false_alarms_per_s = variant.false_alarms_per_s;
  detector.settings = variant.settings;
  plant->detectors.push_back(detector);
  plant->index_paths();
  return plant;
}

std::vector<Sample> samples_of(const SkabFile::Row& row) {
  std::vector<Sample> samples;
  for (std::uint32_t s = 0; s < SkabFile::kSignals; ++s)
    samples.push_back({{s}, {}, row.time, row.values[s]});
  return samples;
}

/// One file through the stage, a row a tick; what was said of the rows after the training stretch.
Result<Evaluation> judge_file(const SkabFile& file, const Variant& variant, std::uint64_t seed) {
  const TimeRange training{file.rows.front().time,
                           file.rows[kTrainingRows - 1].time + Duration::nanoseconds(1)};
  inference::InferenceStage stage(skab_plant(variant, training), seed);
  RecordedSignals learnt(SkabFile::kSignals);
  for (std::size_t i = 0; i < kTrainingRows; ++i) {
    for (const auto& sample : samples_of(file.rows[i])) learnt.add(sample);
  }
  std::vector<Event> events;
  GEMEL_TRY(stage.train_due(learnt, training.until, events));
  if (!stage.untrained().empty())
    return Error{ErrorCode::InvalidInput, file.name + ": could not be trained"};

  const Snapshot working(SkabFile::kSignals);
  inference::AlarmedIntervals alarms;
  std::uint64_t next_id = 1;
  std::vector<Sample> derived;
  std::vector<inference::JudgedRow> judged;
  for (std::size_t i = kTrainingRows; i < file.rows.size(); ++i) {
    const auto& row = file.rows[i];
    events.clear();
    stage.observe(samples_of(row), working, row.time, next_id, derived, events);
    for (const auto& event : events) {
      if (const auto* raised = std::get_if<AlarmRaised>(&event.body))
        alarms.raised(raised->alarm, row.time);
      if (const auto* cleared = std::get_if<AlarmCleared>(&event.body))
        alarms.cleared(cleared->alarm, row.time);
    }
    judged.push_back({row.time, row.anomalous, alarms.alarmed(row.time)});
  }
  return inference::evaluate(judged);
}

double mean_delay_s(const Evaluation& e) {
  double sum = 0.0;
  double n = 0.0;
  for (const auto& onset : e.onsets) {
    if (!onset.delay || onset.alarmed_before) continue;
    sum += onset.delay->in_seconds();
    n += 1.0;
  }
  return n > 0.0 ? sum / n : -1.0;
}

std::size_t missed(const Evaluation& e) {
  return static_cast<std::size_t>(
      std::ranges::count_if(e.onsets, [](const auto& o) { return !o.delay; }));
}
std::size_t too_early(const Evaluation& e) {
  return static_cast<std::size_t>(
      std::ranges::count_if(e.onsets, [](const auto& o) { return o.alarmed_before; }));
}

void add(Evaluation& total, const Evaluation& one) {
  total.rows += one.rows;
  total.onsets.insert(total.onsets.end(), one.onsets.begin(), one.onsets.end());
}

struct Spread {
  double mean = 0.0;
  double deviation = 0.0;
};

template <class Figure>
Spread over_seeds(const std::vector<Evaluation>& totals, Figure figure) {
  Spread spread;
  const auto n = static_cast<double>(totals.size());
  for (const auto& total : totals) spread.mean += figure(total) / n;
  for (const auto& total : totals)
    spread.deviation += std::pow(figure(total) - spread.mean, 2) / std::max(1.0, n - 1.0);
  spread.deviation = std::sqrt(spread.deviation);
  return spread;
}

void print_files(const std::vector<SkabFile>& files, const std::vector<Evaluation>& per_file) {
  std::printf("\nper file, first seed:\n%-12s %6s %7s %7s %8s %7s %7s\n", "file", "F1", "FAR %",
              "MAR %", "delay s", "missed", "early");
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& e = per_file[i];
    std::printf("%-12s %6.2f %7.1f %7.1f %8.1f %4zu/%-2zu %7zu\n", files[i].name.c_str(),
                e.rows.f1(), 100 * e.rows.false_alarm_rate(), 100 * e.rows.missed_alarm_rate(),
                mean_delay_s(e), missed(e), e.onsets.size(), too_early(e));
  }
}

Measurement line(const Variant& variant, const char* what, Spread value, const char* unit,
                 const char* better, std::optional<double> published) {
  Measurement m;
  m.name = std::string("SKAB ") + variant.name + ": " + what;
  m.value = value.mean;
  m.unit = unit;
  m.better = better;
  if (published) m.peer = "Isolation Forest as published with SKAB";
  m.peer_value = published;
  return m;
}

Result<std::vector<Measurement>> measure_variant(const std::vector<SkabFile>& files,
                                                 const Variant& variant, std::uint64_t seeds,
                                                 bool show_files) {
  std::vector<Evaluation> totals;
  std::vector<Evaluation> per_file;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Evaluation total;
    for (const auto& file : files) {
      GEMEL_ASSIGN(const auto one, judge_file(file, variant, seed));
      add(total, one);
      if (seed == 1) per_file.push_back(one);
    }
    totals.push_back(std::move(total));
  }
  const auto f1 = over_seeds(totals, [](const Evaluation& e) { return e.rows.f1(); });
  const auto far =
      over_seeds(totals, [](const Evaluation& e) { return 100 * e.rows.false_alarm_rate(); });
  const auto mar =
      over_seeds(totals, [](const Evaluation& e) { return 100 * e.rows.missed_alarm_rate(); });
  const auto delay = over_seeds(totals, mean_delay_s);
  if (show_files) print_files(files, per_file);
  std::printf("%-42s %5.3f ±%.3f  %5.1f ±%3.1f  %5.1f ±%3.1f  %7.1f  %3zu/%zu %6zu\n", variant.name,
              f1.mean, f1.deviation, far.mean, far.deviation, mar.mean, mar.deviation, delay.mean,
              missed(totals.front()), totals.front().onsets.size(), too_early(totals.front()));
  return std::vector<Measurement>{line(variant, "F1", f1, "", "higher", 0.29),
                                  line(variant, "FAR", far, "%", "lower", 2.6),
                                  line(variant, "MAR", mar, "%", "lower", 82.9),
                                  line(variant, "delay", delay, "s", "lower", std::nullopt)};
}

std::vector<Variant> variants(bool quick) {
  const std::map<std::string, double> forest_only{{"limits", 0.0}};
  std::vector<Variant> all{
      {"forest and limits, 1 a week (default)", "isolation_forest", {}, kWeek}};
  if (quick) return all;
  all.push_back({"forest and limits, 1 a day", "isolation_forest", {}, kDay});
  all.push_back({"forest and limits, 1 an hour", "isolation_forest", {}, kHour});
  all.push_back({"forest alone, 1 a week", "isolation_forest", forest_only, kWeek});
  all.push_back({"forest alone, 1 an hour", "isolation_forest", forest_only, kHour});
  all.push_back({"limits alone, 1 a week", "robust_limits", {}, kWeek});
  all.push_back({"limits alone, 1 an hour", "robust_limits", {}, kHour});
  return all;
}

}  // namespace

std::vector<Measurement> measure_skab(const Options& options) {
  const auto files = read_skab(options.data);
  if (!files) {
    std::printf("SKAB skipped: %s\n", files.error().message.c_str());
    return {};
  }
  std::printf(
      "\nSKAB, %zu files, first %zu rows of each to learn from, 5 seeds. An always-on alarm scores "
      "F1 0.698.\n"
      "A row is alarmed while an alarm is open. delay: mean over anomalies found that no alarm had "
      "preceded;\n"
      "missed and early (an alarm was open when it began): anomalies, first seed.\n",
      files->size(), kTrainingRows);
  std::printf("%-42s %-12s  %-10s  %-10s  %7s  %6s %6s\n", "detector", "F1", "FAR %", "MAR %",
              "delay s", "missed", "early");
  std::printf("%-42s %5.2f         %5.1f       %5.1f\n", "published: Isolation Forest", 0.29, 2.6,
              82.9);
  std::printf("%-42s %5.2f         %5.1f       %5.1f\n", "published: T2 + Q (PCA)", 0.76, 26.6,
              24.9);
  std::vector<Measurement> out;
  for (const auto& variant : variants(options.quick)) {
    auto lines = measure_variant(*files, variant, 5, out.empty());
    if (!lines) {
      std::printf("%s: %s\n", variant.name, lines.error().message.c_str());
      continue;
    }
    out.insert(out.end(), lines->begin(), lines->end());
  }
  return out;
}

}  // namespace gemel::bench
