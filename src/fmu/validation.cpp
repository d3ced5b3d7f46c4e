#include "fmu/validation.hpp"

#include <algorithm>
#include <set>

#include "fmu/fmu.hpp"
#include "fmu/run.hpp"

namespace gemel::fmu {
namespace {

bool is_parameter(const Variable& v) {
  return v.causality == Causality::Parameter || v.causality == Causality::CalculatedParameter ||
         v.causality == Causality::StructuralParameter;
}

bool is_float(const Variable& v) { return v.type == Type::Float64 || v.type == Type::Float32; }

class RuleCheck {
 public:
  explicit RuleCheck(const ModelDescription& description) : description_(description) {}

  std::vector<ValidationFinding> run() {
    for (const auto& variable : description_.variables) {
      check_variability(variable);
      check_start(variable);
      check_derivative(variable);
    }
    check_outputs();
    return std::move(findings_);
  }

 private:
  void warn(const Variable& variable, const std::string& what) {
    findings_.push_back({false, "modelDescription.xml:" + std::to_string(variable.line) + ": " +
                                    variable.name + ": " + what});
  }

  void check_variability(const Variable& v) {
    const bool fixed = v.variability == Variability::Fixed || v.variability == Variability::Tunable;
    if (is_parameter(v) && !fixed) {
      warn(v, "a " + std::string(to_string(v.causality)) + " must be fixed or tunable, not " +
                  std::string(to_string(v.variability)));
    }
    if ((v.causality == Causality::Input || v.causality == Causality::Independent) && fixed)
      warn(v, "an " + std::string(to_string(v.causality)) + " cannot be fixed");
    if (v.variability == Variability::Continuous && !is_float(v))
      warn(v, std::string(to_string(v.type)) + " cannot be continuous; make it discrete");
  }

  void check_start(const Variable& v) {
    const bool constant = v.variability == Variability::Constant;
    const bool given = v.initial == Initial::Exact || v.initial == Initial::Approx || constant ||
                       v.causality == Causality::Input || v.causality == Causality::Parameter;
    if (given && v.start.empty() && v.type != Type::Clock) warn(v, "a start value is missing");
    if (v.initial == Initial::Calculated && !v.start.empty())
      warn(v, "initial is calculated, so it has no start value");
    if (v.initial && (v.causality == Causality::Input || v.causality == Causality::Independent))
      warn(v, "an " + std::string(to_string(v.causality)) + " has no attribute initial");
  }

  void check_derivative(const Variable& v) {
    if (!v.derivative_of) return;
    const auto& list = description_.structure.derivatives;
    // FMI 2.0 tells an alias by its reference.
    const bool listed = std::any_of(list.begin(), list.end(), [&](const Unknown& each) {
      const auto& other = description_.variables[each.variable];
      return other.reference == v.reference && other.type == v.type;
    });
    if (!listed && description_.model_exchange)
      warn(v, "a derivative that the model structure does not list");
  }

  void check_outputs() {
    std::set<const Variable*> listed;
    for (const auto& each : description_.structure.outputs)
      listed.insert(&description_.variables[each.variable]);
    for (const Variable* each : description_.with(Causality::Output)) {
      if (!listed.contains(each) && each->type != Type::Clock)
        warn(*each, "an output that the model structure does not list");
    }
  }

  const ModelDescription& description_;
  std::vector<ValidationFinding> findings_;
};

class Discarded final : public RowSink {
 public:
  Result<void> columns(std::span<const std::string> /*names*/) override { return {}; }
  Result<void> row(double /*time_s*/, std::span<const double> /*values*/) override { return {}; }
};

void try_out(const Fmu& fmu, Interface kind, std::vector<ValidationFinding>& findings) {
  const auto& experiment = fmu.description().experiment;
  RunOptions options;
  options.kind = kind;
  options.own_process = true;
  options.start_s = experiment.start_s.value_or(0.0);
  const double step = experiment.step_s.value_or(
      (experiment.stop_s.value_or(*options.start_s + 1.0) - *options.start_s) / 500.0);
  options.step_s = step > 0.0 ? step : 0.002;
  options.stop_s = *options.start_s + *options.step_s;
  Discarded rows;
  const auto summary = run(fmu, options, rows);
  if (!summary)
    findings.push_back({true, std::string(to_string(kind)) + ": " + summary.error().message});
}

}  // namespace

std::vector<ValidationFinding> check_rules(const ModelDescription& description) {
  return RuleCheck(description).run();
}

std::vector<ValidationFinding> validate(const std::filesystem::path& file) {
  const auto fmu = Fmu::load(file);
  if (!fmu) return {{true, fmu.error().message}};
  const auto& description = (*fmu)->description();
  auto findings = check_rules(description);
  if (description.scheduled_execution && !description.co_simulation && !description.model_exchange)
    findings.push_back({true, "only scheduled execution is offered, which Gemel does not run"});
  if (description.co_simulation) try_out(**fmu, Interface::CoSimulation, findings);
  if (description.model_exchange) try_out(**fmu, Interface::ModelExchange, findings);
  return findings;
}

}  // namespace gemel::fmu
