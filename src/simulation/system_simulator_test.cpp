// Systems of FMUs (SSP) as simulators of a twin.

#include <cmath>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulation/fmu_simulator.hpp"
#include "ssp/testing/test_systems.hpp"

namespace gemel::simulation {
namespace {

using namespace ssp::testing;
using ::testing::HasSubstr;

/// Masses on springs, whose places are measured in centimetres, and a hand that pushes.
class SystemTwin : public ::testing::Test {
 protected:
  SystemTwin() {
    fmus_.make("mass");
    fmus_.make("link");
    plant_.assets.emplace_back().id = AssetId{0};
    place_ = add("place", {.symbol = "cm", .si_symbol = "m", .scale = 0.01});
    hand_ = add("hand", {.symbol = "N", .si_symbol = "N"});
    Control control;
    control.id = ControlId{0};
    control.asset = AssetId{0};
    control.name = control.path = "hand";
    control.unit = plant_.signals[1].unit;
    control.range = {-10.0, 10.0};
    control.feedback = hand_;
    plant_.controls.push_back(control);
    plant_.index_paths();
    now_ = Snapshot(plant_.signals.size());
    now_.at = now_.known_at = Timestamp{1'000'000'000};
    spec_.name = "masses";
    spec_.kind = "ssp";
  }

  void write(const std::string& text) {
    const auto file = fmus_.folder() / "system.ssd";
    std::ofstream(file) << text;
    FmuSpec described;
    described.file = file.string();
    described.step = Duration::milliseconds(1);
    spec_.description = described;
  }
  Result<std::shared_ptr<const FmuSimulator>> make() {
    return FmuSimulator::make(std::make_shared<const Plant>(plant_), spec_);
  }
  std::shared_ptr<const FmuSimulator> simulator() {
    auto made = make();
    EXPECT_TRUE(made) << made.error().message;
    return made ? *made : nullptr;
  }
  void show(SignalId id, double value) {
    now_.beliefs.edit(id).absorb({now_.at, now_.at, value, Quality{}});
  }

  fmu::testing::TestFmus fmus_;
  Plant plant_;
  SimulatorSpec spec_;
  Snapshot now_;
  SignalId place_, hand_;

 private:
  SignalId add(const char* name, Unit unit) {
    Signal signal;
    signal.id = SignalId{static_cast<std::uint32_t>(plant_.signals.size())};
    signal.asset = AssetId{0};
    signal.name = signal.path = name;
    signal.unit = std::move(unit);
    plant_.signals.push_back(signal);
    return signal.id;
  }
};

Scenario two_seconds() {
  return {.horizon = Duration::seconds(2), .step = Duration::milliseconds(500), .draws = 2};
}

/// A mass of 1 kg that nothing holds, pushed from outside by `push`, seen as `where`.
std::string pushed_mass() {
  return description(component("cart", "mass.fmu", {{"x", "output"}, {"force", "input"}}),
                     connection("push", "cart.force") + connection("cart.x", "where"),
                     connectors({{"push", "input"}, {"where", "output"}}));
}

TEST_F(SystemTwin, StartsItsComponentsWhereThePlantIs) {
  write(two_masses(true));
  spec_.signals = {{"left.x", place_}};
  show(place_, 200.0);
  const auto outcome = simulator()->what_if(now_, two_seconds());
  ASSERT_TRUE(outcome) << outcome.error().message;
  ASSERT_EQ(outcome->times.size(), 5U);
  const auto& left = outcome->signals.front();
  EXPECT_EQ(left.name, "place");
  EXPECT_EQ(left.unit, "cm");
  // Its equations are linear: from twice the place, twice as far at all times.
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_NEAR(left.mean[i], 200.0 * two_masses_left(0.5 * static_cast<double>(i)), 0.05) << i;
}

TEST_F(SystemTwin, ListsWhatNothingWithinItGives) {
  write(two_masses(true));
  spec_.signals = {{"left.x", place_}};
  std::map<std::string, double> all;
  for (const auto& each : simulator()->adjustables()) all[each.name] = each.value;
  EXPECT_EQ(all.at("left.k"), 10.0) << "as the system binds it";
  EXPECT_EQ(all.at("right.m"), 2.0);
  EXPECT_FALSE(all.contains("left.force")) << "the spring gives it";
  EXPECT_THAT(simulator()->summary(), HasSubstr("a system of 3 FMUs"));
}

TEST_F(SystemTwin, ChangesAndDrawsParametersOfItsComponents) {
  write(two_masses(true));
  spec_.signals = {{"left.x", place_}};
  show(place_, 100.0);
  auto scenario = two_seconds();
  const auto as_now = simulator()->what_if(now_, scenario);
  scenario.changes = {{{}, 2.0, How::Scale, "left.k"}};
  const auto stiffer = simulator()->what_if(now_, scenario);
  ASSERT_TRUE(as_now && stiffer) << stiffer.error().message;
  EXPECT_GT(std::abs(stiffer->signals[0].mean[2] - as_now->signals[0].mean[2]), 5.0);

  scenario.changes.clear();
  scenario.draws = 32;
  scenario.uncertain = {{"left.k", *Distribution::make("uniform", {8.0, 12.0})}};
  const auto spread = simulator()->what_if(now_, scenario);
  ASSERT_TRUE(spread) << spread.error().message;
  EXPECT_LT(spread->signals[0].low[2] + 1.0, spread->signals[0].high[2]);
  EXPECT_EQ(simulator()->what_if(now_, scenario)->signals[0].mean, spread->signals[0].mean);
}

TEST_F(SystemTwin, IsGivenItsOwnInputsFromThePlant) {
  write(pushed_mass());
  spec_.signals = {{"where", place_}, {"push", hand_}};
  spec_.controls = {{"push", ControlId{0}}};
  show(hand_, 2.0);
  auto scenario = two_seconds();
  const auto as_now = simulator()->what_if(now_, scenario);
  ASSERT_TRUE(as_now) << as_now.error().message;
  ASSERT_EQ(as_now->signals.size(), 1U) << "the system's own output, not its components'";
  EXPECT_EQ(as_now->signals[0].name, "place");
  // x = F/m t²/2, in the twin's numbers: a connector has no unit.
  EXPECT_NEAR(as_now->signals[0].mean.back(), 2.0 * 2.0, 1e-3);
  scenario.changes = {{ControlId{0}, 6.0}};
  const auto pushed = simulator()->what_if(now_, scenario);
  ASSERT_TRUE(pushed) << pushed.error().message;
  EXPECT_NEAR(pushed->signals[0].mean.back(), 2.0 * 6.0, 1e-3);
  scenario.changes = {{{}, 1.0, How::Add, "push"}};
  EXPECT_NEAR(simulator()->what_if(now_, scenario)->signals[0].mean.back(), 2.0 * 3.0, 1e-3);
}

TEST_F(SystemTwin, NamesWhatIsWrong) {
  const auto refusal = [&] {
    const auto made = make();
    return made ? std::string("made") : made.error().message;
  };
  write(two_masses(true));
  spec_.signals = {{"lefft.x", place_}};
  EXPECT_THAT(refusal(), HasSubstr("did you mean 'left.x'"));
  spec_.signals = {{"left.x", place_}};
  spec_.controls = {{"left.force", ControlId{0}}};
  EXPECT_THAT(refusal(), HasSubstr("left.force of")) << "the spring moves it";
  spec_.controls.clear();
  spec_.parameters = {{"left.force", 1.0}};
  EXPECT_THAT(refusal(), HasSubstr("can't be given"));
  spec_.parameters.clear();
  std::get<FmuSpec>(spec_.description).file = "nowhere.ssp";
  EXPECT_THAT(refusal(), HasSubstr("nowhere.ssp"));
}

}  // namespace
}  // namespace gemel::simulation
