// Connections and decisions.

#include <algorithm>

#include <fmt/format.h>

#include "spec/detail/characters.hpp"
#include "spec/detail/draft.hpp"
#include "spec/detail/fields.hpp"

namespace gemel::spec {
namespace {

/// The asset that `path` names, with or without a port behind it. The path comes back whole.
AssetId end_of_connection(Draft& draft, const Node* node, std::string& whole) {
  if (node == nullptr) return {};
  std::string_view rest = node->text;
  auto found = draft.plant.find_asset(rest);
  std::string port;
  if (const auto dot = rest.rfind('.'); !found && dot != std::string_view::npos) {
    if (const auto with_port = draft.plant.find_asset(rest.substr(0, dot))) {
      found = with_port;
      port = std::string(rest.substr(dot));
    }
  }
  if (!found) {
    draft.problems.error(node->at, found.error().message);
    return {};
  }
  whole = draft.plant.asset(*found).path + port;
  return *found;
}

DecisionSpec read_decision(Draft& draft, const Node::Entry& entry) {
  const Fields fields(*entry.value);
  DecisionSpec decision;
  decision.name = entry.key;
  decision.description = fields.text("description");
  decision.maximise = fields.find("maximise") != nullptr;
  decision.objective = fields.text(decision.maximise ? "maximise" : "minimise");
  if ((fields.find("minimise") != nullptr) == decision.maximise) {
    draft.problems.error(entry.at,
                         fmt::format("decision '{}' needs either 'minimise' or 'maximise', such as "
                                     "'minimise: energy_per_volume'",
                                     shown(entry.key)));
  }
  for (const Node* item : fields.items("by")) {
    const ControlId id = draft.control_of(AssetId{0}, *item);
    if (!id.valid()) continue;
    if (std::find(decision.by.begin(), decision.by.end(), id) != decision.by.end()) {
      draft.problems.error(item->at, fmt::format("'{}' stands here twice", shown(item->text)));
    } else {
      decision.by.push_back(id);
    }
  }
  for (const Node* item : fields.items("subject_to")) {
    if (auto condition = draft.condition_of(AssetId{0}, *item))
      decision.subject_to.push_back(std::move(*condition));
  }
  if (draft.plant.simulators.empty()) {
    draft.problems.error(
        entry.at,
        fmt::format("decision '{}' has no simulator to ask; declare one under 'simulators'",
                    shown(entry.key)));
  } else if (const auto index = draft.plant.find_simulator(fields.text("simulator"))) {
    decision.simulator = *index;
  } else {
    const Node* named = fields.find("simulator");
    draft.problems.error(named != nullptr ? named->at : entry.at,
                         fmt::format("decision '{}': {}", shown(entry.key), index.error().message));
  }
  decision.autonomy = fields.autonomy(decision.autonomy);
  decision.horizon = fields.duration("horizon", decision.horizon);
  decision.every = fields.duration("every", decision.every);
  decision.expiry = fields.duration("expiry", decision.expiry);
  return decision;
}

}  // namespace

void build_connections(Draft& draft, const Node& twin) {
  for (const Node* node : Fields(twin).items("connections")) {
    if (!node->is_table() || !draft.take_part(node->at)) continue;
    const Fields fields(*node);
    Connection connection;
    connection.from_asset = end_of_connection(draft, fields.find_text("from"), connection.from);
    connection.to_asset = end_of_connection(draft, fields.find_text("to"), connection.to);
    connection.kind = fields.text("kind");
    draft.plant.connections.push_back(std::move(connection));
  }
}

void build_decisions(Draft& draft, const Node& twin) {
  for (const auto& entry : Fields(twin).entries("decisions")) {
    if (entry.value == nullptr || !entry.value->is_table()) continue;
    draft.plant.decisions.push_back(read_decision(draft, entry));
  }
}

}  // namespace gemel::spec
