// The hybrid twin at the demo's station: what wears while every signal stays where it has always
// been shows against what the simulator says; what people do to the station does not.

#include <array>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "history/memory_history.hpp"
#include "inference/inference.hpp"
#include "plant.hpp"
#include "simulation/simulation.hpp"
#include "spec/spec.hpp"
#include "state/fold.hpp"

namespace gemel::scenarios {
namespace {

constexpr riverside::EpochMs kStart = 1'780'394'400'000;  // 2026-06-02T10:00:00Z
constexpr std::array kSpeedsRpm{1450.0, 1500.0, 1400.0, 1475.0, 1350.0, 1425.0};

/// The demo's twin, with a detector of residuals for each pump.
std::shared_ptr<const Plant> twin_with_residuals() {
  std::ostringstream text;
  text << std::ifstream(std::string(GEMEL_SOURCE_DIR) + "/examples/pump_station/twin.yaml").rdbuf();
  std::string twin = text.str();
  const std::string before = "    detectors:\n      behaviour:\n";
  const auto place = twin.find(before);
  GEMEL_CHECK(place != std::string::npos);
  twin.insert(place + std::string("    detectors:\n").size(),
              "      physics:\n"
              "        kind: residual\n"
              "        signals: [flow.estimate, suction_pressure.estimate, discharge_pressure.estimate, power.estimate]\n"
              "        training: { first: 19 h }\n"
              "        false_alarms: 1 per week\n"
              "        settings: { window: 300 }\n");
  const auto loaded = spec::load_text(twin, "twin.yaml", spec::process_environment);
  GEMEL_CHECK(std::holds_alternative<spec::Loaded>(loaded));
  // What else judges the station has tests of its own.
  auto plant = std::make_shared<Plant>(*std::get<spec::Loaded>(loaded).plant);
  std::erase_if(plant->detectors, [](const auto& d) { return d.kind != "residual"; });
  plant->estimators.clear();
  return plant;
}

struct Range {
  double low = HUGE_VAL, high = -HUGE_VAL;
  void take(double v) { low = std::min(low, v), high = std::max(high, v); }
};

/// Station and twin, second by second, in the order of the engine's tick and without its threads.
class HybridTwin {
 public:
  void run_for(double hours) {
    for (int s = 0; s < static_cast<int>(hours * 3600.0); ++s) step();
  }

  riverside::Plant station = riverside::Plant::settled_at(kStart, 7);
  std::shared_ptr<const Plant> plant = twin_with_residuals();
  std::map<std::string, Range> seen;  // of what is measured, since it was last emptied
  std::vector<Event> events;          // since they were last emptied
  bool moves = true;                  // whether people change pump 1's speed, every twenty minutes

 private:
  void step() {
    if (moves && second_ % 1200 == 0) {
      const auto rpm = kSpeedsRpm[static_cast<std::size_t>(second_ / 1200) % kSpeedsRpm.size()];
      EXPECT_TRUE(station.plc().set_speed(0, rpm));
    }
    ++second_;
    station.run_until(station.now() + 1000);
    const Timestamp now{station.now() * 1'000'000};
    Frame frame{now, measure(now), {}};
    state_.apply(frame);
    if (!simulator_ && second_ % 60 == 0) fit(now);
    if (simulator_) estimate(frame);
    std::vector<Sample> derived;
    std::vector<Event> told;
    EXPECT_TRUE(inference_.train_due(history_, now, told));
    inference_.observe(frame.samples, state_.working(), now, next_id_, derived, told);
    for (auto& event : told) event.known_at = now;
    Frame rest{now, derived, told};
    state_.apply(rest);
    frame.samples.insert(frame.samples.end(), derived.begin(), derived.end());
    frame.events = told;
    EXPECT_TRUE(history_.commit(frame));
    events.insert(events.end(), told.begin(), told.end());
  }

  std::vector<Sample> measure(Timestamp now) {
    std::vector<Sample> samples;
    for (std::size_t i = 0; i < riverside::kSignalCount; ++i) {
      const auto& info = riverside::signals()[i];
      const auto id = plant->find_signal(info.path());
      const auto value = station.readings()[i].value;
      if (!id || !value) continue;
      samples.push_back({*id, {}, now, *value});
      seen[info.path()].take(*value);
    }
    return samples;
  }

  void fit(Timestamp now) {
    const auto& spec = plant->simulators.front();
    const auto extent = history_.extent();
    if (!extent || extent->from + spec.training.first > now) return;
    auto fitted = simulation::fit(*plant, spec, history_,
                                  {extent->from, extent->from + spec.training.first},
                                  Timestamp::max(), 1);
    ASSERT_TRUE(fitted) << fitted.error().message;
    simulator_ = *fitted;
  }

  void estimate(Frame& frame) {
    Frame estimates{frame.known_at, {}, {}};
    for (const auto& [of, value] : simulator_->estimate(state_.working())) {
      for (const auto& signal : plant->signals) {
        if (signal.role == SignalRole::Estimate && signal.of == of)
          estimates.samples.push_back({signal.id, {}, frame.known_at, value});
      }
    }
    state_.apply(estimates);
    frame.samples.insert(frame.samples.end(), estimates.samples.begin(), estimates.samples.end());
  }

  history::MemoryHistory history_{*plant};
  state::State state_{*plant};
  inference::InferenceStage inference_{plant, 1};
  std::shared_ptr<const Simulator> simulator_;
  std::uint64_t next_id_ = 1;
  std::int64_t second_ = 0;
};

std::vector<AlarmRaised> alarms_of(const std::vector<Event>& events, const std::string& detector) {
  std::vector<AlarmRaised> out;
  for (const auto& event : events) {
    const auto* raised = std::get_if<AlarmRaised>(&event.body);
    if (raised != nullptr && raised->source.ends_with(detector)) out.push_back(*raised);
  }
  return out;
}

TEST(HybridTwin, FindsWearThatNoSingleSignalShowsAndTakesOperationForWhatItIs) {
  HybridTwin twin;
  twin.run_for(20.0);
  bool trained = false;
  for (const auto& event : twin.events) {
    const auto* about = std::get_if<Trained>(&event.body);
    if (about) std::cout << about->subject << ": " << about->summary << "\n";
    trained = trained || (about != nullptr && about->subject == "line_1.pump_1.physics");
  }
  ASSERT_TRUE(trained);
  const auto usual = twin.seen;

  twin.events.clear();
  twin.run_for(4.0);
  for (const auto& a : alarms_of(twin.events, "")) std::cout << "normal: " << a.source << " " << a.cause << "\n";
  EXPECT_TRUE(alarms_of(twin.events, "physics").empty());

  // A strainer that clogs slowly.
  twin.events.clear();
  twin.seen.clear();
  riverside::FaultRequest fault;
  fault.kind = riverside::FaultKind::Clogging;
  fault.line = 0;
  fault.severity = 0.15;
  fault.ramp_s = 3600.0;
  twin.station.faults().start(fault, twin.station.now());
  twin.run_for(3.0);
  for (const auto& a : alarms_of(twin.events, "")) std::cout << "fault: " << a.source << " " << a.cause << "\n";
  for (const auto& [path, range] : twin.seen) {
    const auto& r = usual.at(path);
    if (!path.starts_with("line_1")) continue;
    std::cout << path << " usual " << r.low << ".." << r.high << " now " << range.low << ".." << range.high << (range.low < r.low || range.high > r.high ? "  <<<<" : "") << "\n";
  }
  const auto alarms = alarms_of(twin.events, "line_1.pump_1.physics");
  ASSERT_FALSE(alarms.empty());
}

}  // namespace
}  // namespace gemel::scenarios
