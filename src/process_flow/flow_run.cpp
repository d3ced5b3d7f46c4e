#include "process_flow/flow_run.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <string_view>

#include "process_flow/detail/event_queue.hpp"

namespace gemel::process_flow {
namespace {

using detail::Event;
using detail::EventQueue;

constexpr std::uint32_t kNone = UINT32_MAX;

enum class Happens : std::uint32_t {
  Release,         // a source's next items
  Done,            // a machine's work
  Fail,            // a machine, at work or by the calendar
  Repaired,        // a machine, or maintained
  MaintenanceDue,  // of a machine
  ShiftBegins,     // of a station
  Exit,            // of a conveyor's first item
  Arrive,          // a vehicle, with its item
  Count,           // begin to count
};

/// Items in a row, each knowing the next.
struct Row {
  std::uint32_t head = kNone, tail = kNone, count = 0;
};

struct Item {
  double born = 0.0;
  double queued = 0.0;  // when it came to where it is; on a conveyor: when it is due
  std::uint32_t next = kNone;
  std::uint32_t source = 0;
  std::uint32_t station = kNone;  // that it left last
};

enum class State : std::uint8_t { Idle, Working, Blocked, Down };

struct Machine {
  State state = State::Idle;
  bool maintenance_due = false;
  bool in_maintenance = false;
  bool waits_for_room = false;
  std::uint32_t version = 0;          // of its Done, Repaired and, at work, Fail
  std::uint32_t failure_version = 0;  // of Fail by the calendar
  double since = 0.0;                 // of its state
  double ends = 0.0;                  // its work, if nothing comes between
  double work_left = 0.0;             // when it is down
  double until_failure = 0.0;         // of work
  Row load;
  Element to;          // of the load's first, once it has been drawn
  bool drawn = false;  // whether it has
};

/// Who holds an item that found no room: a machine, a source, a conveyor or a vehicle.
struct Sender {
  ElementKind kind;
  std::uint32_t index;
  std::uint32_t machine;
};

/// Seeds a stream by what it is for, so that adding an element leaves the others' chances alone.
std::uint64_t seed_of(const RunSettings& settings, std::string_view name,
                      std::string_view purpose) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  const auto mix = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  };
  mix(name);
  mix("\n");
  mix(purpose);
  return hash ^ (settings.seed * 0x9e3779b97f4a7c15ULL) ^
         ((settings.replication + 1) * 0xbf58476d1ce4e5b9ULL);
}

struct Streams {
  Random service, ways, failures;
  Streams(const RunSettings& settings, std::string_view name)
      : service(seed_of(settings, name, "service")),
        ways(seed_of(settings, name, "ways")),
        failures(seed_of(settings, name, "failures")) {}
};

struct StationRun {
  const FlowStation* station;
  Streams streams;
  Row queue{};
  std::vector<Machine> machines{};
  std::vector<std::uint32_t> idle{};
  std::deque<Sender> senders{};     // that wait for room here
  std::array<double, 4> time_in{};  // machine seconds, by State
  double queue_area = 0.0, queue_since = 0.0, wait_sum = 0.0;
  std::uint64_t begun = 0;
};

struct SourceRun {
  const FlowSource* source;
  Streams streams;
  Row outbox{};
  std::uint64_t released = 0;
  std::uint32_t inside = 0;  // items that have not left
  bool waits_for_card = false;
  bool waits_for_room = false;
  Element to{};
  bool drawn = false;
};

struct ConveyorRun {
  const FlowConveyor* conveyor;
  Streams streams;
  Row row{};
  std::deque<Sender> senders{};
  bool waits_for_room = false;
  Element to{};
  bool drawn = false;
  double area = 0.0, since = 0.0;
};

struct Vehicle {
  std::uint32_t item = kNone;
  Element to{};
  double x = 0.0, y = 0.0;
  double since = 0.0;
};

struct FleetRun {
  const FlowFleet* fleet;
  Streams streams;
  std::vector<Vehicle> vehicles{};
  std::deque<std::pair<std::uint32_t, Element>> jobs{};
  double busy = 0.0, wait_sum = 0.0;
  std::uint64_t taken = 0;
};

struct Job {
  std::uint32_t station, machine;
  double duration;
};
struct CrewRun {
  std::uint32_t free = 0;
  std::deque<Job> waiting{};
};

class Run {
 public:
  Run(const Plan& plan, const RunSettings& settings) : plan_(plan), settings_(settings) {
    for (const auto& each : plan.flow.crews) crews_.push_back({each.people});
    for (const auto& each : plan.flow.conveyors)
      conveyors_.push_back({&each, {settings, each.name}});
    for (const auto& each : plan.flow.fleets) {
      fleets_.push_back({&each, {settings, each.name}});
      fleets_.back().vehicles.resize(each.vehicles);
    }
    for (const auto& each : plan.flow.stations) {
      stations_.push_back({&each, {settings, each.name}});
      begin_station(static_cast<std::uint32_t>(stations_.size() - 1));
    }
    for (const auto& each : plan.flow.sources) {
      sources_.push_back({&each, {settings, each.name}});
      auto& source = sources_.back();
      const double first =
          each.cards == kFlowUnlimited ? each.between.draw(source.streams.service) : 0.0;
      plan_event(first, Happens::Release, static_cast<std::uint32_t>(sources_.size() - 1));
    }
    plan_event(settings.warm_up, Happens::Count, 0);
  }

  Result<RunResult> run() {
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
    result_.locked = events_.empty() && inside_ > 0;
    now_ = end;
    tell();
    return std::move(result_);
  }

 private:
  void plan_event(double time, Happens what, std::uint32_t element, std::uint32_t machine = 0,
                  std::uint32_t version = 0) {
    events_.push(time, static_cast<std::uint32_t>(what) << 24 | element, machine, version);
  }

  void handle(const Event& event) {
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
      case Happens::Arrive:
        return arrive(element, event.machine);
      case Happens::Count:
        return count_from_here();
    }
  }

  // Items.

  std::uint32_t new_item(std::uint32_t source) {
    std::uint32_t id = free_item_;
    if (id == kNone) {
      id = static_cast<std::uint32_t>(items_.size());
      items_.emplace_back();
    } else {
      free_item_ = items_[id].next;
    }
    items_[id] = {now_, now_, kNone, source, kNone};
    return id;
  }

  void append(Row& row, std::uint32_t id) {
    items_[id].next = kNone;
    if (row.tail == kNone)
      row.head = id;
    else
      items_[row.tail].next = id;
    row.tail = id;
    ++row.count;
  }

  void prepend(Row& row, std::uint32_t id) {
    items_[id].next = row.head;
    row.head = id;
    if (row.tail == kNone) row.tail = id;
    ++row.count;
  }

  std::uint32_t take_first(Row& row) {
    const auto id = row.head;
    row.head = items_[id].next;
    if (row.head == kNone) row.tail = kNone;
    --row.count;
    return id;
  }

  void change_inside(int by) {
    inside_area_ += static_cast<double>(inside_) * (now_ - inside_since_);
    inside_since_ = now_;
    inside_ = static_cast<std::uint64_t>(static_cast<std::int64_t>(inside_) + by);
  }

  void depart(std::uint32_t id) {
    change_inside(-1);
    const auto& item = items_[id];
    ++result_.items;
    time_in_system_ += now_ - item.born;
    auto& source = sources_[item.source];
    --source.inside;
    items_[id].next = free_item_;
    free_item_ = id;
    if (source.waits_for_card) {
      source.waits_for_card = false;
      plan_event(now_, Happens::Release, item.source);
    }
  }

  // Ways.

  static Element draw_way(const std::vector<Way>& ways, Random& random) {
    if (ways.size() == 1) return ways[0].to;
    const double u = random.uniform();
    for (const auto& way : ways) {
      if (u < way.up_to) return way.to;
    }
    return ways.back().to;
  }

  bool has_room(const Element& to) const {
    if (to.kind == ElementKind::Station) {
      const auto& run = stations_[to.index];
      return run.queue.count < run.station->buffer ||
             (run.station->batch == 1 && run.queue.count == 0 && !run.idle.empty() &&
              on_shift(*run.station));
    }
    if (to.kind == ElementKind::Conveyor)
      return conveyors_[to.index].row.count < conveyors_[to.index].conveyor->capacity;
    return true;
  }

  void accept(const Element& to, std::uint32_t id) {
    switch (to.kind) {
      case ElementKind::Sink:
        return depart(id);
      case ElementKind::Station: {
        auto& run = stations_[to.index];
        count_queue(run);
        items_[id].queued = now_;
        if (run.station->discipline == FlowDiscipline::LastIn)
          prepend(run.queue, id);
        else
          append(run.queue, id);
        return begin(to.index);
      }
      case ElementKind::Conveyor: {
        auto& run = conveyors_[to.index];
        count_conveyor(run);
        items_[id].queued = now_ + run.conveyor->travel;
        append(run.row, id);
        if (run.row.count == 1) plan_event(items_[id].queued, Happens::Exit, to.index);
        return;
      }
      case ElementKind::Fleet: {
        auto& run = fleets_[to.index];
        items_[id].queued = now_;
        run.jobs.emplace_back(id, draw_way(plan_.fleet_ways[to.index], run.streams.ways));
        return dispatch(to.index);
      }
      case ElementKind::Source:
        return;
    }
  }

  void wait_for_room(const Element& at, const Sender& sender) {
    (at.kind == ElementKind::Station ? stations_[at.index].senders : conveyors_[at.index].senders)
        .push_back(sender);
  }

  /// Moves a row's items on, one by one. False: the first of what is left waits for room.
  template <class Holder>
  bool move_on(Holder& holder, Row& row, const std::vector<Way>& ways, Random& random,
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
      accept(Element(holder.to), take_first(row));
    }
    return true;
  }

  /// Room has come about at `at`: those who wait for it go on, the longest waiting first.
  void tell_of_room(const Element& at, std::deque<Sender>& senders) {
    while (!senders.empty() && has_room(at)) {
      const Sender sender = senders.front();
      senders.pop_front();
      resume(sender);
    }
  }

  void resume(const Sender& sender) {
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
        return arrive(sender.index, sender.machine);
      case ElementKind::Sink:
        return;
    }
  }

  // Sources.

  void release(std::uint32_t index) {
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
      append(run.outbox, new_item(index));
    }
    plan_event(now_ + std::max(source.between.draw(run.streams.service), 0.0), Happens::Release,
               index);
    if (!run.waits_for_room) send_out(index);
  }

  void send_out(std::uint32_t index) {
    auto& run = sources_[index];
    move_on(run, run.outbox, plan_.source_ways[index], run.streams.ways,
            {ElementKind::Source, index, 0});
  }

  // Stations.

  void begin_station(std::uint32_t index) {
    auto& run = stations_[index];
    const auto& station = *run.station;
    run.machines.resize(station.machines);
    for (std::uint32_t m = 0; m < station.machines; ++m) {
      run.idle.push_back(station.machines - 1 - m);
      new_life(index, m);
      if (station.maintenance)
        plan_event(station.maintenance->first, Happens::MaintenanceDue, index, m);
    }
    for (const auto& shift : station.shifts) plan_event(shift.from, Happens::ShiftBegins, index);
  }

  static bool on_shift_at(const FlowStation& station, double time) {
    if (station.shifts.empty()) return true;
    const double phase = std::fmod(time, station.period);
    return std::any_of(station.shifts.begin(), station.shifts.end(), [&](const FlowShift& shift) {
      return phase >= shift.from && phase < shift.until;
    });
  }
  bool on_shift(const FlowStation& station) const { return on_shift_at(station, now_); }

  /// A machine as good as new: when will it fail?
  void new_life(std::uint32_t index, std::uint32_t m) {
    auto& run = stations_[index];
    if (!run.station->failures) return;
    auto& machine = run.machines[m];
    const double life = std::max(run.station->failures->uptime.draw(run.streams.failures), 0.0);
    if (run.station->failures->of_work)
      machine.until_failure = life;
    else
      plan_event(now_ + life, Happens::Fail, index, m, ++machine.failure_version);
  }

  void count_queue(StationRun& run) {
    run.queue_area += run.queue.count * (now_ - run.queue_since);
    run.queue_since = now_;
  }

  void set_state(StationRun& run, Machine& machine, State state) {
    run.time_in[static_cast<std::size_t>(machine.state)] += now_ - machine.since;
    machine.since = now_;
    machine.state = state;
  }

  /// Puts as many machines to work as there are loads for.
  void begin(std::uint32_t index) {
    auto& run = stations_[index];
    const auto& station = *run.station;
    bool began = false;
    while (run.queue.count >= station.batch && !run.idle.empty() && on_shift(station)) {
      const auto m = run.idle.back();
      run.idle.pop_back();
      auto& machine = run.machines[m];
      count_queue(run);
      for (std::uint32_t i = 0; i < station.batch; ++i) {
        const auto id = take_first(run.queue);
        run.wait_sum += now_ - items_[id].queued;
        ++run.begun;
        append(machine.load, id);
      }
      set_state(run, machine, State::Working);
      work(index, m, std::max(station.service.draw(run.streams.service), 0.0) / station.speed);
      began = true;
    }
    if (began && !run.senders.empty()) tell_of_room({ElementKind::Station, index}, run.senders);
  }

  void work(std::uint32_t index, std::uint32_t m, double duration) {
    auto& run = stations_[index];
    auto& machine = run.machines[m];
    machine.ends = now_ + duration;
    const bool wears = run.station->failures && run.station->failures->of_work;
    if (wears && machine.until_failure < duration) {
      plan_event(now_ + machine.until_failure, Happens::Fail, index, m, ++machine.version);
      return;
    }
    if (wears) machine.until_failure -= duration;
    plan_event(machine.ends, Happens::Done, index, m, ++machine.version);
  }

  void done(std::uint32_t index, std::uint32_t m) {
    for (auto id = stations_[index].machines[m].load.head; id != kNone; id = items_[id].next)
      items_[id].station = index;
    unload(index, m);
  }

  void unload(std::uint32_t index, std::uint32_t m) {
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
  void ready(std::uint32_t index, std::uint32_t m) {
    auto& run = stations_[index];
    auto& machine = run.machines[m];
    if (machine.maintenance_due) return maintain(index, m);
    set_state(run, machine, State::Idle);
    run.idle.push_back(m);
    begin(index);
    // Room behind an idle machine is room as well.
    if (!run.senders.empty()) tell_of_room({ElementKind::Station, index}, run.senders);
  }

  void take_off_idle(StationRun& run, std::uint32_t m) {
    const auto found = std::find(run.idle.begin(), run.idle.end(), m);
    if (found != run.idle.end()) run.idle.erase(found);
  }

  void fail(std::uint32_t index, std::uint32_t m, std::uint32_t version) {
    auto& run = stations_[index];
    auto& machine = run.machines[m];
    const auto& failures = *run.station->failures;
    if (version != (failures.of_work ? machine.version : machine.failure_version)) return;
    if (machine.state == State::Down) return;  // maintenance gives it a new life
    machine.work_left = machine.state == State::Working ? machine.ends - now_ : 0.0;
    ++machine.version;
    take_off_idle(run, m);
    set_state(run, machine, State::Down);
    call(plan_.failure_crews[index],
         {index, m, std::max(failures.repair.draw(run.streams.failures), 0.0)});
  }

  void maintenance_due(std::uint32_t index, std::uint32_t m) {
    auto& run = stations_[index];
    auto& machine = run.machines[m];
    plan_event(now_ + run.station->maintenance->every, Happens::MaintenanceDue, index, m);
    machine.maintenance_due = true;
    if (machine.state != State::Idle) return;
    take_off_idle(run, m);
    maintain(index, m);
  }

  void maintain(std::uint32_t index, std::uint32_t m) {
    auto& run = stations_[index];
    auto& machine = run.machines[m];
    machine.maintenance_due = false;
    machine.in_maintenance = true;
    machine.work_left = 0.0;
    set_state(run, machine, State::Down);
    call(plan_.maintenance_crews[index], {index, m, run.station->maintenance->duration});
  }

  void call(std::uint32_t crew, const Job& job) {
    if (crew == kFlowUnlimited)
      return plan_event(now_ + job.duration, Happens::Repaired, job.station, job.machine);
    auto& run = crews_[crew];
    if (run.free == 0) return run.waiting.push_back(job);
    --run.free;
    plan_event(now_ + job.duration, Happens::Repaired, job.station, job.machine);
  }

  void repaired(std::uint32_t index, std::uint32_t m) {
    auto& run = stations_[index];
    auto& machine = run.machines[m];
    const auto crew =
        machine.in_maintenance ? plan_.maintenance_crews[index] : plan_.failure_crews[index];
    machine.in_maintenance = false;
    new_life(index, m);
    if (crew != kFlowUnlimited) {
      ++crews_[crew].free;
      if (!crews_[crew].waiting.empty()) {
        const Job next = crews_[crew].waiting.front();
        crews_[crew].waiting.pop_front();
        call(crew, next);
      }
    }
    if (machine.load.count == 0) return ready(index, m);
    set_state(run, machine, machine.waits_for_room ? State::Blocked : State::Working);
    if (!machine.waits_for_room) work(index, m, machine.work_left);
  }

  // Conveyors.

  void count_conveyor(ConveyorRun& run) {
    run.area += run.row.count * (now_ - run.since);
    run.since = now_;
  }

  void leave_conveyor(std::uint32_t index) {
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
    const auto id = take_first(run.row);
    if (run.row.count > 0)
      plan_event(std::max(now_, items_[run.row.head].queued), Happens::Exit, index);
    accept(Element(run.to), id);
    tell_of_room({ElementKind::Conveyor, index}, run.senders);
  }

  // Vehicles.

  std::pair<double, double> place(std::uint32_t station) const {
    return station == kNone ? std::pair{0.0, 0.0} : plan_.station_places[station];
  }
  std::pair<double, double> place(const Element& element) const {
    return place(element.kind == ElementKind::Station ? element.index : kNone);
  }

  void dispatch(std::uint32_t index) {
    auto& run = fleets_[index];
    const auto& fleet = *run.fleet;
    while (!run.jobs.empty()) {
      const auto [item, to] = run.jobs.front();
      const auto [x, y] = place(items_[item].station);
      Vehicle* nearest = nullptr;
      double way = 0.0;
      for (auto& vehicle : run.vehicles) {
        const double there = std::fabs(vehicle.x - x) + std::fabs(vehicle.y - y);
        if (vehicle.item == kNone && (nearest == nullptr || there < way)) {
          nearest = &vehicle;
          way = there;
        }
      }
      if (nearest == nullptr) return;
      run.jobs.pop_front();
      const auto [to_x, to_y] = place(to);
      const double trip = way + std::fabs(to_x - x) + std::fabs(to_y - y);
      *nearest = {item, to, to_x, to_y, now_};
      run.wait_sum += now_ - items_[item].queued + way / fleet.speed;
      ++run.taken;
      plan_event(now_ + trip / fleet.speed + 2.0 * fleet.handling, Happens::Arrive, index,
                 static_cast<std::uint32_t>(nearest - run.vehicles.data()));
    }
  }

  void arrive(std::uint32_t index, std::uint32_t v) {
    auto& run = fleets_[index];
    auto& vehicle = run.vehicles[v];
    if (!has_room(vehicle.to)) return wait_for_room(vehicle.to, {ElementKind::Fleet, index, v});
    const auto item = std::exchange(vehicle.item, kNone);
    run.busy += now_ - vehicle.since;
    accept(Element(vehicle.to), item);
    dispatch(index);
  }

  // What is told.

  void count_from_here() {
    result_.items = 0;
    time_in_system_ = 0.0;
    inside_area_ = 0.0;
    inside_since_ = now_;
    for (auto& run : stations_) {
      run.time_in = {};
      for (auto& machine : run.machines) machine.since = now_;
      run.queue_area = run.wait_sum = 0.0;
      run.queue_since = now_;
      run.begun = 0;
    }
    for (auto& run : conveyors_) {
      run.area = 0.0;
      run.since = now_;
    }
    for (auto& run : fleets_) {
      run.busy = run.wait_sum = 0.0;
      run.taken = 0;
      for (auto& vehicle : run.vehicles) vehicle.since = now_;
    }
  }

  void tell() {
    const double horizon = settings_.horizon;
    auto& out = result_.indicators;
    const auto each_of = [](double sum, std::uint64_t count) {
      return count > 0 ? sum / static_cast<double>(count) : 0.0;
    };
    change_inside(0);
    out.push_back(static_cast<double>(result_.items) / horizon);
    out.push_back(each_of(time_in_system_, result_.items));
    out.push_back(inside_area_ / horizon);
    for (auto& run : stations_) {
      for (auto& machine : run.machines) set_state(run, machine, machine.state);
      count_queue(run);
      const double all = horizon * static_cast<double>(run.machines.size());
      for (const auto state : {State::Working, State::Idle, State::Blocked, State::Down})
        out.push_back(run.time_in[static_cast<std::size_t>(state)] / all);
      out.push_back(run.queue_area / horizon);
      out.push_back(each_of(run.wait_sum, run.begun));
    }
    for (auto& run : conveyors_) {
      count_conveyor(run);
      out.push_back(run.area / horizon);
    }
    for (auto& run : fleets_) {
      for (auto& vehicle : run.vehicles) {
        if (vehicle.item != kNone) run.busy += now_ - vehicle.since;
      }
      out.push_back(run.busy / (horizon * static_cast<double>(run.vehicles.size())));
      out.push_back(each_of(run.wait_sum, run.taken));
    }
  }

  const Plan& plan_;
  const RunSettings settings_;
  EventQueue events_;
  double now_ = 0.0;
  std::vector<Item> items_;
  std::uint32_t free_item_ = kNone;
  std::vector<SourceRun> sources_;
  std::vector<StationRun> stations_;
  std::vector<ConveyorRun> conveyors_;
  std::vector<FleetRun> fleets_;
  std::vector<CrewRun> crews_;
  std::uint64_t inside_ = 0;
  double inside_area_ = 0.0, inside_since_ = 0.0, time_in_system_ = 0.0;
  RunResult result_;
};

}  // namespace

Result<RunResult> run_flow(const Plan& plan, const RunSettings& settings) {
  return Run(plan, settings).run();
}

}  // namespace gemel::process_flow
