#include "networks/fit.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gemel::networks {
namespace {

using ::testing::HasSubstr;

/// Two signals that swing with a period of 12 rows, and a little noise.
Windows swings(std::size_t rows, std::size_t length, std::uint64_t seed) {
  Random random(seed);
  Windows out;
  out.signals = 2;
  for (std::size_t t = 0; t < rows; ++t) {
    const double angle = 2.0 * 3.14159265 * static_cast<double>(t) / 12.0;
    out.values.push_back(static_cast<float>(std::sin(angle) + 0.05 * random.normal()));
    out.values.push_back(static_cast<float>(std::cos(angle) + 0.05 * random.normal()));
  }
  const std::vector<Stretch> all{{0, rows}};
  out.starts = starts_within(all, length);
  return out;
}

NetworkOptions options_of(NetworkKind kind, std::size_t horizon) {
  NetworkOptions options;
  options.kind = kind;
  options.signals = 2;
  options.rows = 24;
  options.horizon = horizon;
  options.width = 16;
  return options;
}

FitOptions few_epochs() {
  FitOptions options;
  options.epochs = 12;
  options.rate = 5e-3;
  return options;
}

double after_fit(NetworkOptions options) {
  const std::size_t length = options.rows + options.horizon;
  const auto training = swings(400, length, 1), validation = swings(100, length, 2);
  if (options.kind == NetworkKind::TimesNet) {
    const auto periods = periods_of(training, options.rows, 2);
    options.periods = periods.rows;
    options.weights = periods.weights;
  }
  auto network = *Network::make(options, 3);
  FitOptions fitting = few_epochs();
  if (options.kind == NetworkKind::Mlp) fitting.epochs = 60;
  const auto report = fit(*network, training, validation, fitting);
  EXPECT_TRUE(report) << report.error().message;
  EXPECT_NEAR(error_over(*network, validation), report->best.validation, 1e-6);
  return report->best.validation;
}

// The variance of what is learnt is about 0.5, that of its noise 0.0025.
TEST(Fit, LearnsWhatSwings) {
  EXPECT_LT(after_fit(options_of(NetworkKind::LstmAutoencoder, 0)), 0.1);
  EXPECT_LT(after_fit(options_of(NetworkKind::PatchTst, 6)), 0.05);
  EXPECT_LT(after_fit(options_of(NetworkKind::TimesNet, 6)), 0.05);
  EXPECT_LT(after_fit(options_of(NetworkKind::Mlp, 6)), 0.1);
}

TEST(Fit, GivesTheSameNetworkForTheSameSeed) {
  const auto training = swings(200, 24, 1), validation = swings(60, 24, 2);
  const auto fitted = [&](std::uint64_t seed) {
    auto network = *Network::make(options_of(NetworkKind::LstmAutoencoder, 0), 3);
    FitOptions options = few_epochs();
    options.epochs = 2;
    options.seed = seed;
    EXPECT_TRUE(fit(*network, training, validation, options));
    return network->to_onnx();
  };
  EXPECT_EQ(fitted(1), fitted(1));
  EXPECT_NE(fitted(1), fitted(2));
}

TEST(Fit, KeepsTheBestWhenItIsStopped) {
  const auto training = swings(200, 24, 1), validation = swings(60, 24, 2);
  auto network = *Network::make(options_of(NetworkKind::LstmAutoencoder, 0), 3);
  std::stop_source stop;
  std::vector<Epoch> told;
  const auto report = fit(
      *network, training, validation, few_epochs(),
      [&](const Epoch& epoch) {
        told.push_back(epoch);
        if (epoch.number == 2) stop.request_stop();
      },
      stop.get_token());
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->interrupted);
  EXPECT_EQ(told.size(), 2u);
  EXPECT_NEAR(error_over(*network, validation), report->best.validation, 1e-6);
}

TEST(Fit, EndsWhenNothingIsGained) {
  auto training = swings(200, 24, 1);
  Windows noise = training;
  Random random(9);
  for (auto& v : noise.values) v = static_cast<float>(random.normal());
  auto network = *Network::make(options_of(NetworkKind::LstmAutoencoder, 0), 3);
  FitOptions options;
  options.epochs = 200;
  options.patience = 2;
  options.rate = 0.02;
  const auto report = fit(*network, noise, swings(60, 24, 2), options);
  ASSERT_TRUE(report);
  EXPECT_LT(report->epochs, 100u);
}

TEST(Fit, SaysHowManyWindowsThereAre) {
  auto network = *Network::make(options_of(NetworkKind::LstmAutoencoder, 0), 3);
  const auto report = fit(*network, swings(20, 24, 1), swings(60, 24, 2), {});
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, HasSubstr("there are 0 whole windows to learn from"));
}

TEST(Periods, AreThoseOfTheSwings) {
  const auto periods = periods_of(swings(400, 48, 1), 48, 2);
  ASSERT_EQ(periods.rows.size(), 2u);
  EXPECT_DOUBLE_EQ(periods.rows[0], 12.0);
  EXPECT_GT(periods.weights[0], periods.weights[1]);
}

TEST(Windows, ReachAcrossNoGap) {
  const std::vector<Stretch> stretches{{0, 5}, {5, 7}, {7, 11}};
  EXPECT_THAT(starts_within(stretches, 4), ::testing::ElementsAre(0, 1, 7));
}

}  // namespace
}  // namespace gemel::networks
