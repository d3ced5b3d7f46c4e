#pragma once
// The quantities of a network as a twin file names them, and what is said of those it has not.

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "equations/network.hpp"
#include "spec/detail/draft.hpp"

namespace gemel::spec {

/// Lifetime: the draft and the network outlive it.
class NetworkNames {
 public:
  using Quantity = equations::Quantity;

  NetworkNames(Draft& draft, const equations::Network& network)
      : draft_(draft), network_(network) {}

  static const Quantity* find_in(const std::vector<Quantity>& list, const std::string& name);
  /// A state, input or parameter; null, once that is reported.
  const Quantity* adjustable(const Node::Entry& entry);
  /// Reports a name that none of the lists has, with the nearest.
  void no_such(const Node::Entry& entry, std::string_view what,
               std::initializer_list<const std::vector<Quantity>*> lists);
  /// Null, once that is reported.
  const KnownUnit* si_unit(std::string_view symbol, Location at);
  /// True if the two measure the same; otherwise that is reported.
  bool fits(const KnownUnit& twin, const Quantity& quantity, const Node& node);

 private:
  Draft& draft_;
  const equations::Network& network_;
};

}  // namespace gemel::spec
