// What a twin file says of a process flow: elements, what follows what, what is bound to it.

#include "spec/detail/flow.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.hpp"
#include "process_flow/bound.hpp"
#include "process_flow/plan.hpp"
#include "spec/detail/characters.hpp"

namespace gemel::spec {
namespace {

class FlowBuild {
 public:
  FlowBuild(Draft& draft, const Pending& pending) : draft_(draft), pending_(pending) {}

  bool build(SimulatorSpec& spec, const Fields& fields) {
    flow_.currency = fields.text("currency");
    flow_.energy_price = fields.number("energy_price", 0.0);
    flow_.settles_within =
        fields.duration("settles_within", Duration::from_seconds(flow_.settles_within))
            .in_seconds();
    each(fields, "sources",
         [&](const std::string& name, const Fields& of) { add_source(name, of); });
    each(fields, "stations",
         [&](const std::string& name, const Fields& of) { add_station(name, of); });
    each(fields, "conveyors",
         [&](const std::string& name, const Fields& of) { add_conveyor(name, of); });
    each(fields, "fleets", [&](const std::string& name, const Fields& of) { add_fleet(name, of); });
    each(fields, "sinks", [&](const std::string& name, const Fields& of) {
      flow_.sinks.push_back({name, of.number("value", 0.0)});
    });
    each(fields, "crews", [&](const std::string& name, const Fields& of) {
      flow_.crews.push_back({name, count(of, "people", 1)});
    });
    if (const Node* node = fields.find("layout"); node != nullptr && node->is_table())
      add_layout(Fields(*node));
    check_names();
    if (!right_) return false;
    if (const auto plan = process_flow::make_plan(flow_); !plan) {
      wrong(place_of(plan.error().message), plan.error().message);
      return false;
    }
    for (const auto& entry : fields.entries("bind")) bind(spec, entry);
    spec.description = std::move(flow_);
    return right_;
  }

 private:
  template <class Add>
  void each(const Fields& fields, std::string_view key, Add add) {
    for (const auto& entry : fields.entries(key)) {
      if (entry.value == nullptr || !entry.value->is_table()) {
        right_ = false;  // the form check told
        continue;
      }
      places_.emplace(entry.key, entry.at);
      add(entry.key, Fields(*entry.value));
    }
  }

  void wrong(Location at, std::string message) {
    draft_.problems.error(at, std::move(message));
    right_ = false;
  }

  /// Of the element that a plan's message begins with.
  Location place_of(std::string_view message) const {
    if (message.starts_with('\'')) {
      const auto name = message.substr(1, message.find('\'', 1) - 1);
      if (const auto found = places_.find(std::string(name)); found != places_.end())
        return found->second;
    }
    return pending_.at;
  }

  // Values. What the form check found wrong reads as absent; the load fails anyway.

  Distribution times(const Fields& fields, std::string_view key, Distribution fallback) {
    const Node* node = fields.find_text(key);
    if (node == nullptr) return fallback;
    const auto seconds = [](std::string_view text, bool plain) -> Result<double> {
      double number = 0.0;
      if (plain && text::parse_number(text, number)) return number;
      if (plain)
        return Error{ErrorCode::InvalidInput, "'" + shown(text) + "' must be a plain number"};
      const auto duration = parse_duration(text);
      if (duration && duration->ns >= 0) return duration->in_seconds();
      return Error{ErrorCode::InvalidInput,
                   "'" + shown(text) + "' is no time; write such as '40 s'"};
    };
    const auto read = Distribution::parse(node->text, seconds);
    if (read) return *read;
    wrong(node->at, fmt::format("'{}': {}", key, read.error().message));
    return fallback;
  }

  std::uint32_t count(const Fields& fields, std::string_view key, std::uint32_t fallback) {
    const Node* node = fields.find_text(key);
    double value = 0.0;
    if (node == nullptr || !text::parse_number(node->text, value)) return fallback;
    if (value >= 0.0 && value < kFlowUnlimited && value == static_cast<std::uint32_t>(value))
      return static_cast<std::uint32_t>(value);
    wrong(node->at, fmt::format("'{}' counts; '{}' is no whole number from 0", key, node->text));
    return fallback;
  }

  double quantity(const Fields& fields, std::string_view key, const char* unit, double fallback) {
    const Node* node = fields.find_text(key);
    return node != nullptr ? quantity(*node, key, unit).value_or(fallback) : fallback;
  }
  std::optional<double> quantity(const Node& node, std::string_view key, const char* unit) {
    const auto value = draft_.value_in(**draft_.units.read(unit), node, key);
    if (!value) right_ = false;
    return value;
  }

  static double seconds(const Fields& fields, std::string_view key, double fallback) {
    return fields.duration(key, Duration::from_seconds(fallback)).in_seconds();
  }

  std::vector<FlowRoute> next(const Fields& fields) {
    const Node* node = fields.find("next");
    return node != nullptr ? routes(*node) : std::vector<FlowRoute>();
  }
  std::vector<FlowRoute> routes(const Node& node) {
    std::vector<FlowRoute> out;
    if (node.is_text()) {
      out.push_back({node.text, 1.0});
      mentioned_.push_back({node.text, node.at, Mention::Next});
    } else if (node.is_table()) {
      for (const auto& entry : node.entries) {
        out.push_back({entry.key, Fields(node).number(entry.key, 0.0)});
        mentioned_.push_back({entry.key, entry.at, Mention::Next});
      }
    }
    return out;
  }

  std::string crew(const Fields& fields) {
    const Node* node = fields.find_text("crew");
    if (node == nullptr) return {};
    mentioned_.push_back({node->text, node->at, Mention::Crew});
    return node->text;
  }

  // Elements.

  void add_source(const std::string& name, const Fields& fields) {
    FlowSource source{.name = name};
    source.between = times(fields, "between", Distribution::constant(0.0));
    source.batch = count(fields, "batch", 1);
    source.cards = count(fields, "cards", kFlowUnlimited);
    if (fields.find_text("limit") != nullptr) source.limit = count(fields, "limit", 0);
    source.next = next(fields);
    flow_.sources.push_back(std::move(source));
  }

  void add_station(const std::string& name, const Fields& fields) {
    FlowStation station{.name = name};
    station.machines = count(fields, "machines", 1);
    station.service = times(fields, "service", station.service);
    station.speed = fields.number("speed", 1.0);
    station.batch = count(fields, "batch", 1);
    station.buffer = count(fields, "buffer", kFlowUnlimited);
    if (fields.text("discipline") == "last_in") station.discipline = FlowDiscipline::LastIn;
    if (const Node* node = fields.find("failures"); node != nullptr && node->is_table())
      station.failures = failures(Fields(*node));
    if (const Node* node = fields.find("maintenance"); node != nullptr && node->is_table())
      station.maintenance = maintenance(Fields(*node));
    for (const Node* shift : fields.one_or_more("shifts")) add_shift(station, *shift);
    station.power_working = quantity(fields, "power_working", "W", 0.0);
    station.power_idle = quantity(fields, "power_idle", "W", 0.0);
    station.cost_per_hour = fields.number("cost_per_hour", 0.0);
    station.next = next(fields);
    if (const auto at = fields.items("at"); at.size() == 2) {
      flow_.places.push_back({name, quantity(*at[0], "at", "m").value_or(0.0),
                              quantity(*at[1], "at", "m").value_or(0.0)});
    }
    flow_.stations.push_back(std::move(station));
  }

  FlowFailures failures(const Fields& fields) {
    FlowFailures out;
    out.uptime = times(fields, "uptime", Distribution::exponential(1.0));
    out.repair = times(fields, "repair", Distribution::constant(0.0));
    out.of_work = fields.text("of", "work") == "work";
    out.crew = crew(fields);
    out.cost = fields.number("cost", 0.0);
    return out;
  }

  FlowMaintenance maintenance(const Fields& fields) {
    FlowMaintenance out;
    out.every = seconds(fields, "every", 1.0);
    out.duration = seconds(fields, "duration", 0.0);
    out.first = seconds(fields, "first", out.every);
    if (const Node* on = fields.find_text("on")) {
      if (const auto time = parse_timestamp(on->text))
        out.on = static_cast<double>(time->ns) * 1e-9;
      else
        wrong(on->at, fmt::format("'on': {}", time.error().message));
    }
    out.crew = crew(fields);
    out.cost = fields.number("cost", 0.0);
    return out;
  }

  /// "22:00-06:00" goes over midnight and is two.
  void add_shift(FlowStation& station, const Node& node) {
    const auto minutes = [](std::string_view text) -> std::optional<double> {
      const auto colon = text.find(':');
      double hours = 0.0, past = 0.0;
      if (colon == std::string_view::npos || !text::parse_number(text.substr(0, colon), hours) ||
          !text::parse_number(text.substr(colon + 1), past) || hours < 0 || past < 0 ||
          past >= 60 || hours * 60 + past > 24 * 60)
        return {};
      return hours * 60 + past;
    };
    const auto dash = node.text.find('-');
    std::optional<double> from, until;
    if (node.is_text() && dash != std::string::npos) {
      from = minutes(text::trim(std::string_view(node.text).substr(0, dash)));
      until = minutes(text::trim(std::string_view(node.text).substr(dash + 1)));
    }
    if (!from || !until || *from == *until) {
      return wrong(node.at, fmt::format("'{}' is no shift; write such as '06:00-14:00', UTC",
                                        shown(node.text)));
    }
    if (*from < *until) {
      station.shifts.push_back({60.0 * *from, 60.0 * *until});
    } else {
      station.shifts.push_back({60.0 * *from, station.period});
      if (*until > 0.0) station.shifts.push_back({0.0, 60.0 * *until});
    }
  }

  void add_conveyor(const std::string& name, const Fields& fields) {
    flow_.conveyors.push_back({name, seconds(fields, "travel", 0.0),
                               count(fields, "capacity", kFlowUnlimited), next(fields)});
  }

  void add_fleet(const std::string& name, const Fields& fields) {
    FlowFleet fleet{.name = name};
    fleet.vehicles = count(fields, "vehicles", 1);
    fleet.speed = quantity(fields, "speed", "m/s", 1.0);
    fleet.loaded = quantity(fields, "loaded_speed", "m/s", fleet.speed) / fleet.speed;
    const auto handling = times(fields, "handling", Distribution::constant(0.0));
    fleet.loading = times(fields, "loading", handling);
    fleet.unloading = times(fields, "unloading", handling);
    const auto rule = fields.text("dispatching");
    if (rule == "nearest") fleet.dispatching = FlowDispatching::Nearest;
    if (rule == "longest_queue") fleet.dispatching = FlowDispatching::LongestQueue;
    if (const Node* node = fields.find("battery"); node != nullptr && node->is_table())
      fleet.battery = battery(Fields(*node));
    if (const Node* node = fields.find("failures"); node != nullptr && node->is_table())
      fleet.failures = failures(Fields(*node));
    fleet.cost_per_hour = fields.number("cost_per_hour", 0.0);
    fleet.next = next(fields);
    for (const auto& entry : fields.entries("trips")) {
      if (entry.value == nullptr) continue;
      fleet.trips.push_back({entry.key, routes(*entry.value)});
      mentioned_.push_back({entry.key, entry.at, Mention::Served});
    }
    flow_.fleets.push_back(std::move(fleet));
  }

  FlowBattery battery(const Fields& fields) {
    FlowBattery out;
    out.capacity = quantity(fields, "capacity", "J", 1.0);
    out.driving = quantity(fields, "driving", "W", 0.0);
    out.standing = quantity(fields, "standing", "W", 0.0);
    out.charging = quantity(fields, "charging", "W", 1.0);
    out.charge_below = quantity(fields, "charge_below", "1", out.charge_below);
    out.charge_until = quantity(fields, "charge_until", "1", out.charge_until);
    return out;
  }

  void add_layout(const Fields& fields) {
    each(fields, "points", [&](const std::string& name, const Fields& of) {
      FlowPoint point{.name = name};
      for (const Node* served : of.one_or_more("serves")) {
        if (!served->is_text()) continue;
        point.serves.push_back(served->text);
        mentioned_.push_back({served->text, served->at, Mention::Served});
      }
      point.chargers = count(of, "chargers", 0);
      point.parking = count(of, "parking", 0);
      point.holds = count(of, "holds", kFlowUnlimited);
      flow_.layout.points.push_back(std::move(point));
    });
    each(fields, "ways", [&](const std::string& name, const Fields& of) {
      flow_.layout.ways.push_back({.name = name,
                                   .from = of.text("from"),
                                   .to = of.text("to"),
                                   .length = quantity(of, "length", "m", 1.0),
                                   .both_ways = of.text("both_ways") == "true",
                                   .vehicles = count(of, "vehicles", 1)});
    });
  }

  // Names.

  struct Mention {
    std::string name;
    Location at;
    enum { Next, Served, Crew } as;
  };

  void check_names() {
    std::vector<std::string> sources, elements, crews;
    const auto gather = [&](const auto& things, auto& names) {
      for (const auto& thing : things) names.push_back(thing.name);
    };
    gather(flow_.sources, sources);
    gather(flow_.stations, elements);
    gather(flow_.conveyors, elements);
    gather(flow_.fleets, elements);
    gather(flow_.sinks, elements);
    gather(flow_.crews, crews);
    sources.insert(sources.end(), elements.begin(), elements.end());
    for (const auto& mention : mentioned_) {
      const auto& names = mention.as == Mention::Crew   ? crews
                          : mention.as == Mention::Next ? elements
                                                        : sources;
      if (std::ranges::find(names, mention.name) != names.end()) continue;
      const auto near = text::did_you_mean(mention.name, names);
      wrong(mention.at,
            fmt::format("there is no {} '{}'{}",
                        mention.as == Mention::Crew ? "crew" : "element of the flow",
                        shown(mention.name),
                        !near.empty()   ? near
                        : names.empty() ? std::string("; declare it under 'crews'")
                                        : fmt::format("; there are {}", fmt::join(names, ", "))));
    }
  }

  void bind(SimulatorSpec& spec, const Node::Entry& entry) {
    if (entry.value == nullptr || !entry.value->is_text()) return;
    std::vector<std::string> names;
    for (const auto& port : process_flow::ports(flow_)) {
      names.push_back(port.name);
      if (port.name != entry.key) continue;
      if (port.adjustable && !draft_.find_signal(spec.asset, entry.value->text)) {
        const ControlId control = draft_.control_of(spec.asset, *entry.value);
        if (!control.valid() || !fits(port, *draft_.control_units[control.index], *entry.value))
          return;
        spec.controls[port.name] = control;
        return;
      }
      const SignalId signal = draft_.signal_of(spec.asset, *entry.value);
      if (!signal.valid() || !fits(port, *draft_.signal_units[signal.index], *entry.value)) return;
      spec.signals[port.name] = signal;
      return;
    }
    const auto near = text::did_you_mean(entry.key, names);
    wrong(entry.at,
          fmt::format("this flow has no port '{}'{}", shown(entry.key),
                      !near.empty() ? near
                                    : "; ports are such as 'STATION.queue', 'STATION.down', "
                                      "'STATION.maintained', 'CONVEYOR.items', 'STATION.speed'"));
  }

  bool fits(const process_flow::Port& port, const KnownUnit& unit, const Node& node) {
    const auto wanted = draft_.units.read(port.unit);
    if (!wanted) return true;  // a currency
    if (conversion(unit, **wanted)) return true;
    wrong(node.at,
          fmt::format("'{}' is in {}; '{}' is {}", shown(node.text),
                      unit.unit.symbol.empty() ? "no unit" : "'" + unit.unit.symbol + "'",
                      port.name, port.unit == "1" ? "a plain number" : "in '" + port.unit + "'"));
    return false;
  }

  Draft& draft_;
  const Pending& pending_;
  Flow flow_;
  std::map<std::string, Location> places_;
  std::vector<Mention> mentioned_;
  bool right_ = true;
};

}  // namespace

bool build_flow(Draft& draft, SimulatorSpec& spec, const Pending& pending, const Fields& fields) {
  return FlowBuild(draft, pending).build(spec, fields);
}

}  // namespace gemel::spec
