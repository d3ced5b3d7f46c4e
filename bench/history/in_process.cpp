// gemel_bench_history_in_process: how fast the history takes samples and answers, without a
// network, and whether a rewind stays as quick when the history grows to a month.

#include <cstdio>
#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "base/log.hpp"
#include "filling.hpp"
#include "history/file_history.hpp"
#include "plant_layout.hpp"
#include "questions.hpp"

namespace gemel::bench {
namespace {

constexpr std::size_t kFrame = 10'000;

struct Settings {
  WorkloadOptions workload;
  std::filesystem::path folder;  // of the history; made and, unless kept, removed
  bool keep = false;
  bool look_for_repeats = false;
  Duration commit_every;
  int days = 0;  // instead of `workload.ticks`: fill so many days and rewind on the way
};

history::Options store_options(const Settings& settings, const Plant& plant) {
  history::Options options;
  options.directory = settings.folder;
  options.plant = &plant;
  options.commit_every = settings.commit_every;
  options.upkeep = history::Upkeep::Elsewhere;
  return options;
}

/// Seals what is still in the log, so that the bytes on the disk are those of segments alone: opens
/// it with the smallest segments and adds one more sample.
Result<void> seal_everything(const Settings& settings, const Plant& plant) {
  auto options = store_options(settings, plant);
  options.segment_samples = 1;
  GEMEL_ASSIGN(const auto store, history::open(options));
  const auto known_at = store->status().last_known_at + Duration::seconds(10);
  Frame frame{.known_at = known_at,
              .samples = {{.signal = {0}, .quality = {}, .source_time = known_at, .value = 1.0}},
              .events = {}};
  GEMEL_TRY(store->commit(frame));
  return Upkeep(*store).finish();
}

Extent extent_of(const Settings& settings, Timestamp until) {
  return {.signals = settings.workload.signals,
          .range = {settings.workload.start + settings.workload.period * 2, until},
          .period = settings.workload.period};
}

Result<void> ask_everything(const History& store, const Extent& extent, Report& report) {
  GEMEL_ASSIGN(const auto latest, ask_latest(store, extent));
  report.add("latest of one signal", latest);
  GEMEL_ASSIGN(const auto range, ask_range(store, extent));
  report.add("range of 1,000", range);
  GEMEL_ASSIGN(const auto averages, ask_averages(store, extent, extent.period * 60));
  report.add("1-min averages of 100", averages);
  GEMEL_ASSIGN(const auto now, ask_rewind(store, extent, KnownBy::Now));
  report.add("rewind of all, as known now", now);
  GEMEL_ASSIGN(const auto then, ask_rewind(store, extent, KnownBy::Then));
  report.add("rewind of all, as known then", then);
  return {};
}

/// Everything in memory before the clock starts, then as fast as it goes.
Result<void> measure_burst(const Settings& settings, const Plant& plant, Report& report) {
  auto frames = frames_of(settings.workload, kFrame);
  const auto workload_bytes = memory_bytes();
  forget_peak_memory();
  std::uint64_t samples = 0;
  {
    GEMEL_ASSIGN(const auto store, history::open(store_options(settings, plant)));
    Upkeep upkeep(*store);
    GEMEL_ASSIGN(const auto filled,
                 fill(*store, frames, settings.commit_every, settings.look_for_repeats));
    samples = filled.samples;
    const auto count = static_cast<double>(samples);
    report.add("samples", count, "");
    report.add("commit", count / filled.commit_s, "samples/s");
    if (settings.look_for_repeats)
      report.add("look for repeats, then commit", count / (filled.commit_s + filled.drop_known_s),
                 "samples/s");
    const auto cpu_before = process_cpu_s();
    GEMEL_TRY(upkeep.finish());
    const auto cpu_s = filled.cpu_s + process_cpu_s() - cpu_before;
    report.add("processor time until settled", cpu_s / count * 1e6, "s/M");
    report.add("peak memory beyond the workload's",
               static_cast<double>(peak_memory_bytes() - workload_bytes) / 1e6, "MB");
    GEMEL_TRY(ask_everything(*store, extent_of(settings, frames.back().known_at), report));
  }
  GEMEL_TRY(seal_everything(settings, plant));
  report.add("on disk, all sealed",
             static_cast<double>(disk_bytes(settings.folder)) / static_cast<double>(samples + 1),
             "B/sample");
  return {};
}

/// Rewinds over all there is after an hour, a day, a week and at the end.
class Marks {
 public:
  Marks(const Settings& settings, Report& report) : settings_(settings), report_(report) {
    for (const auto& [after, name] :
         {std::pair{Duration::hours(1), "1 hour"}, std::pair{Duration::days(1), "1 day"},
          std::pair{Duration::days(7), "7 days"}, std::pair{Duration::days(30), "30 days"}})
      if (after <= Duration::days(settings.days)) marks_.emplace_back(after, name);
  }

  Result<void> pass(const History& store, Timestamp known_at) {
    if (next_ == marks_.size()) return {};
    const auto& [after, name] = marks_[next_];
    // The last samples of a stretch come a period before its end.
    if (known_at + settings_.workload.period < settings_.workload.start + after) return {};
    ++next_;
    const auto extent = extent_of(settings_, known_at);
    GEMEL_ASSIGN(const auto now, ask_rewind(store, extent, KnownBy::Now));
    report_.add(fmt::format("rewind of all as known now, history of {}", name), now);
    GEMEL_ASSIGN(const auto then, ask_rewind(store, extent, KnownBy::Then));
    report_.add(fmt::format("rewind of all as known then, history of {}", name), then);
    return {};
  }

 private:
  const Settings& settings_;
  Report& report_;
  std::vector<std::pair<Duration, std::string>> marks_;
  std::size_t next_ = 0;
};

/// A long history at a lower rate, made while it is written: a month does not fit into memory.
Result<void> measure_month(const Settings& settings, const Plant& plant, Report& report) {
  Workload workload(settings.workload);
  Framing framing(kFrame);
  GEMEL_ASSIGN(const auto store, history::open(store_options(settings, plant)));
  Upkeep upkeep(*store);
  Marks marks(settings, report);
  std::vector<Sample> arrived;
  std::uint64_t samples = 0;
  double commit_s = 0.0;
  Stopwatch progress;
  for (bool more = true; more;) {
    more = workload.arrive(arrived);
    for (const auto& frame : framing.cut(arrived, !more)) {
      const Stopwatch committing;
      GEMEL_TRY(store->commit(frame));
      commit_s += committing.seconds();
      samples += frame.samples.size();
      GEMEL_TRY(marks.pass(*store, frame.known_at));
      if (isatty(STDERR_FILENO) == 0 || progress.seconds() < 1.0) continue;
      fmt::print(stderr, "\rfilled to {}, {} M samples ", to_string(frame.known_at),
                 samples / 1'000'000);
      progress = {};
    }
  }
  if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\n");
  report.add("samples", static_cast<double>(samples), "");
  report.add("commit", static_cast<double>(samples) / commit_s, "samples/s");
  GEMEL_TRY(upkeep.finish());
  report.add("memory", static_cast<double>(memory_bytes()) / 1e6, "MB");
  report.add("on disk",
             static_cast<double>(disk_bytes(settings.folder)) / static_cast<double>(samples),
             "B/sample");
  return {};
}

Result<void> run(const Settings& settings, Report& report) {
  const auto plant = bare_plant(settings.workload.signals);
  return settings.days > 0 ? measure_month(settings, *plant, report)
                           : measure_burst(settings, *plant, report);
}

/// A folder for this process alone.
std::filesystem::path own_folder(const std::filesystem::path& in) {
  return (in.empty() ? std::filesystem::temp_directory_path() : in) /
         fmt::format("gemel-bench-{}", getpid());
}

/// The option's text as a duration, or a complaint in CLI11's way.
Duration duration_of(const std::string& option, const std::string& text) {
  const auto duration = parse_duration(text);
  if (!duration) throw CLI::ValidationError(option, duration.error().message);
  return *duration;
}

int main_with(int argc, char** argv) {
  CLI::App app{
      "The history in process, fed with the benchmark's workload.\n"
      "Example: gemel_bench_history_in_process --signals 10000 --ticks 1000 --json out.json"};
  Settings settings;
  std::string json, keep, period, in, commit_every = "0 s";
  app.add_option("--signals", settings.workload.signals, "how many signals")
      ->check(CLI::Range(1, 200'000));
  app.add_option("--ticks", settings.workload.ticks, "samples of each signal")
      ->check(CLI::Range(10, 200'000));
  app.add_option("--days", settings.days, "fill so many days instead and rewind on the way");
  app.add_option("--period", period, "distance of samples (default 1 s; 10 min with --days)");
  app.add_option("--commit-every", commit_every, "0 s: every frame durable on return");
  app.add_option("--seed", settings.workload.seed, "of the workload");
  app.add_flag("--repeats", settings.look_for_repeats,
               "look for repeated samples first, as the engine does");
  app.add_option("--in", in,
                 "make the history in this folder, and remove it (default: the temporary folder)");
  app.add_option("--keep", keep, "leave the history in this folder, which must be empty");
  app.add_option("--json", json, "write the rows to this file as well");
  try {
    app.parse(argc, argv);
    if (period.empty()) period = settings.days > 0 ? "10 min" : "1 s";
    settings.workload.period = duration_of("--period", period);
    settings.commit_every = duration_of("--commit-every", commit_every);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  if (settings.days > 0)
    settings.workload.ticks =
        static_cast<std::uint32_t>(Duration::days(settings.days).ns / settings.workload.period.ns);
  settings.keep = !keep.empty();
  settings.folder = settings.keep ? std::filesystem::path(keep) : own_folder(in);
  log::configure(log::Level::Warning, log::Format::Text);

  Report report;
  const auto done = run(settings, report);
  if (!settings.keep) std::filesystem::remove_all(settings.folder);
  report.print();
  if (!done) fmt::print(stderr, "{}\n", done.error().message);
  return report.write_json(json) && done ? 0 : 1;
}

}  // namespace
}  // namespace gemel::bench

int main(int argc, char** argv) { return gemel::bench::main_with(argc, argv); }
