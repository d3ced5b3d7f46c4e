#include "simulation/present.hpp"

#include <algorithm>
#include <cmath>

namespace gemel::simulation {
namespace {

constexpr Duration kStaleAfter = Duration::seconds(10);
constexpr int kStalePeriods = 5;
constexpr double kRunningShare = 0.1;  // of the usual flow

Result<double> value_of(const Plant& plant, const Snapshot& snapshot, SignalId id) {
  const auto& signal = plant.signal(id);
  const auto& belief = snapshot.beliefs[id];
  if (!belief.has_value()) {
    return Error{ErrorCode::Unavailable,
                 "the simulator starts from " + signal.path + ", which has no value yet"};
  }
  if (!belief.usable()) {
    return Error{ErrorCode::Unavailable, "the simulator starts from " + signal.path +
                                             ", which is " + to_string(belief.quality())};
  }
  const auto limit = std::max(kStaleAfter, signal.period * kStalePeriods);
  if (belief.age(snapshot.at) > limit) {
    return Error{ErrorCode::Unavailable,
                 "the simulator starts from " + signal.path + ", whose value is " +
                     to_string(belief.age(snapshot.at)) + " old; the limit is " + to_string(limit)};
  }
  return signal.unit.to_si(belief.value);
}

Result<PresentLine> read_line(const Plant& plant, const LinePorts& ports, const FittedLine& fitted,
                              double metres_per_pa, const Snapshot& snapshot) {
  PresentLine line;
  GEMEL_ASSIGN(line.flow, value_of(plant, snapshot, ports.flow));
  GEMEL_ASSIGN(const double suction, value_of(plant, snapshot, ports.suction));
  GEMEL_ASSIGN(const double discharge, value_of(plant, snapshot, ports.discharge));
  GEMEL_ASSIGN(line.power_w, value_of(plant, snapshot, ports.power));
  GEMEL_ASSIGN(const double speed, value_of(plant, snapshot, ports.speed));
  line.suction_m = suction * metres_per_pa;
  line.discharge_m = discharge * metres_per_pa;
  line.setting.speed = std::max(speed, 0.0) / fitted.rated_speed;
  if (ports.strainer_dp.valid()) {
    GEMEL_ASSIGN(const double dp, value_of(plant, snapshot, ports.strainer_dp));
    line.strainer_m = dp * metres_per_pa;
  }
  if (ports.asked.valid()) {
    GEMEL_ASSIGN(const double asked, value_of(plant, snapshot, ports.asked));
    line.slip = asked / fitted.rated_speed - line.setting.speed;
  }
  if (ports.valve.valid()) {
    GEMEL_ASSIGN(line.setting.valve, value_of(plant, snapshot, ports.valve));
  }
  line.running =
      line.flow > kRunningShare * fitted.flow.middle && speed > kRunningShare * fitted.speed.middle;
  return line;
}

/// measured / expected within bounds that keep a station solvable; 1 where the expectation is
/// nothing.
double factor(double measured, double expected, double low, double high) {
  if (!(expected > 0.0)) return 1.0;
  return std::clamp(measured / expected, low, high);
}

double anchor_suction(Line& line, const PresentLine& now, bool measured_strainer) {
  const double q2 = now.flow * now.flow;
  if (measured_strainer) {
    const double usual = line.strainer;
    line.strainer = std::max(now.strainer_m / q2, 0.0);
    line.intake_head_m = now.suction_m + (line.strainer + line.suction) * q2;
    return usual > 0.0 ? line.strainer / usual : 1.0;
  }
  // One pressure can't tell a low river from a blocked strainer; the strainer is what changes
  // within hours.
  const double lost = line.intake_head_m - now.suction_m;
  if (lost > 0.0)
    line.suction = lost / q2;
  else
    line.intake_head_m = now.suction_m + line.suction * q2;
  return 1.0;
}

Departure anchor_line(const Station& station, Line& line, const PresentLine& now,
                      double back_head_m, bool measured_strainer) {
  Departure is;
  const double q2 = now.flow * now.flow;
  is.strainer = anchor_suction(line, now, measured_strainer);
  is.pump = factor(now.discharge_m - now.suction_m, pump_head_m(line, now.flow, now.setting.speed),
                   0.2, 3.0);
  line.shutoff_head_m *= is.pump;
  line.droop *= is.pump;
  const double lost = (line.pipe + valve_resistance(line, now.setting.valve)) * q2;
  is.delivery = factor(now.discharge_m - back_head_m, lost, 0.02, 1000.0);
  line.pipe *= is.delivery;
  line.valve *= is.delivery;
  is.power = factor(now.power_w, power_w(station, line, now.flow, now.setting.speed), 0.2, 5.0);
  line.efficiency_rise /= is.power;
  line.efficiency_bend /= is.power;
  return is;
}

}  // namespace

Result<Present> read_present(const Plant& plant, const Ports& ports, const FittedStation& fitted,
                             const Snapshot& snapshot) {
  Present present;
  const double metres_per_pa = 1.0 / (fitted.density * kGravity_m_s2);
  for (std::size_t i = 0; i < ports.lines.size(); ++i) {
    GEMEL_ASSIGN(auto line,
                 read_line(plant, ports.lines[i], fitted.lines[i], metres_per_pa, snapshot));
    present.lines.push_back(line);
  }
  GEMEL_ASSIGN(present.level_m, value_of(plant, snapshot, ports.level));
  GEMEL_ASSIGN(present.demand, value_of(plant, snapshot, ports.demand));
  return present;
}

Present shaken(const Present& present, const FittedStation& fitted, Random& random) {
  auto out = present;
  for (std::size_t i = 0; i < out.lines.size(); ++i) {
    auto& line = out.lines[i];
    const auto& noise = fitted.lines[i].noise;
    line.flow += noise.flow * random.normal();
    line.suction_m += noise.suction_m * random.normal();
    line.discharge_m += noise.discharge_m * random.normal();
    line.strainer_m += noise.strainer_m * random.normal();
    line.power_w += noise.power_w * random.normal();
    line.setting.speed += noise.speed / fitted.lines[i].rated_speed * random.normal();
    if (!line.running) line.flow = std::max(line.flow, 0.0);
  }
  out.level_m += fitted.level_noise_m * random.normal();
  out.demand = std::max(out.demand + fitted.demand_noise * random.normal(), 0.0);
  return out;
}

std::vector<Departure> anchor(Station& station, const Ports& ports, const Present& present) {
  double total = 0.0;
  for (const auto& line : present.lines) total += line.flow;
  const double back_head_m =
      station.static_head_m + present.level_m + station.riser * total * total;
  std::vector<Departure> departures(station.lines.size());
  for (std::size_t i = 0; i < station.lines.size(); ++i) {
    if (!present.lines[i].running) continue;
    departures[i] = anchor_line(station, station.lines[i], present.lines[i], back_head_m,
                                ports.lines[i].strainer_dp.valid());
  }
  return departures;
}

}  // namespace gemel::simulation
