#include "process_flow/plan.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.hpp"
#include "process_flow/detail/vehicle_plan.hpp"

namespace gemel::process_flow {
namespace {

constexpr std::uint32_t kMachinesMax = 10'000;

Error invalid(std::string message) { return {ErrorCode::InvalidInput, std::move(message)}; }

class Planner {
 public:
  explicit Planner(Flow flow) { plan_.flow = std::move(flow); }

  Result<Plan> make() && {
    const auto& flow = plan_.flow;
    GEMEL_TRY(name_all(flow.sources, ElementKind::Source));
    GEMEL_TRY(name_all(flow.stations, ElementKind::Station));
    GEMEL_TRY(name_all(flow.conveyors, ElementKind::Conveyor));
    GEMEL_TRY(name_all(flow.fleets, ElementKind::Fleet));
    GEMEL_TRY(name_all(flow.sinks, ElementKind::Sink));
    if (flow.sources.empty()) return invalid("a flow needs a source");
    if (flow.sinks.empty()) return invalid("a flow needs a sink");
    GEMEL_TRY(check_values());
    GEMEL_TRY(find_ways(flow.sources, plan_.source_ways));
    GEMEL_TRY(find_ways(flow.stations, plan_.station_ways));
    GEMEL_TRY(find_ways(flow.conveyors, plan_.conveyor_ways));
    GEMEL_TRY(find_trips());
    GEMEL_TRY(find_crews());
    find_origins();
    GEMEL_TRY(check_places());
    GEMEL_TRY(detail::plan_vehicles(plan_));
    list_indicators();
    list_series();
    return std::move(plan_);
  }

 private:
  template <class Things>
  Result<void> name_all(const Things& things, ElementKind kind) {
    for (std::uint32_t i = 0; i < things.size(); ++i) {
      if (things[i].name.empty()) return invalid("an element has no name");
      if (!elements_.emplace(things[i].name, Element{kind, i}).second)
        return invalid("two elements are called '" + things[i].name + "'");
      names_.push_back(things[i].name);
    }
    return {};
  }

  static Result<void> positive(const std::string& name, const char* what, double value) {
    if (value > 0.0 && std::isfinite(value)) return {};
    return invalid("'" + name + "': " + what + " is " + text::number(value) +
                   "; it must be positive");
  }

  static Result<void> time(const std::string& name, const char* what, const Distribution& times) {
    const double mean = times.mean();
    if (mean >= 0.0 && std::isfinite(mean)) return {};
    return invalid("'" + name + "': " + what + " is " + times.to_string() +
                   "; a time can't be negative on the average");
  }

  Result<void> check_values() const {
    for (const auto& source : plan_.flow.sources) {
      GEMEL_TRY(time(source.name, "the time between items", source.between));
      if (source.batch == 0) return invalid("'" + source.name + "': a batch of 0 items");
      if (source.cards == 0) return invalid("'" + source.name + "': 0 cards let nothing in");
      if (source.between.mean() == 0.0 && source.cards == kFlowUnlimited &&
          source.limit == UINT64_MAX)
        return invalid(
            "'" + source.name +
            "': items without any time between them; give it between:, cards: or limit:");
    }
    for (const auto& station : plan_.flow.stations) GEMEL_TRY(check(station));
    for (const auto& conveyor : plan_.flow.conveyors) {
      if (!(conveyor.travel >= 0.0))
        return invalid("'" + conveyor.name + "': a travel time below 0");
      if (conveyor.capacity == 0) return invalid("'" + conveyor.name + "': room for 0 items");
    }
    for (const auto& fleet : plan_.flow.fleets) GEMEL_TRY(check(fleet));
    return {};
  }

  static Result<void> check(const FlowStation& station) {
    const auto& name = station.name;
    if (station.machines == 0 || station.machines > kMachinesMax) {
      return invalid("'" + name + "': " + std::to_string(station.machines) +
                     " machines; it may have 1 to " + std::to_string(kMachinesMax));
    }
    GEMEL_TRY(positive(name, "the speed", station.speed));
    GEMEL_TRY(time(name, "the service time", station.service));
    if (station.batch == 0) return invalid("'" + name + "': a batch of 0 items");
    if (station.batch > 1 && station.buffer < station.batch) {
      return invalid("'" + name + "': its buffer holds " + std::to_string(station.buffer) +
                     " items and never a batch of " + std::to_string(station.batch));
    }
    if (station.failures) {
      GEMEL_TRY(positive(name, "the mean uptime", station.failures->uptime.mean()));
      GEMEL_TRY(time(name, "the repair time", station.failures->repair));
    }
    if (station.maintenance) {
      GEMEL_TRY(positive(name, "the distance of two maintenances", station.maintenance->every));
      if (!(station.maintenance->duration >= 0.0) || !(station.maintenance->first >= 0.0))
        return invalid("'" + name + "': maintenance before time began, or of less than no time");
    }
    for (const auto& shift : station.shifts) {
      if (!(shift.from >= 0.0 && shift.from < shift.until && shift.until <= station.period))
        return invalid("'" + name + "': a shift from " + text::number(shift.from) + " to " +
                       text::number(shift.until) + " s does not lie within " +
                       text::number(station.period) + " s");
    }
    return {};
  }

  static Result<void> check(const FlowFleet& fleet) {
    const auto& name = fleet.name;
    if (fleet.vehicles == 0 || fleet.vehicles > kMachinesMax)
      return invalid("'" + name + "': " + std::to_string(fleet.vehicles) + " vehicles");
    GEMEL_TRY(positive(name, "the speed", fleet.speed));
    GEMEL_TRY(positive(name, "the speed with a load", fleet.speed * fleet.loaded));
    GEMEL_TRY(time(name, "the time to load", fleet.loading));
    GEMEL_TRY(time(name, "the time to unload", fleet.unloading));
    if (fleet.failures) {
      GEMEL_TRY(positive(name, "the mean uptime", fleet.failures->uptime.mean()));
      GEMEL_TRY(time(name, "the repair time", fleet.failures->repair));
    }
    if (!fleet.battery) return {};
    const auto& battery = *fleet.battery;
    GEMEL_TRY(positive(name, "the battery's capacity, J,", battery.capacity));
    GEMEL_TRY(positive(name, "the power that charges the battery, W,", battery.charging));
    if (!(battery.driving >= 0.0 && battery.standing >= 0.0))
      return invalid("'" + name + "': a vehicle that draws less than nothing");
    if (battery.charge_below >= 0.0 && battery.charge_below < battery.charge_until &&
        battery.charge_until <= 1.0)
      return {};
    return invalid("'" + name + "': it charges below " + text::number(battery.charge_below) +
                   " until " + text::number(battery.charge_until) +
                   " of the capacity; give shares between 0 and 1, the first the lower");
  }

  Result<Element> find(const std::string& name) const {
    if (const auto found = elements_.find(name); found != elements_.end()) return found->second;
    return Error{ErrorCode::InvalidInput,
                 "there is no element '" + name + "'" + text::did_you_mean(name, names_)};
  }

  Result<std::vector<Way>> ways_to(const std::vector<FlowRoute>& routes,
                                   const std::string& context) const {
    std::vector<Way> on;
    double sum = 0.0;
    for (const auto& route : routes) {
      const auto to = find(route.to);
      if (!to) return to.error().within(context);
      if (to->kind == ElementKind::Source)
        return invalid(context + ": nothing can go to the source '" + route.to + "'");
      if (!(route.share >= 0.0)) return invalid(context + ": a share below 0");
      sum += route.share;
      on.push_back({*to, sum});
    }
    if (std::fabs(sum - 1.0) > 1e-9)
      return invalid(context + ": its shares sum to " + text::rounded(sum, 6) + ", not to 1");
    on.back().up_to = 2.0;  // rounding leaves nobody behind
    return on;
  }

  template <class Things>
  Result<void> find_ways(const Things& things, std::vector<std::vector<Way>>& ways) const {
    for (const auto& thing : things) {
      const auto context = "'" + thing.name + "'";
      if (thing.next.empty())
        return invalid(context + " leads nowhere; name what comes after it, at last a sink");
      GEMEL_ASSIGN(auto on, ways_to(thing.next, context));
      ways.push_back(std::move(on));
    }
    return {};
  }

  /// Of a fleet that has trips for all that leads to it, nothing else needs to be told.
  Result<void> find_trips() {
    for (const auto& fleet : plan_.flow.fleets) {
      const auto context = "'" + fleet.name + "'";
      if (fleet.next.empty() && fleet.trips.empty())
        return invalid(context + " leads nowhere; name what comes after it, at last a sink");
      auto& on = plan_.fleet_ways.emplace_back();
      if (!fleet.next.empty()) {
        GEMEL_ASSIGN(on, ways_to(fleet.next, context));
      }
      auto& trips = plan_.fleet_trips.emplace_back();
      for (const auto& trip : fleet.trips) {
        const auto from = find(trip.from);
        if (!from) return from.error().within(context);
        GEMEL_ASSIGN(auto ways, ways_to(trip.next, context));
        trips.push_back({*from, std::move(ways)});
      }
    }
    return {};
  }

  Result<std::uint32_t> crew(const std::string& name) const {
    if (name.empty()) return kFlowUnlimited;
    std::vector<std::string> crews;
    for (std::uint32_t i = 0; i < plan_.flow.crews.size(); ++i) {
      if (plan_.flow.crews[i].name == name) return i;
      crews.push_back(plan_.flow.crews[i].name);
    }
    return Error{ErrorCode::InvalidInput,
                 "there is no crew '" + name + "'" + text::did_you_mean(name, crews)};
  }

  Result<void> find_crews() {
    for (const auto& each : plan_.flow.crews) {
      const auto alike = [&](const FlowCrew& other) { return other.name == each.name; };
      if (elements_.contains(each.name) || std::ranges::count_if(plan_.flow.crews, alike) > 1)
        return invalid("the crew '" + each.name + "' has a name that is taken");
      if (each.people == 0) return invalid("the crew '" + each.name + "' has nobody");
    }
    for (const auto& station : plan_.flow.stations) {
      GEMEL_ASSIGN(const auto repair, crew(station.failures ? station.failures->crew : ""));
      GEMEL_ASSIGN(const auto planned, crew(station.maintenance ? station.maintenance->crew : ""));
      plan_.failure_crews.push_back(repair);
      plan_.maintenance_crews.push_back(planned);
    }
    for (const auto& fleet : plan_.flow.fleets) {
      GEMEL_ASSIGN(const auto repair, crew(fleet.failures ? fleet.failures->crew : ""));
      plan_.fleet_crews.push_back(repair);
    }
    return {};
  }

  Result<void> check_places() const {
    for (const auto& place : plan_.flow.places) GEMEL_TRY(find(place.of));
    return {};
  }

  const std::vector<Way>& ways_of(const Element& element) const {
    static const std::vector<Way> kNoWay;
    switch (element.kind) {
      case ElementKind::Source:
        return plan_.source_ways[element.index];
      case ElementKind::Station:
        return plan_.station_ways[element.index];
      case ElementKind::Conveyor:
        return plan_.conveyor_ways[element.index];
      case ElementKind::Fleet:
        return plan_.fleet_ways[element.index];
      case ElementKind::Sink:
        return kNoWay;
    }
    return kNoWay;
  }

  void find_origins() {
    const auto& flow = plan_.flow;
    const std::array counts{flow.sources.size(), flow.stations.size(), flow.conveyors.size(),
                            flow.fleets.size(), flow.sinks.size()};
    std::array<std::vector<bool>, 5> met;
    for (std::size_t kind = 0; kind < counts.size(); ++kind) {
      plan_.origins[kind].resize(counts[kind]);
      met[kind].resize(counts[kind]);
    }
    for (std::uint32_t source = 0; source < flow.sources.size(); ++source) {
      std::vector<Element> open{{ElementKind::Source, source}};
      while (!open.empty()) {
        const auto from = open.back();
        open.pop_back();
        const auto visit = [&](const std::vector<Way>& ways) {
          for (const auto& way : ways) {
            const auto kind = static_cast<std::size_t>(way.to.kind);
            if (met[kind][way.to.index]) continue;
            met[kind][way.to.index] = true;
            plan_.origins[kind][way.to.index] = {
                source, from.kind == ElementKind::Station ? from.index : UINT32_MAX};
            open.push_back(way.to);
          }
        };
        visit(ways_of(from));
        if (from.kind != ElementKind::Fleet) continue;
        for (const auto& trip : plan_.fleet_trips[from.index]) visit(trip.ways);
      }
    }
  }

  void list_indicators() {
    const auto add = [&](std::string name, const char* unit) {
      plan_.indicators.push_back(std::move(name));
      plan_.units.emplace_back(unit);
    };
    add("throughput", "1/s");
    add("time_in_system", "s");
    add("time_in_system.p90", "s");
    add("items_in_system", "1");
    for (const auto& station : plan_.flow.stations) {
      add(station.name + ".utilisation", "1");
      add(station.name + ".starved", "1");
      add(station.name + ".blocked", "1");
      add(station.name + ".down", "1");
      add(station.name + ".queue", "1");
      add(station.name + ".wait", "s");
      if (station.failures) add(station.name + ".failures", "1");
    }
    for (const auto& conveyor : plan_.flow.conveyors) add(conveyor.name + ".items", "1");
    for (const auto& fleet : plan_.flow.fleets) {
      add(fleet.name + ".utilisation", "1");
      for (const char* each : {".loaded", ".empty", ".waiting", ".idle"})
        add(fleet.name + each, "1");
      if (fleet.battery) add(fleet.name + ".charging", "1");
      if (fleet.failures) add(fleet.name + ".down", "1");
      add(fleet.name + ".wait", "s");
      add(fleet.name + ".deliveries", "1/s");
      if (fleet.battery) add(fleet.name + ".charge.lowest", "1");
      if (fleet.failures) add(fleet.name + ".failures", "1");
    }
    for (const auto& crew : plan_.flow.crews) add(crew.name + ".utilisation", "1");
    for (const auto& sink : plan_.flow.sinks) add(sink.name + ".items", "1");
    add("downtime", "h");
    list_costs();
    if (plan_.tells.energy) add("energy", "kWh");
    if (plan_.tells.cost) add("cost", plan_.flow.currency.c_str());
    if (plan_.tells.value) add("margin", plan_.flow.currency.c_str());
  }

  void list_costs() {
    const auto& flow = plan_.flow;
    auto& tells = plan_.tells;
    bool cost = flow.energy_price != 0.0;
    for (const auto& station : flow.stations) {
      tells.energy |= station.power_working != 0.0 || station.power_idle != 0.0;
      cost |= station.cost_per_hour != 0.0 || (station.failures && station.failures->cost != 0.0) ||
              (station.maintenance && station.maintenance->cost != 0.0);
    }
    for (const auto& fleet : flow.fleets) {
      tells.energy |= fleet.battery.has_value();
      cost |= fleet.cost_per_hour != 0.0 || (fleet.failures && fleet.failures->cost != 0.0);
    }
    bool value = false;
    for (const auto& sink : flow.sinks) value |= sink.value != 0.0;
    tells.cost = !flow.currency.empty() && (cost || value);
    tells.value = tells.cost && value;
  }

  void list_series() {
    const auto add = [&](std::string name, const char* unit = "1") {
      plan_.series.push_back(std::move(name));
      plan_.series_units.emplace_back(unit);
    };
    add("items_in_system");
    for (const auto& source : plan_.flow.sources) add(source.name + ".waiting");
    for (const auto& station : plan_.flow.stations) {
      for (const char* each : {".queue", ".working", ".blocked", ".down"}) add(station.name + each);
      if (station.failures) add(station.name + ".worn", "s");
      if (station.maintenance) add(station.name + ".maintained", "s");
    }
    for (const auto& conveyor : plan_.flow.conveyors) add(conveyor.name + ".items");
    for (const auto& fleet : plan_.flow.fleets) {
      add(fleet.name + ".items");
      add(fleet.name + ".working");
      if (!fleet.battery) continue;
      add(fleet.name + ".charging");
      add(fleet.name + ".charge");
    }
    for (const auto& sink : plan_.flow.sinks) add(sink.name + ".items");
  }

  Plan plan_;
  std::map<std::string, Element> elements_;
  std::vector<std::string> names_;
};

}  // namespace

Result<Plan> make_plan(Flow flow) { return Planner(std::move(flow)).make(); }

}  // namespace gemel::process_flow
