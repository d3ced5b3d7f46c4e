#pragma once
// Numbers that can't be swapped by mistake: SignalId, AssetId and their like index the Plant's
// tables.

#include <compare>
#include <cstdint>
#include <functional>

namespace gemel {

/// A dense index with a type of its own. Tag is never defined.
template <class Tag>
struct Id {
  std::uint32_t index = UINT32_MAX;

  constexpr bool valid() const { return index != UINT32_MAX; }
  friend constexpr auto operator<=>(Id, Id) = default;
};

using SignalId = Id<struct SignalTag>;
using AssetId = Id<struct AssetTag>;
using ControlId = Id<struct ControlTag>;

}  // namespace gemel

template <class Tag>
struct std::hash<gemel::Id<Tag>> {
  std::size_t operator()(gemel::Id<Tag> id) const noexcept {
    return std::hash<std::uint32_t>{}(id.index);
  }
};
