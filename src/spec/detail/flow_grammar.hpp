#pragma once
// The keys of a simulator of kind process_flow; grammar.cpp takes them in.

#include "spec/detail/grammar.hpp"

namespace gemel::spec {

extern const Value kFlowSources, kFlowStations, kFlowConveyors, kFlowFleets, kFlowSinks, kFlowCrews,
    kFlowLayout;

}  // namespace gemel::spec
