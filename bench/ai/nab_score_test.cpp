// NAB's score against cases that were worked out by hand.

#include "nab_score.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace gemel::bench {
namespace {

constexpr std::size_t kRows = 1000;
const std::vector<LabelledRows> kWindows{{400, 500}, {800, 900}};

double score(std::vector<std::size_t> detections) {
  return nab_score(nab_sum(kWindows, detections, kRows), kWindows.size());
}
double sigmoid(double y) { return 2.0 / (1.0 + std::exp(5.0 * y)) - 1.0; }

TEST(NabScore, IsNothingForSilenceAndAHundredForTheFirstRows) {
  EXPECT_DOUBLE_EQ(score({}), 0.0);
  EXPECT_DOUBLE_EQ(score({400, 800}), 100.0);
}

TEST(NabScore, CountsTheFirstDetectionOfAWindow) {
  EXPECT_DOUBLE_EQ(score({450, 451, 470}), score({450}));
  EXPECT_NEAR(score({450}), 100.0 * (1.0 + sigmoid(-0.5) / sigmoid(-1.0)) / 4.0, 1e-9);
}

TEST(NabScore, ChargesFalseDetections) {
  EXPECT_NEAR(score({400, 800}) - score({200, 400, 800}), 100.0 * 0.11 / 4.0, 1e-9);
  EXPECT_NEAR(score({400, 510, 800}) - score({400, 800}), 100.0 * 0.11 * sigmoid(11.0 / 99.0) / 4.0,
              1e-9)
      << "just past a window: little";
}

TEST(NabScore, DoesNotLookAtTheProbation) {
  EXPECT_EQ(nab_probation(1000), 150u);
  EXPECT_EQ(nab_probation(20'000), 750u);
  EXPECT_DOUBLE_EQ(score({10, 149, 400, 800}), 100.0);
}

}  // namespace
}  // namespace gemel::bench
