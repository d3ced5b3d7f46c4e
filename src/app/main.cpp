// The program `gemel`: only the command line; what the subcommands do stands in the other files of
// this folder.

#include <string_view>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "fmu/own_process.hpp"

int main(int argc, char** argv) {
  using namespace gemel::app;
  // FMUs in processes of their own are served by this very program, started anew. Before anything
  // else: no thread, no handler of signals.
  if (argc == 3 && std::string_view(argv[1]) == "fmu" && std::string_view(argv[2]) == "serve")
    return gemel::fmu::serve_own_process();
  gemel::fmu::serve_own_processes_by({"/proc/self/exe", "fmu", "serve"});
  const Interruption interruption;

  CLI::App app{"Gemel: a live, rewindable twin of a plant in one program."};
  app.require_subcommand(1);
  app.footer(
      "Try:\n"
      "  gemel check twin.yaml                       is the twin file right?\n"
      "  gemel run twin.yaml                         run the twin; the page is on "
      "http://127.0.0.1:8080/\n"
      "  gemel rewind --history DIR --at 2026-01-31T08:30:00Z\n"
      "Each subcommand has --help with an example.");
  Chosen chosen;
  add_check(app, chosen);
  add_run(app, chosen);
  add_replay(app, chosen);
  add_train(app, chosen);
  add_evaluate(app, chosen);
  add_history(app, chosen);
  add_rewind(app, chosen);
  add_life(app, chosen);
  add_fmu(app, chosen);
  add_ssp(app, chosen);
  add_what_if(app, chosen);
  add_experiments(app, chosen);
  add_remote(app, chosen);
  add_version(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kMisused;
  }
  return chosen(interruption.token());
}
