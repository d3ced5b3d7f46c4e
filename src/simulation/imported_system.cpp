// A system of FMUs (SSP) as a model that a simulator runs.

#include <algorithm>
#include <deque>

#include "base/text.hpp"
#include "simulation/fmu_binding.hpp"
#include "simulation/imported_model.hpp"
#include "ssp/package.hpp"
#include "ssp/run.hpp"

namespace gemel::simulation {
namespace {

class ImportedSystem final : public ImportedModel {
 public:
  ImportedSystem(ssp::CoupledSystem system, std::string file)
      : system_(std::move(system)), external_(ssp::external_description(system_)) {
    if (system_.name.empty()) system_.name = std::move(file);
    add_connectors();
    for (std::size_t c = 0; c < system_.components.size(); ++c) add_component(c);
  }

  Result<const Quantity*> find(const std::string& name) const override {
    const auto found = std::ranges::find(quantities_, name, &Quantity::name);
    if (found != quantities_.end()) return &*found;
    std::vector<std::string> names;
    for (const auto& each : quantities_) names.push_back(each.name);
    return Error{ErrorCode::NotFound, "the system " + system_.name + " has no number '" + name +
                                          "'" + text::did_you_mean(name, names) +
                                          "; write component.variable, or a connector's name"};
  }

  const std::string& name() const override { return system_.name; }
  /// By what it is made of: an .ssp has no token of its own.
  std::string version() const override {
    std::string version = "ssp-" + system_.name;
    for (const auto& component : system_.components)
      version += "-" + component.fmu->description().token;
    return version;
  }
  std::string summary() const override {
    return system_.name + ", a system of " + std::to_string(system_.components.size()) + " FMUs";
  }
  bool one_at_a_time() const override {
    return std::ranges::any_of(system_.components, [](const auto& component) {
      return component.fmu->description().co_simulation->once_per_process;
    });
  }

  Result<std::vector<double>> run(const Experiment& experiment) const override {
    const double from = system_.start_s.value_or(0.0);
    ssp::RunOptions options;
    options.start_s = from;
    options.stop_s = from + experiment.horizon_s;
    options.output_s = experiment.output_s;
    if (experiment.step_s > 0.0) options.step_s = experiment.step_s;
    options.master.own_process = experiment.own_process;
    for (const auto* each : experiment.outputs) options.outputs.push_back(each->name);
    // Inputs have no start values: they are given, all the way.
    auto given = experiment;
    if (given.turns_s.empty()) given.turns_s = {0.0};
    for (const auto& [quantity, value] : experiment.start) {
      if (quantity->variable->causality != fmu::Causality::Input) {
        options.master.start_values.emplace_back(quantity->name,
                                                 written(*quantity->variable, value));
      } else if (std::ranges::find(given.courses, quantity, &Course::input) ==
                 given.courses.end()) {
        given.courses.push_back({quantity, std::vector(given.turns_s.size(), value)});
      }
    }
    std::optional<fmu::InputTable> inputs;
    if (!given.courses.empty()) {
      GEMEL_ASSIGN(
          inputs, fmu::InputTable::parse(detail::table_of(given, from), "the scenario", external_));
      options.master.inputs = &*inputs;
    }
    fmu::Recording recording;
    GEMEL_ASSIGN(const auto summary, ssp::run(system_, options, recording));
    if (summary.by_fmu) return detail::ended_early(name(), summary.ended_at_s - from);
    return std::move(recording.values);
  }

 private:
  /// What the system shows and takes by names of its own. Its connectors' units are the system's
  /// business: numbers are taken as the twin's.
  void add_connectors() {
    for (const auto& output : system_.outputs) {
      auto& variable = own_.emplace_back();
      variable.name = output.name;
      variable.causality = fmu::Causality::Output;
      quantities_.push_back({output.name, &variable, &external_, false, true, 0.0});
    }
    for (std::size_t e = 0; e < system_.external.size(); ++e) {
      const auto& external = system_.external[e];
      if (is_component_input(external.name)) continue;
      auto& variable = own_.emplace_back();
      variable.name = external.name;
      variable.type = external.type;
      variable.causality = fmu::Causality::Input;
      quantities_.push_back(
          {external.name, &variable, &external_, true, false, start_of_external(e)});
    }
  }

  bool is_component_input(const std::string& name) const {
    return std::ranges::any_of(system_.inputs, [&](const auto& input) {
      return input.external &&
             system_.components[input.component].name + "." + input.variable->name == name;
    });
  }

  /// As the first input that takes it has it.
  double start_of_external(std::size_t external) const {
    for (const auto& input : system_.inputs) {
      if (!input.external || input.source != external || input.transformation.factor == 0.0)
        continue;
      const double own = start_in(input.component, *input.variable);
      return (own - input.transformation.offset) / input.transformation.factor;
    }
    return 0.0;
  }

  /// As the system's parameter bindings say, or else the FMU.
  double start_in(std::size_t c, const fmu::Variable& variable) const {
    double start = start_of(variable);
    for (const auto& [name, value] : system_.components[c].start_values) {
      if (name == variable.name) text::parse_number(value, start);
    }
    return start;
  }

  void add_component(std::size_t c) {
    const auto& component = system_.components[c];
    const auto& description = component.fmu->description();
    for (const auto& variable : description.variables) {
      if (!is_number(variable)) continue;
      const auto name = component.name + "." + variable.name;
      bool given_within = false;
      for (const auto& input : system_.inputs) {
        if (input.component != c || input.variable != &variable) continue;
        given_within = !input.external || system_.external[input.source].name != name;
      }
      const bool shown = variable.causality == fmu::Causality::Output && system_.outputs.empty();
      quantities_.push_back({name, &variable, &description,
                             simulation::may_be_set(variable) && !given_within, shown,
                             start_in(c, variable)});
    }
  }

  ssp::CoupledSystem system_;
  fmu::ModelDescription external_;
  std::deque<fmu::Variable> own_;  // of connectors; their places stay
};

}  // namespace

Result<std::shared_ptr<const ImportedModel>> open_system(const std::filesystem::path& file) {
  GEMEL_ASSIGN(const auto package, ssp::load(file));
  GEMEL_ASSIGN(auto system, ssp::couple(package));
  return std::shared_ptr<const ImportedModel>(
      std::make_shared<const ImportedSystem>(std::move(system), file.filename().string()));
}

}  // namespace gemel::simulation
