#include "ssp/feedthrough.hpp"

#include <algorithm>
#include <limits>

namespace gemel::ssp {
namespace {

constexpr auto kNone = std::numeric_limits<std::size_t>::max();

bool depends(const fmu::ModelDescription& description, const fmu::Variable& output,
             const fmu::Variable& input) {
  for (const auto& each : description.structure.outputs) {
    if (&description.variables[each.variable] != &output) continue;
    return !each.dependencies || std::find(each.dependencies->begin(), each.dependencies->end(),
                                           input.reference) != each.dependencies->end();
  }
  // A local variable, of which nothing is said.
  return output.causality != fmu::Causality::CalculatedParameter &&
         output.causality != fmu::Causality::Parameter;
}

/// Strongly connected parts of a graph, each after those that it depends on. Without recursion:
/// a chain may be as long as the system.
class Parts {
 public:
  explicit Parts(const std::vector<std::vector<std::size_t>>& needs)
      : needs_(needs), index_(needs.size(), kNone), low_(needs.size()), on_(needs.size()) {}

  std::vector<std::vector<std::size_t>> find() {
    for (std::size_t i = 0; i < needs_.size(); ++i) {
      if (index_[i] == kNone) visit(i);
    }
    return std::move(parts_);
  }

 private:
  struct Visit {
    std::size_t node, next;
  };

  void open(std::size_t node) {
    index_[node] = low_[node] = counter_++;
    stack_.push_back(node);
    on_[node] = true;
    visits_.push_back({node, 0});
  }

  void visit(std::size_t first) {
    open(first);
    while (!visits_.empty()) {
      auto& [node, next] = visits_.back();
      if (next < needs_[node].size()) {
        const auto other = needs_[node][next++];
        if (index_[other] == kNone) {
          open(other);
        } else if (on_[other]) {
          low_[node] = std::min(low_[node], index_[other]);
        }
        continue;
      }
      close(node);
      const auto done = node;
      visits_.pop_back();
      if (!visits_.empty())
        low_[visits_.back().node] = std::min(low_[visits_.back().node], low_[done]);
    }
  }

  void close(std::size_t node) {
    if (low_[node] != index_[node]) return;
    auto& part = parts_.emplace_back();
    for (;;) {
      const auto each = stack_.back();
      stack_.pop_back();
      on_[each] = false;
      part.push_back(each);
      if (each == node) break;
    }
    std::sort(part.begin(), part.end());
  }

  const std::vector<std::vector<std::size_t>>& needs_;
  std::vector<std::size_t> index_, low_, stack_;
  std::vector<bool> on_;
  std::vector<Visit> visits_;
  std::vector<std::vector<std::size_t>> parts_;
  std::size_t counter_ = 0;
};

/// Components so that each comes after those that give it values, cycles cut in the file's order.
std::vector<std::size_t> component_order(const CoupledSystem& system) {
  std::vector<std::vector<std::size_t>> needs(system.components.size());
  for (const auto& input : system.inputs) {
    if (!input.external) needs[input.component].push_back(system.sources[input.source].component);
  }
  std::vector<std::size_t> order;
  for (const auto& part : Parts(needs).find()) order.insert(order.end(), part.begin(), part.end());
  return order;
}

}  // namespace

Feedthrough feedthrough_of(const CoupledSystem& system) {
  const auto inputs = system.inputs.size();
  std::vector<std::vector<std::size_t>> needs(inputs + system.sources.size());
  Feedthrough found;
  found.input_matters.assign(inputs, false);
  for (std::size_t i = 0; i < inputs; ++i) {
    if (!system.inputs[i].external) needs[i].push_back(inputs + system.inputs[i].source);
  }
  for (std::size_t s = 0; s < system.sources.size(); ++s) {
    const auto& source = system.sources[s];
    const auto& description = system.components[source.component].fmu->description();
    for (std::size_t i = 0; i < inputs; ++i) {
      if (system.inputs[i].component != source.component ||
          !depends(description, *source.variable, *system.inputs[i].variable))
        continue;
      needs[inputs + s].push_back(i);
      found.input_matters[i] = true;
    }
  }
  for (const auto& part : Parts(needs).find()) {
    Group group;
    group.loop = part.size() > 1;  // an input never depends on itself without a source between
    for (const auto node : part) {
      if (node < inputs) {
        group.inputs.push_back(node);
      } else {
        group.sources.push_back(node - inputs);
      }
    }
    found.groups.push_back(std::move(group));
  }
  found.components = component_order(system);
  return found;
}

}  // namespace gemel::ssp
