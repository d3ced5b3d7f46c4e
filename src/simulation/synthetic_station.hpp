#pragma once
// A station that obeys exactly the equations of hydraulics.hpp, with wandering demand, intake and
// pump heads and noisy instruments: what a fit should recover is known.

#include <cmath>
#include <functional>

#include "base/random.hpp"
#include "simulation/hydraulics.hpp"
#include "simulation/test_station.hpp"

namespace gemel::simulation::test {

/// An Ornstein-Uhlenbeck process in steps of one second.
class Ou {
 public:
  Ou(double sd, double memory_s)
      : keep_(std::exp(-1.0 / memory_s)), kick_(sd * std::sqrt(1.0 - keep_ * keep_)) {}
  double next(Random& random) { return value_ = keep_ * value_ + kick_ * random.normal(); }

 private:
  double keep_, kick_, value_ = 0.0;
};

class SyntheticStation {
 public:
  static constexpr double kRatedRpm = 1450.0;
  static constexpr double kTankArea = 12.0;

  explicit SyntheticStation(std::uint64_t seed) : random_(seed) {
    truth.lines.resize(2);
    for (auto& line : truth.lines) {
      line = {.shutoff_head_m = 24.4,
              .droop = 2.0e5,
              .efficiency_rise = 240.0,
              .efficiency_bend = 27'000.0,
              .strainer = 3.0e4,
              .suction = 2.0e4,
              .pipe = 3.0e4,
              .valve = 1.3e4,
              .rangeability = 50.0,
              .intake_head_m = 6.0};
    }
    truth.lines[1].shutoff_head_m = 23.5;
    truth.static_head_m = 20.0;
    truth.riser = 1.9e4;
    truth.per_tank_area = 1.0 / kTankArea;
    for (int i = 0; i < 600; ++i) wander();
  }

  /// Advances by one second.
  void step() {
    now = now + Duration::seconds(1);
    wander();
    Station water = truth;
    for (std::size_t i = 0; i < 2; ++i) water.lines[i].intake_head_m += intake_m_ + head_m_[i];
    solve_flows(water, setting, level_m, 0.008, flow);
    level_m += ((flow[0] + flow[1]) - demand) / kTankArea;
  }

  /// Reports every signal, in its declared unit, with noise.
  void measure(const Bound& bound, const std::function<void(SignalId, double)>& to) {
    const auto report = [&](const std::string& port, double si, double noise) {
      const auto id = bound.signal(port);
      to(id, bound.plant->signal(id).unit.from_si(si + noise * random_.normal()));
    };
    for (std::size_t i = 0; i < 2; ++i) {
      const auto n = "_" + std::to_string(i + 1);
      const auto& line = truth.lines[i];
      const double suction = suction_head_m(line, flow[i]) + intake_m_;
      const double discharge = suction + pump_head_m(line, flow[i], setting[i].speed) + head_m_[i];
      report("flow" + n, flow[i], 1.5e-5);
      report("suction" + n, truth.pascals(suction), 250.0);
      report("discharge" + n, truth.pascals(discharge), 400.0);
      report("speed" + n, speed_rad_s(i), 0.05);
      report("speed_asked" + n, speed_rad_s(i), 0.0);
      report("power" + n, power(i), 6.0);
      report("strainer_dp" + n, truth.pascals(line.strainer * flow[i] * flow[i]), 80.0);
      report("valve" + n, setting[i].valve, 0.0005);
    }
    report("level", level_m, 0.0012);
    report("demand", demand, 2.5e-5);
  }

  double speed_rad_s(std::size_t i) const {
    return setting[i].speed * kRatedRpm * 0.10471975511965977;
  }
  double power(std::size_t i) const {
    return power_w(truth, truth.lines[i], flow[i], setting[i].speed);
  }

  /// An hour in which every control moves, as in a commissioning test.
  void record_hour(const Bound& bound, RecordedHistory& history) {
    for (int s = 0; s < 3600; ++s) {
      setting[0] = {1.0 + 0.06 * std::sin(s / 400.0), 0.7 + 0.1 * std::sin(s / 170.0)};
      setting[1] = {1.0 + 0.06 * std::cos(s / 310.0), 0.7 + 0.1 * std::cos(s / 230.0)};
      step();
      measure(bound, [&](SignalId id, double value) { history.add(id, now, value); });
    }
    setting[0] = setting[1] = {1.0, 0.7};
    for (int s = 0; s < 60; ++s) step();
  }

  Snapshot snapshot(const Bound& bound) {
    Snapshot s(bound.plant->signals.size());
    s.at = s.known_at = now;
    measure(bound,
            [&](SignalId id, double value) { s.beliefs.edit(id).absorb({now, now, value, {}}); });
    return s;
  }

  Station truth;
  std::vector<Setting> setting{2};
  std::vector<double> flow = std::vector<double>(2);
  double level_m = 2.0;
  double demand = 0.0083;
  Timestamp now = kStart;

 private:
  void wander() {
    intake_m_ = intake_.next(random_);
    for (std::size_t i = 0; i < 2; ++i) head_m_[i] = head_[i].next(random_);
    demand = 0.0083 + draw_.next(random_);
  }

  Random random_;
  Ou intake_{0.03, 600.0};
  Ou head_[2] = {Ou{0.03, 120.0}, Ou{0.03, 120.0}};
  Ou draw_{2e-4, 200.0};
  double intake_m_ = 0.0;
  double head_m_[2] = {0.0, 0.0};
};

}  // namespace gemel::simulation::test
