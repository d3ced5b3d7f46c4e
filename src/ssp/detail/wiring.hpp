#pragma once
// Connectors and connections of all levels of a system, as one graph.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ssp/coupled_system.hpp"
#include "ssp/structure.hpp"
#include "ssp/units.hpp"

namespace gemel::ssp::detail {

/// A connector, seen alike from inside and outside of its element.
struct Node {
  std::string path;  // of its element; empty: the outermost system
  const Connector* connector = nullptr;
  std::optional<std::size_t> component;     // whose it is, if it is no system's
  const fmu::Variable* variable = nullptr;  // of that component
  KnownUnit unit;
  std::optional<std::size_t> driver;  // of Wiring::edges
  std::string name() const;
};

struct Edge {
  std::size_t from = 0;  // of Wiring::nodes
  const Connection* connection = nullptr;
};

/// Where the value of a connector comes from, and what happens to it on its way.
struct Origin {
  std::size_t node = 0;
  Linear transformation;
};

class Wiring {
 public:
  /// `structure` and `system` outlive it; `system.components` are there already.
  Wiring(const SystemStructure& structure, const CoupledSystem& system)
      : structure_(structure), system_(system) {}

  Result<void> build();
  const std::vector<Node>& nodes() const { return nodes_; }
  std::optional<std::size_t> find(const std::string& path, const std::string& connector) const;
  /// Follows connections back to their beginning: a component's output, or a connector that
  /// nothing drives (perhaps `node` itself).
  Result<Origin> origin_of(std::size_t node, std::vector<std::string>& notes) const;

 private:
  Result<void> add_nodes(const System& system, const std::string& path);
  Result<void> add_component(const Component& component, const std::string& path);
  Result<void> add_edges(const System& system, const std::string& path);
  Result<void> add_edge(const Connection& connection, const System& system,
                        const std::string& path);
  Result<std::size_t> end_of(const End& end, const Connection& connection, const System& system,
                             const std::string& path) const;
  Error at(int line, ErrorCode code, const std::string& what) const;

  const SystemStructure& structure_;
  const CoupledSystem& system_;
  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::map<std::pair<std::string, std::string>, std::size_t> index_;
};

/// "drive" and "motor" give "drive.motor".
std::string joined(const std::string& path, const std::string& name);

}  // namespace gemel::ssp::detail
