// gemel life train | evaluate | show

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>

#include "app/commands.hpp"
#include "app/life_runs.hpp"
#include "app/terminal.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "learning/life_training.hpp"

namespace gemel::app {
namespace {

using inference::LifeModel;
using inference::LifeRun;

struct LifeOptions {
  CsvRunsOptions csv;
  HistoryRunsOptions history;
  std::string step = "1 h";
  std::string method = "boosted";
  std::string alive;  // file of runs that have not ended
  double cap = 125.0;
  std::uint64_t seed = 1;
  std::size_t threads = 2;
  std::string out, model;
};

Result<LifeRuns> read_runs(const LifeOptions& options) {
  if (options.csv.file.empty() == options.history.lives.empty()) {
    return Error{ErrorCode::InvalidInput,
                 "name the runs: --runs FILE --run COLUMN, or --lives FILE with --history"};
  }
  if (!options.csv.file.empty()) {
    if (options.csv.run.empty())
      return Error{ErrorCode::InvalidInput, "--run names the column that tells runs apart"};
    return runs_from_csv(options.csv);
  }
  auto from_history = options.history;
  GEMEL_ASSIGN(from_history.step, parse_duration(options.step));
  if (from_history.step.ns <= 0) return Error{ErrorCode::InvalidInput, "--step must be above zero"};
  if (from_history.sensors.empty())
    return Error{ErrorCode::InvalidInput, "--sensors names the signals to learn from"};
  from_history.settings = options.csv.settings;
  return runs_from_history(from_history);
}

const std::map<std::string, learning::LifeLearning> kMethods{
    {"boosted", learning::LifeLearning::Boosted},
    {"similarity", learning::LifeLearning::Similarity},
    {"survival", learning::LifeLearning::Survival}};

/// Runs of another file that were still alive at their last row.
Result<void> add_alive(const LifeOptions& options, LifeRuns& data) {
  if (options.alive.empty()) return {};
  if (options.csv.file.empty() || options.method != "survival") {
    return {ErrorCode::InvalidInput,
            "--alive goes with --runs and --method survival; no other learns from them"};
  }
  auto given = options.csv;
  given.file = options.alive;
  given.settings = data.shape.settings;
  given.sensors = data.shape.sensors;
  GEMEL_ASSIGN(auto more, runs_from_csv(given));
  for (auto& run : more.runs) {
    run.failed = false;
    data.runs.push_back(std::move(run));
  }
  return {};
}

Result<void> train(const LifeOptions& options, std::stop_token stop) {
  auto given = options;
  given.history.sensors = options.csv.sensors;
  GEMEL_ASSIGN(auto data, read_runs(given));
  data.shape.cap = options.cap;
  if (options.csv.file.empty()) {
    std::printf("%zu lives read from the history\n", data.runs.size());
  }
  ProgressLine progress("training");
  GEMEL_TRY(add_alive(options, data));
  learning::LifeTrainingOptions training;
  training.method = kMethods.at(options.method);
  training.seed = options.seed;
  training.boosting.threads = options.threads;
  training.stop = stop;
  training.progress = [&](std::size_t done, std::size_t all) {
    progress.show(
        static_cast<double>(done) / static_cast<double>(all),
        done < all ? "part " + std::to_string(done + 1) + " of " + std::to_string(all) : "done");
  };
  GEMEL_ASSIGN(const auto trained, learning::train_life(data.runs, data.shape, training));
  GEMEL_TRY(inference::save_life_model(trained.model, options.out));
  std::printf("%s: %s\nversion %s\n", options.out.c_str(), trained.model.about().c_str(),
              trained.model.version().c_str());
  return {};
}

/// Of runs to failure, at ten moments of each.
Result<void> evaluate(const LifeOptions& options) {
  GEMEL_ASSIGN(const auto model, inference::load_life_model(options.model));
  auto given = options;
  given.csv.settings = given.history.settings = model->shape().settings;
  given.csv.sensors = given.history.sensors = model->shape().sensors;
  if (model->shape().step.ns > 0) given.step = to_string(model->shape().step);
  GEMEL_ASSIGN(const auto data, read_runs(given));
  const auto sensors = model->shape().sensors.size(), settings = model->shape().settings.size();
  Random random(options.seed);
  double squares = 0.0, inside = 0.0, width = 0.0, count = 0.0;
  for (const auto& run : data.runs) {
    const auto rows = run.sensors.size() / sensors;
    if (rows < LifeModel::kRowsLeast) continue;
    for (int moment = 0; moment < 10; ++moment) {
      const auto so_far = LifeModel::kRowsLeast + random.below(rows - LifeModel::kRowsLeast + 1);
      LifeRun part;
      part.settings.assign(run.settings.begin(),
                           run.settings.begin() + static_cast<std::ptrdiff_t>(so_far * settings));
      part.sensors.assign(run.sensors.begin(),
                          run.sensors.begin() + static_cast<std::ptrdiff_t>(so_far * sensors));
      const auto left = model->predict(part);
      const double truth = std::min(model->shape().cap, static_cast<double>(rows - so_far));
      const auto [low, high] = left.shortest(0.9);
      squares += (left.mean - truth) * (left.mean - truth);
      inside += low <= truth && truth <= high;
      width += high - low;
      count += 1.0;
    }
  }
  if (count == 0.0)
    return Error{ErrorCode::InvalidInput, "no run has " + std::to_string(LifeModel::kRowsLeast) +
                                              " rows; there is nothing to evaluate"};
  Table table({"what", "steps"});
  table.add({"moments of " + std::to_string(data.runs.size()) + " runs",
             std::to_string(static_cast<int>(count))});
  table.add({"root mean square error", text::rounded(std::sqrt(squares / count), 4)});
  table.add({"90 % intervals hold, % of truths", text::rounded(100.0 * inside / count, 3)});
  table.add({"their mean width", text::rounded(width / count, 4)});
  std::printf("%s", table.to_text().c_str());
  return {};
}

Result<void> show(const LifeOptions& options) {
  GEMEL_ASSIGN(const auto model, inference::load_life_model(options.model));
  const auto joined = [](const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
    return out.empty() ? std::string("none") : out;
  };
  const auto& shape = model->shape();
  std::printf(
      "%s\nversion   %s\nmethod    %s\nsettings  %s\nsensors   %s\nstep      %s\ncap       %s "
      "steps\n",
      model->about().c_str(), model->version().c_str(), std::string(model->method().name()).c_str(),
      joined(shape.settings).c_str(), joined(shape.sensors).c_str(),
      shape.step.ns > 0 ? to_string(shape.step).c_str() : "cycles",
      text::rounded(shape.cap).c_str());
  return {};
}

void add_run_options(CLI::App& sub, LifeOptions& options, bool choose_columns) {
  sub.add_option("--runs", options.csv.file, "CSV file of runs to failure, a row a step.");
  sub.add_option("--run", options.csv.run, "Its column that tells runs apart.");
  if (choose_columns) {
    sub.add_option("--settings", options.csv.settings,
                   "Columns or signals that say how it is operated.")
        ->delimiter(',');
    sub.add_option("--sensors", options.csv.sensors,
                   "Columns or signals to learn from; of a CSV file all others when left out.")
        ->delimiter(',');
    sub.add_option("--leave-out", options.csv.leave_out, "Columns to leave out.")->delimiter(',');
  }
  sub.add_option("--lives", options.history.lives,
                 "Instead of --runs: CSV file with the columns asset, from, until (when it "
                 "failed), whose signals are read from the history.");
  sub.add_option("--history", options.history.history, "The history, for --lives.");
  sub.add_option("--twin", options.history.twin, "The twin file, for --lives.");
  sub.add_option("--seed", options.seed, "The same seed gives the same.")->capture_default_str();
}

template <class Act>
void choose(CLI::App& sub, Chosen& chosen, Act act) {
  sub.callback([&chosen, act] {
    chosen = [act](std::stop_token stop) {
      const Result<void> done = act(stop);
      return done ? kDone : fail(done.error());
    };
  });
}

}  // namespace

void add_life(CLI::App& app, Chosen& chosen) {
  auto* life = app.add_subcommand("life", "Learn remaining lives from runs to failure.");
  life->require_subcommand(1);
  const auto options = std::make_shared<LifeOptions>();

  auto* train_sub = life->add_subcommand("train", "Learn a life model.");
  add_run_options(*train_sub, *options, true);
  train_sub
      ->add_option("--method", options->method,
                   "boosted (trees for the mean), similarity (lives that went alike), survival (a "
                   "hazard for each interval ahead).")
      ->check(CLI::IsMember({"boosted", "similarity", "survival"}))
      ->capture_default_str();
  train_sub->add_option("--alive", options->alive,
                        "CSV file like --runs of runs that had not failed at their last row, for "
                        "--method survival.");
  train_sub->add_option("--step", options->step, "Length of a step, for --lives.")
      ->capture_default_str();
  train_sub->add_option("--cap", options->cap, "What is further away reads as so many steps.")
      ->check(CLI::Range(1.0, 1e9))
      ->capture_default_str();
  train_sub->add_option("--threads", options->threads, "Processors to use.")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  train_sub->add_option("--out", options->out, "The model that is written.")->required();
  train_sub->footer(
      "Examples:\n"
      "  gemel life train --runs engines.csv --run unit --settings altitude,mach --out "
      "models/engine.life\n"
      "  gemel life train --lives failures.csv --history plant.history --twin twin.yaml --sensors "
      "vibration,current --step 1h --out models/pump.life\n"
      "In the twin file: life: { engine: { model: models/engine.life } }");
  choose(*train_sub, chosen, [options](std::stop_token stop) { return train(*options, stop); });

  auto* evaluate_sub =
      life->add_subcommand("evaluate", "How good a life model is on other runs to failure.");
  evaluate_sub->add_option("model", options->model, "The model.")->required();
  add_run_options(*evaluate_sub, *options, false);
  evaluate_sub->footer(
      "Example:\n  gemel life evaluate models/engine.life --runs other_engines.csv --run unit");
  choose(*evaluate_sub, chosen, [options](std::stop_token) { return evaluate(*options); });

  auto* show_sub = life->add_subcommand("show", "What a life model was learnt from.");
  show_sub->add_option("model", options->model, "The model.")->required();
  show_sub->footer("Example:\n  gemel life show models/engine.life");
  choose(*show_sub, chosen, [options](std::stop_token) { return show(*options); });
}

}  // namespace gemel::app
