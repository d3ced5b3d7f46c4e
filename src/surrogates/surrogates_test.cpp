#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "base/sobol.hpp"
#include "surrogates/detail/loops.hpp"
#include "surrogates/trained_surrogate.hpp"

namespace gemel::surrogates {
namespace {

using ::testing::HasSubstr;

double smooth(std::span<const double> x) {
  return std::sin(3 * x[0]) + x[1] * x[1] + 0.3 * x[0] * x[1];
}

std::vector<double> spread_points(std::size_t count, std::size_t dimensions, std::uint64_t seed) {
  const Sobol sobol(dimensions, seed);
  std::vector<double> points;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < dimensions; ++k) points.push_back(sobol.at(i, k));
  }
  return points;
}

TEST(GaussianProcess, FindsASmoothFunctionBetweenItsAnswers) {
  const auto inputs = spread_points(32, 2, 1);
  std::vector<double> answers;
  for (std::size_t i = 0; i < 32; ++i) answers.push_back(smooth({&inputs[2 * i], 2}));
  const auto process = GaussianProcess::fit(inputs, 2, answers);
  ASSERT_TRUE(process) << process.error().message;
  const auto others = spread_points(128, 2, 9);
  std::vector<Prediction> said(128);
  process->predict(others, said);
  int held = 0;
  for (std::size_t i = 0; i < 128; ++i) {
    const double off = said[i].mean - smooth({&others[2 * i], 2});
    EXPECT_LT(std::fabs(off), 0.03);
    held += std::fabs(off) <= 1.645 * said[i].spread;
    // One alone is what it is among others.
    const auto alone = process->predict({&others[2 * i], 2});
    EXPECT_NEAR(alone.mean, said[i].mean, 1e-9);
    EXPECT_NEAR(alone.spread, said[i].spread, 1e-9);
  }
  EXPECT_GE(held, 102) << "of 128, nine of ten";
}

TEST(GaussianProcess, WiderRegistersPredictTheSame) {
  if (detail::wide_loops() == nullptr) GTEST_SKIP() << "built or running without AVX2";
  const auto inputs = spread_points(100, 2, 1), others = spread_points(131, 2, 9);
  std::vector<double> answers;
  for (std::size_t i = 0; i < 100; ++i) answers.push_back(smooth({&inputs[2 * i], 2}));
  const auto process = GaussianProcess::fit(inputs, 2, answers);
  ASSERT_TRUE(process);
  const auto inside = process->inside();
  const detail::Process view{100,
                             2,
                             inside.points.data(),
                             process->lengths().data(),
                             inside.weights.data(),
                             inside.root.data(),
                             inside.mean,
                             inside.variance,
                             inside.noise,
                             inside.spread_scale};
  std::vector<Prediction> plain(131), wide(131);
  detail::plain_loops().predict(view, others.data(), 131, plain.data());
  detail::wide_loops()->predict(view, others.data(), 131, wide.data());
  for (std::size_t i = 0; i < 131; ++i) {
    EXPECT_NEAR(plain[i].mean, wide[i].mean, 1e-7);
    EXPECT_NEAR(plain[i].spread, wide[i].spread, 1e-6);
  }
}

TEST(GaussianProcess, SpreadsAreScaledByThePlacesThatWereNotChosen) {
  // Rough on the left, where no place was chosen; smooth on the right, full of chosen ones.
  std::vector<double> inputs, answers;
  std::vector<bool> even;
  Random random(4);
  for (int i = 0; i < 120; ++i) {
    even.push_back(i < 40);
    inputs.push_back(even.back() ? 0.5 * random.uniform() : 0.5 + 0.5 * random.uniform());
    answers.push_back(inputs.back() < 0.5 ? random.normal() : 0.01 * random.normal());
  }
  const auto all = GaussianProcess::fit(inputs, 1, answers);
  const auto some = GaussianProcess::fit(inputs, 1, answers, {.even = even});
  ASSERT_TRUE(all && some);
  const double left[] = {0.25};
  EXPECT_GT(some->predict(left).spread, 1.2 * all->predict(left).spread);
  EXPECT_GT(some->left_out_error(), all->left_out_error());
  EXPECT_FALSE(GaussianProcess::fit(inputs, 1, answers, {.even = {true}}));
}

TEST(GaussianProcess, SaysWhenItDoesNotKnow) {
  std::vector<double> inputs, answers;
  for (int i = 0; i < 12; ++i) {
    inputs.push_back(0.04 * i);  // the left half only
    answers.push_back(std::sin(12 * inputs.back()));
  }
  const auto process = GaussianProcess::fit(inputs, 1, answers);
  ASSERT_TRUE(process);
  const double near[] = {0.22}, far[] = {0.95};
  EXPECT_GT(process->predict(far).spread, 20 * process->predict(near).spread);
}

TEST(GaussianProcess, NoisyAnswersAreNotFollowed) {
  Random random(2);
  const auto inputs = spread_points(120, 1, 3);
  std::vector<double> answers;
  for (const double x : inputs) answers.push_back(2 * x + 0.2 * random.normal());
  const auto process = GaussianProcess::fit(inputs, 1, answers);
  ASSERT_TRUE(process);
  for (double x = 0.1; x < 1.0; x += 0.2) {
    EXPECT_NEAR(process->predict({&x, 1}).mean, 2 * x, 0.12);
    EXPECT_NEAR(process->predict({&x, 1}).spread, 0.2, 0.06);
  }
  EXPECT_NEAR(process->left_out_error(), 0.2, 0.05);
}

TEST(GaussianProcess, RefusesWhatItCanNotLearnFrom) {
  const std::vector<double> inputs{0, 1, 2, 3}, answers{1, 2, 3, NAN};
  EXPECT_FALSE(GaussianProcess::fit(inputs, 1, answers));
  EXPECT_FALSE(GaussianProcess::fit(inputs, 2, std::vector<double>{1, 2}));
  EXPECT_TRUE(GaussianProcess::fit(inputs, 1, std::vector<double>{5, 5, 5, 5}));
}

const std::vector<Factor> kBox{{"speed", 100, 180}, {"valve", 0.2, 1}, {"level", 0, 4}};

Result<std::vector<double>> station(std::span<const double> x) {
  const double flow = x[0] / 150 * std::sqrt(x[1]) * (1 - 0.05 * x[2]);
  return std::vector<double>{flow, flow * flow * flow + 0.1 * x[0]};
}

TEST(TrainedSurrogate, AsksUntilItIsAsGoodAsWished) {
  auto made = TrainedSurrogate::train(kBox, 2, station, {.error_wished = 0.005});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_LT(made->asked(), 150u);
  for (const auto& trust : made->trust()) {
    EXPECT_TRUE(trust.wished);
    EXPECT_LT(trust.error, 0.005 * trust.spread);
    EXPECT_GE(trust.coverage, 0.75);
  }
  const std::vector<double> at{150, 0.5, 2}, outside{200, 0.5, 2};
  const auto said = made->predict(at);
  const auto truth = *station(at);
  EXPECT_NEAR(said[0].mean, truth[0], 0.01);
  EXPECT_NEAR(said[1].mean, truth[1], 0.1);
  EXPECT_TRUE(made->within(at));
  EXPECT_FALSE(made->within(outside));
}

TEST(TrainedSurrogate, SaysThatAWishWasNotMet) {
  // A step in the middle: no smooth stand-in comes near, and it must not pretend to.
  const auto step = [](std::span<const double> x) -> Result<std::vector<double>> {
    return std::vector<double>{x[0] + x[1] * 100 > 190 ? 1.0 : 0.0};
  };
  const auto made =
      TrainedSurrogate::train(kBox, 1, step, {.answers_max = 60, .error_wished = 0.01});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_FALSE(made->trust()[0].wished);
}

TEST(TrainedSurrogate, LeavesOutExperimentsThatFail) {
  const auto partly = [](std::span<const double> x) -> Result<std::vector<double>> {
    if (x[2] > 3.8) return Error{ErrorCode::Internal, "the tank runs over"};
    return station(x);
  };
  EXPECT_TRUE(TrainedSurrogate::train(kBox, 2, partly, {.error_wished = 0.02}));
  const auto never = [](std::span<const double>) -> Result<std::vector<double>> {
    return Error{ErrorCode::Internal, "no"};
  };
  const auto made = TrainedSurrogate::train(kBox, 1, never, {});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("gave no finite answer"));
}

TEST(TrainedSurrogate, CanBeStoppedAndRefusesAnEmptyRange) {
  const auto stopped_after = [](std::size_t most) {
    return TrainedSurrogate::train(
        kBox, 2, station,
        {.error_wished = 1e-9, .go_on = [=](std::size_t asked) { return asked < most; }});
  };
  const auto made = stopped_after(8);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::Cancelled);
  const auto some = stopped_after(40);
  ASSERT_TRUE(some) << "enough to make do with";
  EXPECT_EQ(some->asked(), 40u);
  EXPECT_EQ(some->learnt(), 20u);
  EXPECT_FALSE(TrainedSurrogate::train({{"x", 1, 1}}, 1, station, {}));
}

}  // namespace
}  // namespace gemel::surrogates
