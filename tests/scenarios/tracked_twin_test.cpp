// An engine whose simulator follows the plant: what nobody measures is in the snapshot and in the
// history, and goes on after a restart.

#include <cmath>
#include <filesystem>
#include <variant>

#include <gtest/gtest.h>

#include "spec/spec.hpp"
#include "twin_under_test.hpp"

namespace gemel::scenarios {
namespace {

constexpr const char* kTwin = R"(gemel: 1
plant: small
assets:
  tank: { signals: { level: { unit: m, rate: 1 Hz } } }
sources:
  plant: { kind: files, paths: [none.csv] }
bindings:
  tank: { from: plant, level: level }
simulators:
  tank:
    kind: equations
    components:
      tank: { kind: tank, area: 6 m2, level: 2 m }
    bind: { tank.level: tank.level }
    follow:
      tank.level:  { spread: 1 m, wander: 0.1 mm }
      tank.demand: { spread: 2000 l/min, wander: 60 l/min, unit: l/min, asset: tank }
    noise: { tank.level: 2 mm }
)";

std::shared_ptr<const Plant> tracked_plant() {
  const auto loaded = spec::load_text(kTwin, "twin.yaml", spec::process_environment);
  GEMEL_CHECK(std::holds_alternative<spec::Loaded>(loaded));
  return std::get<spec::Loaded>(loaded).plant;
}

/// A tank that loses `demand` l/min, told once a second.
struct Emptying {
  double demand = 600.0;
  double level = 2.0;
  std::uint64_t step = 0;

  void run(RunningTwin& twin, SignalId signal, int seconds) {
    for (int i = 0; i < seconds; ++i) {
      twin.clock().advance(Duration::seconds(1));
      level -= demand / 60'000.0 / 6.0;
      const auto now = twin.clock().now();
      // An error of the gauge that repeats itself, a millimetre wide.
      twin.say(signal, level + 1e-3 * std::sin(1.7 * static_cast<double>(++step)));
      ASSERT_TRUE(
          twin.eventually([&](const Snapshot& s) { return s.beliefs[signal].value_time >= now; }));
    }
  }
};

class TrackedTwin : public ::testing::Test {
 protected:
  ~TrackedTwin() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::unique_ptr<History> files() {
    auto opened = history::open({.directory = folder_, .plant = plant_.get()});
    EXPECT_TRUE(opened) << opened.error().message;
    return *std::move(opened);
  }
  Belief believed(RunningTwin& twin, const char* path) {
    return twin.engine().snapshot()->beliefs[*plant_->find_signal(path)];
  }

  /// The simulator is made beside the ticks; estimates begin with the first tick that has it.
  bool told_after(RunningTwin& twin, Emptying& tank, Timestamp after) {
    for (int i = 0; i < 600; ++i) {
      tank.run(twin, level_, 1);
      const auto told = believed(twin, "tank.demand");
      if (told.has_value() && told.value_time > after) return true;
    }
    return false;
  }

  const std::shared_ptr<const Plant> plant_ = tracked_plant();
  const SignalId level_ = *plant_->find_signal("tank.level");
  const std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("tracked-twin-" + std::to_string(getpid()));
};

TEST_F(TrackedTwin, TellsWhatNobodyMeasuresKeepsItAndGoesOnAfterARestart) {
  Emptying tank;
  Timestamp stopped;
  double last = 0.0;
  {
    RunningTwin twin(files(), plant_);
    ASSERT_TRUE(told_after(twin, tank, Timestamp::min()));
    ASSERT_NO_FATAL_FAILURE(tank.run(twin, level_, 120));
    const auto demand = believed(twin, "tank.demand");
    ASSERT_TRUE(demand.has_value());
    EXPECT_NEAR(demand.value, 600.0, 60.0);
    EXPECT_LT(believed(twin, "tank.demand.low").value, 600.0);
    EXPECT_GT(believed(twin, "tank.demand.high").value, 600.0);

    // Somebody opens a valve: found within seconds, and said to be uncertain for a while.
    tank.demand = 2400.0;
    ASSERT_NO_FATAL_FAILURE(tank.run(twin, level_, 30));
    const auto more = believed(twin, "tank.demand");
    EXPECT_NEAR(more.value, 2400.0, 200.0);
    ASSERT_NO_FATAL_FAILURE(tank.run(twin, level_, 90));
    last = believed(twin, "tank.demand").value;
    EXPECT_NEAR(last, 2400.0, 100.0);
    stopped = twin.clock().now();
    ASSERT_TRUE(twin.stop());
  }
  {
    auto opened = history::open({.directory = folder_, .plant = plant_.get(), .read_only = true});
    ASSERT_TRUE(opened);
    const auto demand = *plant_->find_signal("tank.demand");
    const auto told =
        (*opened)->read(demand, {Timestamp::min(), Timestamp::max()}, Timestamp::max(), 1'000);
    ASSERT_TRUE(told);
    ASSERT_GE(told->size(), 200u);
    EXPECT_EQ(told->back().value, last);
  }
  RunningTwin twin(files(), plant_);
  EXPECT_EQ(believed(twin, "tank.demand").value, last);
  ASSERT_TRUE(told_after(twin, tank, stopped)) << "the tracker runs again";
  const auto again = believed(twin, "tank.demand");
  EXPECT_NEAR(again.value, 2400.0, 100.0) << "from where it was, not from the description";
}

}  // namespace
}  // namespace gemel::scenarios
