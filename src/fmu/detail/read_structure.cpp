#include <limits>
#include <map>

#include "fmu/detail/read_description.hpp"

namespace gemel::fmu::detail {
namespace {

class StructureReader {
 public:
  StructureReader(xml::Document& xml, ModelDescription& into) : xml_(xml), into_(into) {
    for (std::size_t i = 0; i < into.variables.size(); ++i)
      known_.emplace(into.variables[i].reference, i);
  }

  void read() {
    auto& structure = into_.structure;
    const auto root = xml_.root().child("ModelStructure");
    if (!root) return xml_.fail(xml_.root(), "<ModelStructure> is missing");
    if (into_.major == 2) {
      resolve_derivatives();
      list(root.child("Outputs"), "Unknown", structure.outputs);
      list(root.child("Derivatives"), "Unknown", structure.derivatives);
      list(root.child("InitialUnknowns"), "Unknown", structure.initial_unknowns);
    } else {
      list(root, "Output", structure.outputs);
      list(root, "ContinuousStateDerivative", structure.derivatives);
      list(root, "InitialUnknown", structure.initial_unknowns);
      std::vector<Unknown> indicators;
      list(root, "EventIndicator", indicators);
      for (const auto& each : indicators) structure.event_indicators.push_back(each.reference);
      structure.event_indicator_count = indicators.size();
    }
  }

 private:
  void resolve_derivatives() {
    for (auto& variable : into_.variables) {
      if (!variable.derivative_of) continue;
      const auto index = *variable.derivative_of;
      const auto state = resolve(index);
      if (state) {
        variable.derivative_of = into_.variables[*state].reference;
      } else {
        xml_.fail(xml_.root().child("ModelVariables"),
                  variable.name.substr(0, 80) + ": derivative=\"" + std::to_string(index) +
                      "\" is no place in the list of variables (1 to " +
                      std::to_string(into_.variables.size()) + ")");
      }
    }
  }

  void list(xml::Element parent, const char* element, std::vector<Unknown>& into) {
    for (const auto node : parent.children(element)) {
      if (!xml_.ok()) return;
      Unknown unknown;
      const char* attribute = into_.major == 2 ? "index" : "valueReference";
      const auto number = xml_.whole(node, attribute, std::numeric_limits<ValueReference>::max());
      if (!number) return xml_.fail(node, std::string("attribute ") + attribute + " is missing");
      const auto variable = resolve(*number);
      if (!variable) {
        return xml_.fail(node, std::string(attribute) + "=\"" + std::to_string(*number) +
                                   "\" is no variable of this file");
      }
      unknown.variable = *variable;
      unknown.reference = into_.variables[*variable].reference;
      if (const auto known = xml_.references(node, "dependencies")) {
        unknown.dependencies.emplace();
        for (const auto each : *known) {
          const auto dependency = resolve(each);
          // Some tools write 0 for "time" or for nothing; what is unknown is no dependency.
          if (dependency) unknown.dependencies->push_back(into_.variables[*dependency].reference);
        }
      }
      into.push_back(std::move(unknown));
    }
  }

  /// A place in the list of variables. FMI 2.0 refers to them by it, counted from one; FMI 3.0 by
  /// their references.
  std::optional<std::size_t> resolve(std::uint64_t number) const {
    if (into_.major == 2) {
      if (number == 0 || number > into_.variables.size()) return std::nullopt;
      return static_cast<std::size_t>(number - 1);
    }
    const auto found = known_.find(static_cast<ValueReference>(number));
    return found == known_.end() ? std::nullopt : std::optional(found->second);
  }

  xml::Document& xml_;
  ModelDescription& into_;
  std::map<ValueReference, std::size_t> known_;
};

}  // namespace

void read_structure(xml::Document& xml, ModelDescription& into) {
  StructureReader(xml, into).read();
}

}  // namespace gemel::fmu::detail
