// The hash of a plant's meaning.

#include <bit>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>

#include "spec/detail/draft.hpp"

namespace gemel::spec {
namespace {

/// FNV-1a, 64 bits, over fields with their lengths.
class Digest {
 public:
  void add(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    for (const char c : text) mix(static_cast<unsigned char>(c));
  }
  void add(std::uint64_t number) {
    for (int i = 0; i < 8; ++i) mix(static_cast<unsigned char>(number >> (8 * i)));
  }
  void add(double number) { add(std::bit_cast<std::uint64_t>(number)); }
  void add(Duration d) { add(static_cast<std::uint64_t>(d.ns)); }
  void add(const Unit& unit) {
    add(unit.symbol);
    add(unit.scale);
    add(unit.offset);
  }
  void add(const Limits& limits) {
    for (const auto& side : {limits.low, limits.high}) {
      add(std::uint64_t{side.has_value()});
      add(side.value_or(0.0));
    }
  }
  void add(const Condition& condition) {
    add(std::uint64_t{condition.signal.index});
    add(static_cast<std::uint64_t>(condition.comparison));
    add(condition.value);
    add(condition.hold);
  }
  void add(const Term& term) {
    for (const auto n :
         {static_cast<std::uint32_t>(term.kind), static_cast<std::uint32_t>(term.comparison),
          term.slot, term.left, term.right, static_cast<std::uint32_t>(term.negated)})
      add(std::uint64_t{n});
    add(term.number);
    add(term.span);
  }
  void add(const Expression& expression) {
    add_all(expression.signals);
    add_all(expression.terms);
    add(expression.hold);
  }
  void add(const TrainingSpec& training) {
    add(training.first);
    const TimeRange range = training.range.value_or(TimeRange{});
    add(static_cast<std::uint64_t>(range.from.ns));
    add(static_cast<std::uint64_t>(range.until.ns));
  }
  template <class Items>
  void add_all(const Items& items) {
    add(static_cast<std::uint64_t>(items.size()));
    for (const auto& item : items) add(item);
  }
  template <class Tag>
  void add(Id<Tag> id) {
    add(std::uint64_t{id.index});
  }
  template <class Value>
  void add(const std::pair<const std::string, Value>& entry) {
    add(std::string_view(entry.first));
    add(entry.second);
  }
  void add(const std::string& text) { add(std::string_view(text)); }

  std::string text() const { return fmt::format("{:016x}", hash_); }

 private:
  void mix(unsigned char byte) {
    hash_ ^= byte;
    hash_ *= 0x100000001b3ULL;
  }
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

void add(Digest& digest, const Signal& signal) {
  digest.add(signal.path);
  digest.add(static_cast<std::uint64_t>(signal.role));
  digest.add(signal.of);
  digest.add(signal.unit);
  digest.add_all(signal.states);
  digest.add(signal.range);
  digest.add(signal.rate_limit_per_s);
  for (const Duration d : {signal.period, signal.gap, signal.stuck_after}) digest.add(d);
  digest.add(signal.gain);
  digest.add(signal.offset);
}

void add(Digest& digest, const Control& control) {
  digest.add(control.path);
  digest.add(control.unit);
  digest.add(control.range);
  digest.add(control.rate_limit_per_s);
  digest.add(control.feedback);
  digest.add(control.feedback_tolerance);
  for (const Duration d : {control.feedback_within, control.stale_after, control.expiry})
    digest.add(d);
  digest.add_all(control.interlocks);
  digest.add(static_cast<std::uint64_t>(control.autonomy));
  digest.add(control.topic);
}

void add(Digest& digest, const Binding& binding) {
  digest.add(std::uint64_t{binding.source});
  digest.add(binding.topic);
  digest.add(binding.time_path);
  // Only where they are, so that plants without them keep the version that they had.
  if (!binding.measurement.empty()) {
    digest.add(binding.measurement);
    digest.add_all(binding.tags);
  }
  for (const auto& field : binding.fields) {
    digest.add(field.signal);
    digest.add(field.path);
    digest.add(field.scale);
    digest.add(field.offset);
  }
}

void add(Digest& digest, const DetectorSpec& detector) {
  digest.add(detector.path);
  digest.add(detector.kind);
  digest.add_all(detector.signals);
  digest.add(detector.training);
  digest.add(detector.false_alarms_per_s);
  digest.add_all(detector.settings);
  if (detector.rule) digest.add(*detector.rule);
  // Without its folder: a plant is the same from wherever its twin file is named.
  if (!detector.model.empty())
    digest.add(std::filesystem::path(detector.model).filename().string());
  if (detector.expression) digest.add(*detector.expression);
  digest.add(static_cast<std::uint64_t>(detector.priority));
  for (const auto& text : {detector.alarm, detector.consequence, detector.action}) digest.add(text);
}

void add(Digest& digest, const EstimatorSpec& estimator) {
  digest.add(estimator.path);
  digest.add(static_cast<std::uint64_t>(estimator.kind));
  digest.add(estimator.of);
  digest.add_all(estimator.from);
  digest.add(estimator.coverage);
  for (const auto& output : estimator.outputs) digest.add(output.lead);
  for (const Duration d :
       {estimator.step, estimator.lookback, estimator.horizon, estimator.stop_every})
    digest.add(d);
  if (estimator.ends) digest.add(*estimator.ends);
  if (estimator.next_stop) digest.add(static_cast<std::uint64_t>(estimator.next_stop->ns));
  digest.add(estimator.training);
  if (!estimator.model.empty()) digest.add(estimator.model);
  digest.add_all(estimator.settings);
}

void add(Digest& digest, const Distribution& times) { digest.add(times.to_string()); }

void add(Digest& digest, const std::vector<FlowRoute>& next) {
  for (const auto& route : next) {
    digest.add(route.to);
    digest.add(route.share);
  }
}

void add(Digest& digest, const FlowStation& station) {
  digest.add(station.name);
  add(digest, station.service);
  for (const std::uint64_t count : {station.machines, station.batch, station.buffer})
    digest.add(count);
  digest.add(static_cast<std::uint64_t>(station.discipline));
  for (const double number : {station.speed, station.period, station.power_working,
                              station.power_idle, station.cost_per_hour})
    digest.add(number);
  if (const auto& failures = station.failures) {
    add(digest, failures->uptime);
    add(digest, failures->repair);
    digest.add(std::uint64_t{failures->of_work});
    digest.add(failures->crew);
    digest.add(failures->cost);
  }
  if (const auto& planned = station.maintenance) {
    for (const double number : {planned->first, planned->every, planned->duration, planned->cost,
                                planned->on.value_or(0)})
      digest.add(number);
    digest.add(planned->crew);
  }
  for (const auto& shift : station.shifts) {
    digest.add(shift.from);
    digest.add(shift.until);
  }
  add(digest, station.next);
}

void add(Digest& digest, const FlowFleet& fleet) {
  digest.add(fleet.name);
  digest.add(std::uint64_t{fleet.vehicles});
  for (const double number : {fleet.speed, fleet.loaded, fleet.cost_per_hour}) digest.add(number);
  add(digest, fleet.loading);
  add(digest, fleet.unloading);
  digest.add(static_cast<std::uint64_t>(fleet.dispatching));
  if (const auto& battery = fleet.battery) {
    for (const double number : {battery->capacity, battery->driving, battery->standing,
                                battery->charging, battery->charge_below, battery->charge_until})
      digest.add(number);
  }
  if (const auto& failures = fleet.failures) {
    add(digest, failures->uptime);
    add(digest, failures->repair);
    digest.add(failures->crew);
    digest.add(failures->cost);
  }
  add(digest, fleet.next);
  for (const auto& trip : fleet.trips) {
    digest.add(trip.from);
    add(digest, trip.next);
  }
}

void add(Digest& digest, const FlowLayout& layout) {
  for (const auto& point : layout.points) {
    digest.add(point.name);
    digest.add_all(point.serves);
    for (const std::uint64_t count : {point.chargers, point.parking, point.holds})
      digest.add(count);
  }
  for (const auto& way : layout.ways) {
    digest.add(way.name);
    digest.add(way.from);
    digest.add(way.to);
    digest.add(way.length);
    digest.add(std::uint64_t{way.both_ways});
    digest.add(std::uint64_t{way.vehicles});
  }
}

void add(Digest& digest, const Flow& flow) {
  for (const auto& each : flow.sources) {
    digest.add(each.name);
    add(digest, each.between);
    for (const std::uint64_t count :
         {std::uint64_t{each.batch}, std::uint64_t{each.cards}, each.limit})
      digest.add(count);
    add(digest, each.next);
  }
  for (const auto& each : flow.stations) add(digest, each);
  for (const auto& each : flow.conveyors) {
    digest.add(each.name);
    digest.add(each.travel);
    digest.add(std::uint64_t{each.capacity});
    add(digest, each.next);
  }
  for (const auto& each : flow.fleets) add(digest, each);
  for (const auto& each : flow.sinks) {
    digest.add(each.name);
    digest.add(each.value);
  }
  for (const auto& each : flow.crews) {
    digest.add(each.name);
    digest.add(std::uint64_t{each.people});
  }
  for (const auto& each : flow.places) {
    digest.add(each.of);
    digest.add(each.x);
    digest.add(each.y);
  }
  add(digest, flow.layout);
  digest.add(flow.currency);
  digest.add(flow.energy_price);
  digest.add(flow.settles_within);
}

void add_followed(Digest& digest, const std::vector<FollowedQuantity>& followed) {
  for (const auto& each : followed) {
    digest.add(each.name);
    for (const double value : {each.start, each.spread, each.wander, each.memory, each.sudden})
      digest.add(value);
    digest.add(each.middle);
  }
}

void add(Digest& digest, const NetworkSpec& network) {
  for (const auto& part : network.parts) {
    digest.add(part.name);
    digest.add(part.kind);
    digest.add_all(part.values);
  }
  for (const auto& link : network.links) {
    digest.add(link.from);
    digest.add(link.to);
  }
  add_followed(digest, network.followed);
  digest.add_all(network.noise);
  for (const auto& each : network.indicators) {
    digest.add(each.name);
    digest.add(static_cast<std::uint64_t>(each.kind));
    digest.add_all(each.of);
    digest.add_all(each.per);
    digest.add(each.unit);
  }
  for (const auto& each : network.maintenance) {
    digest.add(each.name);
    digest.add(each.every);
    digest.add(static_cast<std::uint64_t>(each.on.ns));
    digest.add_all(each.sets);
  }
}

void add_following(Digest& digest, const FmuSpec& fmu) {
  add_followed(digest, fmu.followed);
  digest.add_all(fmu.noise);
  digest.add(fmu.filter);
  digest.add(std::uint64_t{fmu.members});
  digest.add(std::uint64_t{fmu.followed_here});
}

void add(Digest& digest, const SimulatorSpec& simulator) {
  digest.add(simulator.asset);
  digest.add(simulator.kind);
  if (const auto* network = std::get_if<NetworkSpec>(&simulator.description)) add(digest, *network);
  digest.add_all(simulator.signals);
  digest.add_all(simulator.controls);
  digest.add_all(simulator.parameters);
  digest.add(simulator.training);
  if (const auto* flow = std::get_if<Flow>(&simulator.description)) add(digest, *flow);
  if (const auto* fmu = std::get_if<FmuSpec>(&simulator.description)) {
    digest.add(fmu->step);
    digest.add(std::uint64_t{fmu->own_process});
    if (!fmu->followed.empty()) add_following(digest, *fmu);
  }
}

void add(Digest& digest, const DecisionSpec& decision) {
  digest.add(decision.name);
  digest.add(std::uint64_t{decision.maximise});
  digest.add(decision.objective);
  digest.add_all(decision.by);
  digest.add_all(decision.subject_to);
  digest.add(static_cast<std::uint64_t>(decision.autonomy));
  for (const Duration d : {decision.horizon, decision.every, decision.expiry}) digest.add(d);
  if (decision.simulator != 0) digest.add(std::uint64_t{decision.simulator});
}

template <class Items>
void add_each(Digest& digest, const Items& items) {
  digest.add(static_cast<std::uint64_t>(items.size()));
  for (const auto& item : items) add(digest, item);
}

}  // namespace

std::string version_of(const Plant& plant) {
  Digest digest;
  digest.add(plant.name);
  for (const auto& asset : plant.assets) {
    digest.add(asset.path);
    digest.add(asset.type);
    digest.add(asset.serial);
  }
  add_each(digest, plant.signals);
  add_each(digest, plant.controls);
  for (const auto& connection : plant.connections) {
    for (const auto& text : {connection.from, connection.to, connection.kind}) digest.add(text);
  }
  for (const auto& source : plant.sources) digest.add(source.name);
  add_each(digest, plant.bindings);
  add_each(digest, plant.detectors);
  // Only where they are, so that plants without them keep the version that they had.
  if (!plant.estimators.empty()) add_each(digest, plant.estimators);
  add_each(digest, plant.simulators);
  add_each(digest, plant.decisions);
  return digest.text();
}

}  // namespace gemel::spec
