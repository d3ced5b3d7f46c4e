#include "simulation/pump_station.hpp"

#include <cmath>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulation/simulation.hpp"
#include "simulation/synthetic_station.hpp"

namespace gemel::simulation {
namespace {

using namespace test;
using testing::Contains;
using testing::HasSubstr;

/// A synthetic station, its recorded hour and what was learnt from it.
struct Learnt {
  explicit Learnt(std::uint64_t seed) : station(seed) {
    station.record_hour(bound, history);
    auto fitted = fit(*bound.plant, bound.spec, history, {kStart, kStart + Duration::hours(1)},
                      Timestamp::max(), seed);
    if (!fitted) {
      ADD_FAILURE() << fitted.error().message;
      std::abort();
    }
    simulator = *fitted;
  }
  const FittedStation& fitted() const {
    return static_cast<const PumpStation&>(*simulator).fitted();
  }
  Scenario faster() const {
    Scenario s;
    s.changes = {{bound.control("speed_setpoint_1"), 1520.0},
                 {bound.control("valve_setpoint_2"), 60.0}};
    return s;
  }
  /// The truth under `faster`, `seconds` on.
  void live(int seconds) {
    const double speed = 1520.0 / SyntheticStation::kRatedRpm;
    for (int s = 0; s < seconds; ++s) {
      station.setting[0].speed =
          std::min(station.setting[0].speed + 10.0 / SyntheticStation::kRatedRpm, speed);
      station.setting[1].valve = std::max(station.setting[1].valve - 0.03, 0.6);
      station.step();
    }
  }

  Bound bound = station_of(2);
  SyntheticStation station;
  RecordedHistory history;
  std::shared_ptr<const Simulator> simulator;
};

const SimulatedSignal& of(const Outcome& outcome, SignalId id) {
  for (const auto& signal : outcome.signals) {
    if (signal.signal == id) return signal;
  }
  ADD_FAILURE() << "signal " << id.index << " is not simulated";
  std::abort();
}

const Indicator& of(const Outcome& outcome, const std::string& name) {
  for (const auto& indicator : outcome.indicators) {
    if (indicator.name == name) return indicator;
  }
  ADD_FAILURE() << "no indicator " << name;
  std::abort();
}

Outcome asked(const Learnt& learnt, const Snapshot& from, const Scenario& scenario) {
  auto outcome = learnt.simulator->what_if(from, scenario);
  if (!outcome) {
    ADD_FAILURE() << outcome.error().message;
    std::abort();
  }
  return *outcome;
}

TEST(PumpStation, RecoversTheParametersThatMadeTheData) {
  const Learnt l(1);
  const auto found = l.fitted().expected();
  const double scale =
      std::pow(l.fitted().lines[0].rated_speed / (SyntheticStation::kRatedRpm * 0.10471975512), 2);
  EXPECT_NEAR(found.lines[0].shutoff_head_m, 24.4 * scale, 0.3);
  EXPECT_NEAR(found.lines[0].droop, 2.0e5, 0.15e5);
  EXPECT_NEAR(found.lines[0].strainer, 3.0e4, 600.0);
  EXPECT_NEAR(found.static_head_m, 20.0, 0.3);
  EXPECT_NEAR(found.riser, 1.9e4, 0.3e4);
  EXPECT_NEAR(1.0 / found.per_tank_area, SyntheticStation::kTankArea, 1.0);
  EXPECT_NEAR(found.lines[0].valve, 1.3e4, 0.15e4);
}

TEST(PumpStation, StatedSpreadOfParametersIsHonest) {
  int inside = 0, total = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Learnt l(seed);
    const auto& f = l.fitted();
    const auto& d = f.delivery;
    const auto check = [&](double truth, double value, double sd) {
      ++total;
      if (std::abs(value - truth) < 1.645 * sd) ++inside;
    };
    check(20.0, d.value[0], d.sd(0));
    check(1.9e4, d.value[1], d.sd(1));
    check(1.3e4, d.value[4], d.sd(4));
    check(2.0e5, f.lines[0].pump.value[1], f.lines[0].pump.sd(1));
    check(2.0e5, f.lines[1].pump.value[1], f.lines[1].pump.sd(1));
    check(1.0 / SyntheticStation::kTankArea, f.tank.value[0], f.tank.sd(0));
  }
  const double coverage = static_cast<double>(inside) / total;
  RecordProperty("coverage", std::to_string(coverage));
  EXPECT_GT(coverage, 0.80) << "of " << total;
  EXPECT_LT(coverage, 0.99);
}

TEST(PumpStation, IntervalsHoldWhatTheyPromise) {
  int inside = 0, total = 0;
  for (std::uint64_t seed = 1001; seed <= 1200; ++seed) {
    Learnt l(seed);
    const auto outcome = asked(l, l.station.snapshot(l.bound), l.faster());
    for (const std::size_t moment : {24u, 120u}) {  // 2 and 10 minutes on
      l.live(moment == 24u ? 120 : 480);
      const auto check = [&](const std::string& port, double truth_si) {
        const auto id = l.bound.signal(port);
        const double truth = l.bound.plant->signal(id).unit.from_si(truth_si);
        const auto& s = of(outcome, id);
        ++total;
        if (truth >= s.low[moment] && truth <= s.high[moment]) ++inside;
      };
      check("flow_1", l.station.flow[0]);
      check("flow_2", l.station.flow[1]);
      check("power_1", l.station.power(0));
      check("level", l.station.level_m);
      check("demand", l.station.demand);
    }
  }
  const double coverage = static_cast<double>(inside) / total;
  RecordProperty("coverage", std::to_string(coverage));
  EXPECT_GT(coverage, 0.85) << "of " << total;
  EXPECT_LT(coverage, 0.95) << "of " << total;
}

TEST(PumpStation, StartsWhereThePlantIs) {
  Learnt l(2);
  const auto now = l.station.snapshot(l.bound);
  const auto outcome = asked(l, now, {});
  for (const char* port : {"flow_1", "flow_2", "suction_1", "discharge_2", "power_1", "level"}) {
    const auto& s = of(outcome, l.bound.signal(port));
    const double measured = now.beliefs[l.bound.signal(port)].value;
    EXPECT_NEAR(s.mean[0], measured, 0.25 * (s.high[0] - s.low[0]) + 1e-9) << port;
  }
}

TEST(PumpStation, TakesABlockedStrainerIntoTheWhatIf) {
  Learnt l(3);
  l.station.truth.lines[0].strainer *= 12.0;
  for (int s = 0; s < 30; ++s) l.station.step();
  const auto outcome = asked(l, l.station.snapshot(l.bound), l.faster());
  EXPECT_THAT(outcome.findings, Contains(testing::StartsWith("strainer_1: resistance 12 ×")));
  l.live(120);
  const auto id = l.bound.signal("flow_1");
  const auto& flow = of(outcome, id);
  const double truth = l.bound.plant->signal(id).unit.from_si(l.station.flow[0]);
  EXPECT_NEAR(flow.mean[24], truth, 0.05 * truth);
  EXPECT_LT(of(outcome, l.bound.signal("suction_1")).mean[24],
            of(outcome, l.bound.signal("suction_2")).mean[24] - 0.2);
}

TEST(PumpStation, FindsNothingWhereNothingIsWrong) {
  Learnt l(4);
  EXPECT_THAT(asked(l, l.station.snapshot(l.bound), {}).findings, testing::IsEmpty());
}

TEST(PumpStation, WaterIsNeitherMadeNorLost) {
  Learnt l(5);
  auto scenario = l.faster();
  scenario.draws = 1;
  const auto outcome = asked(l, l.station.snapshot(l.bound), scenario);
  const auto& level = of(outcome, l.bound.signal("level")).mean;
  const auto& demand = of(outcome, l.bound.signal("demand")).mean;
  double drawn = 0.0;
  for (std::size_t t = 1; t < demand.size(); ++t)
    drawn += 0.5 * (demand[t] + demand[t - 1]) / 60'000.0 * 5.0;
  Random random(scenario.seed * 0x9e3779b97f4a7c15ULL);  // the parameters of draw 0
  const auto station = l.fitted().draw(random);
  const double gained = of(outcome, "volume").mean - drawn;
  EXPECT_NEAR(level.back() - level.front(),
              gained * station.per_tank_area + 600.0 * station.imbalance_m_s, 2e-4);
}

TEST(PumpStation, EnergyIsPowerOverTime) {
  Learnt l(6);
  auto scenario = l.faster();
  scenario.draws = 1;
  const auto outcome = asked(l, l.station.snapshot(l.bound), scenario);
  double kwh = 0.0;
  for (const char* port : {"power_1", "power_2"}) {
    const auto& power = of(outcome, l.bound.signal(port)).mean;
    for (std::size_t t = 1; t < power.size(); ++t)
      kwh += 0.5 * (power[t] + power[t - 1]) * 5.0 / 3600.0;
  }
  EXPECT_NEAR(of(outcome, "energy").mean, kwh, 1e-3 * kwh);
  EXPECT_NEAR(of(outcome, "energy_per_volume").mean,
              of(outcome, "energy").mean / of(outcome, "volume").mean, 1e-9);
}

TEST(PumpStation, TheSameQuestionHasTheSameAnswer) {
  Learnt l(7);
  const auto now = l.station.snapshot(l.bound);
  const auto a = asked(l, now, l.faster()), b = asked(l, now, l.faster());
  for (std::size_t i = 0; i < a.signals.size(); ++i) {
    EXPECT_EQ(a.signals[i].mean, b.signals[i].mean);
    EXPECT_EQ(a.signals[i].worst_low, b.signals[i].worst_low);
  }
  auto other = l.faster();
  other.seed = 2;
  EXPECT_NE(of(asked(l, now, other), "energy").mean, of(a, "energy").mean);
}

TEST(PumpStation, TheVersionTellsWhatItLearntFrom) {
  const Learnt a(8), again(8), other(9);
  EXPECT_EQ(a.simulator->version(), again.simulator->version());
  EXPECT_NE(a.simulator->version(), other.simulator->version());
}

TEST(PumpStation, CommonChanceLeavesOnlyTheChangesEffect) {
  Learnt l(10);
  const auto now = l.station.snapshot(l.bound);
  Scenario little;
  little.changes = {{l.bound.control("speed_setpoint_1"), 1455.0}};
  const auto with = of(asked(l, now, little), "volume").draws,
             without = of(asked(l, now, {}), "volume").draws;
  std::vector<double> gained;
  for (std::size_t d = 0; d < with.size(); ++d) gained.push_back(with[d] - without[d]);
  const auto spread = [](const std::vector<double>& v) {
    const double m = std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
    double s = 0.0;
    for (const double x : v) s += (x - m) * (x - m);
    return std::sqrt(s / static_cast<double>(v.size()));
  };
  Scenario seed2;
  seed2.seed = 2;
  const auto apart = of(asked(l, now, seed2), "volume").draws;
  std::vector<double> unpaired;
  for (std::size_t d = 0; d < with.size(); ++d) unpaired.push_back(with[d] - apart[d]);
  EXPECT_LT(spread(gained), spread(unpaired));
}

TEST(PumpStation, NamesTheSignalItLacks) {
  Learnt l(11);
  auto now = l.station.snapshot(l.bound);
  const auto refuses = [&](const char* about) {
    const auto outcome = l.simulator->what_if(now, {});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::Unavailable);
    EXPECT_THAT(outcome.error().message, HasSubstr(about));
  };
  now.at = now.at + Duration::seconds(11);
  refuses("pump_1.flow, whose value is 11 s old");
  now = l.station.snapshot(l.bound);
  Quality bad;
  bad.mark(Cause::Stuck, Grade::Bad);
  now.beliefs.edit(l.bound.signal("discharge_2"))
      .absorb({now.at + Duration::seconds(1), now.at, 0.0, bad});
  refuses("pump_2.discharge_pressure, which is bad");
  EXPECT_TRUE(l.simulator->estimate(now).empty());
  now = Snapshot(l.bound.plant->signals.size());
  refuses("has no value yet");
}

TEST(PumpStation, WarnsOutsideWhatItWasFittedOn) {
  Learnt l(12);
  Scenario s;
  s.changes = {{l.bound.control("speed_setpoint_1"), 1750.0}};
  EXPECT_THAT(asked(l, l.station.snapshot(l.bound), s).warnings,
              Contains(HasSubstr("pump_1.speed goes to 1750 rpm")));
  s.changes[0].value = 1450.0;
  EXPECT_THAT(asked(l, l.station.snapshot(l.bound), s).warnings, testing::IsEmpty());
}

TEST(PumpStation, RefusesScenariosThatMakeNoSense) {
  Learnt l(13);
  const auto now = l.station.snapshot(l.bound);
  Scenario s;
  s.horizon = {};
  EXPECT_THAT(l.simulator->what_if(now, s).error().message, HasSubstr("horizon"));
  s = {};
  s.draws = 0;
  EXPECT_FALSE(l.simulator->what_if(now, s));
  s = {};
  s.changes = {{ControlId{99}, 1.0}};
  EXPECT_THAT(l.simulator->what_if(now, s).error().message, HasSubstr("unknown control"));
  s.changes = {{{}, 1.1, How::Scale, "pump_1.wear"}};
  EXPECT_THAT(l.simulator->what_if(now, s).error().message, HasSubstr("'pump_1.wear'"));
  s = {};
  s.uncertain = {{"demand", Distribution::constant(1.0)}};
  EXPECT_THAT(l.simulator->what_if(now, s).error().message, HasSubstr("'demand'"));
  s = {};
  s.draws = 100'000;
  s.horizon = Duration::hours(10);
  EXPECT_THAT(l.simulator->what_if(now, s).error().message, HasSubstr("too much to keep"));
}

TEST(PumpStation, EstimatesThePresentFromTheFitNotFromThePresent) {
  Learnt l(14);
  const auto estimate = [&](const char* port) {
    for (const auto& [id, value] : l.simulator->estimate(l.station.snapshot(l.bound))) {
      if (id == l.bound.signal(port)) return value;
    }
    ADD_FAILURE() << port;
    return 0.0;
  };
  const double before = estimate("flow_1");
  EXPECT_NEAR(before, l.station.flow[0] * 60'000.0, 4.0);
  l.station.truth.lines[0].strainer *= 12.0;
  for (int s = 0; s < 10; ++s) l.station.step();
  EXPECT_LT(l.station.flow[0] * 60'000.0, before - 30.0);
  EXPECT_NEAR(estimate("flow_1"), before, 5.0);
}

TEST(PumpStation, MeasuresItsIndicatorsAfterwards) {
  Learnt l(15);
  const TimeRange range{kStart + Duration::minutes(10), kStart + Duration::minutes(20)};
  const auto measured = l.simulator->measured(l.history, range);
  ASSERT_TRUE(measured) << measured.error().message;
  const auto value = [&](const std::string& name) {
    for (const auto& i : *measured) {
      if (i.name == name) return i.mean;
    }
    return -1.0;
  };
  EXPECT_NEAR(value("volume"), 5.0, 1.0);
  EXPECT_NEAR(value("energy_per_volume"), value("energy") / value("volume"), 1e-9);
  EXPECT_NEAR(value("final_level"), 2.0, 1.0);
}

TEST(PumpStation, LearnsOnlyWhatWasKnownThen) {
  Learnt l(16);
  const auto early = fit(*l.bound.plant, l.bound.spec, l.history,
                         {kStart, kStart + Duration::hours(1)}, kStart, 1);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, ErrorCode::Unavailable);
  EXPECT_THAT(early.error().message, HasSubstr("usable in only 0"));
}

TEST(PumpStation, SaysWhichSignalIsTooThinToLearnFrom) {
  const auto bound = station_of(2);
  RecordedHistory thin;
  SyntheticStation station(17);
  for (int s = 0; s < 1200; ++s) {
    station.step();
    station.measure(bound, [&](SignalId id, double value) {
      if (id != bound.signal("power_2") || s < 100) thin.add(id, station.now, value);
    });
  }
  const auto fitted = fit(*bound.plant, bound.spec, thin, {kStart, kStart + Duration::minutes(20)},
                          Timestamp::max(), 1);
  ASSERT_FALSE(fitted);
  EXPECT_THAT(fitted.error().message, HasSubstr("pump_2.power is usable in only"));
}

TEST(Simulation, KnowsNoOtherKind) {
  const auto bound = station_of(1);
  auto spec = bound.spec;
  spec.kind = "crystal_ball";
  const auto fitted = fit(*bound.plant, spec, RecordedHistory(), {}, Timestamp::max(), 1);
  ASSERT_FALSE(fitted);
  EXPECT_EQ(fitted.error().code, ErrorCode::Unsupported);
}

}  // namespace
}  // namespace gemel::simulation
