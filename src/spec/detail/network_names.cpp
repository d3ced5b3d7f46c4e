#include "spec/detail/network_names.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"

namespace gemel::spec {

const NetworkNames::Quantity* NetworkNames::find_in(const std::vector<Quantity>& list,
                                                    const std::string& name) {
  const auto found = std::ranges::find(list, name, &Quantity::name);
  return found == list.end() ? nullptr : &*found;
}

const NetworkNames::Quantity* NetworkNames::adjustable(const Node::Entry& entry) {
  const auto lists = {&network_.states(), &network_.inputs(), &network_.parameters()};
  for (const auto* list : lists) {
    if (const Quantity* found = find_in(*list, entry.key)) return found;
  }
  no_such(entry, "state, input or parameter", lists);
  return nullptr;
}

void NetworkNames::no_such(const Node::Entry& entry, std::string_view what,
                           std::initializer_list<const std::vector<Quantity>*> lists) {
  std::vector<std::string> names;
  for (const auto* list : lists) {
    for (const auto& each : *list) names.push_back(each.name);
  }
  draft_.problems.error(entry.at,
                        fmt::format("these equations have no {} '{}'{}", what, shown(entry.key),
                                    text::did_you_mean(entry.key, names)));
}

const KnownUnit* NetworkNames::si_unit(std::string_view symbol, Location at) {
  const auto unit = draft_.units.read(symbol);
  if (unit) return *unit;
  draft_.problems.error(at, unit.error().message);
  return nullptr;
}

bool NetworkNames::fits(const KnownUnit& twin, const Quantity& quantity, const Node& node) {
  const KnownUnit* own = si_unit(quantity.unit, node.at);
  if (own == nullptr) return false;
  const auto way = conversion(twin, *own);
  if (way) return true;
  draft_.problems.error(node.at, fmt::format("'{}': {}", quantity.name, way.error().message));
  return false;
}

}  // namespace gemel::spec
