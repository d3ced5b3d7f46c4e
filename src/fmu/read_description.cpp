// The head of a model description; variables and structure stand in detail/.

#include "fmu/detail/read_description.hpp"

#include <algorithm>
#include <cctype>

#include "fmu/description.hpp"

namespace gemel::fmu {
namespace {

/// A binary is called so, and a folder is searched for it: a path has no place here.
bool is_identifier(std::string_view name) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  return !name.empty() && name.size() <= 255 && std::all_of(name.begin(), name.end(), plain);
}

/// Both versions' words for one thing, the newer one first.
bool either(xml::Document& xml, xml::Element node, const char* now, const char* once) {
  return xml.flag(node, now, false) || xml.flag(node, once, false);
}

Capabilities read_capabilities(xml::Document& xml, xml::Element node, int major) {
  Capabilities can;
  can.model_identifier = xml.required(node, "modelIdentifier");
  if (xml.ok() && !is_identifier(can.model_identifier)) {
    xml.fail(node, "modelIdentifier=\"" + can.model_identifier.substr(0, 80) +
                       "\" is no name of the language C; letters, digits and _ only");
  }
  can.needs_execution_tool = xml.flag(node, "needsExecutionTool", false);
  can.once_per_process = xml.flag(node, "canBeInstantiatedOnlyOncePerProcess", false);
  // Some tools write the names of 2.0 into files of 3.0.
  can.state = either(xml, node, "canGetAndSetFMUState", "canGetAndSetFMUstate");
  can.serialise = either(xml, node, "canSerializeFMUState", "canSerializeFMUstate");
  can.directional_derivatives =
      either(xml, node, "providesDirectionalDerivatives", "providesDirectionalDerivative");
  can.variable_step = xml.flag(node, "canHandleVariableCommunicationStepSize", false);
  can.event_mode = major == 3 && xml.flag(node, "hasEventMode", false);
  can.intermediate_update = major == 3 && xml.flag(node, "providesIntermediateUpdate", false);
  can.early_return = major == 3 && xml.flag(node, "canReturnEarlyAfterIntermediateUpdate", false);
  can.completed_step = major == 3 ? xml.flag(node, "needsCompletedIntegratorStep", true)
                                  : !xml.flag(node, "completedIntegratorStepNotNeeded", false);
  can.fixed_step_s = xml.number(node, "fixedInternalStepSize");
  return can;
}

DefaultExperiment read_experiment(xml::Document& xml, xml::Element node) {
  DefaultExperiment experiment{xml.number(node, "startTime"), xml.number(node, "stopTime"),
                               xml.number(node, "tolerance"), xml.number(node, "stepSize")};
  if (experiment.step_s && !(*experiment.step_s > 0.0)) experiment.step_s.reset();
  if (experiment.tolerance && !(*experiment.tolerance > 0.0)) experiment.tolerance.reset();
  if (experiment.start_s && experiment.stop_s && *experiment.stop_s < *experiment.start_s)
    xml.fail(node, "stopTime is before startTime; export the FMU with a later one");
  return experiment;
}

std::vector<Unit> read_units(xml::Document& xml, xml::Element definitions) {
  std::vector<Unit> units;
  for (const auto node : definitions.children("Unit")) {
    Unit unit;
    unit.name = xml.text(node, "name");
    if (const auto base = node.child("BaseUnit")) {
      unit.factor = xml.number(base, "factor").value_or(1.0);
      unit.offset = xml.number(base, "offset").value_or(0.0);
      static constexpr std::array<const char*, 8> kBase{"kg", "m",   "s",  "A",
                                                        "K",  "mol", "cd", "rad"};
      for (std::size_t i = 0; i < kBase.size(); ++i)
        unit.exponents[i] = xml.integer(base, kBase[i]);
    }
    units.push_back(std::move(unit));
  }
  return units;
}

void read_head(xml::Document& xml, ModelDescription& into) {
  const auto root = xml.root();
  if (root.name() != "fmiModelDescription")
    return xml.fail(root, "the outermost element must be <fmiModelDescription>");
  into.fmi_version = xml.required(root, "fmiVersion");
  if (into.fmi_version == "2.0") {
    into.major = 2;
  } else if (into.fmi_version.starts_with("3.")) {
    into.major = 3;
  } else {
    return xml.fail(root,
                    "fmiVersion=\"" + into.fmi_version.substr(0, 80) +
                        "\"; FMI 2.0 and 3.0 are read: export the FMU as one of these",
                    ErrorCode::Unsupported);
  }
  into.model_name = xml.required(root, "modelName");
  into.token = xml.required(root, into.major == 2 ? "guid" : "instantiationToken");
  into.description = xml.text(root, "description");
  into.generation_tool = xml.text(root, "generationTool");
  into.generated_at = xml.text(root, "generationDateAndTime");
  into.version = xml.text(root, "version");
  into.author = xml.text(root, "author");
  into.copyright = xml.text(root, "copyright");
  into.licence = xml.text(root, "license");
  if (const auto node = root.child("CoSimulation"))
    into.co_simulation = read_capabilities(xml, node, into.major);
  if (const auto node = root.child("ModelExchange"))
    into.model_exchange = read_capabilities(xml, node, into.major);
  into.scheduled_execution = static_cast<bool>(root.child("ScheduledExecution"));
  if (!into.co_simulation && !into.model_exchange && !into.scheduled_execution)
    xml.fail(root, "neither <CoSimulation> nor <ModelExchange>: there is nothing to run");
  into.experiment = read_experiment(xml, root.child("DefaultExperiment"));
  into.units = read_units(xml, root.child("UnitDefinitions"));
  for (const auto node : root.child("LogCategories").children("Category"))
    into.log_categories.push_back(xml.text(node, "name"));
  into.structure.event_indicator_count =
      xml.whole(root, "numberOfEventIndicators", 1'000'000).value_or(0);
}

}  // namespace

Result<ModelDescription> read_description(std::string_view text, std::string_view name) {
  xml::Document xml(text, name);
  ModelDescription description;
  if (xml.ok()) read_head(xml, description);
  if (xml.ok()) detail::read_variables(xml, detail::read_types(xml, description), description);
  if (xml.ok()) detail::read_structure(xml, description);
  if (xml.ok()) detail::check_references(xml, description);
  if (!xml.ok()) return xml.error();
  return description;
}

}  // namespace gemel::fmu
