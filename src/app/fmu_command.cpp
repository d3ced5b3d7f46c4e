// gemel fmu info | run | validate

#include <cstdio>
#include <filesystem>
#include <memory>

#include "app/commands.hpp"
#include "app/csv_rows.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "fmu/fmu.hpp"
#include "fmu/run.hpp"
#include "fmu/validation.hpp"

namespace gemel::app {
namespace {

struct FmuOptions {
  std::string file, kind, input, output;
  std::vector<std::string> set, variables;
  std::optional<double> start_s, stop_s, step_s, output_s, tolerance;
  double patience_s = 30.0;
  bool all = false, own_process = false, logging = false, no_event_rows = false;
  bool inputs_at_middle = false, intermediate_inputs = false;
};

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const auto& each : parts) all += (all.empty() ? "" : ", ") + each;
  return all.empty() ? "none" : all;
}

std::string abilities(const fmu::Capabilities& can) {
  std::vector<std::string> parts;
  if (can.variable_step) parts.emplace_back("variable step");
  if (can.state) parts.emplace_back("state saved");
  if (can.serialise) parts.emplace_back("state as bytes");
  if (can.directional_derivatives) parts.emplace_back("directional derivatives");
  if (can.event_mode) parts.emplace_back("event mode");
  if (can.intermediate_update) parts.emplace_back("intermediate updates");
  if (can.once_per_process) parts.emplace_back("one instance a process");
  if (can.needs_execution_tool) parts.emplace_back("needs its tool");
  return parts.empty() ? "yes" : "yes: " + joined(parts);
}

std::string given(const std::optional<double>& value) {
  return value ? text::number(*value) : std::string("-");
}

std::string size_text(const fmu::ModelDescription& description, const fmu::Variable& variable) {
  std::string all;
  for (const auto side : description.shape_of(variable))
    all += (all.empty() ? "" : "x") + std::to_string(side);
  return all;
}

std::string start_text(const fmu::Variable& variable) {
  std::string all;
  for (const auto& each : variable.start) {
    all += (all.empty() ? "" : " ") + each;
    if (all.size() > 24) return all.substr(0, 24) + "…";
  }
  return all;
}

void print_variables(const fmu::ModelDescription& description, bool all) {
  Table table(
      {"variable", "type", "causality", "variability", "unit", "size", "start", "description"});
  std::size_t locals = 0;
  for (const auto& each : description.variables) {
    if (each.causality == fmu::Causality::Local && !all) {
      ++locals;
      continue;
    }
    table.add({each.name, std::string(to_string(each.type)), std::string(to_string(each.causality)),
               std::string(to_string(each.variability)), each.unit, size_text(description, each),
               start_text(each), each.description});
  }
  if (!table.empty()) std::printf("\n%s", table.to_text().c_str());
  if (locals > 0) std::printf("and %zu local variables; --all shows them\n", locals);
}

/// Systems have a command of their own.
Result<void> refuse_system(const FmuOptions& options, const char* verb) {
  const auto ending = std::filesystem::path(options.file).extension();
  if (ending != ".ssp" && ending != ".ssd") return {};
  return {ErrorCode::InvalidInput,
          options.file + " is a system of FMUs; use: gemel ssp " + verb + " " + options.file};
}

Result<void> info(const FmuOptions& options) {
  GEMEL_TRY(refuse_system(options, "info"));
  GEMEL_ASSIGN(const auto fmu, fmu::Fmu::load(options.file));
  const auto& d = fmu->description();
  const auto& e = d.experiment;
  std::printf("%s, FMI %s%s%s\n", d.model_name.c_str(), d.fmi_version.c_str(),
              d.generation_tool.empty() ? "" : ", by ", d.generation_tool.c_str());
  if (!d.description.empty()) std::printf("%s\n", d.description.c_str());
  std::printf("co-simulation       %s\n",
              d.co_simulation ? abilities(*d.co_simulation).c_str() : "no");
  std::printf("model exchange      %s\n",
              d.model_exchange ? abilities(*d.model_exchange).c_str() : "no");
  std::printf("libraries           %s\n", joined(fmu->platforms()).c_str());
  std::printf("default experiment  start %s s, stop %s s, step %s s, tolerance %s\n",
              given(e.start_s).c_str(), given(e.stop_s).c_str(), given(e.step_s).c_str(),
              given(e.tolerance).c_str());
  std::printf("structure           %zu outputs, %zu state derivatives, %zu event indicators\n",
              d.structure.outputs.size(), d.structure.derivatives.size(),
              d.structure.event_indicator_count);
  print_variables(d, options.all);
  return {};
}

Result<fmu::RunOptions> run_options(const FmuOptions& options) {
  fmu::RunOptions run;
  if (options.kind == "cs") run.kind = fmu::Interface::CoSimulation;
  if (options.kind == "me") run.kind = fmu::Interface::ModelExchange;
  run.start_s = options.start_s;
  run.stop_s = options.stop_s;
  run.step_s = options.step_s;
  run.output_s = options.output_s;
  run.tolerance = options.tolerance;
  run.outputs = options.variables;
  run.event_rows = !options.no_event_rows;
  run.inputs_at_middle = options.inputs_at_middle;
  run.intermediate_inputs = options.intermediate_inputs;
  run.logging = options.logging;
  run.own_process = options.own_process;
  run.patience = std::chrono::milliseconds(static_cast<std::int64_t>(1000.0 * options.patience_s));
  GEMEL_ASSIGN(run.start_values, start_values_of(options.set));
  return run;
}

Result<void> run(const FmuOptions& options, std::stop_token stop) {
  GEMEL_TRY(refuse_system(options, "run"));
  GEMEL_ASSIGN(const auto fmu, fmu::Fmu::load(options.file));
  GEMEL_ASSIGN(auto wanted, run_options(options));
  std::optional<fmu::InputTable> inputs;
  if (!options.input.empty()) {
    GEMEL_ASSIGN(inputs, fmu::InputTable::read(options.input, fmu->description()));
    wanted.inputs = &*inputs;
  }
  GEMEL_ASSIGN(auto rows, CsvRows::open(options.output));
  ProgressLine progress("running " + fmu->description().model_name);
  wanted.progress = [&](double done) { progress.show(done, "Ctrl-C keeps the rows so far"); };
  GEMEL_ASSIGN(const auto summary, fmu::run(*fmu, wanted, rows, std::move(stop)));
  GEMEL_TRY(rows.close());
  for (const auto& each : summary.log) {
    if (options.logging || each.status > 0)
      std::fprintf(stderr, "%s: %s\n", each.category.c_str(), each.text.c_str());
  }
  std::fprintf(
      stderr, "%llu rows to t = %s s, %llu events, %llu clock ticks%s%s%s\n",
      static_cast<unsigned long long>(summary.rows), text::rounded(summary.ended_at_s, 10).c_str(),
      static_cast<unsigned long long>(summary.events),
      static_cast<unsigned long long>(summary.clock_ticks),
      summary.output_clock_ticks == 0
          ? ""
          : (", " + std::to_string(summary.output_clock_ticks) + " of output clocks").c_str(),
      summary.by_fmu ? "; the FMU asked for the end" : "",
      summary.cancelled ? "; stopped on request" : "");
  return {};
}

Result<void> validate(const FmuOptions& options) {
  const auto findings = fmu::validate(options.file);
  std::size_t errors = 0;
  for (const auto& each : findings) {
    errors += each.error;
    std::printf("%s: %s\n", each.error ? "error" : "warning", each.what.c_str());
  }
  if (errors > 0) {
    return {ErrorCode::InvalidInput, options.file + ": " + std::to_string(errors) + " errors, " +
                                         std::to_string(findings.size() - errors) + " warnings"};
  }
  std::printf("%s runs here; %zu warnings\n", options.file.c_str(), findings.size());
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

void add_run_options(CLI::App& sub, FmuOptions& options) {
  sub.add_option("--interface", options.kind, "cs (co-simulation) or me (model exchange).")
      ->check(CLI::IsMember({"cs", "me"}));
  sub.add_option("--input", options.input, "CSV file: time, then a column an input.");
  sub.add_option("--output", options.output, "CSV file of the rows; without it, standard output.");
  sub.add_option("--start", options.start_s, "In seconds (default: as the FMU says).");
  sub.add_option("--stop", options.stop_s, "In seconds (default: as the FMU says).");
  sub.add_option("--step", options.step_s, "Communication step of co-simulation, in seconds.");
  sub.add_option("--interval", options.output_s, "Between rows, in seconds (default: the step).");
  sub.add_option("--tolerance", options.tolerance, "Relative, of the solver.");
  sub.add_option("--set", options.set, "Start values and parameters: name=value …")
      ->type_name("NAME=VALUE");
  sub.add_option("--variables", options.variables, "What to record (default: all outputs).")
      ->delimiter(',');
  sub.add_flag("--no-event-rows", options.no_event_rows,
               "Only rows on the grid, none before and after events.");
  sub.add_flag("--inputs-at-middle", options.inputs_at_middle,
               "Co-simulation: hold inputs at their value in the middle of a step, not its start.");
  sub.add_flag("--intermediate-inputs", options.intermediate_inputs,
               "Co-simulation of FMI 3.0: interpolate inputs inside a step where the FMU asks.");
  sub.add_flag("--own-process", options.own_process,
               "Run it in a process of its own: a crash or a hang is then an error only.");
  sub.add_option("--patience", options.patience_s, "Of a call in a process of its own, in seconds.")
      ->check(CLI::Range(0.001, 86'400.0))
      ->capture_default_str();
  sub.add_flag("--log", options.logging, "Print the FMU's own messages.");
}

}  // namespace

void add_fmu(CLI::App& app, Chosen& chosen) {
  auto* fmu = app.add_subcommand("fmu", "Look at, run and check FMUs (FMI 2.0 and 3.0).");
  fmu->require_subcommand(1);
  const auto options = std::make_shared<FmuOptions>();

  auto* info_sub = fmu->add_subcommand("info", "What an FMU is, and its variables.");
  info_sub->add_option("file", options->file, "The .fmu file.")->required();
  info_sub->add_flag("--all", options->all, "Local variables too.");
  info_sub->footer("Example:\n  gemel fmu info pump.fmu");
  choose(*info_sub, chosen, [options](std::stop_token) { return info(*options); });

  auto* run_sub = fmu->add_subcommand("run", "Run an FMU and write what it gives as CSV.");
  run_sub->add_option("file", options->file, "The .fmu file.")->required();
  add_run_options(*run_sub, *options);
  run_sub->footer(
      "Examples:\n"
      "  gemel fmu run pump.fmu --stop 60 --output pump.csv\n"
      "  gemel fmu run pump.fmu --input valve.csv --set impeller.diameter=0.21 --variables "
      "flow,power\n"
      "  gemel fmu run untrusted.fmu --own-process --patience 5");
  choose(*run_sub, chosen,
         [options](std::stop_token stop) { return run(*options, std::move(stop)); });

  auto* validate_sub = fmu->add_subcommand(
      "validate", "Check an FMU against the standard, and try a step in a process of its own.");
  validate_sub->add_option("file", options->file, "The .fmu file.")->required();
  validate_sub->footer("Example:\n  gemel fmu validate pump.fmu");
  choose(*validate_sub, chosen, [options](std::stop_token) { return validate(*options); });
}

}  // namespace gemel::app
