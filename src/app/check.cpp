// gemel check, gemel version

#include <cstdio>

#include "app/commands.hpp"
#include "app/history_store.hpp"
#include "app/terminal.hpp"
#include "spec/spec.hpp"

namespace gemel::app {
namespace {

int check(const std::string& path) {
  const auto loaded = spec::load_file(path);
  const auto report = spec::report(loaded);
  const auto* good = std::get_if<spec::Loaded>(&loaded);
  if (!good) {
    std::fprintf(stderr, "%s", report.c_str());
    return kFailed;
  }
  std::fprintf(stderr, "%s", report.c_str());
  const auto& plant = *good->plant;
  std::printf("%s is right: plant %s, version %s\n", path.c_str(), plant.name.c_str(),
              plant.version.c_str());
  Table table({"what", "count"});
  const auto row = [&](const char* what, std::size_t count) {
    table.add({what, std::to_string(count)});
  };
  row("assets", plant.assets.size() - 1);
  row("signals", plant.signals.size());
  row("controls", plant.controls.size());
  row("connections", plant.connections.size());
  row("sources", plant.sources.size());
  row("detectors and rules", plant.detectors.size());
  row("simulators", plant.simulators.size());
  row("decisions", plant.decisions.size());
  std::printf("%s%s", table.to_text().c_str(), promise_of(plant.history).c_str());
  return kDone;
}

}  // namespace

void add_check(CLI::App& app, Chosen& chosen) {
  auto* command = app.add_subcommand("check", "Check a twin file and explain every mistake.");
  auto path = std::make_shared<std::string>();
  auto schema = std::make_shared<bool>(false);
  command->add_option("twin", *path, "The twin file.");
  command->add_flag("--schema", *schema,
                    "Print the JSON Schema of twin files, for editors, instead.");
  command->footer("Example:\n  gemel check examples/pump_station/twin.yaml");
  command->callback([=, &chosen] {
    chosen = [=](std::stop_token) {
      if (*schema) {
        std::printf("%s", spec::json_schema().c_str());
        return kDone;
      }
      if (path->empty()) {
        std::fprintf(stderr, "gemel: name a twin file: gemel check twin.yaml\n");
        return kMisused;
      }
      return check(*path);
    };
  });
}

void add_version(CLI::App& app, Chosen& chosen) {
  auto* command = app.add_subcommand("version", "Print the program's version.");
  command->footer("Example:\n  gemel version");
  command->callback([&chosen] {
    chosen = [](std::stop_token) {
      std::printf("gemel %s\n", GEMEL_VERSION);
      return kDone;
    };
  });
}

}  // namespace gemel::app
