#include "simulation/flow_present.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/text.hpp"
#include "core/simulator.hpp"
#include "process_flow/adjustables.hpp"

namespace gemel::simulation {
namespace {

using process_flow::Activity;
using process_flow::MachineState;
using process_flow::StationState;

constexpr double kItemsMax = 1e6;  // a counter that shows more is no queue

class PresentReading {
 public:
  PresentReading(const Plant& plant, const SimulatorSpec& spec, const Snapshot& snapshot)
      : plant_(plant), spec_(spec), snapshot_(snapshot) {
    present_.flow = std::get<Flow>(spec.description);
    time_is_known_ = snapshot.at > Timestamp::min();
    if (time_is_known_) present_.known.time = static_cast<double>(snapshot.at.ns) * 1e-9;
  }

  FlowPresent read() && {
    set_adjustables();
    for (auto& station : present_.flow.stations) {
      if (station.maintenance) plan_maintenance(station);
      present_.known.stations.push_back(station_state(station));
    }
    for (const auto& each : present_.flow.sources)
      present_.known.sources.push_back(items(each.name + ".waiting"));
    for (const auto& each : present_.flow.conveyors)
      present_.known.conveyors.push_back(items(each.name + ".items"));
    for (const auto& each : present_.flow.fleets)
      present_.known.fleets.push_back(fleet_state(each));
    for (const auto& each : present_.flow.sinks) {
      const auto port = each.name + ".items";
      if (const auto count = measured(port)) present_.counted[port] = *count;
    }
    tell_unknown();
    return std::move(present_);
  }

 private:
  void tell_unknown() {
    constexpr std::size_t kNamed = 3;
    if (unknown_.empty()) return;
    const auto more = unknown_.size() - std::min(unknown_.size(), kNamed);
    unknown_.resize(std::min(unknown_.size(), kNamed));
    present_.warnings.push_back(
        "not known now, and so taken as described or drawn: " + text::join(unknown_, ", ") +
        (more > 0 ? " and " + std::to_string(more) + " more" : ""));
  }

  /// SI; empty when nothing is bound there, or it is not usable now.
  std::optional<double> measured(const std::string& port) {
    const auto found = spec_.signals.find(port);
    if (found == spec_.signals.end()) return {};
    const auto& belief = snapshot_.beliefs[found->second];
    const auto& signal = plant_.signal(found->second);
    if (belief.usable()) return signal.unit.to_si(belief.value);
    unknown_.push_back(signal.path);
    return {};
  }

  std::optional<std::uint32_t> items(const std::string& port) {
    const auto value = measured(port);
    if (!value) return {};
    return static_cast<std::uint32_t>(std::lround(std::clamp(*value, 0.0, kItemsMax)));
  }

  void set_adjustables() {
    const auto set = [&](const std::string& name, double value) {
      if (const auto done = process_flow::adjust(present_.flow, name, value); !done)
        present_.warnings.push_back(done.error().message + "; it is taken as described");
    };
    for (const auto& each : process_flow::adjustables(present_.flow)) {
      if (const auto value = measured(each.name)) set(each.name, *value);
      const auto control = spec_.controls.find(each.name);
      if (control == spec_.controls.end()) continue;
      const auto setting = present_setting(plant_, snapshot_, control->second);
      if (setting) set(each.name, plant_.control(control->second).unit.to_si(*setting));
    }
  }

  void plan_maintenance(FlowStation& station) {
    auto& planned = *station.maintenance;
    if (const auto since = measured(station.name + ".maintained")) {
      planned.first = std::max(planned.every - *since, 0.0);
    } else if (planned.on && time_is_known_) {
      const double past = std::fmod(present_.known.time - *planned.on, planned.every);
      planned.first = past > 0.0 ? planned.every - past : -past;
    } else if (planned.on) {
      present_.warnings.push_back("nobody knows the time: the next maintenance of " + station.name +
                                  " is taken as due after 'first'");
    }
  }

  StationState station_state(const FlowStation& station) {
    StationState out;
    out.buffer = items(station.name + ".queue");
    const auto working = items(station.name + ".working");
    const auto blocked = items(station.name + ".blocked");
    const auto down = items(station.name + ".down");
    const auto worn = measured(station.name + ".worn");
    out.machines.resize(station.machines);
    for (auto& machine : out.machines) machine.worn = worn;
    if (!working && !blocked && !down) return out;
    const bool rest_works = !working && out.buffer.value_or(1) > 0;
    std::size_t m = 0;
    const auto put = [&](std::uint32_t count, Activity activity) {
      for (; count > 0 && m < out.machines.size(); --count) out.machines[m++].activity = activity;
    };
    put(down.value_or(0), station.failures ? Activity::Failed : Activity::Maintained);
    put(blocked.value_or(0), Activity::Blocked);
    put(working.value_or(0), Activity::Working);
    // One that neither works nor is down while items wait has no room behind it.
    const bool rest_blocked =
        working && !blocked && station.shifts.empty() && out.buffer.value_or(0) >= station.batch;
    put(kFlowUnlimited, rest_works     ? Activity::Working
                        : rest_blocked ? Activity::Blocked
                                       : Activity::Idle);
    return out;
  }

  /// Of a fleet of which only a mean charge is known, each vehicle has that; of one of which it is
  /// known how many charge, the emptiest do.
  process_flow::FleetState fleet_state(const FlowFleet& fleet) {
    process_flow::FleetState out;
    out.items = items(fleet.name + ".items");
    const auto charge = measured(fleet.name + ".charge");
    out.vehicles.resize(fleet.vehicles);
    for (std::size_t v = 0; v < out.vehicles.size(); ++v) {
      auto& vehicle = out.vehicles[v];
      const auto name = fleet.name + "." + std::to_string(v + 1);
      // Signals count points from 1; what is no point isn't known.
      if (const auto point = items(name + ".point"); point && *point > 0)
        vehicle.point = *point - 1;
      vehicle.charge = measured(name + ".charge");
      if (!vehicle.charge) vehicle.charge = charge;
    }
    const auto charging = items(fleet.name + ".charging");
    if (!charging) return out;
    std::vector<process_flow::VehicleState*> order;
    for (auto& vehicle : out.vehicles) order.push_back(&vehicle);
    std::ranges::stable_sort(order, {},
                             [](const auto* each) { return each->charge.value_or(1.0); });
    for (std::size_t v = 0; v < order.size(); ++v) order[v]->charging = v < *charging;
    return out;
  }

  const Plant& plant_;
  const SimulatorSpec& spec_;
  const Snapshot& snapshot_;
  bool time_is_known_ = false;
  std::vector<std::string> unknown_;  // paths of signals
  FlowPresent present_;
};

}  // namespace

FlowPresent read_flow_present(const Plant& plant, const SimulatorSpec& spec,
                              const Snapshot& snapshot) {
  return PresentReading(plant, spec, snapshot).read();
}

}  // namespace gemel::simulation
