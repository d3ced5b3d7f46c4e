#pragma once
// One run while it goes on. What happens to items and machines at work stands in flow_run.cpp,
// where the compiler sees it as one; the rest, which is rare, by subject: upkeep.cpp (failures,
// crews), conveyors.cpp, vehicles.cpp with dispatching.cpp and charging.cpp, beginning.cpp and
// vehicle_start.cpp (where it starts, where it ended), telling.cpp (what is counted) and
// standstill.cpp.

#include "process_flow/detail/elements.hpp"
#include "process_flow/detail/event_queue.hpp"
#include "process_flow/detail/time_histogram.hpp"
#include "process_flow/detail/traffic.hpp"
#include "process_flow/flow_run.hpp"

namespace gemel::process_flow::detail {

enum class Happens : std::uint32_t {
  Release,         // a source's next items
  Done,            // a machine's work
  Fail,            // a machine, at work or by the calendar
  Repaired,        // a machine, or maintained
  MaintenanceDue,  // of a machine
  ShiftBegins,     // of a station
  Exit,            // of a conveyor's first item
  Vehicle,         // the end of what a vehicle is at
  Count,           // begin to count
  Sample,          // write the series' next values down
};

class Run {
 public:
  Run(const Plan& plan, const RunSettings& settings);
  Result<RunResult> run();
  /// What stands where, after run().
  FlowState state() const;

 private:
  void plan_event(double time, Happens what, std::uint32_t element, std::uint32_t machine = 0,
                  std::uint32_t version = 0) {
    events_.push(time, static_cast<std::uint32_t>(what) << 24 | element, machine, version);
  }
  void handle(const Event& event);

  // Items and their ways.
  void change_inside(int by) {
    inside_area_ += static_cast<double>(inside_) * (now_ - inside_since_);
    inside_since_ = now_;
    inside_ = static_cast<std::uint64_t>(static_cast<std::int64_t>(inside_) + by);
  }
  void depart(std::uint32_t id, std::uint32_t sink);
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
  void accept(const Element& to, std::uint32_t id);
  /// accept(), for what may be fetched by a vehicle: where it stands is told.
  void pass_on(const Element& from, const Element& to, std::uint32_t id) {
    if (to.kind == ElementKind::Fleet) return request(to.index, id, from);
    accept(to, id);
  }
  void wait_for_room(const Element& at, const Sender& sender);
  template <class Holder>
  bool move_on(Holder& holder, Row& row, const std::vector<Way>& ways, Random& random,
               const Sender& sender);
  void tell_of_room(const Element& at, std::deque<Sender>& senders);
  void resume(const Sender& sender);

  // Sources.
  void release(std::uint32_t index);
  void send_out(std::uint32_t index);

  // Stations at work.
  bool on_shift(const FlowStation& station) const {
    return station.shifts.empty() || within_shift(station);
  }
  bool within_shift(const FlowStation& station) const;
  void count_queue(StationRun& run) {
    run.queue_area += run.queue.count * (now_ - run.queue_since);
    run.queue_since = now_;
  }
  void set_state(StationRun& run, Machine& machine, State state) {
    run.time_in[static_cast<std::size_t>(machine.state)] += now_ - machine.since;
    machine.since = now_;
    machine.state = state;
  }
  void begin(std::uint32_t index);
  void work(std::uint32_t index, std::uint32_t m, double duration) {
    auto& run = stations_[index];
    auto& machine = run.machines[m];
    machine.ends = now_ + duration;
    if (run.station->failures && run.station->failures->of_work) {
      if (machine.until_failure < duration) {
        machine.fails = now_ + machine.until_failure;
        return plan_event(machine.fails, Happens::Fail, index, m, ++machine.version);
      }
      machine.fails = kNever;
      machine.until_failure -= duration;
    }
    plan_event(machine.ends, Happens::Done, index, m, ++machine.version);
  }
  void done(std::uint32_t index, std::uint32_t m);
  void unload(std::uint32_t index, std::uint32_t m);
  void ready(std::uint32_t index, std::uint32_t m);

  // Upkeep.
  void new_life(std::uint32_t index, std::uint32_t m);
  void set_life(std::uint32_t index, std::uint32_t m, double worn, double rest);
  double worn(const StationRun& run, const Machine& machine) const;
  void fail(std::uint32_t index, std::uint32_t m, std::uint32_t version);
  void maintenance_due(std::uint32_t index, std::uint32_t m);
  void maintain(std::uint32_t index, std::uint32_t m);
  void call(std::uint32_t crew, const Job& job);
  void see_to(const Job& job);
  void release_crew(std::uint32_t crew);
  void count_crew(CrewRun& run) {
    run.busy += (run.people - run.free) * (now_ - run.since);
    run.since = now_;
  }
  void repaired(std::uint32_t index, std::uint32_t m);

  // Conveyors.
  void count_conveyor(ConveyorRun& run) {
    run.area += run.row.count * (now_ - run.since);
    run.since = now_;
  }
  void leave_conveyor(std::uint32_t index);

  // Vehicles, and their way.
  void set_phase(std::uint32_t v, Phase phase);
  void wake(std::uint32_t v, double after);
  void vehicle_goes_on(std::uint32_t v);
  static std::uint32_t target(const Vehicle& vehicle);
  void proceed(std::uint32_t v);
  void admit();
  void depart(std::uint32_t v, const Leg& leg);
  void drive(std::uint32_t v, double seconds);
  void leg_over(std::uint32_t v);
  void there(std::uint32_t v);
  void hand_over(std::uint32_t v);
  void break_down(std::uint32_t v);
  void vehicle_repaired(std::uint32_t v);

  // Their requests.
  void request(std::uint32_t index, std::uint32_t item, const Element& from);
  void dispatch(std::uint32_t index);
  bool send_one(std::uint32_t index);
  bool can_take(std::uint32_t v, std::uint32_t pick, const Request& request);
  void take(std::uint32_t v, std::uint32_t pick, const Request& request);
  std::uint32_t refuge(std::uint32_t fleet, std::uint32_t from) const;
  void leave_parking(Vehicle& vehicle);
  void go_to_rest(std::uint32_t v, Task task, std::uint32_t point);
  void settle(std::uint32_t v);

  // Their batteries.
  double rest_of_leg(const Vehicle& vehicle) const;
  double need(const Vehicle& vehicle) const;
  void use_battery(FleetRun& run, Vehicle& vehicle, double lasted);
  double full(const Vehicle& vehicle) const;
  bool low(const Vehicle& vehicle) const;
  bool lasts_to_park(const Vehicle& vehicle, std::uint32_t place) const;
  void wake_when_low(std::uint32_t v);
  void go_charge(std::uint32_t v);
  void plug_in(std::uint32_t v);
  void charged(std::uint32_t v);

  // Where it starts.
  void begin_empty();
  void begin_from(const FlowState& start);
  void plan_upkeep(std::uint32_t index);
  void put_station(std::uint32_t index, const StationState& known, Random& random);
  void put_machine(std::uint32_t index, std::uint32_t m, const MachineState& known, Random& random);
  void call_crews(std::uint32_t index, const StationState& known, bool waiting);
  void set_going(std::uint32_t index);
  void put_vehicles(std::uint32_t fleet, const FleetState& known);
  std::uint32_t out_of_the_way(std::uint32_t fleet, std::uint32_t point, std::uint32_t home) const;
  std::uint32_t item_found(const Element& at);

  // What is told.
  void count_from_here();
  void sample(std::uint32_t k);
  std::uint32_t items_of(const FleetRun& run) const;
  void tell();
  void tell_fleet(FleetRun& run);
  bool moves_items(const Event& event) const;
  std::string who_waits() const;

  const Plan& plan_;
  const RunSettings settings_;
  const double began_;  // s since 1970
  EventQueue events_;
  double now_ = 0.0;  // s from the beginning
  Items items_;
  std::vector<SourceRun> sources_;
  std::vector<StationRun> stations_;
  std::vector<ConveyorRun> conveyors_;
  std::vector<FleetRun> fleets_;
  std::vector<Vehicle> vehicles_;   // of all fleets
  std::vector<Yard> yards_;         // by point
  std::optional<Traffic> traffic_;  // where they share ways
  std::vector<CrewRun> crews_;
  std::vector<std::uint64_t> sunk_;         // items by sink, from the beginning
  std::vector<std::uint64_t> sunk_before_;  // when counting began
  std::uint64_t inside_ = 0;
  double inside_area_ = 0.0, inside_since_ = 0.0, time_in_system_ = 0.0;
  TimeHistogram times_in_system_;
  RunResult result_;
};

}  // namespace gemel::process_flow::detail
