#pragma once
// Every subcommand: adds itself, its options and an example to the command line, and puts what it
// does into `chosen`.

#include <functional>
#include <stop_token>

#include <CLI/App.hpp>

namespace gemel::app {

/// What the chosen subcommand does; its exit status.
using Chosen = std::function<int(std::stop_token)>;

void add_check(CLI::App& app, Chosen& chosen);
void add_run(CLI::App& app, Chosen& chosen);
void add_replay(CLI::App& app, Chosen& chosen);
void add_train(CLI::App& app, Chosen& chosen);
void add_evaluate(CLI::App& app, Chosen& chosen);
void add_history(CLI::App& app, Chosen& chosen);
void add_rewind(CLI::App& app, Chosen& chosen);
void add_life(CLI::App& app, Chosen& chosen);
void add_fmu(CLI::App& app, Chosen& chosen);
void add_ssp(CLI::App& app, Chosen& chosen);
void add_what_if(CLI::App& app, Chosen& chosen);
void add_experiments(CLI::App& app, Chosen& chosen);
void add_remote(CLI::App& app, Chosen& chosen);  // status, recommendations
void add_version(CLI::App& app, Chosen& chosen);

}  // namespace gemel::app
