#include "twin_under_test.hpp"

#include "base/check.hpp"
#include "base/log.hpp"

namespace gemel::scenarios {
namespace {

Signal signal(SignalId id, const char* name) {
  Signal s;
  s.id = id;
  s.asset = AssetId{1};
  s.name = name;
  s.path = std::string("tank.") + name;
  s.gap = Duration::seconds(60);
  return s;
}

}  // namespace

std::shared_ptr<const Plant> small_plant() {
  auto plant = std::make_shared<Plant>();
  plant->name = "small";
  plant->version = "1";
  Asset root, tank;
  root.id = AssetId{0};
  root.children = {AssetId{1}};
  tank.id = AssetId{1};
  tank.parent = AssetId{0};
  tank.name = tank.path = "tank";
  tank.signals = {kLevel, kMode, kPosition};
  tank.controls = {ControlId{0}};
  plant->assets = {root, tank};
  plant->signals = {signal(kLevel, "level"), signal(kMode, "mode"), signal(kPosition, "position")};
  plant->signals[0].range = {0.0, 3.0};
  plant->signals[1].states = {"local", "remote"};
  Control valve;
  valve.id = ControlId{0};
  valve.asset = tank.id;
  valve.name = "valve";
  valve.path = "tank.valve";
  valve.unit.symbol = "%";
  valve.range = {0.0, 100.0};
  valve.feedback = kPosition;
  valve.feedback_tolerance = 1.0;
  valve.interlocks = {Condition{kMode, Comparison::Equal, 1.0, {}, "tank.mode == remote"}};
  valve.autonomy = Autonomy::Approve;
  valve.source = 0;
  valve.topic = "small/tank/set/valve";
  plant->controls = {valve};
  plant->sources = {Source{"script", FileSource{}}};
  plant->index_paths();
  return plant;
}

RunningTwin::RunningTwin(std::unique_ptr<History> history, std::shared_ptr<const Plant> plant)
    : clock_(*parse_timestamp("2026-01-31T08:00:00Z")) {
  engine::EngineOptions options;
  options.plant = std::move(plant);
  // After a restart the clock goes on from what was known.
  if (const auto last = history->status().last_known_at; last > clock_.now())
    clock_.set(last + Duration::seconds(1));
  options.history = std::move(history);
  options.sources.push_back(std::make_unique<ScriptedSource>(script_));
  options.actuator = std::make_unique<actuation::RecordingActuator>(recording_);
  options.clock = &clock_;
  options.metrics = std::make_shared<metrics::Registry>();
  options.tick_idle = Duration::milliseconds(5);
  auto made = engine::Engine::create(std::move(options));
  GEMEL_CHECK(made.has_value());
  engine_ = std::move(made).value();
  thread_ = std::jthread([this](std::stop_token stop) {
    ended_ = engine_->run(stop);
    if (!ended_) log::error("test", "the engine ended: " + ended_.error().message);
  });
}

Result<void> RunningTwin::stop() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  return ended_;
}

}  // namespace gemel::scenarios
