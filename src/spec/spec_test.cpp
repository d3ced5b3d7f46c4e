#include "spec/spec.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gemel::spec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::optional<std::string> no_environment(const std::string&) { return std::nullopt; }

LoadResult load(const std::string& text) { return load_text(text, "twin.yaml", no_environment); }

std::shared_ptr<const Plant> plant_of(const std::string& text) {
  const auto result = load(text);
  EXPECT_TRUE(std::holds_alternative<Loaded>(result)) << report(result);
  const auto* loaded = std::get_if<Loaded>(&result);
  return loaded ? loaded->plant : std::make_shared<const Plant>();
}

std::vector<Problem> problems_of(const std::string& text) {
  const auto result = load(text);
  const auto* loaded = std::get_if<Loaded>(&result);
  return loaded ? loaded->warnings : std::get<Refused>(result).problems;
}

/// The one thing that is wrong with `text`.
std::string trouble_with(const std::string& text) {
  const auto problems = problems_of(text);
  EXPECT_EQ(problems.size(), 1u) << report(load(text));
  return problems.empty() ? "" : problems.front().message;
}

/// A twin of one pump, with `more` at its end.
std::string twin(const std::string& signals, const std::string& more = "") {
  return "gemel: 1\nplant: p\nassets:\n  pump:\n    signals:\n" + signals + more;
}

const std::string kPressure = "      pressure: { unit: bar, range: [-1, 10] }\n";

// ---- the plant

TEST(TwinFile, NeedsOnlyAVersionAndAName) {
  const auto plant = plant_of("gemel: 1\nplant: p\n");
  EXPECT_EQ(plant->name, "p");
  ASSERT_EQ(plant->assets.size(), 1u) << "the plant itself";
  EXPECT_EQ(plant->assets[0].path, "");
  EXPECT_FALSE(plant->assets[0].health.valid());
}

TEST(TwinFile, MakesATreeOfAssets) {
  const auto plant = plant_of(
      "gemel: 1\nplant: p\ntypes: { Pump: { signals: { flow: { unit: l/min } } } }\n"
      "assets:\n  line_1:\n    pump_1: { type: Pump, serial: 417, at: [48.2, 16.4] }\n    "
      "spare:\n");
  ASSERT_EQ(plant->assets.size(), 4u);
  const Asset& pump = plant->asset(*plant->find_asset("pump_1"));
  EXPECT_EQ(pump.path, "line_1.pump_1");
  EXPECT_EQ(pump.type, "Pump");
  EXPECT_EQ(pump.serial, "417");
  EXPECT_EQ(pump.at->first, 48.2);
  EXPECT_EQ(plant->asset(pump.parent).path, "line_1");
  EXPECT_EQ(plant->asset(pump.parent).children.size(), 2u);
  EXPECT_EQ(plant->signal(*plant->find_signal("pump_1.flow")).path, "line_1.pump_1.flow");
}

TEST(TwinFile, ReadsEverythingAboutASignal) {
  const auto plant =
      plant_of(twin("      pressure: { unit: bar, range: [-100 kPa, 10], rate: 0.5 Hz, gap: 5 s, "
                    "stuck: 2 min, max_change: 30 bar/min,\n"
                    "                  calibration: { gain: 1.002, offset: -10 mbar }, "
                    "description: at the flange }\n"
                    "      mode: { states: [local, remote] }\n"));
  const Signal& signal = plant->signals[0];
  EXPECT_EQ(signal.unit.symbol, "bar");
  EXPECT_DOUBLE_EQ(signal.unit.to_si(1.5), 150'000.0);
  EXPECT_DOUBLE_EQ(*signal.range.low, -1.0);
  EXPECT_DOUBLE_EQ(*signal.range.high, 10.0);
  EXPECT_EQ(signal.period, Duration::seconds(2));
  EXPECT_EQ(signal.gap, Duration::seconds(5));
  EXPECT_EQ(signal.stuck_after, Duration::minutes(2));
  EXPECT_DOUBLE_EQ(signal.rate_limit_per_s, 0.5);
  EXPECT_DOUBLE_EQ(signal.gain, 1.002);
  EXPECT_DOUBLE_EQ(signal.offset, -0.01);
  EXPECT_EQ(signal.description, "at the flange");
  EXPECT_THAT(plant->signals[1].states, ElementsAre("local", "remote"));
  EXPECT_EQ(*plant->signals[1].range.high, 1.0);
}

TEST(TwinFile, LetsAnAssetReplaceWhatItsTypeDeclares) {
  const auto plant = plant_of(
      "gemel: 1\nplant: p\ntypes: { T: { signals: { a: { unit: bar }, b: { unit: K } } } }\n"
      "assets: { x: { type: T, signals: { a: { unit: kPa }, c: {} } }, y: { type: T } }\n");
  EXPECT_EQ(plant->signal(*plant->find_signal("x.a")).unit.symbol, "kPa");
  EXPECT_EQ(plant->signal(*plant->find_signal("y.a")).unit.symbol, "bar");
  EXPECT_EQ(plant->signal(*plant->find_signal("x.c")).unit.symbol, "");
  EXPECT_EQ(plant->signals.size(), 5u);
}

TEST(TwinFile, WatchesEverySignalOfATypeByOneWord) {
  const auto plant = plant_of(
      "gemel: 1\nplant: p\n"
      "types: { Pump: { signals: { flow: {}, speed: {}, on: { states: [off, on] } }, detector: "
      "auto "
      "} }\n"
      "assets:\n  a: { type: Pump }\n  b: { type: Pump, detector: { false_alarms: 1 per day } }\n"
      "  c: { signals: { x: {} }, detectors: { odd: {} } }\n");
  ASSERT_EQ(plant->detectors.size(), 3u);
  EXPECT_EQ(plant->detectors[0].path, "a.behaviour");
  EXPECT_EQ(plant->detectors[0].kind, "auto");
  EXPECT_THAT(plant->detectors[0].signals,
              ElementsAre(*plant->find_signal("a.flow"), *plant->find_signal("a.speed")));
  EXPECT_EQ(plant->detectors[1].path, "b.behaviour");
  EXPECT_EQ(plant->detectors[1].kind, "auto") << "what is left out is auto";
  EXPECT_DOUBLE_EQ(plant->detectors[1].false_alarms_per_s, 1.0 / 86'400.0);
  EXPECT_EQ(plant->detectors[2].path, "c.odd");
  EXPECT_EQ(plant->detectors[2].kind, "auto");
}

TEST(TwinFile, GivesDetectorsAScoreAndWhatIsWatchedAHealth) {
  const auto plant = plant_of(
      "gemel: 1\nplant: p\nassets:\n  line:\n    pump:\n      signals: { flow: { unit: l/min }, "
      "on: { states: [off, on] } }\n"
      "      detectors: { odd: { kind: isolation_forest, false_alarms: 1 per day, training: { "
      "first: 2 h }, settings: { trees: 50 } } }\n"
      "      rules: [ { when: flow < 60 l/h for 10 s, alarm: Low flow!, priority: critical, "
      "action: look } ]\n"
      "    other: { signals: { x: {} } }\n");
  ASSERT_EQ(plant->detectors.size(), 2u);
  const DetectorSpec& odd = plant->detectors[0];
  EXPECT_EQ(odd.path, "line.pump.odd");
  EXPECT_THAT(odd.signals, ElementsAre(*plant->find_signal("flow")))
      << "every numeric signal of its asset";
  EXPECT_EQ(odd.settings.at("trees"), 50.0);
  EXPECT_EQ(odd.training.first, Duration::hours(2));
  EXPECT_DOUBLE_EQ(odd.false_alarms_per_s, 1.0 / 86'400.0);
  EXPECT_EQ(plant->signal(odd.score).path, "line.pump.odd.score");
  EXPECT_EQ(plant->signal(odd.score).role, SignalRole::Score);
  const DetectorSpec& rule = plant->detectors[1];
  EXPECT_EQ(rule.kind, "rule");
  EXPECT_EQ(rule.path, "line.pump.low_flow");
  EXPECT_EQ(rule.alarm, "Low flow!");
  EXPECT_EQ(rule.priority, Priority::Critical);
  EXPECT_FALSE(rule.score.valid());
  EXPECT_DOUBLE_EQ(rule.rule->value, 1.0);
  EXPECT_EQ(rule.rule->hold, Duration::seconds(10));
  for (const char* path : {"health", "line.health", "line.pump.health"}) {
    const auto found = plant->find_signal(path);
    ASSERT_TRUE(found) << path;
    EXPECT_EQ(plant->signal(*found).role, SignalRole::Health);
  }
  EXPECT_FALSE(plant->asset(*plant->find_asset("other")).health.valid());
}

TEST(TwinFile, NamesRulesOfOneAlarmApart) {
  const auto plant = plant_of(twin(kPressure,
                                   "    rules: [ { when: pressure < 1 bar, alarm: low }, { when: "
                                   "pressure < 0 bar, alarm: low } ]\n"));
  EXPECT_EQ(plant->detectors[0].path, "pump.low");
  EXPECT_EQ(plant->detectors[1].path, "pump.low_2");
}

const std::string kControlled =
    "gemel: 1\nplant: p\nassets:\n"
    "  site: { signals: { mode: { states: [local, remote] } } }\n"
    "  pump:\n    signals: { speed: { unit: rpm } }\n"
    "    controls:\n      speed: { unit: rpm, range: [900, 1500], rate_limit: 600 rpm/min, "
    "feedback: speed, tolerance: 5 rpm,\n"
    "               within: 20 s, stale_after: 4 s, interlocks: [site.mode == remote], expiry: 9 "
    "s, default: hold, autonomy: approve }\n"
    "sources: { s: { kind: mqtt, url: mqtt://h } }\n"
    "bindings:\n  pump: { from: s, topic: \"a/{path}/{asset}\", speed: $.v, command: { speed: "
    "\"set/{asset}\" } }\n"
    "  site: { from: s, topic: m, mode: $ }\n";

TEST(TwinFile, ReadsEverythingAboutAControl) {
  const auto plant = plant_of(kControlled);
  ASSERT_EQ(plant->controls.size(), 1u);
  const Control& control = plant->controls[0];
  EXPECT_EQ(control.path, "pump.speed");
  EXPECT_EQ(*control.range.low, 900.0);
  EXPECT_DOUBLE_EQ(control.rate_limit_per_s, 10.0);
  EXPECT_EQ(control.feedback, *plant->find_signal("pump.speed"));
  EXPECT_EQ(control.feedback_tolerance, 5.0);
  EXPECT_EQ(control.feedback_within, Duration::seconds(20));
  EXPECT_EQ(control.stale_after, Duration::seconds(4));
  EXPECT_EQ(control.expiry, Duration::seconds(9));
  EXPECT_EQ(control.autonomy, Autonomy::Approve);
  EXPECT_EQ(control.source, 0u);
  EXPECT_EQ(control.topic, "set/pump");
  ASSERT_EQ(control.interlocks.size(), 1u);
  EXPECT_EQ(control.interlocks[0].signal, *plant->find_signal("site.mode"));
  EXPECT_EQ(control.interlocks[0].value, 1.0) << "'remote' is the second state";
}

TEST(TwinFile, BindsSignalsAndSubscribesToTheirTopics) {
  const auto plant = plant_of(kControlled);
  ASSERT_EQ(plant->bindings.size(), 2u);
  EXPECT_EQ(plant->bindings[0].topic, "a/pump/pump");
  EXPECT_EQ(plant->bindings[0].fields[0].path, "$.v");
  EXPECT_EQ(plant->bindings[1].fields[0].path, "") << "the whole payload";
  const auto& mqtt = std::get<MqttSource>(plant->sources[0].settings);
  EXPECT_THAT(mqtt.topics, ElementsAre("a/pump/pump", "m"));
}

TEST(TwinFile, ConvertsFromThePayloadsUnit) {
  const auto plant = plant_of(
      "gemel: 1\nplant: p\nassets: { a: { signals: { t: { unit: degC }, p: { unit: bar }, v: { "
      "unit: bar } } } }\n"
      "sources: { s: { kind: mqtt, url: mqtt://h } }\n"
      "bindings: { a: { from: s, topic: x, t: { path: $.t, unit: K }, p: { path: $.p, unit: mbar, "
      "scale: 2, offset: 500 }, v: $.v } }\n");
  const auto& fields = plant->bindings[0].fields;
  EXPECT_NEAR(fields[0].scale * 293.15 + fields[0].offset, 20.0, 1e-9);
  EXPECT_NEAR(fields[1].scale * 250 + fields[1].offset, 1.0, 1e-12);
  EXPECT_EQ(fields[2].scale, 1.0);
  EXPECT_EQ(fields[2].offset, 0.0);
}

TEST(TwinFile, BindsThroughTheTypeUnlessTheAssetIsBound) {
  const auto plant = plant_of(
      "gemel: 1\nplant: p\ntypes: { T: { signals: { v: {} }, binding: { from: s, topic: "
      "\"t/{path}\", v: $.v } } }\n"
      "assets: { a: { b: { type: T }, c: { type: T } } }\n"
      "sources: { s: { kind: mqtt, url: mqtts://h:8883, version: 3.1.1, qos: 0 } }\n"
      "bindings: { c: { from: s, topic: own, v: $ } }\n");
  ASSERT_EQ(plant->bindings.size(), 2u);
  EXPECT_EQ(plant->bindings[0].topic, "own");
  EXPECT_EQ(plant->bindings[1].topic, "t/a/b");
  const auto& mqtt = std::get<MqttSource>(plant->sources[0].settings);
  EXPECT_EQ(mqtt.version, 4);
  EXPECT_EQ(mqtt.qos, 0);
}

TEST(TwinFile, BindsLineProtocolByMeasurementTagsAndFields) {
  const auto plant = plant_of(
      "gemel: 1\nplant: p\n"
      "types: { Pump: { signals: { flow: {}, pressure: { unit: bar } },\n"
      "  binding: { from: telegraf, measurement: pump, tags: { asset: \"{asset}\" },\n"
      "    flow: flow_rate, pressure: { path: p, unit: mbar } } } }\n"
      "assets: { pump_1: { type: Pump }, pump_2: { type: Pump } }\n"
      "sources: { telegraf: { kind: line_protocol, bucket: plant } }\n");
  ASSERT_EQ(plant->bindings.size(), 2u);
  const auto& binding = plant->bindings[1];
  EXPECT_EQ(binding.measurement, "pump");
  EXPECT_THAT(binding.tags,
              ElementsAre(std::pair<const std::string, std::string>("asset", "pump_2")));
  ASSERT_EQ(binding.fields.size(), 2u);
  EXPECT_EQ(binding.fields[0].path, "flow_rate");
  EXPECT_NEAR(binding.fields[1].scale, 1e-3, 1e-15);
  EXPECT_EQ(std::get<LineProtocolSource>(plant->sources[0].settings).bucket, "plant");
}

TEST(TwinFile, ReadsFileSourcesFromItsOwnFolder) {
  const std::string text =
      "gemel: 1\nplant: p\nassets: { a: { signals: { v: {} } } }\n"
      "sources: { s: { kind: csv, paths: \"${DATA:-day}/1.csv\", separator: \";\", time: datetime, "
      "speed: as fast as possible } }\n"
      "bindings: { a: { from: s, v: Volume Flow RateRMS } }\n";
  const auto result = load_text(text, "plants/a/twin.yaml", no_environment);
  const auto* loaded = std::get_if<Loaded>(&result);
  ASSERT_NE(loaded, nullptr) << report(result);
  const auto& files = std::get<FileSource>(loaded->plant->sources[0].settings);
  EXPECT_THAT(files.paths, ElementsAre("plants/a/day/1.csv"));
  EXPECT_EQ(files.separator, ';');
  EXPECT_EQ(files.time_column, "datetime");
  EXPECT_EQ(files.speed, 0.0);
  EXPECT_EQ(loaded->plant->bindings[0].fields[0].path, "Volume Flow RateRMS");
  ASSERT_EQ(loaded->warnings.size(), 1u) << "of the file that is not there";
  EXPECT_THAT(loaded->warnings[0].message, HasSubstr("plants/a/day/1.csv"));
}

const std::string kStation =
    "gemel: 1\nplant: p\nassets:\n"
    "  pump_1: { signals: { flow: { unit: l/min }, speed_setpoint: { unit: rpm } }, controls: { "
    "speed_setpoint: { unit: rpm, range: [900, 1500] } } }\n"
    "  tank: { signals: { level: { unit: m } } }\n"
    "simulators:\n  station:\n    kind: pump_station\n"
    "    bind: { flow_1: pump_1.flow, speed_setpoint_1: pump_1.speed_setpoint, level: tank.level "
    "}\n"
    "    parameters: { rated_speed: 1500 rpm, tank_area: 12.5, pipe_resistance_1: 100 }\n"
    "    training: { from: 2026-01-01, until: 2026-01-02 }\n";

TEST(TwinFile, BindsASimulatorAndGivesItsSignalsEstimates) {
  const auto plant = plant_of(kStation +
                              "decisions: { save: { minimise: energy, by: [speed_setpoint], "
                              "subject_to: [level > 50 cm], every: 5 s } }\n");
  ASSERT_EQ(plant->simulators.size(), 1u);
  const SimulatorSpec& simulator = plant->simulators[0];
  EXPECT_EQ(simulator.signals.size(), 2u);
  EXPECT_EQ(simulator.controls.at("speed_setpoint_1"),
            *plant->find_control("pump_1.speed_setpoint"));
  EXPECT_DOUBLE_EQ(simulator.parameters.at("rated_speed"), 157.07963267948966);
  EXPECT_DOUBLE_EQ(simulator.parameters.at("tank_area"), 12.5);
  EXPECT_EQ(simulator.training.range->from, *parse_timestamp("2026-01-01"));
  const Signal& estimate = plant->signal(*plant->find_signal("pump_1.flow.estimate"));
  EXPECT_EQ(estimate.role, SignalRole::Estimate);
  EXPECT_EQ(estimate.of, *plant->find_signal("pump_1.flow"));
  EXPECT_EQ(estimate.unit.symbol, "l/min");
  EXPECT_FALSE(plant->find_signal("pump_1.speed_setpoint.estimate"));
  EXPECT_FALSE(plant->find_signal("tank.level.estimate")) << "the simulator goes by it";
  const DecisionSpec& save = plant->decisions.at(0);
  EXPECT_EQ(save.objective, "energy");
  EXPECT_FALSE(save.maximise);
  EXPECT_EQ(save.by.size(), 1u);
  EXPECT_DOUBLE_EQ(save.subject_to.at(0).value, 0.5);
  EXPECT_EQ(save.every, Duration::seconds(5));
}

TEST(TwinFile, LaysOutTheWaysOfVehicles) {
  const auto result = load(R"(gemel: 1
plant: hall
assets: { agv_1: { signals: { battery: { unit: "%" }, point: {} } } }
simulators:
  flow:
    kind: process_flow
    sources: { orders: { between: 40 s, next: agv } }
    fleets:
      agv:
        vehicles: 2
        speed: 1.2 m/s
        loaded_speed: 0.6 m/s
        handling: 20 s
        unloading: uniform(10 s, 30 s)
        dispatching: longest_queue
        battery: { capacity: 2 kWh, driving: 600 W, charging: 3 kW, charge_below: 25 % }
        failures: { uptime: 100 h, repair: 10 min }
        trips: { orders: { out: 0.9, back: 0.1 } }
    layout:
      points:
        dock: { serves: orders, chargers: 1, parking: 2 }
        gate: { serves: [out, back] }
        bend: { holds: 1 }
      ways:
        aisle: { from: dock, to: bend, length: 3000 cm, both_ways: true }
        main: { from: bend, to: gate, length: 12 m, both_ways: true, vehicles: 2 }
    sinks: { out: {}, back: {} }
    bind: { agv.1.charge: agv_1.battery, agv.1.point: agv_1.point }
)");
  ASSERT_TRUE(std::holds_alternative<Loaded>(result)) << report(result);
  const auto& simulator = std::get<Loaded>(result).plant->simulators[0];
  EXPECT_TRUE(simulator.signals.contains("agv.1.charge"));
  const auto& flow = std::get<Flow>(simulator.description);
  const auto& fleet = flow.fleets[0];
  EXPECT_DOUBLE_EQ(fleet.loaded, 0.5);
  EXPECT_EQ(fleet.loading.to_string(), "constant(20)");
  EXPECT_EQ(fleet.unloading.to_string(), "uniform(10, 30)");
  EXPECT_EQ(fleet.dispatching, FlowDispatching::LongestQueue);
  EXPECT_DOUBLE_EQ(fleet.battery->capacity, 7.2e6);
  EXPECT_DOUBLE_EQ(fleet.battery->charge_below, 0.25);
  EXPECT_DOUBLE_EQ(fleet.battery->charge_until, 0.9);
  EXPECT_TRUE(fleet.failures.has_value());
  EXPECT_EQ(fleet.trips[0].from, "orders");
  EXPECT_DOUBLE_EQ(fleet.trips[0].next[1].share, 0.1);
  EXPECT_EQ(flow.layout.points[0].parking, 2u);
  EXPECT_EQ(flow.layout.points[1].holds, kFlowUnlimited);
  EXPECT_EQ(flow.layout.points[2].holds, 1u);
  EXPECT_DOUBLE_EQ(flow.layout.ways[0].length, 30.0);
  EXPECT_EQ(flow.layout.ways[0].vehicles, 1u);
  EXPECT_TRUE(flow.layout.ways[1].both_ways);
}

TEST(TwinFile, NamesAnFmuAsASimulator) {
  const auto plant = plant_of(
      "gemel: 1\nplant: p\nassets:\n"
      "  oven: { signals: { t: { unit: degC }, power: { unit: kW } }, controls: { power: { unit: "
      "kW, "
      "range: [0, 5], feedback: power } } }\n"
      "simulators:\n"
      "  heat: { fmu: oven.fmu, bind: { 'room.T': oven.t }, controls: { u: oven.power }, "
      "parameters: { C: 12.5 }, step: 100 ms, own_process: true }\n"
      "  second: { kind: fmu, fmu: /models/other.fmu, bind: { x: oven.t } }\n"
      "decisions: { save: { minimise: max_oven.t, by: [oven.power], simulator: second } }\n");
  ASSERT_EQ(plant->simulators.size(), 2U);
  const auto& heat = plant->simulators[0];
  EXPECT_EQ(heat.name, "heat");
  EXPECT_EQ(heat.kind, "fmu");
  const auto& fmu = std::get<FmuSpec>(heat.description);
  EXPECT_THAT(fmu.file, testing::EndsWith("oven.fmu"));
  EXPECT_EQ(fmu.step, Duration::milliseconds(100));
  EXPECT_TRUE(fmu.own_process);
  EXPECT_EQ(heat.signals.at("room.T"), *plant->find_signal("oven.t"));
  EXPECT_EQ(heat.controls.at("u"), *plant->find_control("oven.power"));
  EXPECT_EQ(heat.parameters.at("C"), 12.5);
  EXPECT_FALSE(std::get<FmuSpec>(plant->simulators[1].description).own_process);
  EXPECT_EQ(plant->decisions.at(0).simulator, 1U);
}

/// A pump whose flow a simulator and a soft sensor estimate, with this detector.
std::string hybrid(const std::string& detector) {
  return "gemel: 1\nplant: p\nassets:\n"
         "  pump_1:\n"
         "    signals: { flow: { unit: l/min }, power: { unit: kW }, noise: {} }\n"
         "    soft_sensors: { by_power: { of: flow, from: [power], settings: { learns_on: 0 }, "
         "training: { first: 2 h } } }\n"
         "    detectors: { physics: " +
         detector +
         " }\n"
         "  tank: { signals: { level: { unit: m } } }\n"
         "simulators: { station: { kind: pump_station, bind: { flow_1: pump_1.flow, power_1: "
         "pump_1.power, level: tank.level }, training: { first: 3 h } } }\n";
}

std::vector<std::string> watched_by(const Plant& plant, const DetectorSpec& spec) {
  std::vector<std::string> paths;
  for (const auto id : spec.signals) paths.push_back(plant.signal(id).path);
  return paths;
}

TEST(TwinFile, PairsWhatIsMeasuredWithAllThatIsEstimatedOfIt) {
  const auto plant = plant_of(hybrid("{ kind: residual, training: { first: 1 h } }"));
  const auto& spec = plant->detectors.at(0);
  EXPECT_THAT(watched_by(*plant, spec),
              ElementsAre("pump_1.flow", "pump_1.power", "pump_1.flow.estimate", "pump_1.by_power",
                          "pump_1.power.estimate"));
  EXPECT_EQ(spec.training.first, Duration::hours(4)) << "once the slowest has learnt";
  EXPECT_EQ(plant->estimators.at(0).settings.at("learns_on"), 0.0);
}

TEST(TwinFile, PairsTheEstimatesThatAreNamed) {
  const auto plant = plant_of(hybrid("{ kind: residual, signals: [by_power] }"));
  const auto& spec = plant->detectors.at(0);
  EXPECT_THAT(watched_by(*plant, spec), ElementsAre("pump_1.flow", "pump_1.by_power"));
  EXPECT_EQ(spec.training.first, Duration::hours(3)) << "an hour after the soft sensor's two";
}

TEST(TwinFile, LeavesARangeOfTrainingAsItIsWritten) {
  const auto plant =
      plant_of(hybrid("{ kind: residual, training: { from: 2026-01-01, until: 2026-01-02 } }"));
  EXPECT_EQ(plant->detectors.at(0).training.range->from, *parse_timestamp("2026-01-01"));
}

TEST(TwinFile, MissesAnEstimateForADetectorOfResiduals) {
  EXPECT_THAT(trouble_with(hybrid("{ kind: residual, signals: [noise] }")),
              HasSubstr("nothing estimates 'pump_1.noise': let a simulator's port"));
  EXPECT_THAT(trouble_with(twin(kPressure, "    detector: residual\n")),
              HasSubstr("no estimate to compare with"));
}

TEST(TwinFile, LooksForNamesOutwards) {
  const auto plant = plant_of(
      "gemel: 1\nplant: p\ntypes: { Pump: { signals: { q: {} }, rules: [ { when: strainer.dp > 1 "
      "}, { when: q > 1 } ] } }\n"
      "assets:\n  line_1: { strainer: { signals: { dp: {} } }, pump: { type: Pump } }\n"
      "  line_2: { strainer: { signals: { dp: {} } }, pump: { type: Pump } }\n");
  ASSERT_EQ(plant->detectors.size(), 4u);
  EXPECT_EQ(plant->signal(plant->detectors[0].rule->signal).path, "line_1.strainer.dp");
  EXPECT_EQ(plant->signal(plant->detectors[2].rule->signal).path, "line_2.strainer.dp");
}

TEST(TwinFile, ConnectsAssetsAtTheirPorts) {
  const auto plant = plant_of(
      "gemel: 1\nplant: p\nassets: { line: { pump: , tank: } }\nconnections: [ { from: "
      "pump.outlet, to: line.tank, kind: pipe } ]\n");
  EXPECT_EQ(plant->connections.at(0).from, "line.pump.outlet");
  EXPECT_EQ(plant->connections.at(0).to, "line.tank");
  EXPECT_EQ(plant->connections.at(0).to_asset, *plant->find_asset("tank"));
}

TEST(TwinFile, SaysWhenTheHistoryCommits) {
  EXPECT_EQ(
      plant_of("gemel: 1\nplant: p\nhistory: { commit: every batch }\n")->history.commit_every,
      Duration{});
  EXPECT_EQ(
      plant_of("gemel: 1\nplant: p\nhistory: { commit: every 50 ms }\n")->history.commit_every,
      Duration::milliseconds(50));
}

TEST(TwinFile, SaysWhereTheHistoryLies) {
  EXPECT_EQ(plant_of("gemel: 1\nplant: p\n")->history.kind, HistoryKind::File);
  const auto plant = plant_of(
      "gemel: 1\nplant: p\nhistory: { kind: postgres, url: 'postgresql://me@db/plant', schema: "
      "north }\n");
  EXPECT_EQ(plant->history.kind, HistoryKind::Postgres);
  EXPECT_EQ(plant->history.url, "postgresql://me@db/plant");
  EXPECT_EQ(plant->history.schema, "north");
}

TEST(TwinFile, SaysHowLongEachSignalIsKept) {
  const auto plant = plant_of(
      "gemel: 1\nplant: p\n"
      "types: { Pump: { signals: { speed: { history: fast } } } }\n"
      "assets: { pump: { type: Pump, signals: { flow: {}, mode: { history: audited } } } }\n"
      "history: { keep: 400 days, keep_bytes: 200 GB, classes: { fast: { keep: 30 days }, audited: "
      "{ keep: for ever } } }\n");
  const auto keep = [&](const char* path) { return plant->signal(*plant->find_signal(path)).keep; };
  EXPECT_EQ(keep("pump.flow"), Duration::days(400));
  EXPECT_EQ(keep("pump.speed"), Duration::days(30));
  EXPECT_EQ(keep("pump.mode"), Duration{});
  EXPECT_EQ(plant->history.keep_bytes, 200'000'000'000u);
}

TEST(TwinFile, KeepsItsVersionWhenOnlyTheHistoryChanges) {
  const auto version = [](const char* history) {
    return plant_of(std::string("gemel: 1\nplant: p\nassets: { a: { signals: { s: {} } } }\n") +
                    history)
        ->version;
  };
  EXPECT_EQ(version(""), version("history: { kind: postgres, url: 'postgres://db', keep: 2 h }\n"));
}

constexpr const char* kEstimators = R"(
gemel: 1
plant: p
assets:
  pump:
    signals:
      flow: { unit: l/min }
      power: { unit: kW }
      vibration: { unit: mm/s }
      mode: { states: [off, on] }
    soft_sensors:
      power_by_flow: { of: power, from: [flow], coverage: 0.8 }
    forecasts:
      flow_ahead: { of: flow, ahead: [10 min, 1 h], step: 30 s, lookback: 2 h }
    life:
      bearing:
        ends: vibration > 7.1 mm/s
        horizon: 60 d
        planned_stop: { at: 2026-12-01T06:00:00Z, every: 30 d }
)";

TEST(Estimators, WriteSignalsOfTheirDistributions) {
  const auto plant = plant_of(kEstimators);
  ASSERT_EQ(plant->estimators.size(), 3u);
  const auto& soft = plant->estimators[0];
  EXPECT_EQ(soft.path, "pump.power_by_flow");
  EXPECT_DOUBLE_EQ(soft.coverage, 0.8);
  const auto& middle = plant->signal(soft.outputs.at(0).middle);
  EXPECT_EQ(middle.role, SignalRole::SoftSensor);
  EXPECT_EQ(middle.unit.symbol, "kW");
  EXPECT_EQ(plant->signal(middle.of).path, "pump.power");
  const auto& forecast = plant->estimators[1];
  ASSERT_EQ(forecast.outputs.size(), 2u);
  EXPECT_EQ(forecast.outputs[1].lead, Duration::hours(1));
  const auto& high = plant->signal(*plant->find_signal("pump.flow_ahead.1h.high"));
  EXPECT_EQ(high.part, Part::High);
  EXPECT_EQ(high.lead, Duration::hours(1));
  EXPECT_EQ(high.period, Duration::seconds(30));
  const auto& life = plant->estimators[2];
  EXPECT_EQ(life.stop_every, Duration::days(30));
  EXPECT_EQ(to_string(*life.next_stop), "2026-12-01T06:00:00Z");
  EXPECT_EQ(plant->signal(life.outputs[0].middle).unit.symbol, "d");
  EXPECT_EQ(plant->signal(life.outputs[0].probability).path, "pump.bearing.fails_before_stop");
}

TEST(Estimators, AreRefusedWithTheReason) {
  const auto message_of = [](const std::string& wrong, const std::string& instead) {
    std::string text = kEstimators;
    text.replace(text.find(wrong), wrong.size(), instead);
    const auto problems = problems_of(text);
    return problems.empty() ? std::string() : problems.front().message;
  };
  const auto says = [&](const char* wrong, const char* instead, const char* words) {
    EXPECT_NE(message_of(wrong, instead).find(words), std::string::npos)
        << message_of(wrong, instead);
  };
  says("from: [flow]", "from: [power]", "from itself");
  says("from: [flow]", "from: [mode]", "is a state");
  says("from: [flow]", "from: []", "nothing to go by");
  says("coverage: 0.8", "coverage: 90", "0.5 to 0.99");
  says("ahead: [10 min, 1 h]", "ahead: [10 s]", "less than a step");
  says("vibration > 7.1 mm/s", "mode == on", "passes a limit");
  says("vibration > 7.1 mm/s", "vibration > 7.1 bar", "bar");
  says("at: 2026-12-01T06:00:00Z, every: 30 d", "", "planned stop");
}

TEST(TwinFile, AcceptsWhatLaterVersionsRunAndSaysSo) {
  const auto problems =
      problems_of(twin(kPressure, "    scene: pump.glb\n    simulator: { fmu: pump.fmu }\n"));
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_TRUE(problems[0].warning && problems[1].warning);
}

TEST(TwinFileVersion, ChangesWithTheMeaningOnly) {
  const auto version = [](const std::string& text) { return plant_of(text)->version; };
  const auto original = version(kControlled);
  EXPECT_EQ(version("# a comment\n" + kControlled), original);
  std::string moved = kControlled;
  moved.replace(moved.find("mqtt://h"), 8, "mqtt://x");
  EXPECT_EQ(version(moved), original) << "where the broker stands means nothing for the plant";
  std::string changed = kControlled;
  changed.replace(changed.find("900"), 3, "950");
  EXPECT_NE(version(changed), original);
}

// ---- problems

TEST(TwinFileProblems, AreAllFound) {
  const auto problems = problems_of(
      "gemel: 1\nassets:\n  a: { signals: { x: { unit: bra, rnage: [0, 1] } } }\n  b: { type: "
      "Nobody }\n");
  ASSERT_EQ(problems.size(), 4u) << report(load("gemel: 1\n"));
  EXPECT_THAT(problems[0].message, HasSubstr("lacks 'plant'"));
  EXPECT_THAT(problems[1].message, HasSubstr("'bra'"));
  EXPECT_THAT(problems[2].message, HasSubstr("did you mean 'range'?"));
  EXPECT_THAT(problems[3].message, HasSubstr("no type 'Nobody'"));
}

TEST(TwinFileProblems, PointAtThePlace) {
  const auto result = load(twin("      p: { unit: bar + K }\n"));
  EXPECT_EQ(report(result),
            "twin.yaml:6:18: error: unknown unit 'bar + K'\n"
            "        p: { unit: bar + K }\n"
            "                   ^\n"
            "1 error\n");
}

TEST(TwinFileProblems, PointAtThePlaceBehindWideCharacters) {
  const auto result =
      load("gemel: 1\nplant: \"Bäckerei\" \nassets: { a: { description: \"Öfen\", tpye: x } }\n");
  EXPECT_THAT(report(result), HasSubstr("\n  assets: { a: { description: \"Öfen\", tpye: x } }\n   "
                                        "                                   ^\n"));
}

TEST(TwinFileProblems, AreToldOnceForATypeOfManyAssets) {
  trouble_with(
      "gemel: 1\nplant: p\ntypes: { T: { signals: { x: { unit: fuzz } } } }\nassets: { a: { type: "
      "T }, b: { type: T }, c: { type: T } }\n");
}

TEST(TwinFileProblems, AreCutAtAHundred) {
  std::string text = "gemel: 1\nplant: p\nassets:\n";
  for (int i = 0; i < 300; ++i) text += fmt::format("  a{}: {{ typ: x }}\n", i);
  const auto problems = problems_of(text);
  ASSERT_EQ(problems.size(), 101u);
  EXPECT_THAT(problems.back().message, HasSubstr("there may be more problems"));
}

struct Nonsense {
  const char* text;
  const char* message;
};

TEST(TwinFileProblems, RefuseUnitsThatDoNotFit) {
  const Nonsense cases[] = {
      {"      t: { unit: degC, max_change: 5 bar/s }\n", "'bar/s' does not convert to 'degC/s'"},
      {"      t: { unit: degC, range: [0 bar, 1] }\n", "'bar' does not convert to 'degC'"},
      {"      t: { unit: degC, calibration: { offset: 3 m } }\n", "'m' does not convert to 'degC'"},
      {"      t: { unit: degC, max_change: 5 K }\n", "'K' does not convert to 'degC/s'"},
      {"      t: { unit: degC, max_change: -1 }\n", "above zero"},
      {"      t: { unit: degC, rate: 1 bar }\n", "is not a rate"},
      {"      t: { unit: degC, gap: 5 bar }\n", "is not a duration"},
      {"      t: { unit: degC, range: [nan, 1] }\n", "is not a number"},
      {"      t: { unit: degC, range: [5, 5] }\n", "is not below"},
      {"      t: { unit: degC, range: [1] }\n", "expects [low, high], not 1 values"},
      {"      t: { states: [a, b], unit: bar }\n", "has no meaning for an enumeration"},
      {"      t: { states: [a, a] }\n", "twice"},
      {"      t: { states: [] }\n", "at least one state"},
      {"      health: {}\n", "can't be named 'health'"},
  };
  for (const auto& c : cases)
    EXPECT_THAT(trouble_with(twin(c.text)), HasSubstr(c.message)) << c.text;
}

TEST(TwinFileProblems, RefuseConditionsThatMeanNothing) {
  const Nonsense cases[] = {
      {"pressure < 3 K", "'K' does not convert to 'bar'"},
      {"presure < 3 bar", "did you mean 'pressure'?"},
      {"pressure ~ 3 bar", "is not a condition"},
      {"pressure < high", "is not a number"},
      {"mode < remote", "compared with == or != only"},
      {"mode == remot", "did you mean 'remote'?"},
  };
  for (const auto& c : cases) {
    const auto text = twin(kPressure + "      mode: { states: [local, remote] }\n",
                           std::string("    rules: [ { when: ") + c.text + " } ]\n");
    EXPECT_THAT(trouble_with(text), HasSubstr(c.message)) << c.text;
  }
}

TEST(TwinFileProblems, RefuseControlsThatCannotBeJudged) {
  const Nonsense cases[] = {
      {"{ unit: bar }", "lacks 'range'"},
      {"{ unit: bar, range: [1, 0] }", "is not below"},
      {"{ unit: bar, range: [0, 1], feedback: nothing }", "no signal 'nothing'"},
      {"{ unit: kPa, range: [0, 1], feedback: pressure }", "declare both in the same unit"},
      {"{ unit: K, range: [0, 1], feedback: pressure }", "'bar' does not convert to 'K'"},
      {"{ unit: bar, range: [0, 1], tolerance: 1 }", "without 'feedback'"},
      {"{ unit: bar, range: [0, 1], autonomy: act }", "choose from observe, approve"},
      {"{ unit: bar, range: [0, 1], rate_limit: 3 bar }", "'bar' does not convert to 'bar/s'"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(
        trouble_with(twin(kPressure, std::string("    controls: { set: ") + c.text + " }\n")),
        HasSubstr(c.message))
        << c.text;
  }
}

TEST(TwinFileProblems, RefuseBindingsThatLeadNowhere) {
  const Nonsense cases[] = {
      {"pump: { from: nowhere, topic: t, pressure: $ }", "no source 'nowhere'; there are s"},
      {"pump: { from: s, pressure: $ }", "lacks 'topic'"},
      {"pump: { from: s, topic: a/b+, pressure: $ }", "whole levels"},
      {"pump: { from: s, topic: t, presure: $ }", "did you mean 'pressure'?"},
      {"pump: { from: s, topic: t, pressure: p }", "is no path into a payload"},
      {"pump: { from: s, topic: t, pressure: { path: $, unit: K } }",
       "'K' does not convert to 'bar'"},
      {"pump: { from: s, topic: t, pressure: { path: $, scale: 0 } }", "a scale of 0"},
      {"pump: { from: s, topic: t, pressure: $, command: { speed: x } }", "no control 'speed'"},
      {"pmup: { from: s, topic: t, pressure: $ }", "did you mean 'pump'?"},
  };
  for (const auto& c : cases) {
    const auto text =
        twin(kPressure, std::string("sources: { s: { kind: mqtt, url: mqtt://h } }\nbindings: { ") +
                            c.text + " }\n");
    const auto problems = problems_of(text);
    ASSERT_FALSE(problems.empty()) << c.text;
    EXPECT_TRUE(std::any_of(problems.begin(), problems.end(), [&](const Problem& p) {
      return !p.warning && p.message.find(c.message) != std::string::npos;
    })) << report(load(text));
  }
}

TEST(TwinFileProblems, RefuseSourcesThatCannotBeReached) {
  const Nonsense cases[] = {
      {"{ kind: mqtt }", "lacks 'url'"},
      {"{ kind: mqtt, url: http://h }", "is no address of a broker"},
      {"{ kind: mqtt, url: mqtt://h:99999 }", "is no address of a broker"},
      {"{ kind: mqtt, url: mqtt://h, paths: [a] }", "belongs to sources of kind files"},
      {"{ kind: mqtt, url: mqtt://h, qos: 2 }", "choose from 0, 1"},
      {"{ kind: mqtt, url: \"${NOWHERE}\" }", "environment variable NOWHERE is not set"},
      {"{ kind: kafka }", "choose from mqtt, files, csv"},
      {"{ kind: csv }", "lacks 'paths'"},
      {"{ kind: csv, paths: [spec_test], separator: \"::\" }", "one character or 'tab'"},
  };
  for (const auto& c : cases) {
    const auto problems =
        problems_of(std::string("gemel: 1\nplant: p\nsources: { s: ") + c.text + " }\n");
    EXPECT_TRUE(std::any_of(problems.begin(), problems.end(), [&](const Problem& p) {
      return !p.warning && p.message.find(c.message) != std::string::npos;
    })) << c.text;
  }
}

TEST(TwinFileProblems, RefuseSimulatorsAndDecisionsThatCannotBeAsked) {
  const Nonsense cases[] = {
      {"simulators: { s: { kind: pump_sation, bind: { level: level } } }\n",
       "did you mean 'pump_station'?"},
      {"simulators: { s: { kind: pump_station, bind: { levle: level } } }\n",
       "has no port 'levle'"},
      {"simulators: { s: { kind: pump_station, bind: { level: nobody } } }\n",
       "no signal 'nobody'"},
      {"simulators: { s: { kind: pump_station, bind: { level: level }, parameters: { tank_area: 3 "
       "m } } }\n",
       "'m' does not convert to 'm2'"},
      {"simulators: { s: { kind: pump_station, bind: { level: level }, parameters: { tank_aera: 3 "
       "} } }\n",
       "did you mean 'tank_area'?"},
      {"simulators: { s: { kind: pump_station } }\n", "no signal to go by"},
      {"decisions: { d: { minimise: energy, by: [set] } }\n", "no simulator to ask"},
      {"simulators: { s: { kind: pump_station, bind: { level: level } } }\ndecisions: { d: { by: "
       "[set] } }\n",
       "either 'minimise' or 'maximise'"},
      {"simulators: { s: { kind: pump_station, bind: { level: level } } }\ndecisions: { d: { "
       "minimise: e, by: [level] } }\n",
       "no control 'level'"},
      {"history: { commit: sometimes }\n", "is no time to commit"},
      {"history: { kind: postgres }\n", "lacks 'url'"},
      {"history: { kind: postgres, url: 'mysql://db' }\n", "is no address of a PostgreSQL server"},
      {"history: { kind: postgres, url: 'postgres://db', schema: pg_own }\n", "can't be a schema"},
      {"history: { kind: postgres, url: 'postgres://db', keep_bytes: 1 GB }\n",
       "is for a history of kind file"},
      {"history: { url: 'postgres://db' }\n", "is for a history of kind postgres"},
      {"history: { keep: 5 min }\n", "is no time to keep values"},
      {"history: { keep_bytes: 200 }\n", "is no size"},
      {"connections: [ { from: pump, to: tnak } ]\n", "no asset 'tnak'"},
  };
  for (const auto& c : cases) {
    const auto text = std::string(
                          "gemel: 1\nplant: p\nassets: { pump: { signals: { level: { unit: m } }, "
                          "controls: { set: { range: [0, 1] } } } }\n") +
                      c.text;
    EXPECT_THAT(trouble_with(text), HasSubstr(c.message)) << c.text;
  }
}

TEST(TwinFile, SaysWhatOfAnFmuIsFollowed) {
  const auto plant = plant_of(
      "gemel: 1\nplant: p\nassets:\n"
      "  oven: { signals: { t: { unit: degC }, power: { unit: kW } }, controls: { power: { unit: "
      "kW, range: [0, 5], feedback: power } } }\n"
      "simulators:\n"
      "  heat:\n"
      "    fmu: /models/oven.fmu\n"
      "    bind: { 'room.T': oven.t, u: oven.power }\n"
      "    controls: { u: oven.power }\n"
      "    noise: { 'room.T': 0.2 K }\n"
      "    follow:\n"
      "      wall.T: { start: 20 degC, spread: 5 K, unit: degC }\n"
      "      'leak[1].loss': { spread: 3, wander: 60, asset: oven }\n"
      "    filter: ensemble\n"
      "    members: 30\n");
  const auto& fmu = std::get<FmuSpec>(plant->simulators.at(0).description);
  ASSERT_EQ(fmu.followed.size(), 2U);
  const auto& wall = fmu.followed[0];
  EXPECT_DOUBLE_EQ(wall.start, 293.15);
  EXPECT_DOUBLE_EQ(wall.spread, 5.0);
  EXPECT_EQ(wall.middle, *plant->find_signal("heat.wall.T"));
  EXPECT_EQ(wall.high, *plant->find_signal("heat.wall.T.high"));
  EXPECT_EQ(plant->signal(wall.low).role, SignalRole::Estimate);
  const auto& loss = fmu.followed[1];
  EXPECT_TRUE(std::isnan(loss.start)) << "the FMU's own";
  EXPECT_DOUBLE_EQ(loss.wander, 1.0);  // an hour's root is 60 s
  EXPECT_EQ(loss.middle, *plant->find_signal("oven.loss"));
  EXPECT_DOUBLE_EQ(fmu.noise.at("room.T"), 0.2);
  EXPECT_EQ(fmu.filter, "ensemble");
  EXPECT_EQ(fmu.members, 30U);
  EXPECT_FALSE(fmu.followed_here);
  EXPECT_EQ(plant->signal(*plant->find_signal("oven.t.estimate")).of,
            *plant->find_signal("oven.t"));
  EXPECT_FALSE(plant->find_signal("oven.power.estimate")) << "a control's input is given";
}

TEST(TwinFileProblems, RefuseFmusThatCannotBeBound) {
  const Nonsense cases[] = {
      {"simulators: { s: { kind: fmu, bind: { x: level } } }\n", "lacks 'fmu'"},
      {"simulators: { s: { fmu: a.fmu, bind: { x: level }, stations: {} } }\n",
       "a 'fmu' has no 'stations'"},
      {"simulators: { s: { fmu: a.fmu, bind: { x: levle } } }\n", "no signal 'levle'"},
      {"simulators: { station: { fmu: a.fmu, bind: { x: level } } }\n"
       "decisions: { d: { minimise: e, by: [set], simulator: statoin } }\n",
       "did you mean 'station'?"},
  };
  for (const auto& c : cases) {
    const auto problems = problems_of(
        std::string("gemel: 1\nplant: p\nassets: { pump: { signals: { level: { unit: m } }, "
                    "controls: { set: { range: [0, 1] } } } }\n") +
        c.text);
    EXPECT_TRUE(std::any_of(problems.begin(), problems.end(), [&](const Problem& p) {
      return !p.warning && p.message.find(c.message) != std::string::npos;
    })) << c.text;
  }
}

TEST(TwinFileProblems, RefuseWhatIsNoText) {
  EXPECT_THAT(trouble_with(std::string("gemel: 1\0\n", 10)), HasSubstr("byte 0x00"));
  EXPECT_THAT(trouble_with("gemel: 1\nplant: \xff\n"), HasSubstr("byte 0xff"));
  EXPECT_THAT(trouble_with(""), HasSubstr("empty"));
  EXPECT_THAT(trouble_with("# only a comment\n"), HasSubstr("empty"));
  EXPECT_THAT(trouble_with("hello"), HasSubstr("not 'hello'"));
  EXPECT_THAT(trouble_with("- a\n- b\n"), HasSubstr("not a list"));
}

TEST(TwinFileProblems, RefuseAnotherVersionAndSayNothingElse) {
  EXPECT_THAT(trouble_with("gemel: 2\nnew_things: here\n"),
              HasSubstr("this program reads version 1"));
}

// ---- limits

TEST(TwinFileLimits, HoldAgainstAliasesOfAliases) {
  std::string text = "gemel: 1\nplant: p\nx0: &x0 [a, a, a, a, a, a, a, a, a, a]\n";
  for (int i = 1; i < 12; ++i)
    text += fmt::format(
        "x{0}: &x{0} [*x{1}, *x{1}, *x{1}, *x{1}, *x{1}, *x{1}, *x{1}, *x{1}, *x{1}, *x{1}]\n", i,
        i - 1);
  EXPECT_THAT(trouble_with(text), HasSubstr("aliases written out"));
}

TEST(TwinFileLimits, HoldAgainstRings) {
  EXPECT_THAT(trouble_with("gemel: 1\nplant: p\nassets: &a { x: *a }\n"),
              HasSubstr("would never end"));
}

TEST(TwinFileLimits, HoldAgainstDepth) {
  EXPECT_THAT(trouble_with("gemel: " + std::string(1000, '[') + std::string(1000, ']')),
              HasSubstr("levels deep"));
}

TEST(TwinFileLimits, HoldAgainstTypesTimesAssets) {
  std::string text = "gemel: 1\nplant: p\ntypes:\n  T:\n    signals:\n";
  for (int i = 0; i < 1000; ++i) text += fmt::format("      s{}: {{}}\n", i);
  text += "assets:\n";
  for (int i = 0; i < 1000; ++i) text += fmt::format("  a{}: {{ type: T }}\n", i);
  EXPECT_THAT(trouble_with(text), HasSubstr("the plant is too large"));
}

TEST(TwinFileLimits, AllowAnchorsThatShareADeclaration) {
  const auto plant = plant_of(
      "gemel: 1\nplant: p\nassets: { a: { signals: &s { x: { unit: bar } } }, b: { signals: *s } "
      "}\n");
  EXPECT_EQ(plant->signals.size(), 2u);
}

TEST(TwinFileLimits, TenThousandSignalsAreNothingSpecial) {
  std::string text = "gemel: 1\nplant: p\ntypes:\n  T:\n    signals:\n";
  for (int i = 0; i < 100; ++i)
    text += fmt::format("      s{}: {{ unit: bar, range: [0, 10], gap: 5 s }}\n", i);
  text += "    detectors: { odd: { kind: isolation_forest } }\nassets:\n";
  for (int i = 0; i < 100; ++i) text += fmt::format("  a{}: {{ type: T }}\n", i);
  const auto plant = plant_of(text);
  EXPECT_EQ(plant->signals.size(), 10'000u + 100u + 101u);
  EXPECT_EQ(plant->signal(*plant->find_signal("a99.s99")).path, "a99.s99");
}

}  // namespace
}  // namespace gemel::spec
