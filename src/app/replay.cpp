// gemel replay: recorded telemetry through the same road as live telemetry.

#include <cstdio>
#include <thread>

#include "app/commands.hpp"
#include "app/history_store.hpp"
#include "app/plant_file.hpp"
#include "app/scorecard.hpp"
#include "app/terminal.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "connectors/files/csv_source.hpp"
#include "engine/engine.hpp"
#include "history/memory_history.hpp"

namespace gemel::app {
namespace {

struct ReplayOptions {
  std::vector<std::string> files;
  std::string twin;
  std::string history;
  double speed = 0.0;
  std::uint64_t seed = 1;
  ScoringOptions scoring;
};

/// Samples of a replay need not be on the disk one by one: the file can be read again.
constexpr Duration kSyncEvery = Duration::seconds(1);

/// The twin with its file source, if it has one, reading these files: then its bindings say which
/// column is what.
std::shared_ptr<const Plant> reading(const Plant& plant, const std::vector<std::string>& files,
                                     double speed) {
  auto changed = std::make_shared<Plant>(plant);
  changed->history.commit_every = kSyncEvery;
  for (auto& source : changed->sources) {
    if (auto* recorded = std::get_if<FileSource>(&source.settings)) {
      recorded->paths = files;
      recorded->speed = speed;
    }
  }
  return changed;
}

/// By the twin's own file source; without one, columns named like signals are those signals.
Result<std::unique_ptr<SampleSource>> make_source(const Plant& plant,
                                                  const std::vector<std::string>& files,
                                                  double speed, const Clock& clock,
                                                  metrics::Registry& metrics) {
  for (std::uint32_t i = 0; i < plant.sources.size(); ++i) {
    if (std::holds_alternative<FileSource>(plant.sources[i].settings)) {
      return connectors::files::make_csv_source(plant, i, clock, metrics);
    }
  }
  FileSource recorded;
  recorded.paths = files;
  recorded.speed = speed;
  return connectors::files::make_csv_source(plant, recorded, clock, metrics);
}

Result<std::unique_ptr<engine::Engine>> make_engine(const ReplayOptions& options,
                                                    std::shared_ptr<const Plant> plant,
                                                    const std::vector<std::string>& files,
                                                    const Clock& clock) {
  engine::EngineOptions wiring;
  wiring.plant = plant;
  wiring.clock = &clock;
  wiring.metrics = std::make_shared<metrics::Registry>();
  wiring.follow_sources = true;
  wiring.seed = options.seed;
  if (options.history.empty()) {
    wiring.history = std::make_unique<history::MemoryHistory>(*plant);
  } else {
    GEMEL_ASSIGN(wiring.history,
                 open_history(history_place(options.history), *plant, history::Upkeep::Elsewhere));
  }
  GEMEL_ASSIGN(auto source, make_source(*plant, files, options.speed, clock, *wiring.metrics));
  wiring.sources.push_back(std::move(source));
  return engine::Engine::create(std::move(wiring));
}

/// Replays to the end or to `stop`, showing how far it is.
Result<void> run_through(engine::Engine& engine, const std::string& what, std::stop_token stop) {
  Result<void> ended;
  std::jthread progress([&](std::stop_token done) {
    ProgressLine line(what);
    Timestamp seen = Timestamp::min();
    while (!done.stop_requested()) {
      seen = engine.wait_for_newer(seen, Duration::milliseconds(200), done)->known_at;
      line.show(0.0, to_string(seen) + "  " + std::to_string(engine.status().samples) + " samples");
    }
  });
  ended = engine.run(stop);
  return ended;
}

Result<int> count_alarms(const engine::Engine& engine) {
  GEMEL_ASSIGN(const auto events, engine.history().events({}, 1'000'000));
  int alarms = 0;
  for (const auto& event : events) alarms += std::holds_alternative<AlarmRaised>(event.body);
  return alarms;
}

Result<void> replay(const ReplayOptions& options, std::stop_token stop) {
  GEMEL_ASSIGN(const auto loaded, load_plant(options.twin));
  const auto plant = reading(*loaded, options.files, options.speed);
  const SystemClock clock;
  if (options.scoring.label.empty()) {
    GEMEL_ASSIGN(const auto engine, make_engine(options, plant, options.files, clock));
    GEMEL_TRY(run_through(*engine, "replaying", stop));
    GEMEL_ASSIGN(const int alarms, count_alarms(*engine));
    const auto status = engine->status();
    std::printf("%llu samples replayed, %llu repeats dropped, %d alarms raised%s\n",
                static_cast<unsigned long long>(status.samples),
                static_cast<unsigned long long>(status.history.duplicates), alarms,
                stop.stop_requested() ? "; stopped before the end" : "");
    for (const auto& name : status.untrained)
      std::printf("never trained: %s (too little history)\n", name.c_str());
    return {};
  }
  // Scored: each file is a recording of its own, learns from its own first rows and is judged on
  // the rest.
  Scorecard scorecard(options.scoring);
  for (const auto& file : options.files) {
    if (stop.stop_requested()) return Error{ErrorCode::Cancelled, "stopped before the last file"};
    GEMEL_ASSIGN(const auto labels, read_labels(file, options.scoring));
    const auto own =
        with_training_until(*reading(*loaded, {file}, options.speed), labels, options.scoring);
    GEMEL_ASSIGN(const auto engine, make_engine(options, own, {file}, clock));
    GEMEL_TRY(run_through(*engine, file, stop));
    GEMEL_ASSIGN(const auto events, engine->history().events({}, 1'000'000));
    scorecard.add(file, labels, events);
  }
  std::printf("%s", scorecard.to_text().c_str());
  return {};
}

}  // namespace

void add_replay(CLI::App& app, Chosen& chosen) {
  auto* command = app.add_subcommand(
      "replay",
      "Send recorded telemetry (CSV) through the same road as live telemetry, at any speed.");
  auto options = std::make_shared<ReplayOptions>();
  command
      ->add_option("files", options->files,
                   "CSV files; a column named like a signal is that signal.")
      ->required();
  command->add_option("--twin", options->twin, "The twin file.")->required();
  command->add_option("--history", options->history,
                      "Keep the history here (default: in memory, forgotten).");
  command->add_option("--speed", options->speed, "Times real time; 0: as fast as it goes.")
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Seed of the detectors.")->capture_default_str();
  command->add_option("--score", options->scoring.label,
                      "A column of labels (0/1): print F1, FAR, MAR and delay by file.");
  command
      ->add_option("--train-rows", options->scoring.train_rows,
                   "With --score: learn from this many first rows of each file, judge the rest.")
      ->capture_default_str();
  command->footer(
      "Examples:\n"
      "  gemel replay january.csv --twin twin.yaml --history riverside.history\n"
      "  gemel replay valve1/*.csv --twin test_bed.yaml --score anomaly --train-rows 400");
  command->callback([=, &chosen] {
    chosen = [=](std::stop_token stop) {
      log::configure(log::Level::Warning, log::Format::Text);
      auto done = replay(*options, stop);
      return done ? kDone : fail(done.error());
    };
  });
}

}  // namespace gemel::app
