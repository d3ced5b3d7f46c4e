// VUS-PR against cases that were worked out by hand.

#include "vus.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace gemel::bench {
namespace {

double vus(std::vector<float> scores, std::vector<std::uint8_t> labels, std::size_t buffer_max) {
  // As many thresholds as rows: each row is its own.
  return vus_pr(scores, labels, {.buffer_max = buffer_max, .thresholds = scores.size()});
}

TEST(VusPr, IsAveragePrecisionWithoutABuffer) {
  // Reached in this order: normal, anomalous, normal, anomalous.
  EXPECT_DOUBLE_EQ(vus({4, 3, 2, 1}, {0, 1, 0, 1}, 0),
                   // Two stretches of a row: recall 1/2 · 1/2 at precision 1/2, then 1 at 2/4.
                   0.25 * 0.5 + 0.75 * 0.5);
  EXPECT_DOUBLE_EQ(vus({1, 4, 3, 0}, {0, 1, 1, 0}, 0), 1.0);
  // Anomalous first, one of two rows; the other at last.
  EXPECT_DOUBLE_EQ(vus({3, 4, 1, 2}, {0, 1, 1, 0}, 0), 0.5 * 1.0 + 0.5 * (2.0 / 4.0));
}

TEST(VusPr, WeighsRowsOfTheBufferByTheRootOfTheirNearness) {
  // A buffer of 2 reaches a row beyond on both sides, at weight sqrt(1/2). Buffers 0 and 1 reach
  // none. The row after the anomaly is reached first, then the anomaly, then the others.
  const double w = std::sqrt(0.5);
  const double without = 1.0 / 2.0;
  const double first_recall = std::min(w / (1.0 + 0.5 * w), 1.0);
  const double second_recall = std::min((1.0 + w) / (1.0 + 0.5 * w), 1.0);
  const double with = first_recall * w + (second_recall - first_recall) * (1.0 + w) / 2.0;
  EXPECT_NEAR(vus({0, 0, 3, 4, 0}, {0, 0, 1, 0, 0}, 2), (without + without + with) / 3.0, 1e-12);
}

TEST(VusPr, CountsWidenedStretchesThatMeetAsOne) {
  // Rows 1 and 3: from a buffer of 2 on both reach row 2 and are one stretch, wholly touched by the
  // first row that is reached. Row 2 lies in both: its weight is at most 1.
  const double apart = 0.25 * 1.0 + 0.75 * 1.0;
  const double w = std::min(2.0 * std::sqrt(0.5), 1.0), side = std::sqrt(0.5);
  double together = 0.0, recall = 0.0, hit = 0.0, buffered = 0.0, reached = 0.0;
  for (const double weight : {1.0, 1.0, w, side, side}) {
    hit += weight;
    if (reached >= 2.0) buffered += weight;
    reached += 1.0;
    const double next = std::min(hit / (2.0 + 0.5 * buffered), 1.0);
    together += (next - recall) * hit / reached;
    recall = next;
  }
  EXPECT_NEAR(vus({2, 5, 3, 4, 1}, {0, 1, 0, 1, 0}, 2), (2.0 * apart + together) / 3.0, 1e-12);
}

TEST(VusPr, IsTheShareOfLabelsForScoresThatSayNothing) {
  const std::vector<float> scores(100, 1.0F);
  std::vector<std::uint8_t> labels(100, 0);
  for (std::size_t i = 40; i < 50; ++i) labels[i] = 1;
  EXPECT_NEAR(vus_pr(scores, labels, {.buffer_max = 0}), 0.1, 1e-12);
  EXPECT_EQ(vus_pr(scores, std::vector<std::uint8_t>(100, 0), {}), 0.0);
}

TEST(VusBuffer, IsThePeriodOrTheUsualNumber) {
  std::vector<double> series;
  for (int i = 0; i < 4000; ++i) series.push_back(std::sin(2 * M_PI * i / 48));
  EXPECT_EQ(vus_buffer(series), 48u);
  EXPECT_EQ(vus_buffer(std::vector<double>(500, 1.0)), 125u);
}

}  // namespace
}  // namespace gemel::bench
