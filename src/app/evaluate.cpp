// gemel evaluate: a trained network over a stretch of history or recorded files.

#include <algorithm>
#include <cstdio>

#include "app/commands.hpp"
#include "app/detector_rows.hpp"
#include "app/terminal.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "inference/episode.hpp"
#include "inference/robust.hpp"
#include "inference/training.hpp"

namespace gemel::app {
namespace {

struct EvaluateOptions : RowsOptions {
  std::string model;
  double calibrate_share = 0.5;
};

struct Told {
  std::vector<double> scores;
  std::vector<Timestamp> alarms;
  std::size_t degraded = 0;
  Timestamp from, until;
};

Told run_over(const Detector& detector, const inference::DetectorSettings& settings,
              const inference::RowTable& rows, std::size_t first) {
  Told told;
  inference::Episode episode(settings.episode, settings.clear_below);
  const auto run = detector.start();
  // What lies before only fills the window.
  const std::size_t memory = detector.card().memory_rows + 2;
  for (std::size_t i = first > memory ? first - memory : 0; i < rows.rows(); ++i) {
    const auto finding = run->observe(rows.row(i));
    if (i < first || !finding) continue;
    if (told.scores.empty()) told.from = finding->time;
    told.until = finding->time;
    told.scores.push_back(finding->score);
    told.degraded += finding->degraded;
    if (episode.observe(finding->time, finding->score) == inference::Turn::Raise)
      told.alarms.push_back(finding->time);
  }
  return told;
}

void print(const DetectorSpec& spec, const Detector& detector, Told told, std::size_t first) {
  std::printf("%s: %s\n", spec.path.c_str(), detector.card().summary.c_str());
  if (told.scores.empty()) {
    std::printf("none of the rows after the first %zu could be judged\n", first);
    return;
  }
  const double weeks = (told.until - told.from).in_seconds() / 604'800.0;
  std::printf("judged %zu rows, from %s until %s; %zu with signals missing\n", told.scores.size(),
              to_string(told.from).c_str(), to_string(told.until).c_str(), told.degraded);
  Table table({"score", "quantile"});
  for (const double p : {0.5, 0.9, 0.99, 0.999, 1.0})
    table.add({text::rounded(quantile(told.scores, p)), text::rounded(100.0 * p, 4) + " %"});
  std::printf("%s", table.to_text().c_str());
  std::printf(
      "%zu alarms in %s weeks: %s a week; asked for %s\n", told.alarms.size(),
      text::rounded(weeks, 3).c_str(),
      weeks > 0.0 ? text::rounded(static_cast<double>(told.alarms.size()) / weeks, 3).c_str() : "-",
      inference::rate_in_words(spec.false_alarms_per_s).c_str());
  constexpr std::size_t kShown = 20;
  for (std::size_t i = 0; i < std::min(kShown, told.alarms.size()); ++i)
    std::printf("  %s\n", to_string(told.alarms[i]).c_str());
  if (told.alarms.size() > kShown) std::printf("  and %zu more\n", told.alarms.size() - kShown);
}

Result<void> evaluate(const EvaluateOptions& options, std::stop_token stop) {
  GEMEL_ASSIGN(const auto read, read_detector_rows(options, stop));
  DetectorSpec spec = *read.spec;
  if (!options.model.empty()) {
    spec.kind = "network";
    spec.model = options.model;
    spec.settings.clear();
  }
  GEMEL_ASSIGN(const auto settings, inference::read_settings(spec));
  const auto first =
      static_cast<std::size_t>(options.calibrate_share * static_cast<double>(read.rows.rows()));
  inference::RowTable calibration;
  calibration.width = read.rows.width;
  for (std::size_t i = 0; i < first; ++i) calibration.add(read.rows.row(i));
  GEMEL_ASSIGN(const auto detector, inference::train(*read.plant, spec, settings,
                                                     std::move(calibration), read.period, 1));
  if (stop.stop_requested()) return Error{ErrorCode::Cancelled, "stopped before the end"};
  print(spec, *detector, run_over(*detector, settings, read.rows, first), first);
  return {};
}

}  // namespace

void add_evaluate(CLI::App& app, Chosen& chosen) {
  auto* command = app.add_subcommand(
      "evaluate",
      "Run a detector over a stretch: its scores, and how often it would have alarmed.");
  auto options = std::make_shared<EvaluateOptions>();
  add_rows_options(*command, *options);
  command->add_option("--model", options->model,
                      "A network's card, such as models/pump_1.card.json (default: the detector as "
                      "the twin file has it).");
  command
      ->add_option("--calibrate", options->calibrate_share,
                   "This first share of the rows sets the threshold; the rest is judged.")
      ->check(CLI::Range(0.05, 0.95))
      ->capture_default_str();
  command->footer(
      "Examples:\n"
      "  gemel evaluate twin.yaml --detector pump_1.behaviour --model models/pump_1.card.json \\\n"
      "      --history riverside.history --from 2026-03-01T00:00:00Z\n"
      "  gemel evaluate twin.yaml --detector behaviour --csv march.csv");
  command->callback([=, &chosen] {
    chosen = [=](std::stop_token stop) {
      log::configure(log::Level::Warning, log::Format::Text);
      const auto done = evaluate(*options, std::move(stop));
      return done ? kDone : fail(done.error());
    };
  });
}

}  // namespace gemel::app
