#include "simulation/fmu_tracker.hpp"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "fmu/testing/test_fmus.hpp"
#include "simulation/fmu_simulator.hpp"
#include "simulation/simulation.hpp"

namespace gemel::simulation {
namespace {

using ::testing::HasSubstr;

constexpr double kOwn = std::numeric_limits<double>::quiet_NaN();  // as the FMU proposes
constexpr double kStep_s = 0.5;

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

/// A mass on a spring: m x'' = force - k x - d x', as the FMU "mass" has it.
class Spring {
 public:
  explicit Spring(double stiffness) : k_(stiffness) {}
  void move(double force) {
    for (int i = 0; i < 500; ++i) {
      const double h = kStep_s / 500;
      const double a = force - k_ * x - 0.4 * v;
      const double middle_v = v + 0.5 * h * a;
      const double middle_a = force - k_ * (x + 0.5 * h * v) - 0.4 * middle_v;
      x += h * middle_v;
      v += h * middle_a;
    }
  }
  double x = 0.3, v = -0.2;

 private:
  double k_;
};

/// The twin of a spring whose place is measured in centimetres, and whose force is known.
class SpringTwin {
 public:
  explicit SpringTwin(bool exchange = true) {
    plant_.assets.emplace_back().id = AssetId{0};
    place = add("place", {.symbol = "cm", .si_symbol = "m", .scale = 0.01});
    force = add("force", {.symbol = "N", .si_symbol = "N"});
    expected = add("place.estimate", plant_.signals[0].unit, SignalRole::Estimate);
    plant_.signals[expected.index].of = place;
    auto text = fmu::testing::description_of("mass");
    for (const char* name : {"k", "d"}) {
      text = replaced(
          text,
          std::string("name=\"") + name + "\" valueReference=\"" + (*name == 'k' ? "6" : "7") +
              "\" causality=\"parameter\" variability=\"fixed\"",
          std::string("name=\"") + name + "\" valueReference=\"" + (*name == 'k' ? "6" : "7") +
              "\" causality=\"parameter\" variability=\"tunable\"");
    }
    if (!exchange) {
      text = replaced(text,
                      "<ModelExchange modelIdentifier=\"mass\" "
                      "completedIntegratorStepNotNeeded=\"true\" canGetAndSetFMUstate=\"true\"/>",
                      "");
    }
    description.file = fmus.make_as("spring.fmu", "mass", text).string();
    description.followed_here = true;
    description.noise = {{"x", 0.02}};
    follow("x", 0.0, 0.3);
    follow("v", 0.0, 0.3);
    follow("k", 3.0, 1.0);
    spec.name = "spring";
    spec.kind = "fmu";
    spec.signals = {{"x", place}, {"force", force}};
    spec.parameters = {{"d", 0.4}};
  }

  FollowedQuantity& follow(const char* name, double start, double spread, double wander = 0.0) {
    FollowedQuantity one{name, start, spread, wander, {}, {}, {}};
    one.middle = add(name, {}, SignalRole::Estimate);
    one.low = add(std::string(name) + ".low", {}, SignalRole::Estimate);
    one.high = add(std::string(name) + ".high", {}, SignalRole::Estimate);
    return description.followed.emplace_back(one);
  }

  Result<std::shared_ptr<const FmuSimulator>> make() {
    spec.description = description;
    plant_.index_paths();
    now = Snapshot(plant_.signals.size());
    return FmuSimulator::make(std::make_shared<const Plant>(plant_), spec);
  }
  std::shared_ptr<const FmuSimulator> simulator() {
    auto made = make();
    EXPECT_TRUE(made) << made.error().message;
    return made ? *made : nullptr;
  }

  /// The next moment: what the plant's gauges show.
  void show(double x_m, double force_n) {
    ++steps_;
    now.at = now.known_at = Timestamp{1'000'000'000'000} + Duration::from_seconds(kStep_s * steps_);
    put(place, 100.0 * x_m);
    put(force, force_n);
  }
  void skip(int moments) { steps_ += moments; }
  void absorb(const std::vector<Sample>& samples) {
    for (const auto& s : samples)
      now.beliefs.edit(s.signal).absorb({s.source_time, now.known_at, s.value, s.quality});
  }
  const Belief& held(const char* path) const { return now.beliefs[*plant_.find_signal(path)]; }
  double believed(const char* path) const { return held(path).value; }
  bool holds(const char* path, double truth) const {
    return believed((std::string(path) + ".low").c_str()) <= truth &&
           truth <= believed((std::string(path) + ".high").c_str());
  }
  const Plant& plant() const { return plant_; }

  fmu::testing::TestFmus fmus;
  FmuSpec description;
  SimulatorSpec spec;
  Snapshot now;
  SignalId place, force, expected;

 private:
  void put(SignalId id, double value) {
    now.beliefs.edit(id).absorb({now.at, now.at, value, Quality{}});
  }
  SignalId add(std::string name, Unit unit, SignalRole role = SignalRole::Measured) {
    Signal signal;
    signal.id = SignalId{static_cast<std::uint32_t>(plant_.signals.size())};
    signal.asset = AssetId{0};
    signal.role = role;
    signal.name = signal.path = std::move(name);
    signal.unit = std::move(unit);
    plant_.assets[0].signals.push_back(signal.id);
    plant_.signals.push_back(signal);
    return signal.id;
  }
  Plant plant_;
  int steps_ = 0;
};

double force_at(int step) { return step / 10 % 2 == 0 ? 1.0 : -1.0; }

struct Tracked {
  double stiffness = 0.0, speed_error = 0.0;  // at the end
  int told = 0, covered = 0;                  // of v and k, once it had settled
  double innovations = 0.0;                   // mean square, in spreads of the reading
};

/// Two minutes of a spring of stiffness 4 that its twin believes to be 3.
Tracked tracked(SpringTwin& twin, std::uint64_t seed, int steps = 240) {
  Random random(seed);
  Spring spring(4.0);
  const auto simulator = twin.simulator();
  Tracked result;
  if (!simulator) return result;
  twin.show(spring.x + 0.02 * random.normal(), force_at(1));
  const auto tracker = simulator->track(twin.now);
  EXPECT_NE(tracker, nullptr);
  int judged = 0;
  for (int k = 1; k <= steps; ++k) {
    spring.move(force_at(k));
    twin.show(spring.x + 0.02 * random.normal(), force_at(k));
    twin.absorb(tracker->step(twin.now));
    if (k < steps / 2) continue;
    ++judged;
    result.innovations +=
        std::pow((twin.believed("place") - twin.believed("place.estimate")) / 2.0, 2);
    if (k % 20 != 0) continue;
    result.told += 2;
    result.covered += twin.holds("v", spring.v) + twin.holds("k", 4.0);
  }
  result.innovations /= judged;
  result.stiffness = twin.believed("k");
  result.speed_error = twin.believed("v") - spring.v;
  return result;
}

struct Choice {
  const char* filter;
  bool exchange;
  double stiffness_within, speed_within;
};
void PrintTo(const Choice& choice, std::ostream* out) {
  *out << choice.filter << (choice.exchange ? " in model exchange" : " in co-simulation");
}
class EachFilter : public ::testing::TestWithParam<Choice> {};

TEST_P(EachFilter, FindsAStateAndAParameterThatNobodyMeasures) {
  int told = 0, covered = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SpringTwin twin(GetParam().exchange);
    twin.description.filter = GetParam().filter;
    const auto result = tracked(twin, seed);
    EXPECT_NEAR(result.stiffness, 4.0, GetParam().stiffness_within) << "seed " << seed;
    EXPECT_NEAR(result.speed_error, 0.0, GetParam().speed_within) << "seed " << seed;
    // Readings as far from what was expected as their noise: the model is that of the plant.
    EXPECT_NEAR(result.innovations, 1.0, 0.4) << "seed " << seed;
    told += result.told;
    covered += result.covered;
  }
  const double share = static_cast<double>(covered) / told;
  std::printf("%s%s: %d of %d intervals hold the truth\n", GetParam().filter,
              GetParam().exchange ? "" : " (co-simulation)", covered, told);
  EXPECT_GE(share, 0.75) << "intervals of 90 %";
}

INSTANTIATE_TEST_SUITE_P(Filters, EachFilter,
                         ::testing::Values(Choice{"", true, 0.06, 0.06},
                                           Choice{"extended", true, 0.06, 0.06},
                                           Choice{"ensemble", true, 0.1, 0.1},
                                           Choice{"", false, 0.15, 0.1}));

/// Particles need to wander, and gauges that don't decide at once, or all descend from a few.
TEST(FmuTracker, ParticlesFindThemToo) {
  for (const bool exchange : {true, false}) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      SpringTwin twin(exchange);
      twin.description.filter = "particle";
      twin.description.members = exchange ? 200 : 400;
      twin.description.noise = {{"x", 0.1}};
      for (auto& each : twin.description.followed) {
        each.spread *= 0.5;
        if (each.name == "k") each.start = 3.5;
        if (exchange || each.name == "k") each.wander = 0.02;
      }
      const auto result = tracked(twin, seed, 120);
      EXPECT_NEAR(result.stiffness, 4.0, 0.4) << exchange << " seed " << seed;
      EXPECT_NEAR(result.speed_error, 0.0, 0.2) << exchange << " seed " << seed;
    }
  }
}

TEST(FmuTracker, GoesOnAfterARestartFromWhatItTold) {
  SpringTwin twin;
  const auto result = tracked(twin, 3);
  const auto held = twin.now;
  const auto again = FmuSimulator::make(std::make_shared<const Plant>(twin.plant()), twin.spec);
  ASSERT_TRUE(again);
  const auto tracker = (*again)->track(held);
  twin.show(0.01 * twin.believed("place"), force_at(241));
  const auto told = tracker->step(twin.now);
  ASSERT_FALSE(told.empty());
  twin.absorb(told);
  EXPECT_NEAR(twin.believed("k"), result.stiffness, 0.05) << "not the 3 of its description";
  EXPECT_LT(twin.believed("k.high") - twin.believed("k.low"), 0.3);
}

TEST(FmuTracker, AWhatIfStartsFromWhatIsFollowed) {
  SpringTwin twin;
  tracked(twin, 4);
  const auto simulator = twin.simulator();  // empties the snapshot
  SpringTwin other;
  tracked(other, 4);
  Scenario scenario{.horizon = Duration::seconds(2), .step = Duration::seconds(1), .draws = 64};
  const auto outcome = simulator->what_if(other.now, scenario);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_THAT(outcome->warnings, ::testing::IsEmpty());
  // The same from where the filter stands, by the equations.
  Spring ahead(other.believed("k"));
  ahead.x = other.believed("x");
  ahead.v = other.believed("v");
  const double force = other.believed("force");
  for (int i = 0; i < 4; ++i) ahead.move(force);
  const auto& x = outcome->signals.front();
  ASSERT_EQ(x.name, "place");
  EXPECT_NEAR(x.mean[0], 100.0 * other.believed("x"), 0.5);
  EXPECT_NEAR(x.mean[2], 100.0 * ahead.x, 1.5);
  EXPECT_LT(x.low[0], x.high[0]) << "where it stands is not known exactly";

  scenario.changes = {{{}, 2.0, How::Scale, "k"}};
  const auto stiffer = simulator->what_if(other.now, scenario);
  ASSERT_TRUE(stiffer) << stiffer.error().message;
  Spring twice(2.0 * other.believed("k"));
  twice.x = other.believed("x");
  twice.v = other.believed("v");
  for (int i = 0; i < 4; ++i) twice.move(force);
  EXPECT_NEAR(stiffer->signals.front().mean[2], 100.0 * twice.x, 1.5);
}

TEST(FmuTracker, AWhatIfSaysWhatIsNotFollowed) {
  SpringTwin twin;
  const auto simulator = twin.simulator();
  const auto outcome = simulator->what_if(
      twin.now, {.horizon = Duration::seconds(1), .step = Duration::seconds(1), .draws = 2});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_THAT(outcome->warnings,
              ::testing::Contains(HasSubstr("k is not followed now; it starts as described")));
}

TEST(FmuTracker, LeavesTheTwinAliveWhenTheFmuCrashes) {
  SpringTwin twin;
  auto text = fmu::testing::description_of("troubled");
  text = replaced(text, "canBeInstantiatedOnlyOncePerProcess=\"true\"",
                  "canGetAndSetFMUstate=\"true\"");
  text = replaced(text, "</ModelVariables>",
                  "<ScalarVariable name=\"input\" valueReference=\"3\" causality=\"parameter\" "
                  "variability=\"tunable\"><Real start=\"0\"/></ScalarVariable></ModelVariables>");
  twin.description.file = twin.fmus.make_as("crashing.fmu", "troubled", text).string();
  twin.description.followed_here = false;
  twin.description.followed.clear();
  twin.follow("y", kOwn, 1.0);
  twin.follow("input", 0.0, 1.0);
  twin.description.noise = {{"y", 0.01}};
  twin.description.members = 20;
  twin.spec.signals = {{"y", twin.place}};
  twin.spec.parameters = {{"at", 4.9}, {"trouble", 1}};
  const auto simulator = twin.simulator();
  ASSERT_NE(simulator, nullptr);
  twin.show(0.0, 0.0);
  const auto tracker = simulator->track(twin.now);
  int good = 0;
  for (int k = 1; k <= 30; ++k) {  // its first step after 4.9 s crashes, the eleventh
    twin.show(0.01 * kStep_s * k, 0.0);
    twin.absorb(tracker->step(twin.now));
    good += twin.held("y").usable();
    EXPECT_EQ(twin.held("y").usable(), k <= 11) << k;
    EXPECT_EQ(twin.held("place.estimate").usable(), k <= 11) << k;
  }
  EXPECT_GT(good, 5);
  EXPECT_EQ(twin.held("y").quality().grade, Grade::Bad);
  EXPECT_TRUE(twin.held("y").quality().has(Cause::SensorFault));
}

TEST(FmuTracker, AfterALongSilenceStartsWhereItThenStands) {
  SpringTwin twin;
  tracked(twin, 5);
  const auto simulator = FmuSimulator::make(std::make_shared<const Plant>(twin.plant()), twin.spec);
  ASSERT_TRUE(simulator);
  const auto tracker = (*simulator)->track(twin.now);
  twin.show(0.3, 1.0);
  twin.absorb(tracker->step(twin.now));
  const double known = twin.believed("k.high") - twin.believed("k.low");
  twin.skip(7200);  // an hour
  twin.show(-0.5, 1.0);
  twin.absorb(tracker->step(twin.now));
  EXPECT_NEAR(twin.believed("x"), -0.5, 0.1) << "not a forecast of an hour, but what is measured";
  EXPECT_NEAR(twin.believed("k.high") - twin.believed("k.low"), known, 0.1)
      << "a stiffness that does not wander is still known";
}

TEST(FmuTracker, BeginsAnewAfterAFailure) {
  SpringTwin twin;
  twin.spec.parameters["m"] = 0.0;  // it divides by its mass
  const auto simulator = twin.simulator();
  twin.show(0.3, 0.0);
  const auto tracker = simulator->track(twin.now);
  for (int k = 1; k <= 100; ++k) {
    twin.show(0.3, 0.0);
    twin.absorb(tracker->step(twin.now));
  }
  EXPECT_FALSE(twin.held("k").usable());

  auto mended = twin.spec;
  mended.parameters["m"] = 1.0;
  const auto sound = FmuSimulator::make(std::make_shared<const Plant>(twin.plant()), mended);
  ASSERT_TRUE(sound);
  const auto anew = (*sound)->track(twin.now);
  twin.show(0.3, 0.0);
  twin.absorb(anew->step(twin.now));
  EXPECT_TRUE(twin.held("k").usable());
}

TEST(FmuTracker, SaysWhatCanNotBeFollowed) {
  const auto refusal = [](auto spoil, bool exchange = true) {
    SpringTwin twin(exchange);
    spoil(twin);
    const auto made = twin.make();
    return made ? std::string("made") : made.error().message;
  };
  EXPECT_EQ(refusal([](auto&) {}), "made");
  EXPECT_THAT(refusal([](auto& t) { t.follow("kk", 0, 1); }), HasSubstr("did you mean 'k'"));
  EXPECT_THAT(refusal([](auto& t) { t.follow("m", 1, 1); }), HasSubstr("only a tunable one"));
  EXPECT_THAT(refusal([](auto& t) { t.follow("force", 0, 1); }), HasSubstr("is bound to what"));
  EXPECT_THAT(refusal([](auto& t) { t.follow("der(x)", 0, 1); }),
              HasSubstr("neither a continuous state"));
  EXPECT_THAT(refusal([](auto& t) { t.description.noise.clear(); }), HasSubstr("'noise'"));
  EXPECT_THAT(refusal([](auto& t) { t.spec.signals.erase("x"); }),
              HasSubstr("no signal measures an output"));
  EXPECT_THAT(refusal([](auto& t) { t.description.filter = "unscented"; }, false),
              HasSubstr("would need model exchange"));
  EXPECT_THAT(refusal([](auto& t) { t.description.followed[0].wander = 1.0; }, false),
              HasSubstr("x can't wander"));
  EXPECT_THAT(refusal([](auto& t) {
                t.description.filter = "particle";
                t.description.followed_here = false;
              }),
              HasSubstr("at most 64 are run"));
}

TEST(FmuTracker, LearnsTheNoiseThatItIsNotTold) {
  SpringTwin twin;
  twin.description.noise["force"] = 0.1;
  twin.spec.description = twin.description;
  EXPECT_FALSE(learns(twin.spec));
  twin.description.noise.erase("x");
  twin.spec.description = twin.description;
  EXPECT_TRUE(learns(twin.spec));
}

}  // namespace
}  // namespace gemel::simulation
