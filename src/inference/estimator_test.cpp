// Soft sensors, forecasts and remaining lives at work on a small plant.

#include "inference/estimator.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "inference/degradation.hpp"
#include "inference/life_estimator.hpp"
#include "inference/test_station.hpp"

namespace gemel::inference {
namespace {

using namespace test;

/// A station whose signals 7 … are the estimator's outputs.
struct Bench {
  Plant plant = bare_station();
  EstimatorSpec spec;
  Random random{7};

  explicit Bench(EstimatorKind kind, SignalId of) {
    spec.kind = kind;
    spec.of = of;
    spec.path = "pump_1.it";
    add_outputs({});
  }
  void add_outputs(Duration lead) {
    const auto next = [&] {
      plant.signals.push_back(make_signal({static_cast<std::uint32_t>(plant.signals.size())}, kPump,
                                          "out" + std::to_string(plant.signals.size()), "",
                                          SignalRole::SoftSensor));
      return plant.signals.back().id;
    };
    EstimateSignals out;
    out.lead = lead;
    out.middle = next();
    out.low = next();
    out.high = next();
    out.probability = next();
    spec.outputs.push_back(out);
  }
  std::unique_ptr<Estimator> learn(const std::vector<SlotSample>& stretch) {
    auto learnt = learn_estimator(plant, spec, stretch, 1);
    EXPECT_TRUE(learnt) << (learnt ? "" : learnt.error().message);
    return learnt ? std::move(*learnt) : nullptr;
  }
};

std::optional<double> value_of(const std::vector<Sample>& derived, SignalId id) {
  std::optional<double> found;
  for (const auto& sample : derived) {
    if (sample.signal == id) found = sample.value;
  }
  return found;
}

/// The level follows flow and pressure; what it is off by changes at `changed`.
struct Coupled {
  Random random{3};
  double offset = 0.0;
  std::vector<SlotSample> second(int i) {
    const auto t = at(i);
    const double flow = 100.0 + 10.0 * std::sin(i / 30.0) + random.normal();
    const double pressure = 2.0 + 0.1 * random.normal();
    const double level = 0.02 * flow - 0.5 * pressure + offset + 0.01 * random.normal();
    return {
        {1, {kFlow, {}, t, flow}}, {2, {kPressure, {}, t, pressure}}, {0, {kLevel, {}, t, level}}};
  }
};

Bench coupled_bench() {
  Bench bench(EstimatorKind::SoftSensor, kLevel);
  bench.spec.from = {kFlow, kPressure};
  return bench;
}

std::vector<SlotSample> first_seconds(Coupled& plant, int count) {
  std::vector<SlotSample> stretch;
  for (int i = 0; i < count; ++i) {
    for (auto& sample : plant.second(i)) stretch.push_back(sample);
  }
  return stretch;
}

TEST(SoftSensor, EstimatesWithIntervalsThatKeepTheirPromise) {
  auto bench = coupled_bench();
  Coupled plant;
  const auto sensor = bench.learn(first_seconds(plant, 600));
  ASSERT_TRUE(sensor);
  int inside = 0, all = 0;
  std::vector<DriftFound> drifts;
  for (int i = 600; i < 3000; ++i) {
    std::vector<Sample> derived;
    const auto samples = plant.second(i);
    for (const auto& [slot, sample] : samples) sensor->take(slot, sample, derived, drifts);
    const auto low = value_of(derived, bench.spec.outputs[0].low);
    const auto high = value_of(derived, bench.spec.outputs[0].high);
    if (!low || !high) continue;
    ++all;
    inside += *low <= samples[2].sample.value && samples[2].sample.value <= *high;
    EXPECT_LT(*high - *low, 0.1);
  }
  EXPECT_GT(all, 2300);
  EXPECT_NEAR(static_cast<double>(inside) / all, 0.9, 0.02);
  EXPECT_TRUE(drifts.empty());
}

TEST(SoftSensor, TellsThatItsResidualsHaveGrownAndLearnsOn) {
  auto bench = coupled_bench();
  bench.spec.settings["forgetting"] = 0.99;
  Coupled plant;
  const auto sensor = bench.learn(first_seconds(plant, 600));
  ASSERT_TRUE(sensor);
  std::vector<DriftFound> drifts;
  std::vector<Sample> derived;
  double last_off = 0.0;
  for (int i = 600; i < 2000; ++i) {
    if (i == 1000) plant.offset = 0.5;
    derived.clear();
    const auto samples = plant.second(i);
    for (const auto& [slot, sample] : samples) sensor->take(slot, sample, derived, drifts);
    if (const auto middle = value_of(derived, bench.spec.outputs[0].middle))
      last_off = samples[2].sample.value - *middle;
    if (i == 999) {
      EXPECT_TRUE(drifts.empty());
    }
  }
  ASSERT_FALSE(drifts.empty());
  EXPECT_EQ(drifts.front().drift, Drift::Residual);
  EXPECT_GE(drifts.front().since, at(1000));
  EXPECT_LT(drifts.front().since, at(1060));
  EXPECT_LT(std::abs(last_off), 0.05);  // it has learnt the new offset
}

TEST(SoftSensor, FindsTheRowThatAMeasurementOfYesterdayBelongsTo) {
  auto bench = coupled_bench();
  Coupled plant;
  const auto sensor = bench.learn(first_seconds(plant, 600));
  ASSERT_TRUE(sensor);
  // The laboratory's values come 200 seconds late, and half a second off.
  std::vector<DriftFound> drifts;
  std::vector<Sample> derived;
  std::vector<std::vector<SlotSample>> seconds;
  double widest = 0.0;
  for (int i = 600; i < 2000; ++i) {
    seconds.push_back(plant.second(i));
    derived.clear();
    sensor->take(1, seconds.back()[0].sample, derived, drifts);
    sensor->take(2, seconds.back()[1].sample, derived, drifts);
    const auto low = value_of(derived, bench.spec.outputs[0].low);
    const auto high = value_of(derived, bench.spec.outputs[0].high);
    if (low && high) widest = std::max(widest, *high - *low);
    if (seconds.size() > 200) {
      auto late = seconds[seconds.size() - 201][2].sample;
      late.source_time = late.source_time + Duration::milliseconds(400);
      sensor->take(0, late, derived, drifts);
    }
  }
  EXPECT_TRUE(drifts.empty());
  EXPECT_LT(widest, 0.1);  // pairing it with another row would make residuals of 0.2
}

TEST(SoftSensor, SaysThatAnInputIsMissing) {
  auto bench = coupled_bench();
  Coupled plant;
  const auto sensor = bench.learn(first_seconds(plant, 600));
  ASSERT_TRUE(sensor);
  std::vector<Sample> derived;
  std::vector<DriftFound> drifts;
  for (int i = 600; i < 640; ++i) sensor->take(1, plant.second(i)[0].sample, derived, drifts);
  ASSERT_FALSE(derived.empty());
  EXPECT_EQ(derived.back().quality.grade, Grade::Uncertain);
}

TEST(SoftSensor, NamesHowManyRowsItNeeds) {
  auto bench = coupled_bench();
  Coupled plant;
  const auto refused = learn_estimator(bench.plant, bench.spec, first_seconds(plant, 20), 1);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("50 are needed"), std::string::npos);
}

TEST(SoftSensor, TellsWhenInputsAreNotWhatTheyWere) {
  auto bench = coupled_bench();
  Coupled plant;
  const auto sensor = bench.learn(first_seconds(plant, 1200));
  ASSERT_TRUE(sensor);
  std::vector<DriftFound> drifts;
  std::vector<Sample> derived;
  for (int i = 1200; i < 3000; ++i) {
    for (const auto& [slot, sample] : plant.second(i)) sensor->take(slot, sample, derived, drifts);
  }
  EXPECT_TRUE(drifts.empty());
  for (int i = 3000; i < 4500; ++i) {
    for (auto [slot, sample] : plant.second(i)) {
      if (slot == 2) sample.value += 0.3;
      sensor->take(slot, sample, derived, drifts);
    }
  }
  const auto inputs = std::ranges::find(drifts, Drift::Inputs, &DriftFound::drift);
  ASSERT_NE(inputs, drifts.end());
  EXPECT_EQ(inputs->signal, "pump_1.suction_pressure");
}

/// A level that swings with a period of 200 s.
double swing(int i, Random& random) {
  return 3.0 + std::sin(i * 2.0 * M_PI / 200.0) + 0.02 * random.normal();
}

TEST(Forecaster, FollowsAPeriodWithIntervalsThatKeepTheirPromise) {
  Bench bench(EstimatorKind::Forecast, kLevel);
  bench.spec.outputs.clear();
  bench.add_outputs(Duration::seconds(50));
  bench.spec.step = Duration::seconds(5);
  bench.spec.lookback = Duration::seconds(200);
  Random random(4);
  std::vector<SlotSample> stretch;
  for (int i = 0; i < 3600; ++i) stretch.push_back({0, {kLevel, {}, at(i), swing(i, random)}});
  const auto forecaster = bench.learn(stretch);
  ASSERT_TRUE(forecaster);
  struct Said {
    Timestamp at;
    double middle, low, high;
  };
  std::vector<Said> said;
  std::vector<double> truth;
  std::vector<DriftFound> drifts;
  for (int i = 3600; i < 12'000; ++i) {
    std::vector<Sample> derived;
    truth.push_back(swing(i, random));
    forecaster->take(0, {kLevel, {}, at(i), truth.back()}, derived, drifts);
    const auto& out = bench.spec.outputs[0];
    const auto middle = value_of(derived, out.middle), low = value_of(derived, out.low),
               high = value_of(derived, out.high);
    if (middle && low && high) said.push_back({derived.back().source_time, *middle, *low, *high});
  }
  ASSERT_GT(said.size(), 1500u);
  int inside = 0, all = 0;
  for (const auto& one : said) {
    // The mean of the five seconds that end 50 s later.
    const auto from = static_cast<std::size_t>(std::llround((one.at - at(3600)).in_seconds()) + 45);
    if (from + 5 > truth.size()) break;
    double mean = 0.0;
    for (std::size_t k = 0; k < 5; ++k) mean += truth[from + k] / 5.0;
    EXPECT_NEAR(one.middle, mean, 0.1);
    ++all;
    inside += one.low <= mean && mean <= one.high;
  }
  EXPECT_NEAR(static_cast<double>(inside) / all, 0.9, 0.03);
  EXPECT_TRUE(drifts.empty());
}

TEST(Forecaster, LearnsFromAStretchThatIsFewTimesAsLongAsItLooks) {
  Bench bench(EstimatorKind::Forecast, kLevel);
  bench.spec.outputs.clear();
  bench.add_outputs(Duration::seconds(600));
  bench.spec.step = Duration::seconds(10);
  bench.spec.lookback = Duration::seconds(120);
  Random random(4);
  std::vector<SlotSample> stretch;
  for (int i = 0; i < 2700; ++i) stretch.push_back({0, {kLevel, {}, at(i), swing(i, random)}});
  EXPECT_TRUE(bench.learn(stretch));
  // 72 steps a window: 72 + 2 * 12 to fit on, 90 to try on.
  stretch.resize(1500);
  const auto refused = learn_estimator(bench.plant, bench.spec, stretch, 1);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("about 186 without a break are needed"),
            std::string::npos);
}

TEST(Forecaster, BeginsAnewAfterASilence) {
  Bench bench(EstimatorKind::Forecast, kLevel);
  bench.spec.outputs.clear();
  bench.add_outputs(Duration::seconds(10));
  bench.spec.step = Duration::seconds(1);
  bench.spec.lookback = Duration::seconds(20);
  Random random(4);
  std::vector<SlotSample> stretch;
  for (int i = 0; i < 600; ++i) stretch.push_back({0, {kLevel, {}, at(i), swing(i, random)}});
  const auto forecaster = bench.learn(stretch);
  ASSERT_TRUE(forecaster);
  std::vector<Sample> derived;
  std::vector<DriftFound> drifts;
  const auto feed = [&](int i) {
    forecaster->take(0, {kLevel, {}, at(i), swing(i, random)}, derived, drifts);
  };
  for (int i = 600; i < 640; ++i) feed(i);
  EXPECT_FALSE(derived.empty());
  derived.clear();
  feed(1000);
  derived.clear();  // the step before the silence is told now
  for (int i = 1001; i < 1020; ++i) feed(i);
  EXPECT_TRUE(derived.empty());  // its look-back is not there yet
  feed(1020);
  feed(1021);
  EXPECT_FALSE(derived.empty());
}

/// Lives that wear by the filter's own law: how often the interval holds the truth.
TEST(DegradationFilter, IsCalibratedOnLivesOfItsOwnKind) {
  const DegradationOptions options{.healthy = 1.0,
                                   .limit = 7.0,
                                   .noise = 0.15,
                                   .step = Duration::hours(12),
                                   .horizon = Duration::days(90),
                                   .particles = 400};
  int inside = 0, told = 0;
  double worst = 0.0;
  for (std::uint64_t life = 0; life < 40; ++life) {
    Random random(100 + life);
    const double exponent = random.uniform(0.0, 1.5);
    double rate = std::exp(random.uniform(-0.5, 2.5)), x = 1.0;
    auto own = options;
    own.seed = life;
    DegradationFilter filter(own);
    std::vector<std::pair<double, RemainingLife>> said;  // days so far
    double day = 0.0;
    for (; x < 7.0 && day < 400.0; day += 0.5) {
      filter.pass(options.step);
      filter.observe(x + options.noise * random.normal());
      if (std::fmod(day, 5.0) == 0.0 && day > 0.0) said.emplace_back(day, filter.remaining());
      const double dt = 0.5 / 90.0;
      rate *= std::exp(0.7 * std::sqrt(dt) * random.normal());
      x += 6.0 * rate * dt * std::pow(std::max(0.0, (x - 1.0) / 6.0) + 0.05, exponent);
    }
    if (day >= 400.0) continue;
    for (const auto& [at_day, remaining] : said) {
      const double left = std::min(day - at_day, 90.0);
      const double low = remaining.quantile(0.05).in_seconds() / 86'400.0;
      const double high = remaining.quantile(0.95).in_seconds() / 86'400.0;
      ++told;
      inside += low - 0.5 <= left && left <= high + 0.5;
      if (left < 10.0) worst = std::max(worst, high - low);
    }
  }
  ASSERT_GT(told, 150);
  EXPECT_NEAR(static_cast<double>(inside) / told, 0.9, 0.06);
  EXPECT_LT(worst, 60.0);  // near the end it is not all the horizon
}

TEST(DegradationFilter, BeginsAnewAfterARepair) {
  DegradationFilter filter({.healthy = 1.0, .limit = 7.0, .noise = 0.1});
  for (int i = 0; i < 400; ++i) {
    filter.pass(Duration::hours(1));
    filter.observe(1.0 + 0.01 * i);
  }
  EXPECT_NEAR(filter.level(), 5.0, 0.2);
  for (int i = 0; i < 6; ++i) {
    filter.pass(Duration::hours(1));
    filter.observe(1.0);
  }
  EXPECT_NEAR(filter.level(), 1.0, 0.2);
}

TEST(LifeEstimator, TellsTheRiskOfNotReachingTheNextStop) {
  Bench bench(EstimatorKind::Life, kVibration);
  bench.spec.ends = Condition{kVibration, Comparison::Greater, 7.0, {}, "vibration > 7 mm/s"};
  bench.spec.horizon = Duration::days(60);
  bench.spec.step = Duration::hours(6);
  bench.spec.next_stop = at(86'400.0 * 30);
  Random random(9);
  const auto indicator = [&](double day) {
    return 2.0 + (day < 10.0 ? 0.0 : 0.35 * (day - 10.0)) + 0.1 * random.normal();
  };
  std::vector<SlotSample> stretch;
  const auto sample = [&](int quarter) {
    const double day = quarter / 4.0;
    return Sample{kVibration, {}, at(86'400.0 * day), indicator(day)};
  };
  int quarter = 0;
  for (; quarter < 40; ++quarter) stretch.push_back({0, sample(quarter)});
  const auto life = bench.learn(stretch);
  ASSERT_TRUE(life);
  std::vector<Sample> derived;
  std::vector<DriftFound> drifts;
  const auto& out = bench.spec.outputs.front();
  for (; quarter < 80; ++quarter) {
    derived.clear();
    life->take(0, sample(quarter), derived, drifts);
    if (quarter == 42) {
      EXPECT_LT(value_of(derived, out.probability).value_or(1.0), 0.7);
    }
  }
  // On day 20 it is at 5.5 and gains 0.35 a day: the limit is passed on day 24.3.
  EXPECT_NEAR(value_of(derived, out.middle).value_or(0.0), 4.5, 1.5);
  EXPECT_GT(value_of(derived, out.probability).value_or(0.0), 0.9);
}

TEST(LifeEstimator, CountsPlannedStopsFromTheirFirst) {
  EstimatorSpec spec;
  EXPECT_FALSE(LifeEstimator::next_stop(spec, at(0)));
  spec.next_stop = at(100);
  EXPECT_EQ(LifeEstimator::next_stop(spec, at(0)), at(100));
  EXPECT_FALSE(LifeEstimator::next_stop(spec, at(100)));
  spec.stop_every = Duration::seconds(30);
  EXPECT_EQ(LifeEstimator::next_stop(spec, at(100)), at(130));
  EXPECT_EQ(LifeEstimator::next_stop(spec, at(135)), at(160));
}

TEST(LifeEstimator, RefusesToCallAWornPartHealthy) {
  Bench bench(EstimatorKind::Life, kVibration);
  bench.spec.ends = Condition{kVibration, Comparison::Greater, 7.0, {}, "vibration > 7 mm/s"};
  bench.spec.step = Duration::seconds(1);
  bench.spec.horizon = Duration::days(1);
  std::vector<SlotSample> stretch;
  for (int i = 0; i < 100; ++i) stretch.push_back({0, {kVibration, {}, at(i), 9.0}});
  const auto refused = learn_estimator(bench.plant, bench.spec, stretch, 1);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("healthy"), std::string::npos);
}

}  // namespace
}  // namespace gemel::inference
