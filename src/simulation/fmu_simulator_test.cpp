#include "simulation/fmu_simulator.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fmu/testing/test_fmus.hpp"

namespace gemel::simulation {
namespace {

using ::testing::HasSubstr;

/// A ball that is measured in centimetres, and a fan whose wind a control sets.
class BallTwin : public ::testing::Test {
 protected:
  BallTwin() {
    plant_.name = "hall";
    plant_.assets.emplace_back().id = AssetId{0};
    const auto add = [&](const char* name, Unit unit) {
      Signal signal;
      signal.id = SignalId{static_cast<std::uint32_t>(plant_.signals.size())};
      signal.asset = AssetId{0};
      signal.name = signal.path = name;
      signal.unit = unit;
      plant_.signals.push_back(signal);
      return signal.id;
    };
    height_ = add("height", {.symbol = "cm", .si_symbol = "m", .scale = 0.01});
    fan_ = add("fan", {});
    Control control;
    control.id = ControlId{0};
    control.asset = AssetId{0};
    control.name = control.path = "fan";
    control.range = {0.0, 10.0};
    control.feedback = fan_;
    plant_.controls.push_back(control);
    plant_.index_paths();
    now_.beliefs = BeliefTable(plant_.signals.size());
    now_.at = now_.known_at = Timestamp{1'000'000'000};
    spec_.name = "ball";
    spec_.kind = "fmu";
    spec_.description = FmuSpec{fmus_.make("bouncing_ball").string(), {}, false};
    spec_.signals = {{"h", height_}};
    spec_.controls = {{"wind", ControlId{0}}};
  }

  void show(SignalId id, double value) {
    auto& belief = now_.beliefs.edit(id);
    belief.value = value;
    belief.value_time = belief.known_at = now_.at;
  }

  std::shared_ptr<const FmuSimulator> simulator() {
    auto made = FmuSimulator::make(std::make_shared<const Plant>(plant_), spec_);
    EXPECT_TRUE(made) << made.error().message;
    return made ? *made : nullptr;
  }

  /// Where the ball would be before it touches the ground.
  static double falling(double from_m, double t) { return from_m - 0.5 * 9.81 * t * t; }

  fmu::testing::TestFmus fmus_;
  Plant plant_;
  SimulatorSpec spec_;
  Snapshot now_;
  SignalId height_, fan_;
};

Scenario short_fall() {
  return {.horizon = Duration::milliseconds(600), .step = Duration::milliseconds(100), .draws = 4};
}

TEST_F(BallTwin, StartsWhereThePlantIs) {
  show(height_, 200.0);  // cm
  const auto outcome = simulator()->what_if(now_, short_fall());
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(outcome->times.size(), 7U);
  const auto& height = outcome->signals.front();
  EXPECT_EQ(height.name, "height");
  EXPECT_EQ(height.unit, "cm");
  EXPECT_NEAR(height.mean[0], 200.0, 1e-9);
  EXPECT_NEAR(height.mean[5], 100.0 * falling(2.0, 0.5), 1e-4);
  EXPECT_TRUE(outcome->warnings.empty());
  EXPECT_EQ(outcome->draws, 4U);
}

TEST_F(BallTwin, SaysWhatItDoesNotKnow) {
  const auto outcome = simulator()->what_if(now_, short_fall());
  ASSERT_TRUE(outcome);
  ASSERT_EQ(outcome->warnings.size(), 1U);
  EXPECT_THAT(outcome->warnings.front(), HasSubstr("height is not known now"));
  EXPECT_NEAR(outcome->signals.front().mean[0], 100.0, 1e-9);  // as the FMU proposes
}

TEST_F(BallTwin, ChangesAndDrawsItsParameters) {
  show(height_, 100.0);
  auto scenario = short_fall();
  scenario.changes = {{{}, 2.0, How::Scale, "g"}};
  const auto twice = simulator()->what_if(now_, scenario);
  ASSERT_TRUE(twice) << twice.error().message;
  EXPECT_NEAR(twice->signals.front().mean[3], 100.0 * (1.0 - 9.81 * 0.09), 1e-4);

  scenario.changes.clear();
  scenario.draws = 256;
  scenario.sampling = Sampling::Sobol;
  scenario.uncertain = {{"g", *Distribution::make("uniform", {9.0, 10.0})}};
  const auto spread = simulator()->what_if(now_, scenario);
  ASSERT_TRUE(spread) << spread.error().message;
  const auto& height = spread->signals.front();
  EXPECT_NEAR(height.mean[3], 100.0 * (1.0 - 0.5 * 9.5 * 0.09), 1e-3);
  EXPECT_NEAR(height.low[3], 100.0 * (1.0 - 0.5 * 9.95 * 0.09), 0.02);
  EXPECT_NEAR(height.high[3], 100.0 * (1.0 - 0.5 * 9.05 * 0.09), 0.02);
  const auto again = simulator()->what_if(now_, scenario);
  EXPECT_EQ(again->signals.front().mean, height.mean);
}

TEST_F(BallTwin, MovesAnInputAsFastAsItsControlMay) {
  show(height_, 100.0);
  show(fan_, 0.0);
  auto scenario = short_fall();
  scenario.step = Duration::milliseconds(50);
  scenario.horizon = Duration::milliseconds(400);
  scenario.changes = {{ControlId{0}, 8.0}};
  const auto at_once = simulator()->what_if(now_, scenario);
  plant_.controls[0].rate_limit_per_s = 20.0;
  const auto slowly = simulator()->what_if(now_, scenario);
  scenario.changes.clear();
  const auto not_at_all = simulator()->what_if(now_, scenario);
  ASSERT_TRUE(at_once && slowly && not_at_all);
  const auto end = [](const Outcome& o) { return o.signals.front().mean.back(); };
  const double most = end(*at_once) - end(*not_at_all);
  const double less = end(*slowly) - end(*not_at_all);
  EXPECT_GT(std::abs(most), 1.0);
  // Of an acceleration that is all there after 0.4 s: a third of the way.
  EXPECT_NEAR(less / most, 1.0 / 3.0, 1e-3);
}

TEST_F(BallTwin, NamesWhatIsWrong) {
  const auto refused = [&] {
    const auto made = FmuSimulator::make(std::make_shared<const Plant>(plant_), spec_);
    return made ? std::string() : made.error().message;
  };
  spec_.signals = {{"hight", height_}};
  EXPECT_THAT(refused(), HasSubstr("hight"));
  spec_.signals = {{"h", height_}};
  spec_.controls = {{"g", ControlId{0}}};
  EXPECT_THAT(refused(), HasSubstr("is no input"));
  spec_.controls.clear();
  spec_.parameters = {{"bounces", 1.0}};
  EXPECT_THAT(refused(), HasSubstr("can't be given"));
  spec_.parameters.clear();
  auto scenario = short_fall();
  scenario.changes = {{{}, 2.0, How::Scale, "gg"}};
  EXPECT_THAT(simulator()->what_if(now_, scenario).error().message, HasSubstr("did you mean 'g'"));
  spec_.description = FmuSpec{"nowhere.fmu", {}, false};
  EXPECT_THAT(refused(), HasSubstr("nowhere.fmu"));
}

}  // namespace
}  // namespace gemel::simulation
