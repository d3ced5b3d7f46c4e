#include "inference/anomaly_injection.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include <gtest/gtest.h>

namespace gemel::inference {
namespace {

constexpr std::size_t kBegin = 120, kLength = 40;

std::vector<double> waves() {
  Random random(3);
  std::vector<double> series(400);
  for (std::size_t i = 0; i < series.size(); ++i)
    series[i] = 10.0 + 3.0 * std::sin(static_cast<double>(i) / 5.0) + 0.2 * random.normal();
  return series;
}

struct Spoilt {
  std::vector<double> clean = waves(), series = clean;
  SpoiltRows rows;
  std::span<const double> before() const {
    return std::span(clean).subspan(rows.begin, rows.end - rows.begin);
  }
  std::span<const double> after() const {
    return std::span(series).subspan(rows.begin, rows.end - rows.begin);
  }
};

Spoilt spoilt_by(Spoiling spoiling, std::uint64_t seed = 1) {
  Spoilt out;
  Random random(seed);
  out.rows = spoil(out.series, {spoiling, kBegin, kLength, 2.0}, random);
  return out;
}

double mean(std::span<const double> v) {
  return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}
double spread(std::span<const double> v) {
  double sum = 0.0;
  for (const double x : v) sum += (x - mean(v)) * (x - mean(v));
  return std::sqrt(sum / static_cast<double>(v.size()));
}
/// Mean size of the steps from value to value.
double roughness(std::span<const double> v) {
  double sum = 0.0;
  for (std::size_t i = 1; i < v.size(); ++i) sum += std::abs(v[i] - v[i - 1]);
  return sum / static_cast<double>(v.size() - 1);
}

constexpr std::array kAll{
    Spoiling::Spike,  Spoiling::Flip,      Spoiling::Warp,    Spoiling::Noise,  Spoiling::Level,
    Spoiling::CutOff, Spoiling::Amplitude, Spoiling::Dropout, Spoiling::Smooth, Spoiling::Strange};

TEST(Spoiling, ChangesTheRowsThatItNamesAndNoOthers) {
  std::set<std::string_view> names;
  for (const auto spoiling : kAll) {
    names.insert(name_of(spoiling));
    const auto spoilt = spoilt_by(spoiling);
    EXPECT_EQ(spoilt.rows.begin, kBegin);
    EXPECT_EQ(spoilt.rows.end - spoilt.rows.begin <= 2, spoiling == Spoiling::Spike);
    EXPECT_LE(spoilt.rows.end, kBegin + kLength);
    bool changed = false;
    for (std::size_t i = 0; i < spoilt.series.size(); ++i) {
      ASSERT_TRUE(std::isfinite(spoilt.series[i]));
      const bool within = i >= spoilt.rows.begin && i < spoilt.rows.end;
      if (!within) {
        ASSERT_EQ(spoilt.series[i], spoilt.clean[i]) << name_of(spoiling) << " " << i;
      }
      changed = changed || spoilt.series[i] != spoilt.clean[i];
    }
    EXPECT_TRUE(changed) << name_of(spoiling);
  }
  EXPECT_EQ(names.size(), kSpoilings);
}

TEST(Spoiling, DoesWhatItsNameSaysWhateverIsDrawn) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto of = [seed](Spoiling spoiling) { return spoilt_by(spoiling, seed); };
    const auto spike = of(Spoiling::Spike);
    EXPECT_GE(std::abs(spike.after()[0] - spike.before()[0]), 2.0) << seed;

    const auto flip = of(Spoiling::Flip);
    EXPECT_TRUE(std::ranges::equal(
        flip.after(), std::vector<double>(flip.before().rbegin(), flip.before().rend())));
    const auto warp = of(Spoiling::Warp);
    EXPECT_EQ(warp.after().front(), warp.before().front()) << "it begins and ends as it did";
    EXPECT_NEAR(warp.after().back(), warp.before().back(), 1e-9);

    const auto noise = of(Spoiling::Noise);
    EXPECT_GT(roughness(noise.after()), roughness(noise.before())) << seed;

    const auto level = of(Spoiling::Level);
    EXPECT_GE(std::abs(mean(level.after()) - mean(level.before())), 0.6 - 1e-9) << seed;
    EXPECT_NEAR(spread(level.after()), spread(level.before()), 1e-9) << seed;

    const auto cut = of(Spoiling::CutOff);
    EXPECT_LT(spread(cut.after()), spread(cut.before())) << seed;

    const auto amplitude = of(Spoiling::Amplitude);
    const double times = spread(amplitude.after()) / spread(amplitude.before());
    EXPECT_TRUE((times > 0.19 && times < 0.71) || (times > 1.39 && times < 2.51)) << times;
    EXPECT_NEAR(mean(amplitude.after()), mean(amplitude.before()), 1e-9) << seed;

    EXPECT_EQ(roughness(of(Spoiling::Dropout).after()), 0.0) << seed;
    const auto smooth = of(Spoiling::Smooth);
    EXPECT_LT(roughness(smooth.after()), roughness(smooth.before())) << seed;

    const auto strange = of(Spoiling::Strange);
    EXPECT_NEAR(mean(strange.after()), mean(strange.before()), 1e-9) << seed;
  }
}

TEST(Spoiling, IsTheSameForTheSameSeed) {
  for (const auto spoiling : kAll)
    EXPECT_EQ(spoilt_by(spoiling, 5).series, spoilt_by(spoiling, 5).series) << name_of(spoiling);
  EXPECT_NE(spoilt_by(Spoiling::Level, 5).series, spoilt_by(Spoiling::Level, 6).series);
}

}  // namespace
}  // namespace gemel::inference
