// A single FMU as a model that a simulator runs.

#include <algorithm>

#include "base/text.hpp"
#include "fmu/run.hpp"
#include "simulation/fmu_binding.hpp"
#include "simulation/imported_model.hpp"

namespace gemel::simulation {
namespace {

class ImportedFmu final : public ImportedModel {
 public:
  explicit ImportedFmu(std::shared_ptr<const fmu::Fmu> fmu) : fmu_(std::move(fmu)) {
    const auto& description = fmu_->description();
    for (const auto& variable : description.variables) {
      if (!is_number(variable)) continue;
      quantities_.push_back({variable.name, &variable, &description,
                             simulation::may_be_set(variable),
                             variable.causality == fmu::Causality::Output, start_of(variable)});
    }
  }

  Result<const Quantity*> find(const std::string& name) const override {
    GEMEL_ASSIGN(const auto found, FmuVariable::find(fmu_->description(), name, Unit{}));
    return &*std::ranges::find(quantities_, found.variable, &Quantity::variable);
  }

  const std::string& name() const override { return fmu_->description().model_name; }
  std::string version() const override { return "fmu-" + name() + "-" + fmu_->description().token; }
  std::string summary() const override {
    const auto& d = fmu_->description();
    return d.model_name + " of FMI " + d.fmi_version +
           (d.generation_tool.empty() ? "" : ", made by " + d.generation_tool);
  }
  bool one_at_a_time() const override {
    const auto& d = fmu_->description();
    const auto& can = d.co_simulation ? d.co_simulation : d.model_exchange;
    return can && can->once_per_process;
  }
  std::shared_ptr<const fmu::Fmu> single() const override { return fmu_; }

  Result<std::vector<double>> run(const Experiment& experiment) const override {
    fmu::RunOptions options;
    const double from = fmu_->description().experiment.start_s.value_or(0.0);
    options.kind = experiment.interface;
    options.start_s = from;
    options.stop_s = from + experiment.horizon_s;
    options.output_s = experiment.output_s;
    options.event_rows = false;
    options.own_process = experiment.own_process;
    options.states = experiment.states;
    if (experiment.step_s > 0.0) options.step_s = experiment.step_s;
    for (const auto& [quantity, value] : experiment.start)
      options.start_values.emplace_back(quantity->name, written(*quantity->variable, value));
    for (const auto* each : experiment.outputs) options.outputs.push_back(each->name);
    std::optional<fmu::InputTable> inputs;
    if (!experiment.courses.empty()) {
      GEMEL_ASSIGN(inputs, fmu::InputTable::parse(detail::table_of(experiment, from),
                                                  "the scenario", fmu_->description()));
      options.inputs = &*inputs;
    }
    fmu::Recording recording;
    GEMEL_ASSIGN(const auto summary, fmu::run(*fmu_, options, recording));
    if (summary.by_fmu) return detail::ended_early(name(), summary.ended_at_s - from);
    return std::move(recording.values);
  }

 private:
  const std::shared_ptr<const fmu::Fmu> fmu_;
};

/// In a table's header.
std::string quoted(const std::string& name) { return '"' + name + '"'; }

}  // namespace

std::string detail::table_of(const ImportedModel::Experiment& experiment, double start_s) {
  std::string table = "time";
  for (const auto& course : experiment.courses) table += "," + quoted(course.input->name);
  for (std::size_t i = 0; i < experiment.turns_s.size(); ++i) {
    table += "\n" + text::number(start_s + experiment.turns_s[i]);
    for (const auto& course : experiment.courses)
      table += "," + written(*course.input->variable, course.values[i]);
  }
  return table + "\n";
}

Error detail::ended_early(const std::string& model, double after_s) {
  return {ErrorCode::Unavailable,
          model + " ended its simulation by itself after " + text::rounded(after_s) + " s"};
}

Result<std::shared_ptr<const ImportedModel>> open_fmu(const std::filesystem::path& file) {
  GEMEL_ASSIGN(auto fmu, fmu::Fmu::load(file));
  return std::shared_ptr<const ImportedModel>(std::make_shared<const ImportedFmu>(std::move(fmu)));
}

}  // namespace gemel::simulation
