#include "surrogates/network_ensemble.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "base/sobol.hpp"
#include "surrogates/trained_surrogate.hpp"

namespace gemel::surrogates {
namespace {

struct Data {
  std::vector<double> inputs;
  std::vector<std::vector<double>> answers{{}};
};

using Function = std::function<double(std::span<const double>)>;

Data asked(const Function& function, std::size_t count, std::size_t dimensions, std::uint64_t seed,
           double noise = 0.0) {
  const Sobol sobol(dimensions, seed);
  Random random(seed);
  Data out;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < dimensions; ++k) out.inputs.push_back(sobol.at(i, k));
    out.answers[0].push_back(function({&out.inputs[i * dimensions], dimensions}) +
                             noise * random.normal());
  }
  return out;
}

struct Score {
  double error = 0.0, coverage = 0.0;
};

template <typename Predict>
Score score(const Data& on, const Predict& predict) {
  std::vector<Prediction> said(on.answers[0].size());
  predict(on.inputs, std::span<Prediction>(said));
  Score out;
  for (std::size_t i = 0; i < said.size(); ++i) {
    const double truth = on.answers[0][i];
    out.error += std::pow(said[i].mean - truth, 2) / static_cast<double>(said.size());
    out.coverage += (truth >= said[i].low() && truth <= said[i].high() ? 1.0 : 0.0) /
                    static_cast<double>(said.size());
  }
  out.error = std::sqrt(out.error);
  return out;
}

Score score(const NetworkEnsemble& networks, const Data& on) {
  return score(on, [&](std::span<const double> inputs, std::span<Prediction> out) {
    networks.predict(inputs, std::vector<std::span<Prediction>>{out});
  });
}

double steps(std::span<const double> x) {
  return (x[0] + 0.5 * x[1] > 0.8 ? 1.0 : 0.0) + (x[2] > 0.3 ? 0.7 : 0.0) + 0.3 * x[0];
}
double kinks(std::span<const double> x) {
  return std::max(0.0, x[0] - 0.4) * 3.0 + std::min(x[1], 0.6) - std::fabs(x[2] - x[0]);
}
double hills(std::span<const double> x) { return std::sin(3 * x[0]) + x[1] * x[1] + x[0] * x[2]; }

TEST(NetworkEnsemble, IntervalsHoldWhatTheyPromise) {
  // Steps, kinks, a smooth function, and one that noise almost hides; a thousand places each, which
  // take their coverage to within 2 of 100.
  const std::vector<std::pair<Function, double>> cases{
      {steps, 0.0}, {kinks, 0.0}, {hills, 0.0}, {kinks, 0.3}};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE(i);
    const auto& [function, noise] = cases[i];
    const auto learnt = asked(function, 200, 3, 1, noise);
    const auto networks = NetworkEnsemble::fit(learnt.inputs, 3, learnt.answers);
    ASSERT_TRUE(networks) << networks.error().message;
    const auto seen = score(*networks, asked(function, 1000, 3, 99, noise));
    EXPECT_GE(seen.coverage, 0.84);
    EXPECT_LE(seen.coverage, 0.99);
    EXPECT_LT(seen.error, 1.1 * networks->left_out_error(0)) << "told as it is";
  }
}

TEST(NetworkEnsemble, LearnsStepsAndKinksBetterThanAGaussianProcess) {
  // Both at once, as the networks learn them.
  auto learnt = asked(steps, 200, 3, 1);
  learnt.answers.push_back(asked(kinks, 200, 3, 1).answers[0]);
  const auto networks = NetworkEnsemble::fit(learnt.inputs, 3, learnt.answers);
  ASSERT_TRUE(networks) << networks.error().message;
  for (std::size_t k = 0; k < 2; ++k) {
    const auto process = GaussianProcess::fit(learnt.inputs, 3, learnt.answers[k]);
    ASSERT_TRUE(process);
    const auto others = asked(k == 0 ? Function(steps) : Function(kinks), 1000, 3, 99);
    const auto error_of = [&](const auto& predict) { return score(others, predict).error; };
    const double theirs = error_of(
        [&](std::span<const double> in, std::span<Prediction> out) { process->predict(in, out); });
    const double ours = error_of([&](std::span<const double> in, std::span<Prediction> out) {
      std::vector<std::span<Prediction>> places(2);
      places[k] = out;
      networks->predict(in, places);
    });
    EXPECT_LT(ours, 0.9 * theirs);
  }
}

TEST(NetworkEnsemble, AnswersSeveralQuestionsAndOneAlone) {
  auto learnt = asked(hills, 120, 3, 1);
  learnt.answers.push_back(learnt.answers[0]);
  for (double& each : learnt.answers[1]) each = 1e6 - 100.0 * each;
  learnt.answers.push_back(std::vector<double>(120, 7.0));
  const auto networks = NetworkEnsemble::fit(learnt.inputs, 3, learnt.answers);
  ASSERT_TRUE(networks) << networks.error().message;
  const std::vector<double> at{0.3, 0.6, 0.2};
  std::vector<Prediction> said(3);
  networks->predict(
      at, std::vector<std::span<Prediction>>{{&said[0], 1}, {&said[1], 1}, {&said[2], 1}});
  EXPECT_NEAR(said[0].mean, hills(at), 0.1);
  EXPECT_NEAR(said[1].mean, 1e6 - 100.0 * hills(at), 10.0);
  EXPECT_DOUBLE_EQ(said[2].mean, 7.0) << "what stands still is learnt as that";
  EXPECT_LT(said[2].spread, 1e-6);
  Prediction alone;
  networks->predict(at, std::vector<std::span<Prediction>>{{}, {&alone, 1}, {}});
  EXPECT_DOUBLE_EQ(alone.mean, said[1].mean);
}

TEST(NetworkEnsemble, TheSameExperimentsGiveTheSameNetworks) {
  const auto learnt = asked(hills, 60, 3, 1);
  const auto one = NetworkEnsemble::fit(learnt.inputs, 3, learnt.answers, {.steps = 100});
  const auto other = NetworkEnsemble::fit(learnt.inputs, 3, learnt.answers, {.steps = 100});
  const auto apart =
      NetworkEnsemble::fit(learnt.inputs, 3, learnt.answers, {.seed = 2, .steps = 100});
  ASSERT_TRUE(one && other && apart);
  EXPECT_EQ(one->members()[0][0].weights, other->members()[0][0].weights);
  EXPECT_NE(one->members()[0][0].weights, apart->members()[0][0].weights);
}

TEST(NetworkEnsemble, RefusesWhatItCanNotLearnFrom) {
  const auto few = asked(hills, 19, 3, 1);
  EXPECT_FALSE(NetworkEnsemble::fit(few.inputs, 3, few.answers));
  auto broken = asked(hills, 40, 3, 1);
  broken.answers[0][7] = NAN;
  EXPECT_FALSE(NetworkEnsemble::fit(broken.inputs, 3, broken.answers));
  EXPECT_FALSE(NetworkEnsemble::fit(broken.inputs, 2, broken.answers));
}

TEST(TrainedSurrogate, EachAnswerIsLearntByWhatLearnsItBest) {
  const std::vector<Factor> box{{"a", 0, 1}, {"b", 0, 1}, {"c", 0, 1}};
  const auto made = TrainedSurrogate::train(
      box, 2,
      [](std::span<const double> x) -> Result<std::vector<double>> {
        return std::vector<double>{hills(x), x[0] + x[1] > 1.0 ? 1.0 : 0.0};
      },
      {.answers_max = 200, .error_wished = 0.01, .checks = 64, .kind = SurrogateKind::Auto});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->trust()[0].kind, SurrogateKind::GaussianProcess);
  EXPECT_TRUE(made->trust()[0].wished);
  EXPECT_EQ(made->trust()[1].kind, SurrogateKind::Network);
  EXPECT_FALSE(made->trust()[1].wished) << "no step is known to a hundredth";
  EXPECT_GE(made->trust()[1].coverage, 0.75);
}

TEST(TrainedSurrogate, NetworksAloneMeetAWishToo) {
  const std::vector<Factor> box{{"a", 0, 1}, {"b", 0, 1}, {"c", 0, 1}};
  const auto made = TrainedSurrogate::train(
      box, 1,
      [](std::span<const double> x) -> Result<std::vector<double>> {
        return std::vector<double>{kinks(x)};
      },
      {.answers_max = 300, .error_wished = 0.1, .kind = SurrogateKind::Network});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(made->trust()[0].wished);
  EXPECT_LT(made->asked(), 300u);
  EXPECT_EQ(made->process(0), nullptr);
}

TEST(TrainedSurrogate, CountedFactorsAreAskedAtWholeNumbers) {
  std::vector<double> seen;
  const auto made =
      TrainedSurrogate::train({{.name = "machines", .low = 1, .high = 4, .whole = true},
                               {.name = "speed", .low = 0.5, .high = 1.5}},
                              1,
                              [&](std::span<const double> x) -> Result<std::vector<double>> {
                                seen.push_back(x[0]);
                                return std::vector<double>{x[0] * x[0] + x[1]};
                              },
                              {});
  ASSERT_TRUE(made) << made.error().message;
  for (const double count : {1.0, 2.0, 3.0, 4.0})
    EXPECT_GE(std::ranges::count(seen, count), static_cast<std::ptrdiff_t>(seen.size() / 8));
  for (const double each : seen) EXPECT_EQ(each, std::round(each));
  EXPECT_TRUE(made->trust()[0].wished);
  EXPECT_NEAR(made->predict(std::vector<double>{3.0, 1.0})[0].mean, 10.0, 0.2);
}

}  // namespace
}  // namespace gemel::surrogates
