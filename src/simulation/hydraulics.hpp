#pragma once
// The water of a pump station in steady state: lines in parallel between an intake and one riser.
// SI throughout.
//
//   H_pump(Q, ν)  = h0 ν² − k Q²                   ν = n/n0, affinity laws     (Gülich, Centrifugal
//   Pumps, 3.3, 12.1) P(Q, ν)       = ρ g Q H / η,  η = a x − b x²,  x = Q/ν (Gülich 12.2;
//   Karassik, Pump Handbook, 2.3) H_valve       = k_v R^(2 (1 − s)) Q²           equal percentage,
//   0 ≤ s ≤ 1  (IEC 60534-2-4) h_intake − (k_strainer + k_suction) Q² + H_pump − k_pipe Q² −
//   H_valve = H_junction H_junction    = z_static + level + k_riser (ΣQ)²
//
// Heads are metres above the pressure gauges, gauge pressure.

#include <cstddef>
#include <span>
#include <vector>

namespace gemel::simulation {

inline constexpr double kGravity_m_s2 = 9.80665;
inline constexpr std::size_t kLinesMax = 64;

/// What one line is made of.
struct Line {
  double shutoff_head_m = 0.0;   // h0
  double droop = 0.0;            // k, s²/m⁵, as all resistances
  double efficiency_rise = 0.0;  // a, s/m³
  double efficiency_bend = 0.0;  // b, s²/m⁶
  double strainer = 0.0;
  double suction = 0.0;
  double pipe = 0.0;
  double valve = 0.0;          // fully open
  double rangeability = 50.0;  // R
  double intake_head_m = 0.0;
};

struct Station {
  std::vector<Line> lines;
  double static_head_m = 0.0;
  double riser = 0.0;
  double per_tank_area = 0.0;  // 1/m²
  double imbalance_m_s = 0.0;  // level that comes or goes beside the measured flows
  double density = 999.0;

  double pascals(double head_m) const { return density * kGravity_m_s2 * head_m; }
  double head(double pascals) const { return pascals / (density * kGravity_m_s2); }
};

/// What the controls do. Units: speed relative to the rated one; stem position 0 … 1.
struct Setting {
  double speed = 1.0;
  double valve = 1.0;
};

double valve_resistance(const Line& line, double position);
double pump_head_m(const Line& line, double flow, double speed);
/// Wire to water. 0 where the parabola has no meaning any more.
double efficiency(const Line& line, double flow, double speed);
/// Finite also at zero flow.
double power_w(const Station& station, const Line& line, double flow, double speed);

/// Flow through each line, m³/s, never negative (check valves), to 1e-9 of the total. `guess` is a
/// total to start from. Shapes: settings and flows as station.lines, at most kLinesMax.
void solve_flows(const Station& station, std::span<const Setting> settings, double level_m,
                 double guess, std::span<double> flows);

double suction_head_m(const Line& line, double flow);

}  // namespace gemel::simulation
