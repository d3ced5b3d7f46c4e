#include "surrogates/stand_in.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace gemel::surrogates {
namespace {

/// Smooth, and a step: the first is learnt, of the second it is known that it is not.
Result<std::vector<double>> smooth_and_step(std::span<const double> x) {
  return std::vector<double>{std::sin(x[0]) + x[1], x[0] > 1.5 ? 1.0 : 0.0};
}

const std::vector<Factor> kBox{{"a", 0.0, 3.0}, {"b", -1.0, 1.0}};

/// Of the first `answers` answers.
TrainedSurrogate trained(std::size_t answers) {
  auto made =
      TrainedSurrogate::train(kBox, answers,
                              [&](std::span<const double> x) -> Result<std::vector<double>> {
                                auto all = *smooth_and_step(x);
                                all.resize(answers);
                                return all;
                              },
                              {.answers_max = 60});
  EXPECT_TRUE(made) << made.error().message;
  return *std::move(made);
}

class Simulator {
 public:
  explicit Simulator(std::size_t answers) : answers_(answers) {}
  Experiment experiment() {
    return [this](std::span<const double> x) {
      ++asked;
      auto all = smooth_and_step(x);
      all->resize(answers_);
      return all;
    };
  }
  std::size_t asked = 0;

 private:
  std::size_t answers_;
};

TEST(StandIn, AnswersWhereItIsTrustedWithoutTheSimulator) {
  Simulator simulator(1);
  StandIn stand_in(trained(1), simulator.experiment(), 10);
  const std::vector<double> points{1.0, 0.0, 2.0, 0.5};
  const auto answered = stand_in.ask(points);
  EXPECT_EQ(simulator.asked, 0u);
  EXPECT_EQ(stand_in.tally().surrogate, 2u);
  EXPECT_EQ(answered.source[0][1], Source::Surrogate);
  EXPECT_NEAR(answered.said[0][1].mean, std::sin(2.0) + 0.5, 0.05);
  EXPECT_GT(answered.said[0][1].spread, 0.0);
}

TEST(StandIn, AsksTheSimulatorOutsideTheBox) {
  Simulator simulator(1);
  StandIn stand_in(trained(1), simulator.experiment(), 10);
  const auto answered = stand_in.ask(std::vector<double>{4.0, 0.0, 1.0, 0.0});
  EXPECT_EQ(simulator.asked, 1u);
  EXPECT_EQ(answered.source[0][0], Source::Simulator);
  EXPECT_DOUBLE_EQ(answered.said[0][0].mean, std::sin(4.0));
  EXPECT_EQ(answered.said[0][0].spread, 0.0);
  EXPECT_EQ(answered.source[0][1], Source::Surrogate);
  EXPECT_EQ(stand_in.questions_left(), 9u);
}

TEST(StandIn, AsksTheSimulatorForAnAnswerWhoseWishWasNotMet) {
  Simulator simulator(2);
  StandIn stand_in(trained(2), simulator.experiment(), 3);
  ASSERT_FALSE(stand_in.surrogate().trust()[1].wished);
  std::vector<double> points;
  for (int i = 0; i < 5; ++i) points.insert(points.end(), {0.2 + 0.5 * i, 0.0});
  const auto answered = stand_in.ask(points);
  EXPECT_EQ(simulator.asked, 3u) << "no more than it may";
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(answered.source[0][i], Source::Simulator);
    EXPECT_EQ(answered.source[1][i], Source::Simulator);
  }
  // What is left over keeps its trusted answer, and the other is told as what it is.
  for (std::size_t i = 3; i < 5; ++i) {
    EXPECT_EQ(answered.source[0][i], Source::Surrogate);
    EXPECT_EQ(answered.source[1][i], Source::Untrusted);
  }
  EXPECT_EQ(stand_in.tally().untrusted, 2u);
  EXPECT_EQ(stand_in.tally().simulator, 6u);
  EXPECT_EQ(stand_in.tally().surrogate, 2u);
}

TEST(StandIn, StopsAskingWhenItIsTold) {
  Simulator simulator(2);
  StandIn stand_in(trained(2), simulator.experiment(), 100);
  int more = 2;
  stand_in.ask(std::vector<double>{0.1, 0.0, 0.2, 0.0, 0.3, 0.0, 0.4, 0.0},
               [&] { return more-- > 0; });
  EXPECT_EQ(simulator.asked, 2u);
}

TEST(StandIn, WhatTheSimulatorRefusesIsNotTrusted) {
  StandIn stand_in(
      trained(1),
      [](std::span<const double>) -> Result<std::vector<double>> {
        return Error{ErrorCode::Internal, "no"};
      },
      10);
  const auto answered = stand_in.ask(std::vector<double>{9.0, 0.0});
  EXPECT_EQ(answered.source[0][0], Source::Untrusted);
  EXPECT_EQ(stand_in.refused(), 1u);
  EXPECT_EQ(stand_in.tally().asked, 1u);
}

TEST(StandIn, ManyAnswersAreThoseOfOneByOne) {
  Simulator simulator(1);
  const auto surrogate = trained(1);
  StandIn stand_in(surrogate, simulator.experiment(), 0);
  std::vector<double> points;
  for (int i = 0; i < 1000; ++i) points.insert(points.end(), {0.003 * i, 0.5 - 0.001 * i});
  const auto answered = stand_in.ask(points);
  for (std::size_t i = 0; i < 1000; i += 37) {
    const auto alone = surrogate.predict(std::span(points).subspan(2 * i, 2));
    EXPECT_NEAR(answered.said[0][i].mean, alone[0].mean, 1e-9);
    EXPECT_NEAR(answered.said[0][i].spread, alone[0].spread, 1e-9);
  }
}

}  // namespace
}  // namespace gemel::surrogates
