#include <algorithm>

#include "process_flow/detail/run.hpp"

namespace gemel::process_flow::detail {

void Run::leave_conveyor(std::uint32_t index) {
  auto& run = conveyors_[index];
  if (!run.drawn) {
    run.to = draw_way(plan_.conveyor_ways[index], run.streams.ways);
    run.drawn = true;
  }
  if (!has_room(run.to)) {
    if (!run.waits_for_room) wait_for_room(run.to, {ElementKind::Conveyor, index, 0});
    run.waits_for_room = true;
    return;
  }
  run.drawn = false;
  count_conveyor(run);
  const auto id = items_.take_first(run.row);
  if (run.row.count > 0)
    plan_event(std::max(now_, items_[run.row.head].queued), Happens::Exit, index);
  pass_on({ElementKind::Conveyor, index}, Element(run.to), id);
  tell_of_room({ElementKind::Conveyor, index}, run.senders);
}

}  // namespace gemel::process_flow::detail
