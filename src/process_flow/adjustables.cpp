#include "process_flow/adjustables.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.hpp"

namespace gemel::process_flow {
namespace {

constexpr double kAny = std::numeric_limits<double>::infinity();
constexpr double kSmall = 1e-9;  // what is divided by
constexpr double kMachines = 10'000, kItems = 1e6;

/// One table for both: it shows each quantity of a flow, with where it is held, to a visitor, until
/// one says that it has found what it looked for.
template <class Visitor>
class Walk {
 public:
  explicit Walk(Visitor& visit) : visit_(visit) {}

  void over(Flow& flow) {
    currency_ = flow.currency;
    for (auto& each : flow.sources) source(each);
    for (auto& each : flow.stations) station(each);
    for (auto& each : flow.conveyors) conveyor(each);
    for (auto& each : flow.fleets) fleet(each);
    for (auto& each : flow.sinks) {
      if (each.value != 0.0)
        number(each.name + ".value", flow.currency, "worth of an item", each.value, 0.0, kAny);
    }
    for (auto& each : flow.crews)
      count(each.name + ".people", "people of the crew", each.people, 1, kMachines);
    if (flow.energy_price != 0.0)
      number("energy_price", flow.currency + "/kWh", "price of energy", flow.energy_price, 0.0,
             kAny);
  }

 private:
  void number(std::string name, std::string unit, const char* meaning, double& held, double low,
              double high) {
    visit_({std::move(name), std::move(unit), meaning, held, low, high},
           [&](double value) { held = value; });
  }
  void count(std::string name, const char* meaning, std::uint32_t& held, double low, double high) {
    visit_(
        {std::move(name), "1", meaning, static_cast<double>(held), low, high},
        [&](double value) { held = static_cast<std::uint32_t>(value); }, true);
  }
  void mean(std::string name, const char* meaning, Distribution& held) {
    const double now = held.mean();
    if (!(now > 0.0)) return;  // nothing to scale
    visit_({std::move(name), "s", meaning, now, kSmall, kAny},
           [&, now](double value) { held = held.scaled(value / now); });
  }

  void source(FlowSource& source) {
    mean(source.name + ".between", "mean time between items", source.between);
    count(source.name + ".batch", "items that come at once", source.batch, 1, kItems);
    if (source.cards != kFlowUnlimited)
      count(source.name + ".cards", "most items in the system", source.cards, 1, kItems);
  }

  void station(FlowStation& station) {
    const auto name = [&](const char* of) { return station.name + of; };
    number(name(".speed"), "1", "speed, which divides service times", station.speed, kSmall, kAny);
    mean(name(".service"), "mean service time at speed 1", station.service);
    count(name(".machines"), "machines", station.machines, 1, kMachines);
    if (station.buffer != kFlowUnlimited)
      count(name(".buffer"), "room before the machines", station.buffer,
            station.batch > 1 ? station.batch : 0, kItems);
    if (station.batch > 1)
      count(name(".batch"), "items that are worked on at once", station.batch, 1,
            std::min<double>(station.buffer, kItems));
    if (station.failures) {
      auto& failures = *station.failures;
      mean(name(".uptime"),
           failures.of_work ? "mean work until a failure" : "mean time until a failure",
           failures.uptime);
      mean(name(".repair"), "mean time that a repair takes", failures.repair);
      if (failures.cost != 0.0)
        number(name(".repair.cost"), currency_, "cost of a repair", failures.cost, 0.0, kAny);
    }
    if (station.maintenance) {
      auto& planned = *station.maintenance;
      number(name(".maintenance.first"), "s", "from now to the next maintenance", planned.first,
             0.0, kAny);
      number(name(".maintenance.every"), "s", "from one maintenance to the next", planned.every,
             kSmall, kAny);
      number(name(".maintenance.duration"), "s", "time that a maintenance takes", planned.duration,
             0.0, kAny);
      if (planned.cost != 0.0)
        number(name(".maintenance.cost"), currency_, "cost of a maintenance", planned.cost, 0.0,
               kAny);
    }
    if (station.power_working != 0.0)
      number(name(".power_working"), "W", "power of a machine at work", station.power_working, 0.0,
             kAny);
    if (station.power_idle != 0.0)
      number(name(".power_idle"), "W", "power of a machine that waits", station.power_idle, 0.0,
             kAny);
    if (station.cost_per_hour != 0.0)
      number(name(".cost_per_hour"), currency_ + "/h", "cost of a machine", station.cost_per_hour,
             0.0, kAny);
  }

  void conveyor(FlowConveyor& conveyor) {
    number(conveyor.name + ".travel", "s", "time that an item rides", conveyor.travel, 0.0, kAny);
    if (conveyor.capacity != kFlowUnlimited)
      count(conveyor.name + ".capacity", "items that it holds", conveyor.capacity, 1, kItems);
  }

  void fleet(FlowFleet& fleet) {
    count(fleet.name + ".vehicles", "vehicles", fleet.vehicles, 1, kMachines);
    const auto name = [&](const char* of) { return fleet.name + of; };
    number(name(".speed"), "m/s", "speed of a vehicle, with a load in proportion", fleet.speed,
           kSmall, kAny);
    mean(name(".loading"), "mean time to load", fleet.loading);
    mean(name(".unloading"), "mean time to unload", fleet.unloading);
    if (fleet.battery) {
      auto& battery = *fleet.battery;
      number(name(".battery"), "J", "what a vehicle's battery holds", battery.capacity, kSmall,
             kAny);
      number(name(".charging_power"), "W", "power that charges a vehicle", battery.charging, kSmall,
             kAny);
      number(name(".charge_below"), "1", "charge below which a vehicle goes to charge",
             battery.charge_below, 0.0, 1.0);
      number(name(".charge_until"), "1", "charge until which it charges", battery.charge_until, 0.0,
             1.0);
    }
    if (fleet.failures) {
      auto& failures = *fleet.failures;
      mean(name(".uptime"), "mean driving until a failure", failures.uptime);
      mean(name(".repair"), "mean time that a repair takes", failures.repair);
      if (failures.cost != 0.0)
        number(name(".repair.cost"), currency_, "cost of a repair", failures.cost, 0.0, kAny);
    }
    if (fleet.cost_per_hour != 0.0)
      number(name(".cost_per_hour"), currency_ + "/h", "cost of a vehicle", fleet.cost_per_hour,
             0.0, kAny);
  }

  Visitor& visit_;
  std::string currency_;
};

}  // namespace

std::vector<Adjustable> adjustables(const Flow& flow) {
  std::vector<Adjustable> all;
  auto list = [&](Adjustable each, auto&&, bool = false) { all.push_back(std::move(each)); };
  auto copy = flow;
  Walk(list).over(copy);
  return all;
}

Result<void> adjust(Flow& flow, std::string_view name, double value, Beyond beyond) {
  std::vector<std::string> names;
  bool found = false;
  Result<void> result;
  auto set = [&](const Adjustable& each, auto&& put, bool whole = false) {
    names.push_back(each.name);
    if (found || each.name != name) return;
    found = true;
    if (beyond == Beyond::Nearest && !std::isnan(value)) {
      value = std::clamp(value, each.low, each.high);
      if (whole) value = std::round(value);
    }
    if (!(value >= each.low && value <= each.high)) {
      const auto bounds =
          each.high < kAny ? "between " + text::number(each.low) + " and " + text::number(each.high)
          : each.low > 0.0 ? std::string("above 0")
                           : "at least " + text::number(each.low);
      result = Error{ErrorCode::InvalidInput,
                     each.name + " can't be " + text::number(value) + "; it must be " + bounds};
    } else if (whole && value != std::floor(value)) {
      result = Error{ErrorCode::InvalidInput, each.name + " can't be " + text::number(value) +
                                                  ": it is counted; give a whole number"};
    } else {
      put(value);
    }
  };
  Walk(set).over(flow);
  if (!found)
    return Error{ErrorCode::NotFound, "there is nothing called '" + std::string(name) +
                                          "' to change" + text::did_you_mean(name, names)};
  return result;
}

}  // namespace gemel::process_flow
