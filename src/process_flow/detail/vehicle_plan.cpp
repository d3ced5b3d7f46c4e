#include "process_flow/detail/vehicle_plan.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"

namespace gemel::process_flow::detail {
namespace {

Error invalid(std::string message) { return {ErrorCode::InvalidInput, std::move(message)}; }

constexpr double kJoulesPerKilowattHour = 3.6e6;

class VehiclePlanner {
 public:
  explicit VehiclePlanner(Plan& plan) : plan_(plan), flow_(plan.flow) {}

  Result<void> make() {
    find_feeders();
    for (std::uint32_t i = 0; i < flow_.fleets.size(); ++i) GEMEL_TRY(check_trips(i));
    const std::array counts{flow_.sources.size(), flow_.stations.size(), flow_.conveyors.size(),
                            flow_.fleets.size(), flow_.sinks.size()};
    for (std::size_t kind = 0; kind < counts.size(); ++kind)
      plan_.stops[kind].assign(counts[kind], Plan::kNoStop);
    if (flow_.layout.empty()) {
      lay_out_plane();
      for (const auto& fleet : flow_.fleets) {
        if (fleet.battery)
          return invalid("'" + fleet.name +
                         "' has a battery and nowhere to charge it; describe a 'layout' with "
                         "chargers");
      }
      return {};
    }
    GEMEL_ASSIGN(plan_.path, GuidePath::make(flow_.layout));
    GEMEL_TRY(find_stops());
    for (std::uint32_t i = 0; i < flow_.fleets.size(); ++i) GEMEL_TRY(check_served(i));
    plan_.nearest_charger = nearest([&](std::uint32_t p) { return points()[p].chargers > 0; });
    plan_.nearest_haven = nearest([&](std::uint32_t p) { return plan_.path.haven(p); });
    for (std::uint32_t i = 0; i < flow_.fleets.size(); ++i) {
      GEMEL_TRY(check_reach(i));
      if (flow_.fleets[i].battery) GEMEL_TRY(check_battery(i));
    }
    return {};
  }

 private:
  const std::vector<FlowPoint>& points() const { return flow_.layout.points; }

  template <class Visit>
  void each_element(Visit visit) const {
    const auto all = [&](const auto& things, ElementKind kind) {
      for (std::uint32_t i = 0; i < things.size(); ++i) visit(things[i].name, Element{kind, i});
    };
    all(flow_.sources, ElementKind::Source);
    all(flow_.stations, ElementKind::Station);
    all(flow_.conveyors, ElementKind::Conveyor);
    all(flow_.fleets, ElementKind::Fleet);
    all(flow_.sinks, ElementKind::Sink);
  }
  std::string name_of(const Element& of) const {
    std::string found;
    each_element([&](const std::string& name, const Element& each) {
      if (each.kind == of.kind && each.index == of.index) found = name;
    });
    return found;
  }

  void find_feeders() {
    plan_.fleet_feeders.resize(flow_.fleets.size());
    const auto gather = [&](const std::vector<std::vector<Way>>& ways, ElementKind kind) {
      for (std::uint32_t i = 0; i < ways.size(); ++i) {
        for (const auto& way : ways[i]) {
          if (way.to.kind == ElementKind::Fleet)
            plan_.fleet_feeders[way.to.index].push_back({kind, i});
        }
      }
    };
    gather(plan_.source_ways, ElementKind::Source);
    gather(plan_.station_ways, ElementKind::Station);
    gather(plan_.conveyor_ways, ElementKind::Conveyor);
    gather(plan_.fleet_ways, ElementKind::Fleet);
    for (std::uint32_t i = 0; i < flow_.fleets.size(); ++i) {
      std::vector<std::vector<Way>> ways(i + 1);
      for (const auto& trip : plan_.fleet_trips[i]) {
        ways[i] = trip.ways;
        gather(ways, ElementKind::Fleet);
      }
    }
    for (auto& feeders : plan_.fleet_feeders) {
      const auto key = [](const Element& each) { return std::pair{each.kind, each.index}; };
      std::ranges::sort(feeders, {}, key);
      const auto twice = std::ranges::unique(feeders, {}, key);
      feeders.erase(twice.begin(), twice.end());
    }
  }

  Result<void> check_trips(std::uint32_t fleet) const {
    const auto& name = flow_.fleets[fleet].name;
    const auto& feeders = plan_.fleet_feeders[fleet];
    for (const auto& trip : plan_.fleet_trips[fleet]) {
      const auto leads_here = [&](const Element& each) {
        return each.kind == trip.from.kind && each.index == trip.from.index;
      };
      if (std::ranges::none_of(feeders, leads_here))
        return invalid("'" + name + "' has a trip from '" + name_of(trip.from) +
                       "', which does not lead to it; name '" + name + "' in its 'next'");
    }
    for (const auto& each : feeders) {
      if (plan_.ways_of_fleet(fleet, each).empty())
        return invalid("'" + name + "' is not told where to take what comes from '" +
                       name_of(each) + "'; give it a trip, or 'next' for all that have none");
    }
    return {};
  }

  /// Of all that a fleet may be asked for.
  template <class Visit>
  void each_trip(std::uint32_t fleet, Visit visit) const {
    for (const auto& from : plan_.fleet_feeders[fleet]) {
      for (const auto& way : plan_.ways_of_fleet(fleet, from))
        visit(plan_.stop(from), plan_.stop(way.to));
    }
  }

  /// Stations stand where they were described to; items of other elements are fetched at the
  /// station before them, and brought to (0, 0).
  void lay_out_plane() {
    std::vector<std::pair<double, double>> places(flow_.stations.size() + 1);
    for (const auto& place : flow_.places) {
      for (std::size_t i = 0; i < flow_.stations.size(); ++i) {
        if (flow_.stations[i].name == place.of) places[i] = {place.x, place.y};
      }
    }
    plan_.path = GuidePath(std::move(places));
    each_element([&](const std::string&, const Element& each) {
      auto station = each.kind == ElementKind::Station  ? each.index
                     : each.kind == ElementKind::Source ? UINT32_MAX
                                                        : plan_.origin(each).station;
      if (station == UINT32_MAX) station = static_cast<std::uint32_t>(flow_.stations.size());
      plan_.stops[static_cast<std::size_t>(each.kind)][each.index] = station;
    });
  }

  Result<void> find_stops() {
    std::map<std::string, Element> elements;
    std::vector<std::string> names;
    each_element([&](const std::string& name, const Element& each) {
      elements.emplace(name, each);
      names.push_back(name);
    });
    for (std::uint32_t p = 0; p < points().size(); ++p) {
      for (const auto& name : points()[p].serves) {
        const auto found = elements.find(name);
        if (found == elements.end())
          return invalid("'" + points()[p].name + "': there is no element '" + name +
                         "' for it to serve" + text::did_you_mean(name, names));
        auto& stop = plan_.stops[static_cast<std::size_t>(found->second.kind)][found->second.index];
        if (stop != Plan::kNoStop)
          return invalid("'" + points()[p].name + "': '" + name + "' stands at '" +
                         points()[stop].name + "' already; it can stand at one point");
        stop = p;
      }
    }
    return {};
  }

  Result<void> check_served(std::uint32_t fleet) const {
    const auto at_a_point = [&](const Element& each, const char* how) -> Result<void> {
      if (plan_.stop(each) != Plan::kNoStop) return {};
      return invalid("'" + flow_.fleets[fleet].name + "' " + how + " '" + name_of(each) +
                     "', which stands at no point of the layout; name it in a point's 'serves'");
    };
    for (const auto& each : plan_.fleet_feeders[fleet]) {
      GEMEL_TRY(at_a_point(each, "fetches from"));
      for (const auto& way : plan_.ways_of_fleet(fleet, each))
        GEMEL_TRY(at_a_point(way.to, "brings to"));
    }
    return {};
  }

  template <class Wanted>
  std::vector<std::uint32_t> nearest(Wanted wanted) const {
    std::vector<std::uint32_t> out(points().size(), Plan::kNoStop);
    for (std::uint32_t from = 0; from < out.size(); ++from) {
      double best = GuidePath::kUnreachable;
      for (std::uint32_t to = 0; to < out.size(); ++to) {
        if (!wanted(to) || plan_.path.distance(from, to) >= best) continue;
        best = plan_.path.distance(from, to);
        out[from] = to;
      }
    }
    return out;
  }

  /// All that vehicles of a fleet go to must be reached from all of it.
  Result<void> check_reach(std::uint32_t fleet) const {
    const auto& name = flow_.fleets[fleet].name;
    if (plan_.fleet_feeders[fleet].empty())
      return invalid("nothing leads to the fleet '" + name + "'; name it in an element's 'next'");
    if (std::ranges::none_of(points(), [](const auto& p) { return p.holds == kFlowUnlimited; }))
      return invalid("'" + name +
                     "' has nowhere to stand out of the way: every point of the layout holds few "
                     "vehicles; leave 'holds' out where vehicles can wait beside the way");
    std::vector<std::uint32_t> visited;
    each_trip(fleet, [&](std::uint32_t from, std::uint32_t to) {
      visited.push_back(from);
      visited.push_back(to);
    });
    for (std::uint32_t p = 0; p < points().size(); ++p) {
      if (points()[p].parking > 0 || (points()[p].chargers > 0 && flow_.fleets[fleet].battery))
        visited.push_back(p);
    }
    // Where those go that have nothing to do is visited as well.
    for (std::size_t i = visited.size(); i-- > 0;) {
      if (plan_.nearest_haven[visited[i]] != Plan::kNoStop)
        visited.push_back(plan_.nearest_haven[visited[i]]);
    }
    for (const auto from : visited) {
      for (const auto to : visited) {
        if (plan_.path.distance(from, to) < GuidePath::kUnreachable) continue;
        return invalid("'" + name + "': no way leads from '" + points()[from].name + "' to '" +
                       points()[to].name + "'; add one, or let a way go 'both_ways'");
      }
    }
    return {};
  }

  /// Charged at any charger, it must be able to do any request and reach a charger again.
  Result<void> check_battery(std::uint32_t f) const {
    const auto& fleet = flow_.fleets[f];
    const auto& battery = *fleet.battery;
    if (std::ranges::none_of(points(), [](const auto& p) { return p.chargers > 0; }))
      return invalid("'" + fleet.name +
                     "' has a battery and nowhere to charge it; give a point 'chargers'");
    const double empty = battery.driving / fleet.speed, loaded = empty / fleet.loaded;  // J/m
    const double reserve = kBatteryReserve * battery.capacity;
    double most = reserve;
    std::uint32_t worst_from = 0, worst_to = 0;
    each_trip(f, [&](std::uint32_t from, std::uint32_t to) {
      for (std::uint32_t charger = 0; charger < points().size(); ++charger) {
        if (points()[charger].chargers == 0) continue;
        const double need = reserve + empty * plan_.path.distance(charger, from) +
                            loaded * plan_.path.distance(from, to) +
                            empty * plan_.path.distance(to, plan_.nearest_charger[to]);
        if (need <= most) continue;
        most = need;
        worst_from = from;
        worst_to = to;
      }
    });
    const double full = battery.charge_until * battery.capacity;
    if (most <= full) return {};
    return invalid("'" + fleet.name + "': a charged battery, " +
                   text::rounded(full / kJoulesPerKilowattHour, 3) +
                   " kWh, does not last from a charger by '" + points()[worst_from].name +
                   "' and '" + points()[worst_to].name + "' to the next: that takes " +
                   text::rounded(most / kJoulesPerKilowattHour, 3) +
                   " kWh; give it a larger one, or a charger nearer by");
  }

  Plan& plan_;
  const Flow& flow_;
};

}  // namespace

Result<void> plan_vehicles(Plan& plan) { return VehiclePlanner(plan).make(); }

}  // namespace gemel::process_flow::detail
