// gemel ssp info | run

#include <cstdio>
#include <memory>

#include "app/commands.hpp"
#include "app/csv_rows.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "ssp/feedthrough.hpp"
#include "ssp/run.hpp"

namespace gemel::app {
namespace {

struct SspOptions {
  std::string file, folder, variant = "SystemStructure.ssd", input, output;
  std::string exchange = "gauss-seidel";
  std::vector<std::string> set, variables;
  std::optional<double> start_s, stop_s, step_s, output_s, tolerance, error;
  std::size_t order = 2;
  int corrections = 0;
  double step_min_s = 1e-9, step_max_s = 0.0, loop_tolerance = 1e-9, patience_s = 30.0;
  bool hold_discrete = false, own_process = false, logging = false;
};

Result<ssp::CoupledSystem> coupled(const SspOptions& options) {
  ssp::LoadOptions load;
  load.variant = options.variant;
  if (!options.folder.empty()) load.folder = options.folder;
  GEMEL_ASSIGN(const auto package, ssp::load(options.file, load));
  GEMEL_ASSIGN(auto system, ssp::couple(package));
  for (const auto& note : system.notes) std::fprintf(stderr, "note: %s\n", note.c_str());
  return system;
}

std::string name_of(const ssp::CoupledSystem& system, std::size_t component,
                    const fmu::Variable& variable) {
  return system.components[component].name + "." + variable.name;
}

std::string transformation_text(const ssp::Linear& linear) {
  if (linear == ssp::Linear{}) return "";
  return "times " + text::rounded(linear.factor, 6) + " plus " + text::rounded(linear.offset, 6);
}

void print_components(const ssp::CoupledSystem& system) {
  Table table({"component", "FMU", "FMI", "step", "state", "derivatives", "start values"});
  for (const auto& each : system.components) {
    const auto& description = each.fmu->description();
    const auto& can = *description.co_simulation;
    std::string starts;
    for (const auto& [name, value] : each.start_values)
      starts += (starts.empty() ? "" : ", ") + name + "=" + value;
    table.add({each.name, description.model_name, description.fmi_version,
               can.variable_step ? "any" : "one size", can.state ? "saved" : "-",
               can.directional_derivatives ? "yes" : "-", starts});
  }
  std::printf("\n%s", table.to_text().c_str());
}

void print_connections(const ssp::CoupledSystem& system) {
  Table table({"input", "takes", "changed by"});
  for (const auto& input : system.inputs) {
    const auto from = input.external ? "outside: " + system.external[input.source].name
                                     : name_of(system, system.sources[input.source].component,
                                               *system.sources[input.source].variable);
    table.add({name_of(system, input.component, *input.variable), from,
               transformation_text(input.transformation)});
  }
  for (const auto& output : system.outputs) {
    table.add({"outside: " + output.name, name_of(system, output.of.component, *output.of.variable),
               transformation_text(output.transformation)});
  }
  if (!table.empty()) std::printf("\n%s", table.to_text().c_str());
}

void print_loops(const ssp::CoupledSystem& system) {
  for (const auto& group : ssp::feedthrough_of(system).groups) {
    if (!group.loop) continue;
    std::string names;
    for (const auto i : group.inputs) {
      names += (names.empty() ? "" : ", ") +
               name_of(system, system.inputs[i].component, *system.inputs[i].variable);
    }
    std::printf("may be an algebraic loop, for the FMUs don't say otherwise: %s\n", names.c_str());
  }
}

Result<void> info(const SspOptions& options) {
  GEMEL_ASSIGN(const auto system, coupled(options));
  std::printf("%s, a system of %zu FMUs\n", system.name.c_str(), system.components.size());
  const auto given = [](const std::optional<double>& value) {
    return value ? text::number(*value) : std::string("-");
  };
  std::printf("default experiment  start %s s, stop %s s\n", given(system.start_s).c_str(),
              given(system.stop_s).c_str());
  print_components(system);
  print_connections(system);
  print_loops(system);
  return {};
}

Result<ssp::RunOptions> run_options(const SspOptions& options) {
  ssp::RunOptions run;
  run.start_s = options.start_s;
  run.stop_s = options.stop_s;
  run.step_s = options.step_s;
  run.output_s = options.output_s;
  run.outputs = options.variables;
  auto& master = run.master;
  master.exchange =
      options.exchange == "jacobi" ? ssp::Exchange::Jacobi : ssp::Exchange::GaussSeidel;
  master.order = options.order;
  master.corrections = options.corrections;
  master.hold_discrete = options.hold_discrete;
  master.tolerance = options.tolerance;
  master.error = options.error;
  master.step_min_s = options.step_min_s;
  master.step_max_s = options.step_max_s;
  master.loop_tolerance = options.loop_tolerance;
  master.logging = options.logging;
  master.own_process = options.own_process;
  master.patience =
      std::chrono::milliseconds(static_cast<std::int64_t>(1000.0 * options.patience_s));
  GEMEL_ASSIGN(master.start_values, start_values_of(options.set));
  return run;
}

void print_summary(const SspOptions& options, const ssp::RunSummary& summary) {
  for (const auto& note : summary.notes) std::fprintf(stderr, "note: %s\n", note.c_str());
  for (const auto& [component, message] : summary.log) {
    if (options.logging || message.status > 0)
      std::fprintf(stderr, "%s: %s: %s\n", component.c_str(), message.category.c_str(),
                   message.text.c_str());
  }
  const auto& counts = summary.counts;
  std::fprintf(stderr, "%llu rows to t = %s s, %llu steps, %llu taken back, %llu of FMUs%s%s\n",
               static_cast<unsigned long long>(summary.rows),
               text::rounded(summary.ended_at_s, 10).c_str(),
               static_cast<unsigned long long>(counts.steps),
               static_cast<unsigned long long>(counts.rejected),
               static_cast<unsigned long long>(counts.component_steps),
               summary.by_fmu ? "; an FMU asked for the end" : "",
               summary.cancelled ? "; stopped on request" : "");
}

Result<void> run(const SspOptions& options, std::stop_token stop) {
  GEMEL_ASSIGN(auto wanted, run_options(options));
  GEMEL_ASSIGN(const auto system, coupled(options));
  std::optional<fmu::InputTable> inputs;
  if (!options.input.empty()) {
    GEMEL_ASSIGN(inputs, fmu::InputTable::read(options.input, ssp::external_description(system)));
    wanted.master.inputs = &*inputs;
  }
  GEMEL_ASSIGN(auto rows, CsvRows::open(options.output));
  ProgressLine progress("running " + system.name);
  wanted.progress = [&](double done) { progress.show(done, "Ctrl-C keeps the rows so far"); };
  GEMEL_ASSIGN(const auto summary, ssp::run(system, wanted, rows, std::move(stop)));
  GEMEL_TRY(rows.close());
  print_summary(options, summary);
  return {};
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

void add_file_options(CLI::App& sub, SspOptions& options) {
  sub.add_option("file", options.file, "An .ssp archive, or a SystemStructure.ssd.")->required();
  sub.add_option("--folder", options.folder,
                 "Of an .ssd: where its FMUs lie, if not where it says.");
  sub.add_option("--variant", options.variant, "Of an .ssp: which description in it.")
      ->capture_default_str();
}

void add_run_options(CLI::App& sub, SspOptions& options) {
  sub.add_option("--input", options.input,
                 "CSV file: time, then a column an input of the system or an open one of a "
                 "component.");
  sub.add_option("--output", options.output, "CSV file of the rows; without it, standard output.");
  sub.add_option("--start", options.start_s, "In seconds (default: as the description says).");
  sub.add_option("--stop", options.stop_s, "In seconds (default: as the description says).");
  sub.add_option("--step", options.step_s,
                 "Between communication points, in seconds (default: a 500th of the run).");
  sub.add_option("--interval", options.output_s, "Between rows, in seconds (default: the step).");
  sub.add_option("--exchange", options.exchange,
                 "jacobi: all step from what was; gauss-seidel: one after the other.")
      ->check(CLI::IsMember({"jacobi", "gauss-seidel"}))
      ->capture_default_str();
  sub.add_option("--extrapolation", options.order,
                 "Of inputs during a step: 0 held, 1 linear, 2 a parabola.")
      ->check(CLI::Range(0, 2))
      ->capture_default_str();
  sub.add_option("--corrections", options.corrections,
                 "Repeats of each step with what it came to, where FMUs save their state.")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  sub.add_flag("--hold-discrete", options.hold_discrete,
               "Don't extrapolate inputs that FMUs declare to be discrete.");
  sub.add_option(
      "--error", options.error,
      "Vary the step so that its error stays below this share of a value, such as 1e-4.");
  sub.add_option("--step-min", options.step_min_s, "Of a varied step, in seconds.")
      ->capture_default_str();
  sub.add_option("--step-max", options.step_max_s, "Of a varied step, in seconds; 0: any.")
      ->capture_default_str();
  sub.add_option("--loop-tolerance", options.loop_tolerance, "Relative, of algebraic loops.")
      ->capture_default_str();
  sub.add_option("--tolerance", options.tolerance, "Relative; told to the FMUs.");
  sub.add_option("--set", options.set, "Start values and parameters: component.name=value …")
      ->type_name("NAME=VALUE");
  sub.add_option("--variables", options.variables,
                 "What to record (default: the system's outputs and all of its components).")
      ->delimiter(',');
  sub.add_flag("--own-process", options.own_process,
               "Run each FMU in a process of its own: a crash or a hang is then an error only.");
  sub.add_option("--patience", options.patience_s, "Of a call in a process of its own, in seconds.")
      ->check(CLI::Range(0.001, 86'400.0))
      ->capture_default_str();
  sub.add_flag("--log", options.logging, "Print the FMUs' own messages.");
}

}  // namespace

void add_ssp(CLI::App& app, Chosen& chosen) {
  auto* ssp = app.add_subcommand("ssp", "Look at and run systems of FMUs (SSP 1.0).");
  ssp->require_subcommand(1);
  const auto options = std::make_shared<SspOptions>();

  auto* info_sub = ssp->add_subcommand("info", "What a system consists of, and who gives what.");
  add_file_options(*info_sub, *options);
  info_sub->footer(
      "Examples:\n"
      "  gemel ssp info crane.ssp\n"
      "  gemel ssp info SystemStructure.ssd --folder fmus");
  choose(*info_sub, chosen, [options](std::stop_token) { return info(*options); });

  auto* run_sub = ssp->add_subcommand("run", "Run a system and write what it gives as CSV.");
  add_file_options(*run_sub, *options);
  add_run_options(*run_sub, *options);
  run_sub->footer(
      "Examples:\n"
      "  gemel ssp run crane.ssp --stop 10 --step 1e-4 --interval 0.01 --output crane.csv\n"
      "  gemel ssp run crane.ssp --error 1e-4 --input joystick.csv --set boom.mass=2500\n"
      "  gemel ssp run SystemStructure.ssd --folder fmus --exchange jacobi --extrapolation 0");
  choose(*run_sub, chosen,
         [options](std::stop_token stop) { return run(*options, std::move(stop)); });
}

}  // namespace gemel::app
