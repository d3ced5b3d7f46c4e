#pragma once
// What a snapshot says of a process flow: what stands where, and how its elements are set.

#include <map>
#include <string>
#include <vector>

#include "core/flow.hpp"
#include "core/plant.hpp"
#include "core/snapshot.hpp"
#include "process_flow/flow_state.hpp"

namespace gemel::simulation {

struct FlowPresent {
  Flow flow;  // as described, with what signals and controls say of its settings
  process_flow::FlowState known;          // what is not measured is left empty
  std::map<std::string, double> counted;  // of "out.items": what the plant's counter shows
  std::vector<std::string> warnings;
};

/// Reads the ports of process_flow/bound.hpp. A measurement that is not usable is as if it were not
/// there, with a warning. Of machines of which some counts are known, the others are: if it is
/// known how many work, blocked where items wait before them, otherwise idle; if it is not, at work
/// where items wait or nobody knows. Maintenance: the next follows from the bound time since the
/// last, or from its date and the snapshot's time, or is as described.
FlowPresent read_flow_present(const Plant& plant, const SimulatorSpec& spec,
                              const Snapshot& snapshot);

}  // namespace gemel::simulation
