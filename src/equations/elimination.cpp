#include "equations/elimination.hpp"

#include <utility>

namespace gemel::equations {

std::vector<Pivot> order_of_elimination(Ties ties) {
  std::vector<Pivot> order;
  std::vector<bool> out(ties.size(), false);
  while (order.size() < ties.size()) {
    std::size_t least = ties.size();
    for (std::size_t i = 0; i < ties.size(); ++i) {
      if (!out[i] && (least == ties.size() || ties[i].size() < ties[least].size())) least = i;
    }
    const auto taken = static_cast<std::uint32_t>(least);
    const auto neighbours = std::exchange(ties[least], {});
    for (const auto i : neighbours) {
      ties[i].insert(neighbours.begin(), neighbours.end());
      ties[i].erase(i);
      ties[i].erase(taken);
    }
    out[least] = true;
    order.push_back({taken, {neighbours.begin(), neighbours.end()}});
  }
  return order;
}

}  // namespace gemel::equations
