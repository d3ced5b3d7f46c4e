#include "simulation/hydraulics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/check.hpp"

namespace gemel::simulation {
namespace {

constexpr int kIterationsMax = 60;
constexpr double kTolerance = 1e-9;
constexpr double kResistanceMin = 1e-6;
constexpr double kEfficiencySlopeMin =
    0.2;  // of its value at zero flow: beyond, the parabola nears its second root

double line_resistance(const Line& line, double position) {
  return std::max(
      line.strainer + line.suction + line.droop + line.pipe + valve_resistance(line, position),
      kResistanceMin);
}

double drive_m(const Line& line, double speed) {
  return line.intake_head_m + line.shutoff_head_m * speed * speed;
}

/// The lines seen from the junction: what drives each and what it loses.
struct Lines {
  struct Each {
    double drive_m;
    double resistance;
    double flow(double junction_m) const {
      return std::sqrt(std::max(drive_m - junction_m, 0.0) / resistance);
    }
  };
  std::array<Each, kLinesMax> each;
  std::size_t count = 0;

  Lines(const Station& station, std::span<const Setting> settings) : count(station.lines.size()) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto& line = station.lines[i];
      each[i] = {drive_m(line, settings[i].speed), line_resistance(line, settings[i].valve)};
    }
  }

  /// The lines' total at a junction head, and its derivative by that head.
  struct Total {
    double flow = 0.0;
    double slope = 0.0;
  };
  Total total(double junction_m) const {
    Total sum;
    for (std::size_t i = 0; i < count; ++i) {
      const double excess = each[i].drive_m - junction_m;
      if (excess <= 0.0) continue;
      const double flow = each[i].flow(junction_m);
      sum.flow += flow;
      sum.slope -= flow / (2.0 * excess);
    }
    return sum;
  }
};

}  // namespace

double valve_resistance(const Line& line, double position) {
  return line.valve * std::pow(line.rangeability, 2.0 * (1.0 - position));
}

double pump_head_m(const Line& line, double flow, double speed) {
  return line.shutoff_head_m * speed * speed - line.droop * flow * flow;
}

double efficiency(const Line& line, double flow, double speed) {
  if (speed <= 0.0) return 0.0;
  const double x = flow / speed;
  return std::max(line.efficiency_rise * x - line.efficiency_bend * x * x, 0.0);
}

double power_w(const Station& station, const Line& line, double flow, double speed) {
  if (speed <= 0.0) return 0.0;
  // ρ g Q H / η with Q cancelled, so that zero flow does not divide by zero.
  const double slope = std::max(line.efficiency_rise - line.efficiency_bend * flow / speed,
                                kEfficiencySlopeMin * line.efficiency_rise);
  return station.pascals(std::max(pump_head_m(line, flow, speed), 0.0)) * speed / slope;
}

double suction_head_m(const Line& line, double flow) {
  return line.intake_head_m - (line.strainer + line.suction) * flow * flow;
}

void solve_flows(const Station& station, std::span<const Setting> settings, double level_m,
                 double guess, std::span<double> flows) {
  GEMEL_CHECK(settings.size() == station.lines.size() && flows.size() == station.lines.size());
  GEMEL_CHECK(station.lines.size() <= kLinesMax);
  const Lines lines(station, settings);
  const double still_m = station.static_head_m + level_m;
  // lines(total) − total falls strictly, from ≥ 0 at no flow to ≤ 0 at what the lines give without
  // a riser.
  double low = 0.0;
  double high = lines.total(still_m).flow;
  double total = std::clamp(guess, low, high);
  for (int i = 0; i < kIterationsMax && high - low > kTolerance * high; ++i) {
    const auto given = lines.total(still_m + station.riser * total * total);
    const double excess = given.flow - total;
    (excess > 0.0 ? low : high) = total;
    if (std::abs(excess) <= kTolerance * high) break;
    const double newton = total - excess / (given.slope * 2.0 * station.riser * total - 1.0);
    total = newton > low && newton < high ? newton : 0.5 * (low + high);
  }
  const double junction_m = still_m + station.riser * total * total;
  for (std::size_t i = 0; i < flows.size(); ++i) flows[i] = lines.each[i].flow(junction_m);
}

}  // namespace gemel::simulation
