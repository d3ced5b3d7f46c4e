#include "simulation/fitted_station.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "simulation/cells.hpp"

namespace gemel::simulation {
namespace {

Station assembled(const FittedStation& fitted, const std::vector<double>& delivery,
                  const std::vector<double>& suction, const std::vector<double>& tank) {
  Station station;
  const auto n = fitted.lines.size();
  station.density = fitted.density;
  station.static_head_m = delivery[0];
  station.riser = std::max(delivery[1], 0.0);
  station.per_tank_area = std::max(tank[0], 0.0);
  station.imbalance_m_s = tank[1];
  station.lines.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    auto& line = station.lines[i];
    line.rangeability = fitted.lines[i].rangeability;
    line.pipe = std::max(delivery[2 + i], 0.0);
    line.valve = std::max(delivery[2 + n + i], 0.0);
    line.suction = std::max(suction[i], 0.0);
    line.intake_head_m = suction[n + i];
  }
  return station;
}

void set_pump(Line& line, const std::vector<double>& pump, const std::vector<double>& power,
              const std::vector<double>& strainer) {
  line.shutoff_head_m = pump[0];
  line.droop = std::max(pump[1], 0.0);
  line.efficiency_rise = std::max(power[0], 1e-9);
  line.efficiency_bend = std::max(power[1], 0.0);
  line.strainer = strainer.empty() ? 0.0 : std::max(strainer[0], 0.0);
}

std::string spread(double value, double sd) {
  return text::rounded(value, 4) + " ± " + text::rounded(sd, 2);
}

}  // namespace

Station FittedStation::expected() const {
  auto station = assembled(*this, delivery.value, suction.value, tank.value);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    set_pump(station.lines[i], lines[i].pump.value, lines[i].power.value, lines[i].strainer.value);
  }
  return station;
}

Station FittedStation::draw(Random& random) const {
  const auto delivered = delivery.draw(random);
  const auto sucked = suction.draw(random);
  const auto stored = tank.draw(random);
  auto station = assembled(*this, delivered, sucked, stored);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto pump = lines[i].pump.draw(random);
    const auto power = lines[i].power.draw(random);
    set_pump(station.lines[i], pump, power, lines[i].strainer.draw(random));
  }
  return station;
}

std::string describe(const FittedStation& station, const Plant& plant, const Ports& ports) {
  const auto& d = station.delivery;
  const auto n = station.lines.size();
  const double area = 1.0 / station.tank.value[0];
  std::string out = "learnt from " + std::to_string(station.cells) + " stretches of " +
                    to_string(kCell) + "; static head " + spread(d.value[0], d.sd(0)) +
                    " m, riser " + spread(d.value[1], d.sd(1)) + " s²/m⁵, tank " +
                    spread(area, station.tank.sd(0) * area * area) + " m²";
  for (std::size_t i = 0; i < n; ++i) {
    const auto& line = station.lines[i];
    out += "; " + plant.asset(plant.signal(ports.lines[i].flow).asset).path + ": shut-off head " +
           spread(line.pump.value[0], line.pump.sd(0)) + " m at " +
           text::rounded(line.rated_speed, 4) + " rad/s, droop " +
           spread(line.pump.value[1], line.pump.sd(1)) + " s²/m⁵, pipe " +
           spread(d.value[2 + i], d.sd(2 + i)) + " s²/m⁵, valve " +
           spread(d.value[2 + n + i], d.sd(2 + n + i)) + " s²/m⁵";
    if (!line.strainer.value.empty()) {
      out += ", strainer " + spread(line.strainer.value[0], line.strainer.sd(0)) + " s²/m⁵";
    }
    if (!line.trim.law.value.empty()) {
      out += ", its speed follows the level by " +
             spread(line.trim.law.value[0], line.trim.law.sd(0)) + " rad/s per m";
    }
  }
  return out;
}

}  // namespace gemel::simulation
