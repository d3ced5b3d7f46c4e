#include "ssp/master.hpp"

#include <cmath>

#include <gmock/gmock.h>

#include "ssp/run.hpp"
#include "ssp/testing/test_systems.hpp"

namespace gemel::ssp {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Pairs kMass{{"x", "output"}, {"force", "input"}};
const Pairs kLink{{"y", "output"}, {"u", "input"}, {"w", "input"}};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  text.replace(text.find(what), what.size(), by);
  return text;
}

class SspMaster : public ::testing::Test {
 protected:
  void SetUp() override {
    fmus_.make("mass");
    fmus_.make("link");
    fmus_.make_as("silent.fmu", "link",
                  replaced(fmu::testing::description_of("link"),
                           "providesDirectionalDerivative=\"true\"", ""));
    fmus_.make_as(
        "stateless.fmu", "link",
        replaced(fmu::testing::description_of("link"), "canGetAndSetFMUstate=\"true\"", ""));
  }

  CoupledSystem system(const std::string& text) {
    auto found = coupled(fmus_, text);
    EXPECT_TRUE(found) << found.error().message;
    return std::move(*found);
  }

  /// The largest error of the left mass over 4 s.
  double error_of(const CoupledSystem& system, const RunOptions& options) {
    auto wanted = options;
    wanted.stop_s = 4.0;
    wanted.output_s = 0.1;
    wanted.outputs = {"left.x"};
    fmu::Recording recording;
    summary_ = run(system, wanted, recording);
    EXPECT_TRUE(summary_) << summary_.error().message;
    double worst = 0.0;
    for (std::size_t i = 0; i < recording.times_s.size(); ++i)
      worst =
          std::max(worst, std::abs(recording.values[i] - two_masses_left(recording.times_s[i])));
    return worst;
  }

  RunOptions options(Exchange exchange, std::size_t order, double step_s) {
    RunOptions options;
    options.step_s = step_s;
    options.master.exchange = exchange;
    options.master.order = order;
    return options;
  }

  /// y of the ring's first link.
  Result<double> ring(const std::string& source, const Pairs& first, const Pairs& second) {
    const auto found =
        coupled(fmus_, description(component("a", source, kLink, bindings(first)) +
                                       component("b", source, kLink, bindings(second)),
                                   connection("a.y", "b.u") + connection("b.y", "a.u")));
    if (!found) return found.error();
    RunOptions options;
    options.step_s = options.stop_s.emplace(0.1);
    options.outputs = {"a.y"};
    fmu::Recording recording;
    summary_ = run(*found, options, recording);
    if (!summary_) return summary_.error();
    EXPECT_NEAR(recording.values.front(), recording.values.back(), 1e-9);
    return recording.values.back();
  }

  fmu::testing::TestFmus fmus_;
  Result<RunSummary> summary_{RunSummary{}};
};

TEST_F(SspMaster, GainsAnOrderWithEachOrderOfTheInputs) {
  for (const bool prompt : {true, false}) {
    const auto masses = system(two_masses(prompt));
    for (const auto exchange : {Exchange::Jacobi, Exchange::GaussSeidel}) {
      const auto gain = [&](std::size_t order) {
        return error_of(masses, options(exchange, order, 0.02)) /
               error_of(masses, options(exchange, order, 0.01));
      };
      EXPECT_GT(gain(0), 1.7) << prompt << to_string(exchange);
      EXPECT_GT(gain(1), 3.4) << prompt << to_string(exchange);
      EXPECT_GT(gain(2), 3.4) << prompt << to_string(exchange);
    }
  }
}

TEST_F(SspMaster, IsNearerWithHigherOrdersAndWithGaussSeidel) {
  const auto masses = system(two_masses(true));
  const double plain = error_of(masses, options(Exchange::Jacobi, 0, 0.01));
  const double linear = error_of(masses, options(Exchange::Jacobi, 1, 0.01));
  const double quadratic = error_of(masses, options(Exchange::Jacobi, 2, 0.01));
  EXPECT_LT(linear, 0.1 * plain);
  EXPECT_LT(quadratic, 0.5 * linear);
  EXPECT_LT(error_of(masses, options(Exchange::GaussSeidel, 0, 0.01)), plain);
}

TEST_F(SspMaster, CorrectsByDerivativesWhatAnFmuAnswersOnlyAfterItsNextStep) {
  const auto prompt = system(two_masses(true)), late = system(two_masses(false));
  const auto wanted = options(Exchange::Jacobi, 2, 0.01);
  EXPECT_NEAR(error_of(late, wanted), error_of(prompt, wanted), 1e-9);
}

TEST_F(SspMaster, SolvesAnAlgebraicLoopThatRoundsRunAwayFrom) {
  // ya = 3 yb + 1, yb = 2 ya + 1.
  for (const auto* source : {"link.fmu", "silent.fmu"}) {
    const auto y = ring(source, {{"a", "3"}, {"e", "1"}}, {{"a", "2"}, {"e", "1"}});
    ASSERT_TRUE(y) << y.error().message;
    EXPECT_NEAR(*y, -0.8, 1e-7) << source;
    EXPECT_GT(summary_->counts.loop_iterations, 0u);
  }
}

TEST_F(SspMaster, SolvesALoopThatIsNotLinear) {
  // ya = -yb³ - yb + 5, yb = ya: y³ + 2 y = 5.
  const auto y = ring("link.fmu", {{"a", "-1"}, {"c", "-1"}, {"e", "5"}}, {});
  ASSERT_TRUE(y) << y.error().message;
  EXPECT_NEAR(*y * *y * *y + 2.0 * *y, 5.0, 1e-6);
}

TEST_F(SspMaster, NamesTheVariablesOfALoopWithoutASolution) {
  const auto y = ring("link.fmu", {{"e", "1"}}, {});
  ASSERT_FALSE(y);
  EXPECT_THAT(y.error().message, HasSubstr("at the start, t = 0 s"));
  EXPECT_THAT(y.error().message, HasSubstr("the algebraic loop of a.u, b.u does not converge"));
}

TEST_F(SspMaster, NamesWhatIsNoNumber) {
  const auto found =
      system(description(component("a", "link.fmu", kLink, bindings({{"e", "1e200"}})) +
                             component("b", "link.fmu", kLink, bindings({{"c", "1"}})) +
                             component("c", "link.fmu", kLink),
                         connection("a.y", "b.u") + connection("b.y", "c.u")));
  fmu::Recording recording;
  const auto done = run(found, {}, recording);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("b gives y = infinity"));
}

TEST_F(SspMaster, VariesItsStepsToKeepTheErrorAndTakesBackThoseThatAreTooLong) {
  const auto masses = system(two_masses(true));
  auto wanted = options(Exchange::GaussSeidel, 2, 0.1);
  wanted.master.error = 1e-4;
  const double coarse = error_of(masses, wanted);
  EXPECT_GT(summary_->counts.rejected, 0u);
  const auto steps = summary_->counts.steps;
  wanted.master.error = 1e-7;
  const double fine = error_of(masses, wanted);
  EXPECT_LT(coarse, 5e-3);
  EXPECT_LT(fine, 0.05 * coarse);
  EXPECT_GT(summary_->counts.steps, 2 * steps);
}

TEST_F(SspMaster, KeepsItsStepAndSaysWhyWhereAnFmuCannotSaveItsState) {
  const auto found = system(
      description(component("mass", "mass.fmu", kMass) + component("link", "stateless.fmu", kLink),
                  connection("mass.x", "link.u")));
  RunOptions wanted;
  wanted.step_s = 0.1;
  wanted.stop_s = 1.0;
  wanted.master.error = 1e-5;
  fmu::Recording recording;
  const auto done = run(found, wanted, recording);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->counts.steps, 10u);
  ASSERT_EQ(done->notes.size(), 1u);
  EXPECT_THAT(done->notes[0], HasSubstr("steps stay at 0.1 s: link can't save the state"));
}

TEST_F(SspMaster, RepeatsStepsWithWhatTheyCameTo) {
  const auto masses = system(two_masses(true));
  const auto once = options(Exchange::Jacobi, 1, 0.02);
  auto twice = once;
  twice.master.corrections = 1;
  EXPECT_LT(error_of(masses, twice), 0.6 * error_of(masses, once));
}

TEST_F(SspMaster, GivesTheSameNumbersAgainAndInProcessesOfTheirOwn) {
  const auto masses = system(two_masses(false));
  auto wanted = options(Exchange::GaussSeidel, 2, 0.05);
  wanted.stop_s = 1.0;
  fmu::Recording first, again, apart;
  ASSERT_TRUE(run(masses, wanted, first));
  ASSERT_TRUE(run(masses, wanted, again));
  wanted.master.own_process = true;
  ASSERT_TRUE(run(masses, wanted, apart));
  EXPECT_EQ(first.values, again.values);
  EXPECT_EQ(first.values, apart.values);
}

TEST_F(SspMaster, TakesInputsFromOutsideAndMeetsTheirJumpsInTime) {
  const auto found =
      system(description(component("mass", "mass.fmu", kMass),
                         connection("push", "mass.force", "<ssc:LinearTransformation factor='2'/>"),
                         connectors({{"push", "input"}})));
  const auto table = fmu::InputTable::parse("time,push\n0,1\n0.33,1\n0.33,0\n", "in.csv",
                                            external_description(found));
  ASSERT_TRUE(table) << table.error().message;
  RunOptions wanted;
  wanted.step_s = 0.1;
  wanted.stop_s = 1.0;
  wanted.outputs = {"mass.x", "mass.v"};
  wanted.master.inputs = &*table;
  fmu::Recording recording;
  const auto done = run(found, wanted, recording);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->counts.steps, 11u);
  const auto last = recording.values.size() - 2;
  EXPECT_NEAR(recording.values[last], 0.33 * 0.33 + 0.66 * 0.67, 1e-9);
  EXPECT_NEAR(recording.values[last + 1], 0.66, 1e-9);
}

TEST_F(SspMaster, StopsOnRequestAndKeepsTheRowsSoFar) {
  const auto masses = system(two_masses(true));
  std::stop_source stop;
  auto wanted = options(Exchange::GaussSeidel, 2, 0.01);
  wanted.stop_s = 4.0;
  wanted.progress = [&](double done) {
    if (done > 0.5) stop.request_stop();
  };
  fmu::Recording recording;
  const auto done = run(masses, wanted, recording, stop.get_token());
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(done->cancelled);
  EXPECT_NEAR(recording.times_s.back(), 2.01, 0.011);
}

TEST_F(SspMaster, RecordsTheSystemsOutputsAndThenAllOfItsComponents) {
  const auto found =
      system(description(component("mass", "mass.fmu", kMass, bindings({{"x", "3"}})),
                         connection("mass.x", "height", "<ssc:LinearTransformation factor='100'/>"),
                         connectors({{"height", "output"}})));
  RunOptions wanted;
  wanted.step_s = wanted.stop_s.emplace(0.5);
  fmu::Recording recording;
  ASSERT_TRUE(run(found, wanted, recording));
  EXPECT_THAT(recording.names, ElementsAre("height", "mass.x", "mass.v"));
  EXPECT_THAT(recording.times_s, ElementsAre(0.0, 0.5));
  EXPECT_EQ(recording.values[0], 300.0);
  wanted.outputs = {"mess.x"};
  const auto none = run(found, wanted, recording);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("no component of 'mess.x'; did you mean 'mass'?"));
  wanted.outputs = {};
  wanted.master.start_values = {{"moss.k", "1"}};
  const auto unknown = run(found, wanted, recording);
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, HasSubstr("did you mean 'mass'?"));
}

TEST_F(SspMaster, RefusesSettingsThatDoNotFit) {
  const auto found = system(description(component("mass", "mass.fmu", kMass), ""));
  fmu::Recording recording;
  RunOptions wanted;
  wanted.master.order = 3;
  EXPECT_THAT(run(found, wanted, recording).error().message, HasSubstr("write 0, 1 or 2"));
  wanted = {};
  wanted.step_s = -1.0;
  EXPECT_THAT(run(found, wanted, recording).error().message, HasSubstr("must be above zero"));
}

}  // namespace
}  // namespace gemel::ssp
