#pragma once
// The keys of a simulator of kind "equations", as grammar.hpp has the others.

#include "spec/detail/grammar.hpp"

namespace gemel::spec {

extern const Value kNetworkComponents;
extern const Value kNetworkLinks;
extern const Value kNetworkControls;
extern const Value kNetworkFollowed;
extern const Value kNetworkNoise;
extern const Value kNetworkIndicators;
extern const Value kNetworkMaintenance;

}  // namespace gemel::spec
