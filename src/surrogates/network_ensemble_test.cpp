#include "surrogates/network_ensemble.hpp"

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
  // Steps, kinks, a smooth function, and one that noise almost hides; a thousand places each.
  int which = 0;
  for (const auto& [function, noise] : {std::pair<Function, double>{steps, 0.0}, {kinks, 0.0}, {hills, 0.0}, {kinks, 0.3}}) {
    SCOPED_TRACE(which++);
    const auto learnt = asked(function, 200, 3, 1, noise);
    const auto networks = NetworkEnsemble::fit(learnt.inputs, 3, learnt.answers);
    ASSERT_TRUE(networks) << networks.error().message;
    const auto seen = score(*networks, asked(function, 1000, 3, 99, noise));
    std::printf("%d: error %.4f left out %.4f coverage %.3f\n", which, seen.error, networks->left_out_error(0), seen.coverage);
    const auto gp = GaussianProcess::fit(learnt.inputs, 3, learnt.answers[0]);
    const auto g = score(asked(function, 1000, 3, 99, noise), [&](auto in, auto out) { gp->predict(in, out); });
    std::printf("   gp: error %.4f left out %.4f coverage %.3f\n", g.error, gp->left_out_error(), g.coverage);
    EXPECT_GE(seen.coverage, 0.84);
    EXPECT_LE(seen.coverage, 0.98);
  }
}

}  // namespace
}  // namespace gemel::surrogates
