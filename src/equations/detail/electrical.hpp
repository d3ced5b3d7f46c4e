#pragma once
// Batteries and what they feed; a motor with its heat.
// Source: Plett, "Battery Management Systems", vol. 1, 2015, ch. 2 (equivalent circuit);
// IEC 60034-1 and Boglietti et al., "Evolution and modern approaches for thermal analysis of
// electrical machines", IEEE Trans. Ind. Electron. 56, 2009 (two bodies).

#include "equations/component.hpp"
#include "equations/detail/hydraulic.hpp"

namespace gemel::equations::detail {

/// Connection to a voltage that nothing changes.
struct Supply : NoEquations {
  static constexpr std::string_view kName = "supply";
  static constexpr std::string_view kSummary = "a voltage that nothing changes; 0 V is the ground";
  static constexpr std::array kPorts{PortKind{"port", Domain::Electrical, Gives::Potential}};
  static constexpr std::array kInputs{QuantityKind{"voltage", "V", "at the port", 0.0, -1e7, 1e7}};
  template <class Plain>
  static void potentials(const Situation<Plain>& now, Plain* potential) {
    potential[0] = now.input[0];
  }
};

struct Resistor : NoEquations {
  static constexpr std::string_view kName = "resistor";
  static constexpr std::string_view kSummary = "current in proportion to voltage";
  static constexpr std::array kPorts{PortKind{"a", Domain::Electrical},
                                     PortKind{"b", Domain::Electrical}};
  static constexpr std::array kParameters{
      QuantityKind{"resistance", "ohm", "voltage over current", kMustBeSaid, 1e-9, 1e12}};
  static constexpr std::array kOutputs{
      QuantityKind{"current", "A", "from a to b", 0.0, -kUnbounded, kUnbounded},
      QuantityKind{"heat", "W", "set free", 0.0, 0.0, kUnbounded}};
  template <class Real, class Plain>
  static void flows(const Real* potential, const Situation<Plain>& now, Real* flow) {
    flow[0] = (potential[0] - potential[1]) / Real(now.parameter[0]);
    flow[1] = -flow[0];
  }
  template <class Plain>
  static void rates(const Plain* potential, const Plain* flow, const Situation<Plain>&, Plain*,
                    Plain* output) {
    output[0] = flow[0];
    output[1] = flow[0] * (potential[0] - potential[1]);
  }
};

/// A cell or pack: open-circuit voltage (linear between empty and full) behind a resistance and one
/// resistor–capacitor pair, which is how it recovers when a load goes.
struct Battery : NoEquations {
  static constexpr std::string_view kName = "battery";
  static constexpr std::string_view kSummary = "a cell or pack as an equivalent circuit";
  static constexpr std::array kPorts{PortKind{"plus", Domain::Electrical},
                                     PortKind{"minus", Domain::Electrical}};
  static constexpr std::array kParameters{
      QuantityKind{"capacity", "C", "charge from full to empty", kMustBeSaid, 1e-3, 1e12},
      QuantityKind{"empty_voltage", "V", "open circuit", kMustBeSaid, 0.0, 1e6},
      QuantityKind{"full_voltage", "V", "open circuit", kMustBeSaid, 0.0, 1e6},
      QuantityKind{"resistance", "ohm", "in series", kMustBeSaid, 1e-9, 1e6},
      QuantityKind{"slow_resistance", "ohm", "of the pair", 1e-3, 1e-9, 1e6},
      QuantityKind{"slow_time", "s", "of the pair", 60.0, 1e-3, 1e6}};
  static constexpr std::array kStates{
      QuantityKind{"charge", "1", "0 empty … 1 full", kMustBeSaid, -0.5, 1.5},
      QuantityKind{"slow_voltage", "V", "over the pair", 0.0, -1e6, 1e6}};
  static constexpr std::array kOutputs{
      QuantityKind{"voltage", "V", "between its poles", 0.0, -kUnbounded, kUnbounded},
      QuantityKind{"current", "A", "delivered", 0.0, -kUnbounded, kUnbounded},
      QuantityKind{"heat", "W", "set free in it", 0.0, 0.0, kUnbounded}};
  template <class Plain>
  static Plain inner_voltage(const Situation<Plain>& now) {
    return now.parameter[1] + (now.parameter[2] - now.parameter[1]) * now.state[0] - now.state[1];
  }
  template <class Real, class Plain>
  static void flows(const Real* potential, const Situation<Plain>& now, Real* flow) {
    flow[0] = (potential[0] - potential[1] - Real(inner_voltage(now))) / Real(now.parameter[3]);
    flow[1] = -flow[0];
  }
  template <class Plain>
  static void rates(const Plain* potential, const Plain* flow, const Situation<Plain>& now,
                    Plain* slope, Plain* output) {
    const Plain current = -flow[0];
    slope[0] = -(current / now.parameter[0]);
    slope[1] = (now.parameter[4] * current - now.state[1]) / now.parameter[5];
    output[0] = potential[0] - potential[1];
    output[1] = current;
    output[2] =
        current * current * now.parameter[3] + now.state[1] * now.state[1] / now.parameter[4];
  }
};

/// An electric motor under a load, as two bodies: its losses heat the winding, the winding heats
/// the housing, and the fan, which turns with the shaft, cools that.
struct Motor : NoEquations {
  static constexpr std::string_view kName = "motor";
  static constexpr std::string_view kSummary = "an electric motor and its heat, by load and speed";
  static constexpr std::array kParameters{
      QuantityKind{"rated_power", "W", "at the shaft", kMustBeSaid, 1.0, 1e9},
      QuantityKind{"rated_speed", "rad/s", "of the shaft", kMustBeSaid, 1.0, 1e5},
      QuantityKind{"idle_losses", "W", "at rated speed without a load", kMustBeSaid, 0.0, 1e8},
      QuantityKind{"load_losses", "W", "of the winding at rated power", kMustBeSaid, 0.0, 1e8},
      QuantityKind{"winding_capacity", "J/K", "heat for a kelvin", kMustBeSaid, 1.0, 1e12},
      QuantityKind{"housing_capacity", "J/K", "heat for a kelvin", kMustBeSaid, 1.0, 1e12},
      QuantityKind{"inner_conductance", "W/K", "winding to housing", kMustBeSaid, 1e-6, 1e9},
      QuantityKind{"outer_conductance", "W/K", "housing to air at rated speed", kMustBeSaid, 1e-6,
                   1e9}};
  static constexpr std::array kStates{
      QuantityKind{"winding", "K", "temperature", 293.15, 1.0, 2000.0},
      QuantityKind{"housing", "K", "temperature", 293.15, 1.0, 2000.0}};
  static constexpr std::array kInputs{
      QuantityKind{"load", "W", "at the shaft", 0.0, -1e9, 1e9},
      QuantityKind{"speed", "rad/s", "of the shaft", kMustBeSaid, 0.0, 1e5},
      QuantityKind{"ambient", "K", "temperature of the air", 293.15, 1.0, 2000.0}};
  static constexpr std::array kOutputs{
      QuantityKind{"losses", "W", "heat set free", 0.0, 0.0, kUnbounded},
      QuantityKind{"power", "W", "taken from the mains", 0.0, -kUnbounded, kUnbounded}};
  template <class Plain>
  static void rates(const Plain*, const Plain*, const Situation<Plain>& now, Plain* slope,
                    Plain* output) {
    const Plain share = now.input[1] / now.parameter[1];
    // Torque makes the current; copper resists 0.39 % more for each kelvin above 20 °C.
    const Plain torque = now.input[0] / now.parameter[0] / max(share, Plain(0.02));
    const Plain copper =
        now.parameter[3] * torque * torque * (1.0 + 0.0039 * (now.state[0] - 293.15));
    const Plain iron = now.parameter[2] * share * share;
    const Plain inward = now.parameter[6] * (now.state[0] - now.state[1]);
    // Without its fan a machine still gives off a fifth.
    const Plain outward = now.parameter[7] * (0.2 + 0.8 * share) * (now.state[1] - now.input[2]);
    slope[0] = (copper - inward) / now.parameter[4];
    slope[1] = (iron + inward - outward) / now.parameter[5];
    output[0] = copper + iron;
    output[1] = now.input[0] + copper + iron;
  }
};

}  // namespace gemel::equations::detail
