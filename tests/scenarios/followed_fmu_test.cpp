// A twin file's FMU tied to its plant by a filter, in a whole engine: what nobody measures becomes
// signals, a what-if starts from them, a restart goes on from them, and a crash leaves the twin
// alive.

#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/check.hpp"
#include "base/random.hpp"
#include "fmu/own_process.hpp"
#include "fmu/testing/test_fmus.hpp"
#include "simulation/simulation.hpp"
#include "spec/spec.hpp"
#include "twin_under_test.hpp"

namespace gemel::scenarios {
namespace {

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  GEMEL_CHECK(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

std::shared_ptr<const Plant> plant_of(const std::string& twin) {
  const auto loaded = spec::load_text(twin, "twin.yaml", spec::process_environment);
  EXPECT_TRUE(std::holds_alternative<spec::Loaded>(loaded)) << spec::report(loaded);
  auto plant = std::make_shared<Plant>(*std::get<spec::Loaded>(loaded).plant);
  plant->sources = {Source{"script", FileSource{}}};
  return plant;
}

/// m x'' = force - k x - 0.4 x', of stiffness 4, by small steps.
struct Spring {
  double x = 0.3, v = 0.0;
  void move(double force, double seconds) {
    for (int i = 0; i < 1000; ++i) {
      v += seconds / 1000 * (force - 4.0 * x - 0.4 * v);
      x += seconds / 1000 * v;
    }
  }
};

class FollowedFmu : public ::testing::Test {
 protected:
  void SetUp() override { fmu::serve_own_processes_by({GEMEL_FMU_SERVER}); }
  void TearDown() override { fmu::serve_own_processes_by({}); }

  /// Its stiffness may be learnt; the description says 3.
  std::string spring_twin() {
    const auto text =
        replaced(fmu::testing::description_of("mass"),
                 "valueReference=\"6\" causality=\"parameter\" variability=\"fixed\"",
                 "valueReference=\"6\" causality=\"parameter\" variability=\"tunable\"");
    const auto file = fmus_.make_as("spring.fmu", "mass", text).string();
    return "gemel: 1\nplant: hall\nassets:\n"
           "  spring: { signals: { place: { unit: cm }, force: { unit: N } } }\n"
           "simulators:\n"
           "  model:\n"
           "    fmu: " +
           file +
           "\n"
           "    bind: { x: spring.place, force: spring.force }\n"
           "    parameters: { d: 0.4 }\n"
           "    noise: { x: 1 cm, force: 1 N }\n"
           "    follow:\n"
           "      x: { spread: 0.3 m, unit: m }\n"
           "      v: { spread: 0.3, asset: spring }\n"
           "      k: { start: 3, spread: 1, asset: spring }\n";
  }

  /// `count` readings, a second apart, each answered before the next.
  void run(RunningTwin& twin, const Plant& plant, Spring& spring, int count) {
    const auto place = *plant.find_signal("spring.place"),
               force = *plant.find_signal("spring.force");
    const auto told = *plant.find_signal("spring.k");
    for (int i = 0; i < count; ++i) {
      const double push = ++step_ / 10 % 2 == 0 ? 1.0 : -1.0;
      spring.move(push, 1.0);
      twin.clock().advance(Duration::seconds(1));
      const auto now = twin.clock().now();
      twin.script().lines.push({Sample{force, {}, now, push},
                                Sample{place, {}, now, 100.0 * spring.x + random_.normal()}});
      ASSERT_TRUE(twin.eventually([&](const Snapshot& s) {
        return s.beliefs[told].value_time >= now;
      })) << "reading "
          << step_;
    }
  }

  fmu::testing::TestFmus fmus_;
  Random random_{7};
  int step_ = 0;
};

TEST_F(FollowedFmu, TellsWhatNobodyMeasuresAndGoesOnAfterARestart) {
  const auto plant = plant_of(spring_twin());
  const auto believed = [&](RunningTwin& twin, const char* path) {
    return twin.engine().snapshot()->beliefs[*plant->find_signal(path)].value;
  };
  const auto folder =
      std::filesystem::temp_directory_path() / ("gemel-followed-" + std::to_string(::getpid()));
  std::filesystem::remove_all(folder);
  const auto open = [&] {
    auto opened = history::open({.directory = folder, .plant = plant.get()});
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(opened).value();
  };
  Spring spring;
  double stiffness = 0.0;
  {
    RunningTwin twin(open(), plant);
    run(twin, *plant, spring, 80);
    stiffness = believed(twin, "spring.k");
    EXPECT_NEAR(stiffness, 4.0, 0.15);
    EXPECT_LT(believed(twin, "spring.k.low"), stiffness);
    EXPECT_GT(believed(twin, "spring.k.high"), stiffness);
    EXPECT_NEAR(believed(twin, "spring.v"), spring.v, 0.06);
    EXPECT_NEAR(believed(twin, "spring.place.estimate"), 100.0 * spring.x, 5.0);
    EXPECT_NEAR(believed(twin, "model.x"), spring.x, 0.02) << "of the simulator, not of the asset";
    ASSERT_TRUE(twin.stop());
  }
  {
    RunningTwin twin(open(), plant);
    run(twin, *plant, spring, 3);
    EXPECT_NEAR(believed(twin, "spring.k"), stiffness, 0.1) << "not the 3 of its description";
    ASSERT_TRUE(twin.stop());
  }
  std::filesystem::remove_all(folder);
}

TEST_F(FollowedFmu, LivesOnWhenItsFmuCrashes) {
  auto text =
      replaced(fmu::testing::description_of("troubled"),
               "canBeInstantiatedOnlyOncePerProcess=\"true\"", "canGetAndSetFMUstate=\"true\"");
  text = replaced(text, "</ModelVariables>",
                  "<ScalarVariable name=\"input\" valueReference=\"3\" causality=\"parameter\" "
                  "variability=\"tunable\"><Real start=\"0\"/></ScalarVariable></ModelVariables>");
  const auto file = fmus_.make_as("troubled.fmu", "troubled", text).string();
  const auto plant = plant_of(
      "gemel: 1\nplant: hall\nassets: { pump: { signals: { y: {} } } }\n"
      "simulators:\n"
      "  model: { fmu: " +
      file +
      ", bind: { y: pump.y }, noise: { y: 0.1 }, follow: { input: { "
      "spread: 1 } }, parameters: { at: 4.9, trouble: 1 } }\n");
  RunningTwin twin(std::make_unique<history::MemoryHistory>(*plant), plant);
  const auto y = *plant->find_signal("pump.y"), told = *plant->find_signal("model.input");
  bool good = false, bad = false;
  for (int i = 0; i < 9; ++i) {
    twin.clock().advance(Duration::seconds(1));
    const auto now = twin.clock().now();
    twin.say(y, static_cast<double>(i));
    ASSERT_TRUE(twin.eventually([&](const Snapshot& s) { return s.beliefs[y].value_time >= now; }));
    const auto& belief = twin.engine().snapshot()->beliefs[told];
    good = good || belief.usable();
    bad = bad || (belief.has_value() && belief.quality().grade == Grade::Bad);
  }
  EXPECT_TRUE(good) << "it was followed at first";
  EXPECT_TRUE(bad) << "and then its estimate could not be used";
  EXPECT_TRUE(twin.engine().snapshot()->beliefs[y].usable()) << "what is measured goes on";
}

}  // namespace
}  // namespace gemel::scenarios
