#include "inference/tree_ensemble.hpp"

#include <cmath>

#include "base/check.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kTreesMost = 100'000;
constexpr std::size_t kNodeBytes = 3;  // at the least

bool is_sound(const std::vector<TreeEnsemble::Node>& tree, std::size_t width) {
  if (tree.empty()) return false;
  for (std::size_t i = 0; i < tree.size(); ++i) {
    const auto& node = tree[i];
    if (!std::isfinite(node.value)) return false;
    if (node.feature < 0) continue;
    // Children after parents: no way round and round.
    const bool ahead = node.left > i && node.right > i;
    const bool inside = node.left < tree.size() && node.right < tree.size();
    if (static_cast<std::size_t>(node.feature) >= width || !ahead || !inside) return false;
  }
  return true;
}

}  // namespace

double TreeEnsemble::predict(std::span<const float> features) const {
  GEMEL_CHECK(features.size() == width_);
  double sum = start_;
  for (const auto& tree : trees_) {
    const auto* node = &tree.front();
    while (node->feature >= 0) {
      const float x = features[static_cast<std::size_t>(node->feature)];
      const bool left = std::isnan(x) ? node->missing_left : x < node->value;
      node = &tree[left ? node->left : node->right];
    }
    sum += node->value;
  }
  return sum;
}

void TreeEnsemble::encode(ByteWriter& out) const {
  out.varint(width_);
  out.fixed(start_);
  out.varint(trees_.size());
  for (const auto& tree : trees_) {
    out.varint(tree.size());
    for (const auto& node : tree) {
      // 0: a leaf; otherwise the feature's place from 1, doubled, and where the missing go.
      const auto place = static_cast<std::uint64_t>(node.feature + 1);
      out.varint(2 * place + (node.missing_left ? 1 : 0));
      out.fixed(node.value);
      if (node.feature < 0) continue;
      out.varint(node.left);
      out.varint(node.right);
    }
  }
}

Result<TreeEnsemble> TreeEnsemble::decode(ByteReader& in) {
  const Error broken{ErrorCode::Corruption, "the trees can't be read"};
  const auto width = in.varint();
  TreeEnsemble ensemble(static_cast<std::size_t>(width), in.fixed<float>());
  const auto trees = in.count(kNodeBytes);
  if (width > 1'000'000 || trees > kTreesMost || !std::isfinite(ensemble.start_)) return broken;
  for (std::size_t t = 0; t < trees && in.ok(); ++t) {
    std::vector<Node> tree(in.count(kNodeBytes));
    for (auto& node : tree) {
      const auto code = in.varint();
      if (code / 2 > width) return broken;
      node.feature = static_cast<std::int32_t>(code / 2) - 1;
      node.missing_left = (code & 1) != 0;
      node.value = in.fixed<float>();
      if (node.feature < 0) continue;
      node.left = static_cast<std::uint32_t>(in.varint());
      node.right = static_cast<std::uint32_t>(in.varint());
    }
    if (!in.ok() || !is_sound(tree, ensemble.width_)) return broken;
    ensemble.add(std::move(tree));
  }
  if (!in.ok()) return broken;
  return ensemble;
}

}  // namespace gemel::inference
