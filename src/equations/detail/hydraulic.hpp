#pragma once
// Water and its like: reservoirs, tanks, pipes, valves, pumps.
// Source: Rossman et al., "EPANET 2.2 User Manual", US EPA, 2020; Gülich, "Centrifugal Pumps",
// 4th ed., 2020 (affinity laws); IEC 60534-2-1 (valves).

#include <limits>

#include "equations/component.hpp"

namespace gemel::equations::detail {

inline constexpr double kGravity = 9.80665;  // m/s²
inline constexpr double kMustBeSaid = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kUnbounded = std::numeric_limits<double>::infinity();
inline constexpr QuantityKind kDensity{"density", "kg/m3", "of the fluid", 998.0, 1.0, 20'000.0};

/// The flow through a resistance: drop = r q|q|, made linear below a pressure that nobody
/// measures, where the law's slope would be infinite.
template <class Plain>
Dual<Plain> turbulent(const Dual<Plain>& drop, const Plain& resistance) {
  constexpr double kLinearBelow = 50.0;  // Pa
  const Plain square = drop.value * drop.value;
  const Plain size = square + kLinearBelow * kLinearBelow;
  const Plain conductance = 1.0 / sqrt(sqrt(size) * resistance);
  return Dual<Plain>::of(drop.value * conductance, conductance * (1.0 - 0.5 * square / size), drop);
}

/// A body of water so large that nothing moves its pressure.
struct Reservoir : NoEquations {
  static constexpr std::string_view kName = "reservoir";
  static constexpr std::string_view kSummary = "water at a pressure that nothing here changes";
  static constexpr std::array kPorts{PortKind{"port", Domain::Hydraulic, Gives::Potential}};
  static constexpr std::array kInputs{
      QuantityKind{"pressure", "Pa", "at the port, gauge", 0.0, -1e5, 1e9}};
  template <class Plain>
  static void potentials(const Situation<Plain>& now, Plain* potential) {
    potential[0] = now.input[0];
  }
};

/// An open tank with straight walls: area · d(level)/dt = inflow − demand.
struct Tank : NoEquations {
  static constexpr std::string_view kName = "tank";
  static constexpr std::string_view kSummary = "an open tank, filled and emptied at its bottom";
  static constexpr std::array kPorts{PortKind{"port", Domain::Hydraulic, Gives::Potential}};
  static constexpr std::array kParameters{
      QuantityKind{"area", "m2", "of its surface", kMustBeSaid, 1e-6, 1e9},
      QuantityKind{"elevation", "m", "of its bottom above the gauges' zero", 0.0, -1e4, 1e4},
      kDensity};
  static constexpr std::array kStates{
      QuantityKind{"level", "m", "above its bottom", kMustBeSaid, 0.0, 1e4}};
  static constexpr std::array kInputs{
      QuantityKind{"demand", "m3/s", "taken from it elsewhere", 0.0, -1e6, 1e6}};
  static constexpr std::array kOutputs{
      QuantityKind{"inflow", "m3/s", "through the port", 0.0, -kUnbounded, kUnbounded}};
  template <class Plain>
  static void potentials(const Situation<Plain>& now, Plain* potential) {
    potential[0] = now.parameter[2] * kGravity * (now.parameter[1] + now.state[0]);
  }
  template <class Plain>
  static void rates(const Plain*, const Plain* flow, const Situation<Plain>& now, Plain* slope,
                    Plain* output) {
    slope[0] = (flow[0] - now.input[0]) / now.parameter[0];
    output[0] = flow[0];
  }
};

/// Pipe, fitting, strainer: pressure falls with the square of the flow (fully rough turbulence).
struct Pipe : NoEquations {
  static constexpr std::string_view kName = "pipe";
  static constexpr std::string_view kSummary =
      "a turbulent resistance: pipe, fitting, strainer; fouling multiplies it";
  static constexpr std::array kPorts{PortKind{"inlet", Domain::Hydraulic},
                                     PortKind{"outlet", Domain::Hydraulic}};
  static constexpr std::array kParameters{
      QuantityKind{"resistance", "Pa.s2/m6", "drop over flow squared", kMustBeSaid, 1e-6, 1e18},
      QuantityKind{"rise", "m", "of the outlet above the inlet", 0.0, -1e4, 1e4}, kDensity};
  static constexpr std::array kInputs{
      QuantityKind{"fouling", "1", "resistance over that of the clean pipe", 1.0, 0.01, 1e6}};
  static constexpr std::array kOutputs{
      QuantityKind{"flow", "m3/s", "from inlet to outlet", 0.0, -kUnbounded, kUnbounded},
      QuantityKind{"drop", "Pa", "of pressure by friction", 0.0, -kUnbounded, kUnbounded}};
  template <class Plain>
  static Plain hydrostatic(const Situation<Plain>& now) {
    return now.parameter[1] * now.parameter[2] * kGravity;
  }
  template <class Real, class Plain>
  static void flows(const Real* potential, const Situation<Plain>& now, Real* flow) {
    const Real drop = potential[0] - potential[1] - Real(hydrostatic(now));
    flow[0] = turbulent(drop, now.parameter[0] * now.input[0]);
    flow[1] = -flow[0];
  }
  template <class Plain>
  static void rates(const Plain* potential, const Plain* flow, const Situation<Plain>& now, Plain*,
                    Plain* output) {
    output[0] = flow[0];
    output[1] = potential[0] - potential[1] - hydrostatic(now);
  }
};

inline constexpr double kMostCovered = 0.95;  // of a strainer's mesh

/// A basket strainer: a quadratic resistance that grows with the inverse square of the open share
/// of its mesh. Deposits cover the mesh by the volume that passes; what lies loose on it comes and
/// goes within hours. Source: an orifice's resistance (Idelchik, "Handbook of Hydraulic
/// Resistance", 4th ed., 2007, ch. 8); of what the water carries, a constant part stays.
struct Strainer : NoEquations {
  static constexpr std::string_view kName = "strainer";
  static constexpr std::string_view kSummary =
      "a strainer whose mesh deposits cover as water passes";
  static constexpr std::array kPorts{PortKind{"inlet", Domain::Hydraulic},
                                     PortKind{"outlet", Domain::Hydraulic}};
  static constexpr std::array kParameters{
      QuantityKind{"resistance", "Pa.s2/m6", "of the open mesh", kMustBeSaid, 1e-6, 1e18},
      QuantityKind{"memory", "s", "of what lies loose on the mesh", 10'800.0, 1.0, 1e9}};
  static constexpr std::array kStates{
      QuantityKind{"deposit", "1", "share of the mesh that deposits cover", 0.0, 0.0, kMostCovered},
      QuantityKind{"loose", "1", "share that what comes and goes covers beside it", 0.0, -0.5,
                   0.5}};
  static constexpr std::array kInputs{
      QuantityKind{"growth", "1/m3", "share that a cubic metre's deposits cover", 0.0, 0.0, 1e3}};
  static constexpr std::array kOutputs{
      QuantityKind{"flow", "m3/s", "from inlet to outlet", 0.0, -kUnbounded, kUnbounded},
      QuantityKind{"drop", "Pa", "of pressure", 0.0, -kUnbounded, kUnbounded},
      QuantityKind{"covered", "1", "share of the mesh, of both", 0.0, -0.5, kMostCovered}};
  template <class Plain>
  static Plain covered(const Situation<Plain>& now) {
    return min(now.state[0] + now.state[1], Plain(kMostCovered));
  }
  template <class Real, class Plain>
  static void flows(const Real* potential, const Situation<Plain>& now, Real* flow) {
    const Plain open = 1.0 - covered(now);
    flow[0] = turbulent(potential[0] - potential[1], now.parameter[0] / (open * open));
    flow[1] = -flow[0];
  }
  template <class Plain>
  static void rates(const Plain* potential, const Plain* flow, const Situation<Plain>& now,
                    Plain* slope, Plain* output) {
    const auto full = now.state[0] >= kMostCovered;
    slope[0] = choose(full, Plain(0.0), now.input[0] * max(flow[0], Plain(0.0)));
    slope[1] = -now.state[1] / now.parameter[1];
    output[0] = flow[0];
    output[1] = potential[0] - potential[1];
    output[2] = covered(now);
  }
};

/// A control valve of equal-percentage trim: conductance = conductance open · R^(position − 1),
/// shut tight at 0.
struct Valve : NoEquations {
  static constexpr std::string_view kName = "valve";
  static constexpr std::string_view kSummary = "a control valve of equal-percentage trim";
  static constexpr std::array kPorts{PortKind{"inlet", Domain::Hydraulic},
                                     PortKind{"outlet", Domain::Hydraulic}};
  static constexpr std::array kParameters{
      QuantityKind{"resistance", "Pa.s2/m6", "fully open", kMustBeSaid, 1e-6, 1e18},
      QuantityKind{"rangeability", "1", "R of the trim", 50.0, 1.5, 1000.0}};
  static constexpr std::array kInputs{
      QuantityKind{"position", "1", "0 shut … 1 open", 1.0, 0.0, 1.0}};
  static constexpr std::array kOutputs{
      QuantityKind{"flow", "m3/s", "from inlet to outlet", 0.0, -kUnbounded, kUnbounded},
      QuantityKind{"drop", "Pa", "of pressure", 0.0, -kUnbounded, kUnbounded}};
  template <class Real, class Plain>
  static void flows(const Real* potential, const Situation<Plain>& now, Real* flow) {
    // What still leaks below a hundredth of the stem's way is taken away in proportion to it.
    const Plain open = min(max(now.input[0], Plain(0.0)), Plain(1.0));
    const Plain trim = exp(log(now.parameter[1]) * (open - 1.0)) * min(open * 100.0, Plain(1.0));
    const Plain conductance = max(trim, Plain(1e-9));
    flow[0] =
        turbulent(potential[0] - potential[1], now.parameter[0] / (conductance * conductance));
    flow[1] = -flow[0];
  }
  template <class Plain>
  static void rates(const Plain* potential, const Plain* flow, const Situation<Plain>&, Plain*,
                    Plain* output) {
    output[0] = flow[0];
    output[1] = potential[0] - potential[1];
  }
};

/// A centrifugal pump at a given speed, a check valve behind it: head = (1 − wear) · shut-off head
/// · s² − droop · flow², s being speed over rated speed; efficiency falls off parabolically from
/// its best flow, which moves with s.
struct Pump : NoEquations {
  static constexpr std::string_view kName = "pump";
  static constexpr std::string_view kSummary =
      "a centrifugal pump with a check valve, by its speed";
  static constexpr std::array kPorts{PortKind{"inlet", Domain::Hydraulic},
                                     PortKind{"outlet", Domain::Hydraulic}};
  static constexpr std::array kParameters{
      QuantityKind{"shutoff_head", "m", "at rated speed", kMustBeSaid, 0.1, 1e4},
      QuantityKind{"droop", "s2/m5", "head lost over flow squared", kMustBeSaid, 1e-3, 1e12},
      QuantityKind{"rated_speed", "rad/s", "of the curve", kMustBeSaid, 1.0, 1e5},
      QuantityKind{"best_flow", "m3/s", "at rated speed", kMustBeSaid, 1e-9, 1e3},
      QuantityKind{"best_efficiency", "1", "wire to water", 0.7, 0.01, 1.0},
      kDensity};
  static constexpr std::array kInputs{
      QuantityKind{"speed", "rad/s", "of the shaft", kMustBeSaid, 0.0, 1e5},
      QuantityKind{"wear", "1", "share of the head that is lost", 0.0, -1.0, 1.0}};
  static constexpr std::array kOutputs{
      QuantityKind{"flow", "m3/s", "from inlet to outlet", 0.0, 0.0, kUnbounded},
      QuantityKind{"head", "m", "between inlet and outlet", 0.0, -kUnbounded, kUnbounded},
      QuantityKind{"power", "W", "electrical", 0.0, 0.0, kUnbounded},
      QuantityKind{"efficiency", "1", "wire to water", 0.0, 0.0, 1.0}};
  template <class Real, class Plain>
  static void flows(const Real* potential, const Situation<Plain>& now, Real* flow) {
    const Plain weight = now.parameter[5] * kGravity;
    const Plain share = now.input[0] / now.parameter[2];
    const Plain shutoff = weight * (now.parameter[0] * (1.0 - now.input[1]) * share * share);
    const Real spare = Real(shutoff) - (potential[1] - potential[0]);
    const Real through = turbulent(spare, weight * now.parameter[1]);
    // The check valve lets a millionth back, so that the equations keep one solution.
    flow[0] = choose(spare > 0.0, through, through * Real(Plain(1e-6)));
    flow[1] = -flow[0];
  }
  template <class Plain>
  static void rates(const Plain* potential, const Plain* flow, const Situation<Plain>& now, Plain*,
                    Plain* output) {
    const Plain head = (potential[1] - potential[0]) / (now.parameter[5] * kGravity);
    const Plain share = max(now.input[0] / now.parameter[2], Plain(1e-3));
    const Plain off = flow[0] / (share * now.parameter[3]) - 1.0;
    const Plain efficiency =
        now.parameter[4] * max(1.0 - off * off, Plain(0.05));  // it never gives nothing at all
    const Plain useful =
        now.parameter[5] * kGravity * max(head, Plain(0.0)) * max(flow[0], Plain(0.0));
    // At no flow it still churns: a twentieth of the power at its best point, with the cube of s.
    const Plain best = now.parameter[5] * kGravity * (0.75 * now.parameter[0]) * now.parameter[3];
    const Plain churning = 0.05 * best * share * share * share / now.parameter[4];
    output[0] = flow[0];
    output[1] = head;
    output[2] = useful / efficiency + churning;
    output[3] = efficiency;
  }
};

}  // namespace gemel::equations::detail
