#include "simulation/pump_station.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "base/statistics.hpp"
#include "base/text.hpp"
#include "simulation/cells.hpp"
#include "simulation/draw_futures.hpp"
#include "simulation/fan.hpp"
#include "simulation/futures.hpp"

namespace gemel::simulation {
namespace {

constexpr double kJoulesPerKwh = 3.6e6;
constexpr double kSeenMargin =
    0.02;  // of the value: how far past the training stretch is still "seen"
constexpr double kToleranceShare =
    1.0 / 3.0;  // a speed counts as reached within its tolerance: three sigmas
constexpr double kSlipMax = 0.03;
constexpr double kMomentsMax = 1e7;  // of all futures and lines, 56 bytes each
constexpr double kSigmas = 3.0;      // by which a departure must stand out

double sd(const std::vector<double>& v) {
  const double m = mean_of(v);
  double sum = 0.0;
  for (const double x : v) sum += (x - m) * (x - m);
  return std::sqrt(sum / static_cast<double>(v.size()));
}

/// A signal in a future at a moment, SI.
using Reading = std::function<double(const Future&, std::size_t)>;

struct Gauge {
  SignalId signal;
  Reading read;
};

std::vector<Gauge> gauges(const Ports& ports, const FittedStation& fitted) {
  std::vector<Gauge> all;
  for (std::size_t i = 0; i < ports.lines.size(); ++i) {
    const auto& line = ports.lines[i];
    const double density = fitted.density;
    const auto add = [&](SignalId id, double LineMoment::* member, double scale) {
      if (!id.valid()) return;
      all.push_back({id, [i, member, scale](const Future& f, std::size_t t) {
                       return f.lines[t][i].*member * scale;
                     }});
    };
    const double pascals_per_m = density * kGravity_m_s2;
    add(line.flow, &LineMoment::flow, 1.0);
    add(line.suction, &LineMoment::suction_m, pascals_per_m);
    add(line.discharge, &LineMoment::discharge_m, pascals_per_m);
    add(line.speed, &LineMoment::speed, fitted.lines[i].rated_speed);
    add(line.power, &LineMoment::power_w, 1.0);
    add(line.strainer_dp, &LineMoment::strainer_m, pascals_per_m);
    add(line.valve, &LineMoment::valve, 1.0);
  }
  all.push_back({ports.level, [](const Future& f, std::size_t t) { return f.level_m[t]; }});
  all.push_back({ports.demand, [](const Future& f, std::size_t t) { return f.demand[t]; }});
  return all;
}

SimulatedSignal summarise(const Gauge& gauge, const Signal& signal,
                          const std::vector<Future>& futures, const std::vector<double>& moments,
                          double judged_from_s) {
  Fan fan({.signal = gauge.signal, .name = signal.path, .unit = signal.unit.symbol},
          futures.size());
  std::vector<double> values;
  for (std::size_t t = 0; t < moments.size(); ++t) {
    values.clear();
    for (const auto& future : futures) values.push_back(signal.unit.from_si(gauge.read(future, t)));
    fan.add(values, moments[t] >= judged_from_s || t + 1 == moments.size());
  }
  return fan.take();
}

template <class Of>
std::vector<double> of_each(const std::vector<Future>& futures, Of of) {
  std::vector<double> out;
  for (const auto& future : futures) out.push_back(of(future));
  return out;
}

std::vector<double> least(const std::vector<std::vector<double>>& all) {
  auto out = all.front();
  for (const auto& each : all) {
    for (std::size_t d = 0; d < out.size(); ++d) out[d] = std::min(out[d], each[d]);
  }
  return out;
}

std::string percent(double factor) { return text::rounded(100.0 * factor, 3) + " %"; }

/// A departure that is both large and beyond doubt.
bool stands_out(const std::vector<double>& factors, double low, double high) {
  const double m = mean_of(factors);
  return (m < low || m > high) && std::abs(m - 1.0) > kSigmas * sd(factors);
}

void find_departures(std::vector<std::string>& findings, const std::string& strainer,
                     const std::string& pump, const std::vector<Future>& futures,
                     std::size_t line) {
  const auto factors = [&](double Departure::* member) {
    return of_each(futures, [&](const Future& f) { return f.departures[line].*member; });
  };
  if (const auto f = factors(&Departure::strainer); stands_out(f, 0.7, 1.4)) {
    findings.push_back(strainer + ": resistance " + text::rounded(mean_of(f), 2) + " × normal");
  }
  if (const auto f = factors(&Departure::pump); stands_out(f, 0.96, 1.04)) {
    findings.push_back(pump + ": delivers " + percent(mean_of(f)) + " of its usual head");
  }
  if (const auto f = factors(&Departure::delivery); stands_out(f, 0.7, 1.4)) {
    findings.push_back(pump + ": resistance behind it " + text::rounded(mean_of(f), 2) +
                       " × normal");
  }
  if (const auto f = factors(&Departure::power); stands_out(f, 0.93, 1.07)) {
    findings.push_back(pump + ": takes " + percent(mean_of(f)) + " of its usual power");
  }
}

/// A pump on its way to a setpoint says nothing of its slip.
double slip_of(const PresentLine& line) { return std::abs(line.slip) < kSlipMax ? line.slip : 0.0; }

const Change* change_of(const Scenario& scenario, ControlId control) {
  const auto found = std::ranges::find_if(
      scenario.changes, [&](const Change& change) { return change.control == control; });
  return found == scenario.changes.end() || !control.valid() ? nullptr : &*found;
}

}  // namespace

PumpStation::PumpStation(std::shared_ptr<const Plant> plant, Ports ports, FittedStation fitted,
                         std::string version)
    : plant_(std::move(plant)),
      ports_(std::move(ports)),
      fitted_(std::move(fitted)),
      version_(std::move(version)) {}

std::string PumpStation::summary() const { return describe(fitted_, *plant_, ports_); }

Result<Plan> PumpStation::plan_for(const Present& present, const Scenario& scenario) const {
  GEMEL_TRY(check_scenario(scenario));
  const double kept = scenario.horizon.in_seconds() / scenario.step.in_seconds() * scenario.draws *
                      static_cast<double>(ports_.lines.size());
  if (kept > kMomentsMax) {
    return Error{ErrorCode::Capacity,
                 std::to_string(scenario.draws) + " futures in steps of " +
                     to_string(scenario.step) +
                     " are too much to keep; ask for fewer futures or longer steps"};
  }
  const auto known = ports_.controls();
  for (const auto& change : scenario.changes) {
    if (std::ranges::find(known, change.control) != known.end()) continue;
    const bool named = change.control.index < plant_->controls.size();
    const auto what = named                     ? plant_->control(change.control).path
                      : change.quantity.empty() ? std::string("an unknown control")
                                                : "'" + change.quantity + "', which is no control";
    return Error{ErrorCode::InvalidInput, "the pump station can't try " + what + "; it knows " +
                                              std::to_string(known.size()) + " controls"};
  }
  if (!scenario.uncertain.empty()) {
    return Error{ErrorCode::InvalidInput,
                 "the pump station draws what it does not know by itself; '" +
                     scenario.uncertain.front().quantity + "' can't be added"};
  }
  Plan plan;
  plan.horizon_s = scenario.horizon.in_seconds();
  plan.step_s = scenario.step.in_seconds();
  plan.judged_from_s = scenario.judged_from.in_seconds();
  plan.draws = scenario.draws;
  plan.seed = scenario.seed;
  for (std::size_t i = 0; i < ports_.lines.size(); ++i) {
    const auto& ports = ports_.lines[i];
    const auto& now = present.lines[i].setting;
    const double rated = fitted_.lines[i].rated_speed;
    const auto ramp = [&](ControlId id, double from, double per_si, double slip) {
      const auto* change = change_of(scenario, id);
      if (change == nullptr) return Ramp{from, from, 0.0};
      const auto& control = plant_->control(id);
      return Ramp{from, control.unit.to_si(change->value) * per_si - slip,
                  control.rate_limit_per_s * control.unit.scale * per_si};
    };
    LinePlan line{ramp(ports.speed_setpoint, now.speed, 1.0 / rated, slip_of(present.lines[i])),
                  ramp(ports.valve_setpoint, now.valve, 1.0, 0.0)};
    line.follows_level = change_of(scenario, ports.speed_setpoint) == nullptr;
    if (!line.follows_level) {
      const auto& control = plant_->control(ports.speed_setpoint);
      line.speed_error_sd =
          kToleranceShare * control.feedback_tolerance * control.unit.scale / rated;
    }
    plan.lines.push_back(line);
  }
  return plan;
}

std::vector<std::string> PumpStation::warnings(const Present& present, const Plan& plan,
                                               const Scenario& scenario) const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < plan.lines.size(); ++i) {
    const auto& line = fitted_.lines[i];
    const auto& pump = plant_->asset(plant_->signal(ports_.lines[i].flow).asset).path;
    if (!present.lines[i].running) {
      out.push_back(pump + " stands still: its resistances are those of the training stretch");
    }
    const auto outside = [&](SignalId id, const Seen& seen, double value) {
      if (!id.valid()) return;
      const double margin = kSeenMargin * std::abs(seen.middle);
      if (value >= seen.low - margin && value <= seen.high + margin) return;
      const auto& signal = plant_->signal(id);
      const auto shown = [&](double si) { return text::rounded(signal.unit.from_si(si), 4); };
      out.push_back(signal.path + " goes to " + shown(value) + " " + signal.unit.symbol +
                    "; the training stretch saw " + shown(seen.low) + " to " + shown(seen.high));
    };
    outside(ports_.lines[i].speed, line.speed, plan.lines[i].speed.to * line.rated_speed);
    outside(ports_.lines[i].valve, line.valve, plan.lines[i].valve.to);
  }
  for (const auto& change : scenario.changes) {
    const auto& control = plant_->control(change.control);
    if (!control.range.contains(change.value))
      out.push_back(control.path + " would leave its range; it cannot be sent");
  }
  return out;
}

Result<Outcome> PumpStation::what_if(const Snapshot& start, const Scenario& scenario,
                                     const Progress& progress) const {
  GEMEL_ASSIGN(const auto present, read_present(*plant_, ports_, fitted_, start));
  GEMEL_ASSIGN(const auto plan, plan_for(present, scenario));
  const auto moments = moments_s(plan);
  GEMEL_ASSIGN(const auto futures, draw_futures<Future>(plan.draws, progress, [&](auto draw) {
                 return run_future(fitted_, ports_, present, plan, draw);
               }));

  Outcome out;
  out.draws = static_cast<std::uint32_t>(futures.size());
  for (const double t : moments) out.times.push_back(Duration::from_seconds(t));
  for (const auto& gauge : gauges(ports_, fitted_)) {
    out.signals.push_back(
        summarise(gauge, plant_->signal(gauge.signal), futures, moments, plan.judged_from_s));
  }
  const auto of = [&](SignalId id) -> const SimulatedSignal& {
    return *std::ranges::find_if(out.signals,
                                 [&](const SimulatedSignal& s) { return s.signal == id; });
  };
  const auto energy = of_each(futures, [](const Future& f) { return f.energy_j / kJoulesPerKwh; });
  const auto& level_unit = plant_->signal(ports_.level).unit;
  out.indicators.push_back(indicator("energy", "kWh", energy));
  out.indicators.push_back(
      indicator("volume", "m3", of_each(futures, [](const Future& f) { return f.volume_m3; })));
  out.indicators.push_back(
      indicator("energy_per_volume", "kWh/m3", of_each(futures, [](const Future& f) {
                  return f.energy_j / kJoulesPerKwh / std::max(f.volume_m3, 1e-6);
                })));
  out.indicators.push_back(indicator("min_level", level_unit.symbol, of(ports_.level).worst_low));
  out.indicators.push_back(indicator(
      "final_level", level_unit.symbol,
      of_each(futures, [&](const Future& f) { return level_unit.from_si(f.level_m.back()); })));
  std::vector<std::vector<double>> suctions;
  for (const auto& line : ports_.lines) suctions.push_back(of(line.suction).worst_low);
  out.indicators.push_back(indicator(
      "min_suction", plant_->signal(ports_.lines[0].suction).unit.symbol, least(suctions)));
  out.version = version_;
  out.warnings = warnings(present, plan, scenario);
  for (std::size_t i = 0; i < ports_.lines.size(); ++i) {
    const auto asset = [&](SignalId id) {
      return id.valid() ? plant_->asset(plant_->signal(id).asset).path : std::string();
    };
    find_departures(out.findings, asset(ports_.lines[i].strainer_dp), asset(ports_.lines[i].flow),
                    futures, i);
  }
  return out;
}

std::vector<std::pair<SignalId, double>> PumpStation::estimate(const Snapshot& now) const {
  const auto present = read_present(*plant_, ports_, fitted_, now);
  if (!present) return {};
  const auto station = fitted_.expected();
  std::vector<Setting> settings;
  double guess = 0.0;
  for (const auto& line : present->lines) {
    settings.push_back(line.setting);
    guess += line.flow;
  }
  std::vector<double> flows(settings.size());
  solve_flows(station, settings, present->level_m, guess, flows);
  std::vector<std::pair<SignalId, double>> out;
  for (std::size_t i = 0; i < flows.size(); ++i) {
    const auto& line = station.lines[i];
    const auto& ports = ports_.lines[i];
    const double q = flows[i];
    const double suction_m = suction_head_m(line, q);
    const auto add = [&](SignalId id, double si) {
      if (id.valid()) out.emplace_back(id, plant_->signal(id).unit.from_si(si));
    };
    add(ports.flow, q);
    add(ports.suction, station.pascals(suction_m));
    add(ports.discharge, station.pascals(suction_m + pump_head_m(line, q, settings[i].speed)));
    add(ports.power, power_w(station, line, q, settings[i].speed));
    add(ports.strainer_dp, station.pascals(line.strainer * q * q));
  }
  return out;
}

}  // namespace gemel::simulation
