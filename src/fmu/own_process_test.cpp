// FMUs in a process of their own: the same answers, and no harm when they fail.

#include "fmu/own_process.hpp"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fmu/fmu.hpp"
#include "fmu/run.hpp"
#include "fmu/testing/test_fmus.hpp"

namespace gemel::fmu {
namespace {

using ::testing::HasSubstr;

/// Each way of making the process: a copy of this one, or a program started anew.
class OwnProcess : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) serve_own_processes_by({GEMEL_FMU_SERVER});
  }
  void TearDown() override { serve_own_processes_by({}); }

  Result<RunSummary> run_troubled(const char* trouble,
                                  std::chrono::milliseconds patience = std::chrono::seconds(20)) {
    const auto fmu = *Fmu::load(fmus_.make("troubled"));
    RunOptions options;
    options.own_process = true;
    options.patience = patience;
    options.start_values = {{"trouble", trouble}};
    Recording recording;
    return run(*fmu, options, recording);
  }
  Recording record(const char* model, RunOptions options) {
    const auto fmu = *Fmu::load(fmus_.make(model));
    Recording recording;
    const auto summary = run(*fmu, options, recording);
    EXPECT_TRUE(summary) << summary.error().message;
    return recording;
  }
  testing::TestFmus fmus_;
};

TEST_P(OwnProcess, GivesTheSameNumbersAsThisOne) {
  for (const char* model : {"van_der_pol", "bouncing_ball", "sampler"}) {
    RunOptions options;
    const auto here = record(model, options);
    options.own_process = true;
    const auto there = record(model, options);
    EXPECT_EQ(here.times_s, there.times_s) << model;
    EXPECT_EQ(here.values, there.values) << model;
  }
}

TEST_P(OwnProcess, ACrashIsAnErrorWithTheSignal) {
  const auto summary = run_troubled("1");
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, ErrorCode::Unavailable);
  EXPECT_THAT(summary.error().message, HasSubstr("crashed with signal 11"));
  EXPECT_THAT(summary.error().message, HasSubstr("in a step"));
}

TEST_P(OwnProcess, AnExitIsAnErrorWithItsStatus) {
  EXPECT_THAT(run_troubled("2").error().message, HasSubstr("left with exit status 7"));
}

TEST_P(OwnProcess, ACallThatNeverReturnsIsATimeout) {
  const auto summary = run_troubled("3", std::chrono::milliseconds(200));
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, ErrorCode::Timeout);
  EXPECT_THAT(summary.error().message, HasSubstr("within 200 ms"));
}

TEST_P(OwnProcess, ARefusalBringsTheFmusOwnWords) {
  EXPECT_THAT(run_troubled("5").error().message, HasSubstr("the pump cavitates"));
}

TEST_P(OwnProcess, StatesAreSavedThere) {
  const auto fmu = *Fmu::load(fmus_.make("van_der_pol"));
  const auto instance = fmu->instantiate({.own_process = true});
  ASSERT_TRUE(instance) << instance.error().message;
  auto& there = **instance;
  ASSERT_TRUE(there.enter_initialisation({}));
  ASSERT_TRUE(there.exit_initialisation());
  SavedState start, read;
  ASSERT_TRUE(there.save(start));
  const ValueReference x0 = 0;
  double value = 0.0;
  ASSERT_TRUE(there.do_step(0.0, 1.0));
  const auto bytes = there.serialise(start);
  ASSERT_TRUE(bytes);
  ASSERT_TRUE(there.deserialise(*bytes, read));
  ASSERT_TRUE(there.restore(read));
  ASSERT_TRUE(there.get_numbers(Type::Float64, {&x0, 1}, {&value, 1}));
  EXPECT_EQ(value, 2.0);
}

TEST_P(OwnProcess, ALibraryThatIsMissingIsSaidAtOnce) {
  const auto fmu = *Fmu::load(fmus_.make("van_der_pol", "win64"));
  EXPECT_EQ(fmu->instantiate({.own_process = true}).error().code, ErrorCode::NotFound);
}

TEST_P(OwnProcess, AfterACrashEveryCallSaysSo) {
  const auto fmu = *Fmu::load(fmus_.make("troubled"));
  const auto instance = fmu->instantiate({.own_process = true});
  ASSERT_TRUE(instance);
  auto& there = **instance;
  ASSERT_TRUE(set_from_text(there, **fmu->description().find("trouble"), "1"));
  ASSERT_TRUE(there.enter_initialisation({}));
  ASSERT_TRUE(there.exit_initialisation());
  ASSERT_FALSE(there.do_step(1.0, 0.1));
  EXPECT_THAT(there.terminate().error().message, HasSubstr("no more calls"));
  // And there is room for a new one.
  EXPECT_TRUE(fmu->instantiate({.own_process = true}));
}

INSTANTIATE_TEST_SUITE_P(Made, OwnProcess, ::testing::Bool(), [](const auto& how) {
  return std::string(how.param ? "Anew" : "ByCopying");
});

TEST(OwnProcessServer, OutlivesTheThreadThatMadeItsInstance) {
  serve_own_processes_by({GEMEL_FMU_SERVER});
  const testing::TestFmus fmus;
  const auto fmu = *Fmu::load(fmus.make("van_der_pol"));
  std::unique_ptr<Instance> instance;
  std::thread([&] {
    auto made = fmu->instantiate({.own_process = true});
    if (made) instance = std::move(*made);
  }).join();
  serve_own_processes_by({});
  ASSERT_TRUE(instance);
  ASSERT_TRUE(instance->enter_initialisation({}));
  ASSERT_TRUE(instance->exit_initialisation());
  EXPECT_TRUE(instance->do_step(0.0, 0.1));
}

TEST(OwnProcessServer, OneThatIsNotThereIsAnError) {
  serve_own_processes_by({"/nowhere/server"});
  const testing::TestFmus fmus;
  const auto made = (*Fmu::load(fmus.make("van_der_pol")))->instantiate({.own_process = true});
  serve_own_processes_by({});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("/nowhere/server"));
}

}  // namespace
}  // namespace gemel::fmu
