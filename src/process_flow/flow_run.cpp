#include "process_flow/flow_run.hpp"

#include <algorithm>
#include <cmath>

#include "process_flow/detail/run.hpp"

namespace gemel::process_flow {
namespace detail {

Result<RunResult> Run::run() {
  const double end = settings_.warm_up + settings_.horizon;
  while (!events_.empty() && events_.top().time <= end) {
    if (++result_.events > settings_.events_max) {
      return Error{ErrorCode::Capacity,
                   "more than " + std::to_string(settings_.events_max) +
                       " events; shorten the horizon, or see whether a queue grows without end"};
    }
    const Event event = events_.pop();
    now_ = event.time;
    handle(event);
  }
  const auto& to_come = events_.all();
  result_.locked = inside_ > 0 && std::ranges::none_of(to_come, [&](const Event& each) {
                     return moves_items(each);
                   });
  if (result_.locked) result_.standstill = who_waits();
  now_ = end;
  tell();
  return std::move(result_);
}

inline void Run::handle(const Event& event) {
  const auto element = event.what & 0xFFFFFFu;
  switch (static_cast<Happens>(event.what >> 24)) {
    case Happens::Release:
      return release(element);
    case Happens::Done:
      if (stations_[element].machines[event.machine].version == event.version)
        done(element, event.machine);
      return;
    case Happens::Fail:
      return fail(element, event.machine, event.version);
    case Happens::Repaired:
      return repaired(element, event.machine);
    case Happens::MaintenanceDue:
      return maintenance_due(element, event.machine);
    case Happens::ShiftBegins:
      plan_event(now_ + stations_[element].station->period, Happens::ShiftBegins, element);
      return begin(element);
    case Happens::Exit:
      return leave_conveyor(element);
    case Happens::Vehicle:
      if (vehicles_[element].version == event.version) vehicle_goes_on(element);
      return;
    case Happens::Count:
      return count_from_here();
    case Happens::Sample:
      return sample(event.machine);
  }
}

inline void Run::depart(std::uint32_t id, std::uint32_t sink) {
  change_inside(-1);
  const auto& item = items_[id];
  ++result_.items;
  ++sunk_[sink];
  if (item.born >= 0.0) {
    time_in_system_ += now_ - item.born;
    times_in_system_.add(now_ - item.born);
  }
  auto& source = sources_[item.source];
  --source.inside;
  if (source.waits_for_card) {
    source.waits_for_card = false;
    plan_event(now_, Happens::Release, item.source);
  }
  items_.remove(id);
}

void Run::accept(const Element& to, std::uint32_t id) {
  switch (to.kind) {
    case ElementKind::Sink:
      return depart(id, to.index);
    case ElementKind::Station: {
      auto& run = stations_[to.index];
      count_queue(run);
      items_[id].queued = now_;
      if (run.station->discipline == FlowDiscipline::LastIn)
        items_.prepend(run.queue, id);
      else
        items_.append(run.queue, id);
      if (!run.idle.empty()) begin(to.index);
      return;
    }
    case ElementKind::Conveyor: {
      auto& run = conveyors_[to.index];
      count_conveyor(run);
      items_[id].queued = now_ + run.conveyor->travel;
      items_.append(run.row, id);
      if (run.row.count == 1) plan_event(items_[id].queued, Happens::Exit, to.index);
      return;
    }
    case ElementKind::Fleet:  // pass_on() sees to it
    case ElementKind::Source:
      return;
  }
}

void Run::wait_for_room(const Element& at, const Sender& sender) {
  (at.kind == ElementKind::Station ? stations_[at.index].senders : conveyors_[at.index].senders)
      .push_back(sender);
}

/// Moves a row's items on, one by one. False: the first of what is left waits for room.
template <class Holder>
inline bool Run::move_on(Holder& holder, Row& row, const std::vector<Way>& ways, Random& random,
                         const Sender& sender) {
  while (row.count > 0) {
    if (!holder.drawn) {
      holder.to = draw_way(ways, random);
      holder.drawn = true;
    }
    if (!has_room(holder.to)) {
      holder.waits_for_room = true;
      wait_for_room(holder.to, sender);
      return false;
    }
    holder.drawn = false;
    pass_on({sender.kind, sender.index}, Element(holder.to), items_.take_first(row));
  }
  return true;
}

/// Room has come about at `at`: those who wait for it go on, the longest waiting first.
void Run::tell_of_room(const Element& at, std::deque<Sender>& senders) {
  while (!senders.empty() && has_room(at)) {
    const Sender sender = senders.front();
    senders.pop_front();
    resume(sender);
  }
}

void Run::resume(const Sender& sender) {
  switch (sender.kind) {
    case ElementKind::Source:
      sources_[sender.index].waits_for_room = false;
      return send_out(sender.index);
    case ElementKind::Station: {
      auto& machine = stations_[sender.index].machines[sender.machine];
      machine.waits_for_room = false;
      return unload(sender.index, sender.machine);
    }
    case ElementKind::Conveyor:
      conveyors_[sender.index].waits_for_room = false;
      return leave_conveyor(sender.index);
    case ElementKind::Fleet:
      return hand_over(sender.machine);
    case ElementKind::Sink:
      return;
  }
}

// Sources.

inline void Run::release(std::uint32_t index) {
  auto& run = sources_[index];
  const auto& source = *run.source;
  if (run.released >= source.limit) return;
  if (run.inside >= source.cards) {
    run.waits_for_card = true;
    return;
  }
  for (std::uint32_t i = 0; i < source.batch && run.released < source.limit; ++i) {
    change_inside(+1);
    ++run.released;
    ++run.inside;
    items_.append(run.outbox, items_.make({now_, now_, kNone, index}));
  }
  plan_event(now_ + std::max(source.between.draw(run.streams.service), 0.0), Happens::Release,
             index);
  if (!run.waits_for_room) send_out(index);
}

void Run::send_out(std::uint32_t index) {
  auto& run = sources_[index];
  move_on(run, run.outbox, plan_.source_ways[index], run.streams.ways,
          {ElementKind::Source, index, 0});
}

bool Run::within_shift(const FlowStation& station) const {
  const double phase = std::fmod(began_ + now_, station.period);
  return std::any_of(station.shifts.begin(), station.shifts.end(), [&](const FlowShift& shift) {
    return phase >= shift.from && phase < shift.until;
  });
}

/// Puts as many machines to work as there are loads for.
void Run::begin(std::uint32_t index) {
  auto& run = stations_[index];
  const auto& station = *run.station;
  bool began = false;
  while (run.queue.count >= station.batch && !run.idle.empty() && on_shift(station)) {
    const auto m = run.idle.back();
    run.idle.pop_back();
    auto& machine = run.machines[m];
    count_queue(run);
    for (std::uint32_t i = 0; i < station.batch; ++i) {
      const auto id = items_.take_first(run.queue);
      run.wait_sum += now_ - items_[id].queued;
      ++run.begun;
      items_.append(machine.load, id);
    }
    set_state(run, machine, State::Working);
    work(index, m, std::max(station.service.draw(run.streams.service), 0.0) / station.speed);
    began = true;
  }
  if (began && !run.senders.empty()) tell_of_room({ElementKind::Station, index}, run.senders);
}

void Run::done(std::uint32_t index, std::uint32_t m) { unload(index, m); }

void Run::unload(std::uint32_t index, std::uint32_t m) {
  auto& run = stations_[index];
  auto& machine = run.machines[m];
  if (!move_on(machine, machine.load, plan_.station_ways[index], run.streams.ways,
               {ElementKind::Station, index, m})) {
    if (machine.state == State::Working) set_state(run, machine, State::Blocked);
    return;
  }
  if (machine.state != State::Down) ready(index, m);
}

/// A machine without a load and in order: what is due is done to it, otherwise it works on.
void Run::ready(std::uint32_t index, std::uint32_t m) {
  auto& run = stations_[index];
  auto& machine = run.machines[m];
  if (machine.maintenance_due) return maintain(index, m);
  set_state(run, machine, State::Idle);
  run.idle.push_back(m);
  if (run.queue.count > 0) begin(index);
  // Room behind an idle machine is room as well.
  if (!run.senders.empty()) tell_of_room({ElementKind::Station, index}, run.senders);
}

}  // namespace detail

Result<RunResult> run_flow(const Plan& plan, const RunSettings& settings) {
  return detail::Run(plan, settings).run();
}

}  // namespace gemel::process_flow
