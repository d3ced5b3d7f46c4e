// gemel whatif: asks a running twin, or a twin file alone.

#include "app/what_if.hpp"

#include <chrono>
#include <cstdio>
#include <thread>

#include "api/what_if_answer.hpp"
#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "app/twin_file.hpp"
#include "base/text.hpp"

namespace gemel::app {
namespace {

/// What answers, and how a question is put to it.
class Answerer {
 public:
  virtual ~Answerer() = default;
  /// The chosen simulator's quantities and controls.
  virtual Result<Changeable> changeable() = 0;
  virtual Result<Json> adjustables() = 0;
  virtual Result<Json> ask_for(const Json& question, std::stop_token stop) = 0;
};

std::vector<Named> names_of(const Json& adjustables) {
  std::vector<Named> out;
  for (const auto& one : adjustables) out.push_back({one.at("name"), one.at("unit")});
  return out;
}

// --- a running twin

class RunningTwin final : public Answerer {
 public:
  explicit RunningTwin(const WhatIfOptions& options) : options_(options) {}

  Result<Json> adjustables() override {
    GEMEL_ASSIGN(const auto answer, ask(options_.remote, "GET", "/api/v1/simulators"));
    std::vector<std::string> names;
    for (const auto& one : answer.at("simulators")) {
      names.push_back(one.at("name"));
      if (!options_.simulator.empty() && names.back() != options_.simulator) continue;
      if (!one.at("ready"))
        return Error{ErrorCode::Unavailable, one.value("why", std::string("not ready"))};
      return one.at("adjustables");
    }
    return Error{
        ErrorCode::NotFound,
        "the twin has no simulator" +
            (options_.simulator.empty() ? std::string() : " '" + options_.simulator + "'") +
            text::did_you_mean(options_.simulator, names)};
  }

  Result<Changeable> changeable() override {
    GEMEL_ASSIGN(const auto quantities, adjustables());
    GEMEL_ASSIGN(const auto plant, ask(options_.remote, "GET", "/api/v1/plant"));
    Changeable out{names_of(quantities), {}};
    for (const auto& control : plant.at("controls"))
      out.controls.push_back({control.at("path"), control.at("unit")});
    return out;
  }

  Result<Json> ask_for(const Json& question, std::stop_token stop) override {
    GEMEL_ASSIGN(auto run, ask(options_.remote, "POST", "/api/v1/whatif/runs", question));
    const auto target = "/api/v1/whatif/runs/" + run.at("id").dump();
    ProgressLine progress("what-if");
    bool asked_to_stop = false;
    while (run.at("state") == "waiting" || run.at("state") == "running") {
      const double of = run.at("of").get<double>();
      progress.show(of > 0.0 ? run.at("done").get<double>() / of : 0.0,
                    run.at("state").get<std::string>());
      if (stop.stop_requested() && !asked_to_stop) {
        asked_to_stop = true;
        GEMEL_TRY(ask(options_.remote, "POST", target + "/stop"));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      GEMEL_ASSIGN(run, ask(options_.remote, "GET", target));
    }
    if (run.contains("answer")) return run["answer"];
    if (run.contains("error")) return Error{ErrorCode::Unavailable, run["error"]};
    return Error{ErrorCode::Cancelled, "stopped before anything was done"};
  }

 private:
  const WhatIfOptions& options_;
};

// --- a twin file

class SilentTwin final : public Answerer {
 public:
  static Result<std::unique_ptr<Answerer>> open(const WhatIfOptions& options) {
    auto twin = std::unique_ptr<SilentTwin>(new SilentTwin);
    GEMEL_ASSIGN(twin->twin_,
                 open_twin_file(options.twin, options.history, options.at, options.simulator));
    return std::unique_ptr<Answerer>(std::move(twin));
  }

  Result<Json> adjustables() override {
    return Json::parse(api::to_json(twin_.simulator->adjustables()));
  }

  Result<Changeable> changeable() override { return twin_.changeable(); }

  Result<Json> ask_for(const Json& question, std::stop_token stop) override {
    GEMEL_ASSIGN(auto scenario, scenario_of(question));
    GEMEL_ASSIGN(scenario, settled(*twin_.plant, twin_.start, std::move(scenario)));
    ProgressLine line("what-if");
    GEMEL_ASSIGN(
        const auto both,
        compare(*twin_.simulator, twin_.start, scenario, [&](std::uint32_t done, std::uint32_t of) {
          line.show(static_cast<double>(done) / of,
                    std::to_string(done) + " of " + std::to_string(of) + " futures");
          return !stop.stop_requested();
        }));
    return Json::parse(api::to_json(both, twin_.start.at));
  }

 private:
  SilentTwin() = default;

  Result<Scenario> scenario_of(const Json& question) const {
    const auto how_of = [](const Json& of) {
      const auto how = of.value("how", std::string("set"));
      return how == "add" ? How::Add : how == "scale" ? How::Scale : How::Set;
    };
    Scenario scenario;
    for (const auto& written : question.at("changes")) {
      Change change{{}, written.at("value"), how_of(written), ""};
      if (written.contains("control")) {
        GEMEL_ASSIGN(change.control,
                     twin_.plant->find_control(written["control"].get<std::string>()));
      } else {
        change.quantity = written.at("quantity");
      }
      scenario.changes.push_back(std::move(change));
    }
    for (const auto& written : question.at("uncertain")) {
      GEMEL_ASSIGN(auto distribution,
                   Distribution::parse(written.at("distribution").get<std::string>()));
      scenario.uncertain.push_back({written.at("quantity"), distribution, how_of(written)});
    }
    scenario.sampling = question.at("sampling") == "sobol" ? Sampling::Sobol : Sampling::Random;
    scenario.horizon = Duration::from_seconds(question.at("horizon_s"));
    scenario.step = Duration::from_seconds(question.at("step_s"));
    scenario.draws = question.at("draws");
    scenario.seed = question.at("seed");
    return scenario;
  }

  TwinFile twin_;
};

// --- the command

Result<void> list(Answerer& answerer) {
  GEMEL_ASSIGN(const auto changeable, answerer.changeable());
  GEMEL_ASSIGN(const auto adjustables, answerer.adjustables());
  Table table({"can be changed", "is", "unit", "from", "to", "what it is"});
  const auto number = [](const Json& value) {
    return value.is_number() ? text::rounded(value.get<double>()) : std::string("-");
  };
  for (const auto& one : adjustables) {
    table.add({one.at("name"), number(one.at("value")), one.at("unit"),
               number(one.at("range").at("low")), number(one.at("range").at("high")),
               one.at("meaning")});
  }
  for (const auto& control : changeable.controls)
    table.add({control.name, "-", control.unit, "-", "-", "a control of the plant"});
  std::printf("%s", table.to_text().c_str());
  return {};
}

Result<void> run(const WhatIfOptions& options, std::stop_token stop) {
  std::unique_ptr<Answerer> answerer = std::make_unique<RunningTwin>(options);
  if (!options.twin.empty()) {
    GEMEL_ASSIGN(answerer, SilentTwin::open(options));
  }
  if (options.list) return list(*answerer);
  GEMEL_ASSIGN(const auto changeable, answerer->changeable());
  GEMEL_ASSIGN(const auto question, question_of(options, changeable));
  GEMEL_ASSIGN(const auto answer, answerer->ask_for(question, stop));
  if (!options.csv.empty()) GEMEL_TRY(write_series(answer, options.csv));
  if (options.remote.json)
    std::printf("%s\n", answer.dump(2).c_str());
  else
    print_answer(answer, options);
  if (answer.at("draws").get<std::uint32_t>() < options.draws)
    std::fprintf(stderr, "gemel: stopped; this is what %s of %u futures say\n",
                 answer.at("draws").dump().c_str(), options.draws);
  return {};
}

}  // namespace

void add_what_if(CLI::App& app, Chosen& chosen) {
  auto* command = app.add_subcommand(
      "whatif",
      "Ask what a change would do, beside carrying on as now. Changes nothing in the plant.");
  auto options = std::make_shared<WhatIfOptions>();
  command->add_option(
      "--set", options->set,
      "A change, NAME=VALUE: a control of the plant or a quantity of the simulator.");
  command->add_option("--add", options->add, "The same, on top of what it is: NAME=30d.");
  command->add_option("--scale", options->scale,
                      "The same, times what it is: NAME=+10% or NAME=1.1.");
  command->add_option("--uncertain", options->uncertain,
                      "What is not known exactly: 'NAME=normal(3, 0.5)'; each future draws it.");
  command->add_option("--simulator", options->simulator,
                      "Which one, where the twin has several (default: the first).");
  command->add_option("--horizon", options->horizon, "How far to look.")->capture_default_str();
  command->add_option("--step", options->step,
                      "Of the answer (default: a hundredth of the horizon).");
  command->add_option("--at", options->at, "Start from this moment of the past (default: now).");
  command->add_option("--draws", options->draws, "Futures to simulate.")
      ->check(CLI::Range(1U, 1'000'000U))
      ->capture_default_str();
  command->add_option("--sampling", options->sampling, "Where uncertain quantities are drawn from.")
      ->check(CLI::IsMember({"random", "sobol"}))
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Seed of the futures.")->capture_default_str();
  command->add_option("--csv", options->csv, "Write the series to this file.");
  command->add_flag("--all", options->all, "Show what changes little, too.");
  command->add_flag("--list", options->list, "Show what can be changed.");
  command->add_option("--twin", options->twin, "Ask this twin file instead of a running twin.");
  command->add_option("--history", options->history, "With --twin: start from this history.");
  add_remote_options(command, std::shared_ptr<RemoteOptions>(options, &options->remote));
  command->footer(
      "Examples:\n"
      "  gemel whatif --list\n"
      "  gemel whatif --set pump_1.speed_setpoint=1600 --set valve_1.position=80 --horizon 30min\n"
      "  gemel whatif --twin examples/production_line/twin.yaml --scale machine_3.speed=+10% "
      "--horizon 30d\n"
      "  gemel whatif --twin twin.yaml --history plant.history --at 2026-01-31T08:00:00Z --list");
  command->callback([=, &chosen] {
    chosen = [=](std::stop_token stop) -> int {
      try {
        const auto done = run(*options, stop);
        return done ? kDone : fail(done.error());
      } catch (const Json::exception& error) {
        return fail(
            {ErrorCode::Internal,
             std::string("the twin's answer lacks something (another version?): ") + error.what()});
      }
    };
  });
}

}  // namespace gemel::app
