#include "fmu/run.hpp"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fmu/fmu.hpp"
#include "fmu/simulation.hpp"
#include "fmu/testing/test_fmus.hpp"

namespace gemel::fmu {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RunOf : public ::testing::Test {
 protected:
  RunSummary go(std::string_view model, const RunOptions& options) {
    const auto fmu = *Fmu::load(fmus_.make(model));
    recording_ = {};
    auto summary = run(*fmu, options, recording_);
    EXPECT_TRUE(summary) << summary.error().message;
    return summary ? std::move(*summary) : RunSummary{};
  }
  InputTable table(std::string_view model, std::string_view text) {
    auto read = InputTable::parse(text, "in.csv", (*Fmu::load(fmus_.make(model)))->description());
    EXPECT_TRUE(read) << read.error().message;
    return std::move(*read);
  }
  /// The value in force at a row's time: the last of rows with one time.
  double at(double time_s, const char* column) const {
    const auto& names = recording_.names;
    const auto c =
        static_cast<std::size_t>(std::find(names.begin(), names.end(), column) - names.begin());
    double value = NAN;
    for (std::size_t r = 0; r < recording_.times_s.size(); ++r) {
      if (std::abs(recording_.times_s[r] - time_s) < 1e-9)
        value = recording_.values[r * names.size() + c];
    }
    return value;
  }
  testing::TestFmus fmus_;
  Recording recording_;
};

// The height of the ball after its first bounce, from its equations.
double height_after_bounce(double t, double g, double e) {
  const double fall_s = std::sqrt(2.0 / g);
  const double left = t - fall_s;
  return e * g * fall_s * left - 0.5 * g * left * left;
}

TEST_F(RunOf, ABallBouncesWhenAndAsHighAsItsEquationsSay) {
  RunOptions options;
  options.stop_s = 1.0;
  const auto summary = go("bouncing_ball", options);
  EXPECT_NEAR(at(0.4, "h"), 1.0 - 0.5 * 9.81 * 0.16, 1e-6);
  EXPECT_NEAR(at(1.0, "h"), height_after_bounce(1.0, 9.81, 0.7), 1e-6);
  EXPECT_EQ(at(1.0, "bounces"), 1.0);
  EXPECT_EQ(at(1.0, "strikes"), 4.0);  // its timer: at 0.25, 0.5, 0.75 and 1
  EXPECT_EQ(at(0.99, "strikes"), 3.0);
  EXPECT_GE(summary.events, 5u);
}

TEST_F(RunOf, ABallWithALittleBounceComesToRestInFiniteEvents) {
  RunOptions options;
  options.stop_s = 3.0;
  options.start_values = {{"e", "0.3"}};
  const auto fmu = *Fmu::load(fmus_.make("bouncing_ball"));
  const auto summary = run(*fmu, options, recording_);
  // Bounces pile up before t = 0.84 s. Either it is said so, or it is run through; it never hangs.
  if (!summary) {
    EXPECT_THAT(summary.error().message, HasSubstr("t = 0.8"));
  }
}

TEST_F(RunOf, AContinuousInputActsBetweenRowsToo) {
  const auto wind = table("bouncing_ball", "time,wind\n0,9.81\n1,9.81\n1,0\n2,0\n");
  RunOptions options;
  options.stop_s = 1.4;
  options.inputs = &wind;
  options.start_values = {{"period", "100"}};
  go("bouncing_ball", options);
  EXPECT_NEAR(at(1.0, "h"), 1.0, 1e-9);  // wind holds it up until it stops at t = 1
  EXPECT_NEAR(at(1.4, "h"), 1.0 - 0.5 * 9.81 * 0.16, 1e-6);
}

TEST_F(RunOf, ModelExchangeStartsFromStatesThatItIsTold) {
  RunOptions options;
  options.stop_s = 0.5;
  options.states = {{0, 2.0}};  // of two: the height; the speed is the model's own
  go("bouncing_ball", options);
  EXPECT_EQ(at(0.0, "h"), 2.0);
  EXPECT_EQ(at(0.0, "v"), 0.0);
  EXPECT_NEAR(at(0.5, "h"), 2.0 - 0.5 * 9.81 * 0.25, 1e-5);
  options.states = {{2, 1.0}};
  Recording nothing;
  const auto refused = run(**Fmu::load(fmus_.make("bouncing_ball")), options, nothing);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("3 continuous states were told"));
}

TEST_F(RunOf, WhatIsPutAfterTheStartIsMetAsAnEvent) {
  const auto fmu = *Fmu::load(fmus_.make("bouncing_ball"));
  InstanceOptions options;
  options.kind = Interface::ModelExchange;
  const auto instance = *fmu->instantiate(options);
  const auto simulation = Simulation::make(*instance, {});
  ASSERT_TRUE(simulation->start());
  const Variable* bounce[]{*fmu->description().find("e")};
  const auto row = *VariableRow::make(fmu->description(), bounce);
  const double states[]{0.1, -2.0}, value[]{0.5};
  ASSERT_TRUE(simulation->put(states, row, value));
  ASSERT_TRUE(simulation->advance(0.2));
  std::vector<double> now(2);
  ASSERT_TRUE(instance->get_states(now));
  // It touches the ground, and leaves it with half of its speed.
  const double touch = (std::sqrt(4.0 + 2.0 * 9.81 * 0.1) - 2.0) / 9.81, since = 0.2 - touch;
  const double up = 0.5 * (2.0 + 9.81 * touch);
  EXPECT_NEAR(now[0], up * since - 0.5 * 9.81 * since * since, 1e-5);
  EXPECT_NEAR(now[1], up - 9.81 * since, 1e-5);
  EXPECT_FALSE(simulation->put(std::span(states).first(1), row, value));
}

TEST_F(RunOf, ModelExchangeFollowsTheLimitCycle) {
  RunOptions options;
  options.kind = Interface::ModelExchange;
  options.stop_s = 5.0;
  options.tolerance = 1e-9;
  go("van_der_pol", options);
  // By classical Runge–Kutta of fourth order with steps of 1e-4 s.
  double x = 2.0, v = 0.0;
  const auto slope = [](double a, double b) { return (1.0 - a * a) * b - a; };
  const double h = 1e-4;
  for (int i = 0; i < 50'000; ++i) {
    const double k1 = v, l1 = slope(x, v);
    const double k2 = v + 0.5 * h * l1, l2 = slope(x + 0.5 * h * k1, v + 0.5 * h * l1);
    const double k3 = v + 0.5 * h * l2, l3 = slope(x + 0.5 * h * k2, v + 0.5 * h * l2);
    const double k4 = v + h * l3, l4 = slope(x + h * k3, v + h * l3);
    x += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
    v += h / 6.0 * (l1 + 2.0 * l2 + 2.0 * l3 + l4);
  }
  EXPECT_NEAR(at(5.0, "x0"), x, 1e-6);
  EXPECT_NEAR(at(5.0, "x1"), v, 1e-6);
}

TEST_F(RunOf, ClocksTickAtShiftPlusMultiplesOfTheirInterval) {
  const auto u = table("sampler", "time,u[1],u[2],u[3]\n0,0,0,0\n1,1,2,3\n");
  RunOptions options;
  options.inputs = &u;
  const auto summary = go("sampler", options);
  EXPECT_EQ(summary.clock_ticks, 4u);         // at 0.125, 0.375, 0.625, 0.875
  EXPECT_EQ(summary.output_clock_ticks, 4u);  // "changed", each time: u rises all the while
  EXPECT_EQ(at(1.0, "count"), 4.0);
  EXPECT_EQ(at(1.0, "in_event_mode"), 1.0);
  EXPECT_NEAR(at(0.3, "held"), 6.0 * 0.125, 1e-12);
  EXPECT_NEAR(at(1.0, "held"), 6.0 * 0.875, 1e-12);
  EXPECT_NEAR(at(0.125, "held"), 6.0 * 0.125, 1e-12);  // steps end where a clock ticks
}

TEST_F(RunOf, ANaNIsNamedWithItsVariableAndTime) {
  RunOptions options;
  options.start_values = {{"trouble", "4"}};
  const auto fmu = *Fmu::load(fmus_.make("troubled"));
  const auto summary = run(*fmu, options, recording_);
  ASSERT_FALSE(summary);
  EXPECT_THAT(summary.error().message, HasSubstr("y = NaN at t = 0.6 s"));
}

TEST_F(RunOf, RowsLieOnTheGridAndEndAtTheStop) {
  RunOptions options;
  options.stop_s = 0.25;
  options.step_s = 0.1;
  go("van_der_pol", options);
  EXPECT_THAT(recording_.times_s, ElementsAre(0.0, 0.1, 0.2, 0.25));
  EXPECT_THAT(recording_.names, ElementsAre("x0", "x1"));
}

TEST_F(RunOf, AnUnknownNameAndAStopBeforeTheStartAreRefused) {
  const auto fmu = *Fmu::load(fmus_.make("van_der_pol"));
  RunOptions options;
  options.start_values = {{"mv", "1"}};
  EXPECT_THAT(run(*fmu, options, recording_).error().message, HasSubstr("'mu'"));
  options = {};
  options.stop_s = -1.0;
  EXPECT_EQ(run(*fmu, options, recording_).error().code, ErrorCode::InvalidInput);
}

TEST_F(RunOf, StopsWhenItIsAskedTo) {
  std::stop_source stop;
  RunOptions options;
  options.progress = [&](double done) {
    if (done > 0.5) stop.request_stop();
  };
  const auto fmu = *Fmu::load(fmus_.make("van_der_pol"));
  const auto summary = run(*fmu, options, recording_, stop.get_token());
  ASSERT_TRUE(summary);
  EXPECT_TRUE(summary->cancelled);
  EXPECT_NEAR(summary->ended_at_s, 10.0, 0.1);
}

}  // namespace
}  // namespace gemel::fmu
