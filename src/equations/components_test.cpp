// Each kind of component against what its source says.

#include <cmath>

#include <gtest/gtest.h>

#include "equations/ensemble.hpp"
#include "equations/network.hpp"

namespace gemel::equations {
namespace {

/// A network of few parts run for a while: states at its end.
class After final : public Trajectories {
 public:
  After(const std::vector<Part>& parts, const std::vector<Link>& links, double until) {
    auto network = Network::compile(parts, links);
    if (!network) throw std::runtime_error(network.error().message);
    network_ = *std::move(network);
    NetworkRun<Lanes> run(network_);
    solve_ensemble(run, {.until = until}, {.relative = 1e-9, .absolute = 1e-12}, 0, 1, *this);
    NetworkRun<double> last(network_);
    shown_.resize(network_.observables().size());
    last.observe(until, state_.data(), network_.given().data(), shown_.data());
  }
  void begin(std::size_t, std::span<double> x, std::span<double> p) override {
    const auto given = network_.given();
    std::copy(given.begin(), given.end(), p.begin());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = network_.states()[i].value;
  }
  void end(std::size_t, Ending ending, std::span<const double> x) override {
    EXPECT_EQ(ending, Ending::Reached);
    state_.assign(x.begin(), x.end());
  }
  double operator[](std::string_view name) const {
    const auto at = network_.find_observable(name);
    return at ? shown_[*at] : (ADD_FAILURE() << at.error().message, NAN);
  }

 private:
  Network network_;
  std::vector<double> state_, shown_;
};

TEST(Thermal, ABodyCoolsExponentially) {
  const After run(
      {{"body", "thermal_mass", {{"capacity", 500}, {"temperature", 350}, {"heat", 20}}},
       {"skin", "conductance", {{"conductance", 2}}},
       {"room", "ambient", {{"temperature", 290}}}},
      {{"body.port", "skin.a"}, {"skin.b", "room.port"}}, 300);
  EXPECT_NEAR(run["body.temperature"], 300 + 50 * std::exp(-2.0 * 300 / 500), 1e-6);
}

TEST(Thermal, AHeatExchangerConservesHeatAndItsEffectivenessIsTheTextbooks) {
  const std::vector<Part> parts{{"x",
                                 "heat_exchanger",
                                 {{"conductance", 2e4},
                                  {"hot_flow", 2},
                                  {"hot_inlet", 360},
                                  {"cold_flow", 4},
                                  {"cold_inlet", 290}}}};
  const After run(parts, {}, 2000);
  const double least = 2 * 4186, ratio = 0.5, units = 2e4 / least;
  const double decay = std::exp(-units * (1 - ratio));
  const double effectiveness = (1 - decay) / (1 - ratio * decay);
  EXPECT_NEAR(run["x.effectiveness"], effectiveness, 1e-9);
  EXPECT_NEAR(run["x.hot_outlet"], 360 - effectiveness * 70, 1e-6);
  EXPECT_NEAR(2 * (360 - run["x.hot_outlet"]), 4 * (run["x.cold_outlet"] - 290), 1e-6);
  // Equal streams, where the formula is 0 / 0.
  auto equal = parts;
  equal[0].values["cold_flow"] = 2;
  EXPECT_NEAR((After(equal, {}, 1)["x.effectiveness"]), units / (1 + units), 1e-6);
}

TEST(Electrical, ABatteryUnderAResistorFollowsItsCircuit) {
  // Open-circuit voltage that doesn't move: a pair in series with two resistances.
  const double e = 3.7, r0 = 0.05, r1 = 0.02, tau = 40, load = 1.0;
  const After run(
      {{"cell",
        "battery",
        {{"capacity", 1e9},
         {"empty_voltage", e},
         {"full_voltage", e},
         {"resistance", r0},
         {"slow_resistance", r1},
         {"slow_time", tau},
         {"charge", 0.5}}},
       {"load", "resistor", {{"resistance", load}}},
       {"ground", "supply", {{"voltage", 0}}}},
      {{"cell.plus", "load.a"}, {"cell.minus", "ground.port"}, {"load.b", "ground.port"}}, 25);
  const double final = e * r1 / (r0 + load + r1);  // of the pair
  const double pace = (1 + r1 / (r0 + load)) / tau;
  const double pair = final * (1 - std::exp(-pace * 25));
  EXPECT_NEAR(run["cell.slow_voltage"], pair, 1e-8);
  EXPECT_NEAR(run["load.current"], (e - pair) / (r0 + load), 1e-8);
  EXPECT_NEAR(run["cell.current"], run["load.current"], 1e-9);
}

TEST(Electrical, ABatteryCountsItsCharge) {
  const After run(
      {{"cell",
        "battery",
        {{"capacity", 3600},
         {"empty_voltage", 3},
         {"full_voltage", 3},
         {"resistance", 0.5},
         {"slow_resistance", 1e-9},
         {"charge", 1.0}}},
       {"load", "resistor", {{"resistance", 2.5}}},
       {"ground", "supply", {{"voltage", 0}}}},
      {{"cell.plus", "load.a"}, {"cell.minus", "ground.port"}, {"load.b", "ground.port"}}, 1800);
  EXPECT_NEAR(run["cell.charge"], 0.5, 1e-6);
}

TEST(Electrical, AMotorSettlesWhereItsLossesLeaveThroughTheHousing) {
  const After run({{"m",
                    "motor",
                    {{"rated_power", 1e4},
                     {"rated_speed", 150},
                     {"idle_losses", 300},
                     {"load_losses", 700},
                     {"winding_capacity", 2e3},
                     {"housing_capacity", 1e4},
                     {"inner_conductance", 30},
                     {"outer_conductance", 20},
                     {"load", 8e3},
                     {"speed", 150},
                     {"ambient", 300}}}},
                  {}, 5e4);
  const double losses = run["m.losses"];
  EXPECT_NEAR(run["m.housing"] - 300, losses / 20, 1e-3);
  EXPECT_NEAR(run["m.winding"] - run["m.housing"], (losses - 300) / 30, 1e-3);
  EXPECT_NEAR(losses - 300, 700 * 0.64 * (1 + 0.0039 * (run["m.winding"] - 293.15)), 1e-6);
}

TEST(Hydraulic, AValveOfEqualPercentageChangesByEqualShares) {
  const auto flow = [](double position) {
    return After({{"a", "reservoir", {{"pressure", 1e5}}},
                  {"v", "valve", {{"resistance", 1e7}, {"position", position}}},
                  {"b", "reservoir"}},
                 {{"a.port", "v.inlet"}, {"v.outlet", "b.port"}}, 1)["v.flow"];
  };
  EXPECT_NEAR(flow(1.0), 0.1, 1e-6);
  EXPECT_NEAR(flow(0.8) / flow(0.6), flow(0.5) / flow(0.3), 1e-5);
  EXPECT_NEAR(flow(1.0) / flow(0.5), std::sqrt(50.0), 1e-5);
  EXPECT_LT(flow(0.0), 1e-9);
}

TEST(Wear, AToolLastsAsTaylorSays) {
  // C = 6 m/s, n = 0.25: at 1.5 m/s it lasts (6 / 1.5)⁴ = 256 s.
  const After run({{"t", "tool_wear", {{"speed_of_a_second", 6}, {"cutting_speed", 1.5}}}}, {}, 64);
  EXPECT_NEAR(run["t.spent"], 0.25, 1e-9);
  EXPECT_NEAR(run["t.time_left"], 192, 1e-6);
}

TEST(Wear, ABearingsDamageIsTheShareOfItsRatingLife) {
  // C/P = 10, p = 3: a thousand million turns; at 100 turns a second 1e7 s.
  const After run({{"b",
                    "bearing_degradation",
                    {{"dynamic_rating", 2e4}, {"speed", 200 * M_PI}, {"load", 2e3}}}},
                  {}, 2.5e6);
  EXPECT_NEAR(run["b.damage"], 0.25, 1e-9);
  EXPECT_NEAR(run["b.time_left"], 7.5e6, 1);
  EXPECT_NEAR(run["b.vibration"], 1e-3 * std::exp(2.5 * 0.25), 1e-12);
}

TEST(Wind, ATurbineGivesItsRatedPowerAndNothingInAStorm) {
  const auto power = [](double wind) {
    return After({{"t",
                   "wind_turbine",
                   {{"diameter", 80}, {"rated_power", 2e6}, {"wind", wind}, {"felt_wind", wind}}}},
                 {}, 1)["t.power"];
  };
  EXPECT_NEAR(power(8), 0.44 * 0.5 * 1.225 * M_PI * 1600 * 512, 1e-3);
  EXPECT_EQ(power(15), 2e6);
  EXPECT_EQ(power(26), 0);
  EXPECT_EQ(power(3), 0);
}

TEST(Control, AnActuatorTakesItsStrokeTimeAndAShaftItsRamp) {
  const auto valve = [](double seconds) {
    return After({{"a", "actuator", {{"position", 1.0}, {"setpoint", 0.4}, {"lag", 0.5}}}}, {},
                 seconds)["a.position"];
  };
  EXPECT_NEAR(valve(6), 0.8, 1e-6);
  EXPECT_NEAR(valve(40), 0.4, 1e-6);
  const After shaft({{"d", "drive", {{"speed", 150}, {"setpoint", 160}, {"slip", 0.01}}}}, {}, 5);
  EXPECT_NEAR(shaft["d.speed"], 155, 1e-6);
  const After arrived({{"d", "drive", {{"speed", 150}, {"setpoint", 160}, {"slip", 0.01}}}}, {},
                      60);
  EXPECT_NEAR(arrived["d.speed"], 158.4, 1e-6);
}

TEST(Control, ADriveTakesItsLoadAndItsNameplatesLosses) {
  const auto power = [](double load, double speed) {
    return After({{"d",
                   "drive",
                   {{"speed", speed},
                    {"setpoint", speed},
                    {"load", load},
                    {"rated_power", 3000},
                    {"rated_speed", 150},
                    {"idle_losses", 140},
                    {"load_losses", 430}}}},
                 {}, 1)["d.power"];
  };
  EXPECT_NEAR(power(3000, 150), 3570, 1e-9);
  EXPECT_NEAR(power(0, 75), 35, 1e-9);
  EXPECT_NEAR(power(750, 75), 750 + 35 + 430 * 0.25, 1e-9) << "half the torque";
}

/// A controller at a level that nobody moves.
double controlled(double level, double manual, double seconds, std::string_view what) {
  return After({{"c",
                 "level_controller",
                 {{"setpoint", 2.0},
                  {"deadband", 0.02},
                  {"gain", 80},
                  {"integral_time", 5400},
                  {"ramp", 0.05},
                  {"speed_min", 130},
                  {"speed_max", 170},
                  {"speed", 150},
                  {"integral", 150},
                  {"level", level},
                  {"manual", manual}}}},
               {}, seconds)[what];
}

TEST(Control, ALevelControllerRestsInItsDeadbandAndActsOutsideItProportionallyAndIntegrally) {
  EXPECT_NEAR(controlled(1.985, 0, 600, "c.speed"), 150, 1e-9);
  const double low_by = 0.1 - 0.02, seconds = 600;
  EXPECT_NEAR(controlled(1.9, 0, seconds, "c.integral"), 150 + 80 * low_by * seconds / 5400, 1e-6);
  EXPECT_NEAR(controlled(1.9, 0, seconds, "c.speed"), 150 + 80 * low_by * (1 + seconds / 5400),
              5e-3);
  EXPECT_NEAR(controlled(2.1, 0, 20, "c.speed"), 150 - 0.05 * 20, 1e-6) << "on its ramp";
  EXPECT_NEAR(controlled(1.0, 0, 3600, "c.speed"), 170, 1e-6) << "its limit";
  EXPECT_NEAR(controlled(1.0, 0, 3600, "c.integral"), 150, 1e-9) << "waits at the limit";
}

TEST(Control, ASpeedSetByHandTakesTheControllersPlaceAndItsIntegralFollows) {
  EXPECT_NEAR(controlled(1.5, 140, 600, "c.speed"), 140, 1e-6);
  EXPECT_NEAR(controlled(1.5, 140, 600, "c.integral"), 140, 1e-6);
}

TEST(Control, ADemandComesBackToWhatIsUsual) {
  const After run({{"d",
                    "demand",
                    {{"memory", 20},
                     {"usual_memory", 1e9},
                     {"flow", 0.012},
                     {"usual", 0.008},
                     {"mean", 0.008},
                     {"unmetered", 1e-4}}}},
                  {}, 30);
  EXPECT_NEAR(run["d.flow"], 0.008 + 0.004 * std::exp(-1.5), 1e-8);
  EXPECT_NEAR(run["d.taken"], run["d.flow"] + 1e-4, 1e-12);
}

TEST(Control, ADemandsRhythmIsADayAndHalfADay) {
  // At 0 h the day's part is 0 and rises, the half day's is at its peak.
  const double day = 1e-3, half = 4e-4, mean = 8e-3, hour = 3600.0;
  const After run({{"d",
                    "demand",
                    {{"memory", 15},
                     {"usual_memory", 900},
                     {"flow", mean + half},
                     {"usual", mean + half},
                     {"mean", mean},
                     {"rhythm", half},
                     {"contrast", -half},
                     {"day_next", day},
                     {"half_day_next", 0}}}},
                  {}, 5 * hour);
  const double turned = 2 * M_PI * 5 / 24;
  const double then = day * std::sin(turned) + half * std::cos(2 * turned);
  EXPECT_NEAR(run["d.rhythm"], then, 1e-8);
  EXPECT_NEAR(run["d.usual"], mean + then, 1e-8);
  EXPECT_NEAR(run["d.flow"], mean + then, 15.0 * 2e-7) << "15 s behind";
}

}  // namespace
}  // namespace gemel::equations
