#include "networks/tape.hpp"

#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "networks/detail/kernels.hpp"
#include "networks/ops.hpp"

namespace gemel::networks {
namespace {

Tensor drawn(Shape shape, Random& random, double low = -1.0, double high = 1.0) {
  Tensor out(std::move(shape));
  for (auto& v : out.values) v = static_cast<float>(random.uniform(low, high));
  return out;
}

using Build = std::function<Var(Tape&, const std::vector<Var>&)>;

/// Every gradient beside the slope that the loss itself shows when one number is moved a little.
void expect_gradients(const std::vector<Shape>& shapes, const Build& build, double low = -1.0,
                      double high = 1.0) {
  Random random(7);
  ParameterSet parameters;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    auto& made = parameters.filled("p" + std::to_string(i), shapes[i], 0.0F);
    made.value = drawn(shapes[i], random, low, high);
  }
  Tape tape;
  std::vector<Var> vars;
  for (std::size_t i = 0; i < shapes.size(); ++i) vars.push_back(tape.parameter(parameters[i]));
  const Var out = build(tape, vars);
  const Var target = tape.constant(drawn(tape.shape(out), random));
  const Var loss = mean_squared_error(tape, out, target);
  const auto loss_now = [&] {
    tape.run(Mode::Learning);
    return static_cast<double>(tape.value(loss)[0]);
  };
  (void)loss_now();
  tape.backward(loss);
  std::vector<std::vector<float>> gradients;
  for (std::size_t i = 0; i < shapes.size(); ++i)
    gradients.emplace_back(tape.gradient(i).begin(), tape.gradient(i).end());
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    for (std::size_t j = 0; j < gradients[i].size(); ++j) {
      float& value = parameters[i].value.values[j];
      const float was = value;
      constexpr float kStep = 5e-3F;
      value = was + kStep;
      const double above = loss_now();
      value = was - kStep;
      const double below = loss_now();
      value = was;
      const double slope = (above - below) / (2.0 * kStep);
      EXPECT_NEAR(gradients[i][j], slope, 2e-3 * std::max(1.0, std::abs(slope)))
          << "parameter " << i << " number " << j;
    }
  }
}

TEST(Tape, GradientOfALinearLayer) {
  expect_gradients({{2, 3, 4}, {4, 5}, {5}},
                   [](Tape& t, const auto& v) { return linear(t, v[0], v[1], v[2]); });
}

TEST(Tape, GradientsOfArithmeticWithEachBroadcast) {
  for (const Shape& b : {Shape{2, 3, 4}, Shape{3, 4}, Shape{4}, Shape{2, 3, 1}}) {
    for (auto* op : {&add, &subtract, &multiply, &divide}) {
      expect_gradients(
          {{2, 3, 4}, b}, [&](Tape& t, const auto& v) { return (*op)(t, v[0], v[1]); }, 0.8, 2.0);
    }
  }
}

TEST(Tape, GradientsOfCurves) {
  expect_gradients({{3, 70}}, [](Tape& t, const auto& v) { return gelu(t, v[0]); }, -3.0, 3.0);
  expect_gradients({{3, 5}}, [](Tape& t, const auto& v) { return square_root(t, v[0]); }, 0.5, 2.0);
  expect_gradients({{3, 5}}, [](Tape& t, const auto& v) { return relu(t, v[0]); }, 0.1, 2.0);
}

TEST(Tape, GradientsOfMoves) {
  expect_gradients({{2, 3, 4}}, [](Tape& t, const auto& v) {
    return gather(t, transpose(t, v[0], {2, 0, 1}), 2, {2, 0, 2, 1}, {2, 2});
  });
  expect_gradients({{2, 6}}, [](Tape& t, const auto& v) { return reshape(t, v[0], {3, 4}); });
}

TEST(Tape, GradientsOfNorms) {
  expect_gradients({{3, 6}}, [](Tape& t, const auto& v) { return mean_last(t, v[0]); });
  expect_gradients({{3, 6}, {6}, {6}},
                   [](Tape& t, const auto& v) { return layer_norm(t, v[0], v[1], v[2]); });
}

TEST(Tape, GradientsOfAttention) {
  expect_gradients({{2, 5, 4}, {2, 5, 4}, {2, 5, 4}},
                   [](Tape& t, const auto& v) { return attention(t, v[0], v[1], v[2], 2); });
}

TEST(Tape, GradientsOfTheRecurrentLayer) {
  expect_gradients({{3, 4, 2}, {2, 12}, {3, 12}, {12}},
                   [](Tape& t, const auto& v) { return lstm(t, v[0], v[1], v[2], v[3]); });
}

TEST(Tape, GradientsOfAConvolution) {
  expect_gradients({{2, 2, 3, 4}, {3, 3, 2, 3}, {3}},
                   [](Tape& t, const auto& v) { return convolution(t, v[0], v[1], v[2]); });
  // Higher and wider than the picture.
  expect_gradients({{1, 1, 1, 3}, {5, 5, 1, 1}, {1}},
                   [](Tape& t, const auto& v) { return convolution(t, v[0], v[1], v[2]); });
}

TEST(Tape, AddsTheGradientsOfAValueThatIsUsedTwice) {
  expect_gradients({{4}},
                   [](Tape& t, const auto& v) { return multiply(t, v[0], add(t, v[0], v[0])); });
}

TEST(Tape, DropsOnlyWhileLearning) {
  Random random(3);
  ParameterSet parameters;
  const auto& ones = parameters.filled("ones", {1000}, 1.0F);
  Tape tape;
  const Var kept = dropout(tape, tape.parameter(ones), 0.25, 5);
  const auto zeros = [&] {
    const auto values = tape.value(kept);
    return std::count(values.begin(), values.end(), 0.0F);
  };
  tape.run(Mode::Learning);
  EXPECT_NEAR(static_cast<double>(zeros()), 250.0, 60.0);
  tape.run(Mode::Judging);
  EXPECT_EQ(zeros(), 0);
}

TEST(Kernels, WideAndPlainAgree) {
  const auto* wide = detail::wide_kernels();
  if (wide == nullptr) GTEST_SKIP() << "this processor has no AVX2, or this build no wide kernels";
  Random random(11);
  const auto a = drawn({33, 17}, random), b = drawn({17, 29}, random);
  std::vector<float> one(33 * 29), two(33 * 29);
  const auto product = [&](float* c) {
    return detail::Product{33, 29, 17,   a.values.data(), 17, false, b.values.data(), 29, false,
                           c,  29, false};
  };
  wide->multiply(product(one.data()));
  detail::plain_kernels().multiply(product(two.data()));
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_NEAR(one[i], two[i], 1e-5);
}

}  // namespace
}  // namespace gemel::networks
