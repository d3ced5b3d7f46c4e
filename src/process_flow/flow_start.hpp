#pragma once
// What stands where now, where nobody measured it.

#include "process_flow/flow_run.hpp"

namespace gemel::process_flow {

/// Fills what `known` leaves open with a draw that goes with the plan and its own past:
/// - wear since a machine was as good as new: the age of a life that is met at a random moment
///   (density S(x) / mean), and not more than the time since its maintenance, which was
///   `every` before the next one;
/// - contents and activities: what stands there at the end of `Flow::settles_within` of the same
///   flow, run from empty up to now with machines of that wear. Nothing is run when all is known.
/// What is known stands. Variants of a plan begin from the state that its unchanged plan gives:
/// they change what comes, not what was. Shapes: all lists full. The same seed and replication give
/// the same state. Errors: those of a run. Threads: any.
Result<FlowState> complete(const Plan& plan, const FlowState& known, const RunSettings& settings);

}  // namespace gemel::process_flow
