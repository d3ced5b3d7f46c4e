#include "simulation/futures.hpp"

#include <algorithm>
#include <cmath>

namespace gemel::simulation {
namespace {

constexpr double kStepMax_s = 5.0;
constexpr double kTrimBeyondSeen =
    0.05;  // how far past the speeds it was seen at we trust the station's controller to go

/// Real changes since the present, by line and for the demand.
struct Drift {
  double head_m = 0.0;
  double delivery_m = 0.0;
  double intake_m = 0.0;
  double power_share = 0.0;

  /// What drives the line beyond its equations.
  double surplus_m() const { return head_m - delivery_m; }
};

class Run {
 public:
  Run(const FittedStation& fitted, const Ports& ports, const Present& present, const Plan& plan,
      std::uint32_t draw)
      : fitted_(fitted), plan_(plan), random_(plan.seed * 0x9e3779b97f4a7c15ULL + draw) {
    station_ = fitted.draw(random_);
    start_ = shaken(present, fitted, random_);
    future_.departures = anchor(station_, ports, start_);
    anchored_ = station_;
    level_m_ = start_.level_m;
    demand_ = start_.demand;
    drift_.resize(fitted.lines.size());
    settings_.resize(fitted.lines.size());
    flows_.resize(fitted.lines.size());
    for (const auto& line : fitted.lines) trims_.push_back(drawn(line.trim));
    trimmed_.resize(fitted.lines.size());
    for (const auto& line : plan.lines) reached_.push_back(line.speed_error_sd * random_.normal());
  }

  Future take(const std::vector<double>& moments) {
    settle(0.0);
    keep();
    double t = 0.0;
    for (std::size_t m = 1; m < moments.size(); ++m) {
      const int steps =
          std::max(1, static_cast<int>(std::ceil((moments[m] - t) / kStepMax_s - 1e-9)));
      const double step = (moments[m] - t) / steps;
      for (int s = 0; s < steps; ++s, t += step) advance(t, step);
      t = moments[m];
      keep();
    }
    return std::move(future_);
  }

 private:
  /// Level by the mean of the flows before and after the step (Heun's method with the drift held
  /// fixed).
  void advance(double t, double step) {
    const double net_before = net();
    for (std::size_t i = 0; i < flows_.size(); ++i) future_.energy_j += 0.5 * step * power(i);
    future_.volume_m3 += 0.5 * step * total();
    wander(t, t + step);
    const double level_before = level_m_;
    level_m_ += step * rise(net_before);
    settle(t + step);
    level_m_ = std::max(level_before + 0.5 * step * (rise(net_before) + rise(net())), 0.0);
    trim(level_before, step);
    for (std::size_t i = 0; i < flows_.size(); ++i) future_.energy_j += 0.5 * step * power(i);
    future_.volume_m3 += 0.5 * step * total();
  }

  double rise(double net_flow) const {
    return net_flow * station_.per_tank_area + station_.imbalance_m_s;
  }
  double net() const { return total() - demand_; }
  double total() const {
    double sum = 0.0;
    for (const double flow : flows_) sum += flow;
    return sum;
  }

  void wander(double from_s, double until_s) {
    const auto step = [&](const Wander& w) {
      return std::sqrt(w.step_variance(from_s, until_s)) * random_.normal();
    };
    for (std::size_t i = 0; i < drift_.size(); ++i) {
      drift_[i].head_m += step(fitted_.lines[i].head);
      drift_[i].delivery_m += step(fitted_.lines[i].delivery);
      drift_[i].intake_m += step(fitted_.lines[i].intake);
      drift_[i].power_share += step(fitted_.lines[i].power_share);
    }
    demand_ = std::max(demand_ + step(fitted_.demand), 0.0);
  }

  struct Trim {
    double gain = 0.0;
    double reset = 0.0;
  };
  Trim drawn(const LevelTrim& trim) {
    if (trim.law.value.empty()) return {};
    const auto law = trim.law.draw(random_);
    return {std::max(law[0], 0.0), std::max(law[1], 0.0)};
  }

  /// The station's own controller moves on with the level.
  void trim(double level_before, double step) {
    for (std::size_t i = 0; i < trims_.size(); ++i) {
      const double off = 0.5 * (level_before + level_m_) - fitted_.lines[i].trim.setpoint_m;
      trimmed_[i] -= trims_[i].gain * (level_m_ - level_before) + trims_[i].reset * off * step;
    }
  }

  double speed_at(std::size_t i, double t) const {
    const auto& plan = plan_.lines[i];
    const double planned = plan.speed.at(t) + start_.lines[i].setting.speed - plan.speed.from;
    const auto& line = fitted_.lines[i];
    if (!plan.follows_level) return planned + reached_[i] * plan.speed.share(t);
    if (line.trim.law.value.empty()) return planned;
    const double wanted = planned + trimmed_[i] / line.rated_speed;
    const double low = (1.0 - kTrimBeyondSeen) * line.speed.low / line.rated_speed;
    const double high = (1.0 + kTrimBeyondSeen) * line.speed.high / line.rated_speed;
    return std::clamp(wanted, std::min(low, planned), std::max(high, planned));
  }

  /// Controls, drift and level to flows.
  void settle(double t) {
    for (std::size_t i = 0; i < flows_.size(); ++i) {
      settings_[i] = {speed_at(i, t), plan_.lines[i].valve.at(t)};
      // What the pump gives beyond its curve acts on the line like a higher intake.
      station_.lines[i].intake_head_m =
          anchored_.lines[i].intake_head_m + drift_[i].intake_m + drift_[i].surplus_m();
    }
    solve_flows(station_, settings_, level_m_, total(), flows_);
  }

  double power(std::size_t i) const {
    const double share =
        std::max(1.0 - drift_[i].power_share, 0.1);  // it was fitted on head over power
    return power_w(station_, station_.lines[i], flows_[i], settings_[i].speed) / share;
  }

  void keep() {
    auto& row = future_.lines.emplace_back();
    for (std::size_t i = 0; i < flows_.size(); ++i) {
      const auto& line = station_.lines[i];
      const double q = flows_[i];
      const double suction_m = suction_head_m(line, q) - drift_[i].surplus_m();
      const double discharge_m =
          suction_m + pump_head_m(line, q, settings_[i].speed) + drift_[i].head_m;
      row.push_back({q, suction_m, discharge_m, line.strainer * q * q, power(i), settings_[i].speed,
                     settings_[i].valve});
    }
    future_.level_m.push_back(level_m_);
    future_.demand.push_back(demand_);
  }

  const FittedStation& fitted_;
  const Plan& plan_;
  Random random_;
  Station station_;
  Station anchored_;
  Present start_;
  std::vector<Drift> drift_;
  std::vector<Setting> settings_;
  std::vector<double> flows_;
  std::vector<Trim> trims_;      // by line
  std::vector<double> trimmed_;  // rad/s so far
  std::vector<double> reached_;  // by how much a new speed is missed in the end
  double level_m_ = 0.0;
  double demand_ = 0.0;
  Future future_;
};

}  // namespace

double Ramp::at(double t_s) const {
  if (rate <= 0.0) return t_s > 0.0 ? to : from;
  const double reach = rate * t_s;
  return from + std::clamp(to - from, -reach, reach);
}

double Ramp::share(double t_s) const { return to == from ? 1.0 : (at(t_s) - from) / (to - from); }

std::vector<double> moments_s(const Plan& plan) {
  std::vector<double> moments{0.0};
  const auto whole = static_cast<std::size_t>(plan.horizon_s / plan.step_s + 1e-9);
  for (std::size_t i = 1; i <= whole; ++i) moments.push_back(plan.step_s * static_cast<double>(i));
  if (moments.back() < plan.horizon_s - 1e-6) moments.push_back(plan.horizon_s);
  return moments;
}

Future run_future(const FittedStation& fitted, const Ports& ports, const Present& present,
                  const Plan& plan, std::uint32_t draw) {
  return Run(fitted, ports, present, plan, draw).take(moments_s(plan));
}

}  // namespace gemel::simulation
