// gemel run

#include <cstdio>
#include <thread>

#include <sys/resource.h>

#include "api/server.hpp"
#include "app/commands.hpp"
#include "app/history_store.hpp"
#include "app/plant_file.hpp"
#include "app/sources.hpp"
#include "app/terminal.hpp"
#include "base/log.hpp"
#include "engine/engine.hpp"

namespace gemel::app {
namespace {

struct RunOptions {
  std::string twin;
  std::string history;
  std::string log_level = "info";
  std::string log_format = "text";
  std::string tokens;
  api::ServerOptions server;
  bool no_actuation = false;
  std::uint64_t seed = 1;
};

Result<void> configure_log(const RunOptions& options) {
  using log::Level;
  const auto level = options.log_level == "debug"     ? Level::Debug
                     : options.log_level == "warning" ? Level::Warning
                     : options.log_level == "error"   ? Level::Error
                                                      : Level::Info;
  log::configure(level, options.log_format == "json" ? log::Format::Json : log::Format::Text);
  return {};
}

Result<void> run(RunOptions options, std::stop_token stop) {
  GEMEL_TRY(configure_log(options));
  GEMEL_ASSIGN(const auto plant, load_plant(options.twin));
  if (!options.tokens.empty()) {
    GEMEL_ASSIGN(options.server.tokens, api::read_tokens(options.tokens));
  }
  const auto place = history_place(options.history, *plant);

  const SystemClock clock;
  auto metrics = std::make_shared<metrics::Registry>();
  GEMEL_ASSIGN(auto history, open_history(place, *plant, history::Upkeep::Elsewhere));
  engine::EngineOptions wiring;
  wiring.plant = plant;
  wiring.history = std::move(history);
  wiring.clock = &clock;
  wiring.metrics = metrics;
  wiring.seed = options.seed;
  GEMEL_ASSIGN(auto sources, make_sources(*plant, clock, *metrics));
  wiring.sources = std::move(sources.all);
  options.server.endpoints = std::move(sources.endpoints);
  if (!options.no_actuation) {
    GEMEL_ASSIGN(wiring.actuator, make_actuator(*plant, clock));
  }
  GEMEL_ASSIGN(const auto engine, engine::Engine::create(std::move(wiring)));
  GEMEL_ASSIGN(const auto server, api::Server::start(*engine, options.server));

  const auto status = engine->status();
  log::info("gemel", "running",
            {{"plant", plant->name},
             {"signals", plant->signals.size()},
             {"history", place.shown()},
             {"samples", status.history.samples},
             {"page", server->url()}});
  auto ended = engine->run(stop);
  log::info("gemel",
            ended ? "stopped; everything accepted is on the disk" : "stopped with an error");
  return ended;
}

}  // namespace

void add_run(CLI::App& app, Chosen& chosen) {
  auto* command = app.add_subcommand(
      "run", "Run the twin: listen to the plant, keep its history, serve the page.");
  auto options = std::make_shared<RunOptions>();
  command->add_option("twin", options->twin, "The twin file.")->required();
  command->add_option(
      "--history", options->history,
      "A directory, or postgresql://USER@HOST:PORT/DATABASE#SCHEMA (default: as the twin "
      "file says, else PLANT.history here).");
  command
      ->add_option("--listen", options->server.address,
                   "Address to serve on; other than loopback needs --tokens.")
      ->capture_default_str();
  command->add_option("--port", options->server.port, "Port to serve on; 0: any free one.")
      ->capture_default_str();
  command->add_option("--tokens", options->tokens,
                      "File with lines of `name token`: who may use the API.");
  command->add_flag("--no-actuation", options->no_actuation, "Never send a command to the plant.");
  command->add_option("--seed", options->seed, "Seed of detectors and simulated futures.")
      ->capture_default_str();
  command->add_option("--log-level", options->log_level, "debug, info, warning or error.")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
  command->add_option("--log-format", options->log_format, "text or json.")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->footer(
      "Examples:\n"
      "  gemel run twin.yaml\n"
      "  gemel run twin.yaml --history /var/lib/gemel --listen 0.0.0.0 --tokens tokens.txt\n"
      "Ctrl-C stops it cleanly; a second Ctrl-C at once.");
  command->callback([=, &chosen] {
    chosen = [=](std::stop_token stop) {
      auto done = run(*options, stop);
      return done ? kDone : fail(done.error());
    };
  });
}

}  // namespace gemel::app
