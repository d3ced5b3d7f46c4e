// gemel experiments: a simulator of a twin file asked where it tells most, its surrogate asked a
// million times.

#include "app/experiments.hpp"

#include <cmath>
#include <cstdio>
#include <fstream>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "surrogates/onnx_export.hpp"

namespace gemel::app {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point then) {
  return std::chrono::duration<double>(Clock::now() - then).count();
}

Result<void> list(const ExperimentsOptions& options, const TwinFile& twin) {
  Table table({"can be varied", "is", "unit", "from", "to", "what it is"});
  const auto number = [](double value) {
    return std::abs(value) < 1e300 ? text::rounded(value) : std::string("-");
  };
  for (const auto& one : twin.simulator->adjustables())
    table.add(
        {one.name, number(one.value), one.unit, number(one.low), number(one.high), one.meaning});
  for (const auto& one : twin.plant->controls)
    table.add({one.path, "-", one.unit.symbol, number(one.range.low.value_or(INFINITY)),
               number(one.range.high.value_or(INFINITY)), "a control of the plant"});
  std::printf("%s\n", table.to_text().c_str());
  Scenario scenario{.draws = 2};
  GEMEL_ASSIGN(scenario.horizon, parse_duration(options.horizon));
  scenario.step = Duration::from_seconds(scenario.horizon.in_seconds() / 10.0);
  GEMEL_ASSIGN(const auto outcome, twin.simulator->what_if(twin.start, scenario));
  Table answers({"can be asked", "unit", "what it is"});
  for (const auto& one : outcome.indicators) answers.add({one.name, one.unit, "an indicator"});
  for (const auto& one : outcome.signals)
    answers.add({one.name, one.unit, "a course: last, mean, lowest, highest"});
  std::printf("%s", answers.to_text().c_str());
  return {};
}

Result<void> write_onnx(const surrogates::TrainedSurrogate& surrogate, const Study& study,
                        const std::string& path) {
  const auto bytes = surrogates::to_onnx(surrogate);
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file)
    return Error{ErrorCode::Unavailable, "can't write " + path + "; is there room, and may you?"};
  std::vector<std::string> factors, answers;
  for (const auto& one : study.factors) factors.push_back(one.name);
  for (const auto& one : study.answers) answers.push_back(one.shown());
  std::printf(
      "\n%s: from \"factors\" (%s) to \"prediction\": the means of %s, then their spreads\n",
      path.c_str(), text::join(factors, ", ").c_str(), text::join(answers, ", ").c_str());
  return {};
}

Result<surrogates::TrainedSurrogate> train(const Study& study, RealExperiments& real,
                                           const ExperimentsOptions& options, Effort& effort,
                                           std::stop_token stop) {
  // A sixth to check with, but enough to tell 90 % from 75 %, and no more than tell it well.
  const std::size_t checks = std::clamp<std::size_t>(options.budget / 6, 8, 100);
  surrogates::TrainingSettings settings{
      .answers_max = options.budget - std::min(checks, options.budget / 2),
      .error_wished = options.wish,
      .checks = std::min(checks, options.budget / 2),
      .seed = options.seed,
      .kind = *surrogates::surrogate_kind(options.surrogate)};
  ProgressLine line("experiments");
  const auto began = Clock::now();
  settings.go_on = [&](std::size_t asked) {
    const double took = seconds_since(began);
    line.show(static_cast<double>(asked) / static_cast<double>(options.budget),
              std::to_string(asked) + " of at most " + std::to_string(options.budget) +
                  (asked > 0 ? ", " + text::rounded(static_cast<double>(asked) / took, 2) + "/s"
                             : std::string()));
    return !stop.stop_requested();
  };
  auto made = surrogates::TrainedSurrogate::train(
      study.factors, study.answers.size(),
      [&](std::span<const double> factors) {
        const auto asked = Clock::now();
        auto answer = real.ask(factors);
        effort.seconds += seconds_since(asked);
        return answer;
      },
      settings);
  if (made) effort.experiments = made->asked();
  effort.learning = seconds_since(began) - effort.seconds;
  return made;
}

Result<void> run(const ExperimentsOptions& options, std::stop_token stop) {
  GEMEL_ASSIGN(const auto twin,
               open_twin_file(options.twin, options.history, options.at, options.simulator));
  if (options.list) return list(options, twin);
  if (options.vary.empty())
    return Error{ErrorCode::InvalidInput,
                 "nothing is varied; give --vary NAME=LOW..HIGH (--list shows the names)"};
  GEMEL_ASSIGN(const auto study, study_of(options, twin));
  print_head(study, options, twin);
  RealExperiments real(twin, study, stop);
  Effort effort;
  GEMEL_ASSIGN(auto surrogate, train(study, real, options, effort, stop));
  print_trust(surrogate, study, real, effort, options);

  const std::size_t left = options.budget - std::min(options.budget, surrogate.asked());
  surrogates::StandIn stand_in(
      std::move(surrogate), [&](std::span<const double> factors) { return real.ask(factors); },
      left);
  GEMEL_ASSIGN(const auto done, experiment_virtually(stand_in, study, options, stop));
  print_virtual(done, stand_in, study);
  print_sensitivities(stand_in.surrogate(), study, options.seed);
  if (!options.onnx.empty()) GEMEL_TRY(write_onnx(stand_in.surrogate(), study, options.onnx));
  if (stop.stop_requested())
    std::fprintf(stderr, "gemel: stopped; this is what was known by then\n");
  return {};
}

}  // namespace

void add_experiments(CLI::App& app, Chosen& chosen) {
  auto* command = app.add_subcommand(
      "experiments",
      "Learn a simulator's answers from few experiments, then try a million variants.");
  auto options = std::make_shared<ExperimentsOptions>();
  command->add_option("--twin", options->twin, "The twin file.")->required();
  command->add_option("--vary", options->vary,
                      "NAME=LOW..HIGH, or 'NAME=normal(3, 0.5)': a control of the plant or a "
                      "quantity of the simulator.");
  command->add_option("--set", options->set, "NAME=VALUE: the same in all experiments.");
  command->add_option("--answer", options->answer,
                      "An indicator, or a signal: NAME, NAME:mean, NAME:lowest, NAME:highest "
                      "(default: the indicators of the whole plant).");
  command->add_option("--goal", options->goal,
                      "'NAME > 1.2': in how many of the variants it holds.");
  command->add_option("--simulator", options->simulator,
                      "Which one, where the twin has several (default: the first).");
  command->add_option("--history", options->history, "Start from this history.");
  command->add_option("--at", options->at, "Start from this moment of it (default: its last).");
  command->add_option("--horizon", options->horizon, "How far to look.")->capture_default_str();
  command->add_option("--draws", options->draws, "Futures of each experiment.")
      ->check(CLI::Range(1U, 100'000U))
      ->capture_default_str();
  command->add_option("--budget", options->budget, "Experiments with the simulator, at most.")
      ->check(CLI::Range(20, 100'000))
      ->capture_default_str();
  command
      ->add_option("--wish", options->wish,
                   "Error that may remain, as a share of each answer's spread.")
      ->check(CLI::Range(1e-6, 1.0))
      ->capture_default_str();
  command->add_option("--surrogate", options->surrogate, "What learns the answers.")
      ->check(CLI::IsMember({"auto", "gaussian_process", "network"}))
      ->capture_default_str();
  command->add_option("--virtual", options->virtual_experiments, "Experiments with the surrogate.")
      ->check(CLI::Range(1, 20'000'000))
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Seed of futures, design and variants.")
      ->capture_default_str();
  command->add_option("--onnx", options->onnx, "Write the surrogate to this file.");
  command->add_option("--csv", options->csv, "Write the virtual experiments to this file.");
  command->add_flag("--list", options->list, "Show what can be varied and asked.");
  command->footer(
      "Examples:\n"
      "  gemel experiments --twin examples/production_line/twin.yaml --horizon 8h \\\n"
      "      --vary machine_3.speed=0.9..1.2 --vary castings.between=90..120 --answer throughput\n"
      "  gemel experiments --twin twin.yaml --history plant.history --vary "
      "pump_1.speed_setpoint=1300..1600 \\\n"
      "      --vary 'pump_1.wear=normal(0.05, 0.01)' --goal 'tank_1.level:lowest > 1.8' --onnx "
      "station.onnx\n"
      "  gemel experiments --twin twin.yaml --list");
  command->callback([=, &chosen] {
    chosen = [=](std::stop_token stop) -> int {
      const auto done = run(*options, stop);
      return done ? kDone : fail(done.error());
    };
  });
}

}  // namespace gemel::app
