#include "surrogates/onnx_export.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "networks/onnx_network.hpp"

namespace gemel::surrogates {
namespace {

class OnnxExport : public testing::TestWithParam<SurrogateKind> {};

TEST_P(OnnxExport, PredictsWhatTheSurrogatePredicts) {
  if (const auto there = networks::onnx_available(); !there) GTEST_SKIP() << there.error().message;
  const auto hill = [](std::span<const double> x) -> Result<std::vector<double>> {
    return std::vector{std::sin(x[0] / 100.0) * x[1], 300.0 + x[0] - x[1] * x[1]};
  };
  const auto trained = TrainedSurrogate::train({{"speed", 900.0, 1700.0}, {"valve", 0.2, 1.0}}, 2,
                                               hill, {.answers_max = 60, .kind = GetParam()});
  ASSERT_TRUE(trained);
  auto served = networks::load_onnx(to_onnx(*trained), {1, 2}, {1, 4});
  ASSERT_TRUE(served) << served.error().message;
  for (const auto& at : {std::pair{1000.0, 0.3}, {1333.0, 0.77}, {1699.0, 0.99}, {905.0, 0.5}}) {
    const std::vector<float> factors{static_cast<float>(at.first), static_cast<float>(at.second)};
    std::vector<float> said(4);
    ASSERT_TRUE((*served)->answer(factors, said));
    const auto here = trained->predict(std::vector<double>{factors[0], factors[1]});
    for (std::size_t k = 0; k < 2; ++k) {
      const double spread = trained->trust()[k].spread;
      EXPECT_NEAR(said[k], here[k].mean, 1e-5 * spread);
      EXPECT_NEAR(said[2 + k], here[k].spread, 1e-5 * spread);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, OnnxExport,
                         testing::Values(SurrogateKind::GaussianProcess, SurrogateKind::Network),
                         [](const auto& kind) { return std::string(to_string(kind.param)); });

}  // namespace
}  // namespace gemel::surrogates
