#pragma once
// What of a flow a plant can measure or set, by name.

#include <string>
#include <vector>

#include "core/flow.hpp"

namespace gemel::process_flow {

/// "castings.waiting" (items for which there is no room yet), "press.queue" (items that wait),
/// "press.working", "press.blocked", "press.down" (machines, of which a state of one machine is a
/// special case), "press.worn" (since it was as good as new, of work or time as its failures say),
/// "press.maintained" (time since its maintenance), "belt.items", of a fleet "agv.items" (that wait
/// for it or ride) and of its vehicles, of which the first is 1, "agv.1.point" (the place in the
/// layout's points, from 1, at which it is or arrives next) and "agv.1.charge" (of its capacity),
/// "out.items" (all that left, ever) and every adjustable.
struct Port {
  std::string name;
  std::string unit;         // SI; "1": a count
  bool adjustable = false;  // a control may stand for it, not only a signal
};

std::vector<Port> ports(const Flow& flow);

}  // namespace gemel::process_flow
