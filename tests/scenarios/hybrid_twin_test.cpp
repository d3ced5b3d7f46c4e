// The hybrid twin at the demo's station: what wears while every signal stays where it has always
// been shows against what the simulator says; what people do to the station does not.

#include <algorithm>
#include <array>
#include <cmath>
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
constexpr std::array kSpeedsRpm{1450.0, 1600.0, 1350.0, 1500.0, 1400.0, 1550.0};
constexpr std::array kLowSpeedsRpm{1375.0, 1425.0, 1400.0, 1375.0, 1425.0, 1400.0};

/// The demo's twin, with a detector of residuals for each pump and each strainer: of all that the
/// simulator estimates of it.
std::shared_ptr<const Plant> twin_with_residuals() {
  std::ostringstream text;
  text << std::ifstream(std::string(GEMEL_SOURCE_DIR) + "/examples/pump_station/twin.yaml").rdbuf();
  std::string twin = text.str();
  const std::string strainer = "  Strainer:\n", pump = "    detectors:\n      behaviour:\n";
  const auto add = [&](const std::string& after, const std::string& text_of_it) {
    const auto place = twin.find(after);
    GEMEL_CHECK(place != std::string::npos);
    twin.insert(place + after.find('\n') + 1, text_of_it);
  };
  const std::string settings =
      "{ kind: residual, training: { first: 19 h }, settings: { window: 300 } }\n";
  add(pump, "      physics: " + settings);
  add(strainer, "    detector: " + settings);
  const auto loaded = spec::load_text(twin, "twin.yaml", spec::process_environment);
  GEMEL_CHECK(std::holds_alternative<spec::Loaded>(loaded));
  // What else judges the station has tests of its own, and would learn from the wear.
  auto plant = std::make_shared<Plant>(*std::get<spec::Loaded>(loaded).plant);
  plant->estimators.clear();
  std::erase_if(plant->detectors, [](const auto& d) { return d.kind != "residual"; });

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
  bool slow = false;

 private:
  void step() {
    if (second_ % 1200 == 0) {
      const auto rpm =
          (slow ? kLowSpeedsRpm
                : kSpeedsRpm)[static_cast<std::size_t>(second_ / 1200) % kSpeedsRpm.size()];
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
    auto fitted =
        simulation::fit(*plant, spec, history_, {extent->from, extent->from + spec.training.first},
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

std::vector<AlarmRaised> alarms_of(const std::vector<Event>& events) {
  std::vector<AlarmRaised> out;
  for (const auto& event : events) {
    if (const auto* raised = std::get_if<AlarmRaised>(&event.body)) out.push_back(*raised);
  }
  return out;
}

TEST(HybridTwin, FindsWearThatNoSingleSignalShowsAndTakesOperationForWhatItIs) {
  HybridTwin twin;
  twin.run_for(20.0);
  const auto learnt = std::ranges::count_if(
      twin.events, [](const Event& event) { return std::holds_alternative<Trained>(event.body); });
  ASSERT_EQ(learnt, 4);
  const auto usual = twin.seen;

  twin.events.clear();
  twin.run_for(5.0);
  for (const auto& alarm : alarms_of(twin.events)) ADD_FAILURE() << alarm.name << alarm.cause;

  // A strainer that clogs slowly, while pump 1 runs at its lower speeds.
  twin.events.clear();
  twin.seen.clear();
  twin.slow = true;
  riverside::FaultRequest fault;
  fault.kind = riverside::FaultKind::Clogging;
  fault.line = 0;
  fault.severity = 0.25;
  fault.ramp_s = 3600.0;
  twin.station.faults().start(fault, twin.station.now());
  twin.run_for(2.5);
  for (const auto& [path, range] : twin.seen) {
    if (!path.starts_with("line_1")) continue;
    EXPECT_GE(range.low, usual.at(path).low) << path;
    EXPECT_LE(range.high, usual.at(path).high) << path;
  }
  const auto alarms = alarms_of(twin.events);
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_EQ(alarms[0].source, "line_1.strainer_1.behaviour");
  ASSERT_FALSE(alarms[0].drivers.empty());
  EXPECT_EQ(alarms[0].drivers[0].signal, "line_1.strainer_1.differential_pressure");
  EXPECT_GT(alarms[0].drivers[0].value, alarms[0].drivers[0].expected);
}

}  // namespace
}  // namespace gemel::scenarios
