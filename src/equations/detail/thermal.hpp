#pragma once
// Heat: what stores it, what conducts it, and a heat exchanger between two streams.
// Source: Incropera et al., "Fundamentals of Heat and Mass Transfer", 7th ed., 2011, ch. 5 and 11.

#include "equations/component.hpp"
#include "equations/detail/hydraulic.hpp"

namespace gemel::equations::detail {

/// Surroundings whose temperature nothing changes.
struct Ambient : NoEquations {
  static constexpr std::string_view kName = "ambient";
  static constexpr std::string_view kSummary = "surroundings at a temperature that nothing changes";
  static constexpr std::array kPorts{PortKind{"port", Domain::Thermal, Gives::Potential}};
  static constexpr std::array kInputs{
      QuantityKind{"temperature", "K", "of the surroundings", 293.15, 1.0, 5000.0}};
  template <class Plain>
  static void potentials(const Situation<Plain>& now, Plain* potential) {
    potential[0] = now.input[0];
  }
};

/// A body of one temperature: capacity · dT/dt = heat flowing in + heat set free in it.
struct ThermalMass : NoEquations {
  static constexpr std::string_view kName = "thermal_mass";
  static constexpr std::string_view kSummary = "a body of one temperature that stores heat";
  static constexpr std::array kPorts{PortKind{"port", Domain::Thermal, Gives::Potential}};
  static constexpr std::array kParameters{
      QuantityKind{"capacity", "J/K", "heat for a kelvin", kMustBeSaid, 1e-6, 1e15}};
  static constexpr std::array kStates{
      QuantityKind{"temperature", "K", "of the body", 293.15, 1.0, 5000.0}};
  static constexpr std::array kInputs{
      QuantityKind{"heat", "W", "set free in it", 0.0, -1e12, 1e12}};
  template <class Plain>
  static void potentials(const Situation<Plain>& now, Plain* potential) {
    potential[0] = now.state[0];
  }
  template <class Plain>
  static void rates(const Plain*, const Plain* flow, const Situation<Plain>& now, Plain* slope,
                    Plain*) {
    slope[0] = (flow[0] + now.input[0]) / now.parameter[0];
  }
};

/// Heat flows in proportion to the difference of temperatures.
struct Conductance : NoEquations {
  static constexpr std::string_view kName = "conductance";
  static constexpr std::string_view kSummary = "conducts heat in proportion to the difference";
  static constexpr std::array kPorts{PortKind{"a", Domain::Thermal},
                                     PortKind{"b", Domain::Thermal}};
  static constexpr std::array kParameters{QuantityKind{
      "conductance", "W/K", "heat for a kelvin of difference", kMustBeSaid, 1e-9, 1e12}};
  static constexpr std::array kOutputs{
      QuantityKind{"heat", "W", "from a to b", 0.0, -kUnbounded, kUnbounded}};
  template <class Real, class Plain>
  static void flows(const Real* potential, const Situation<Plain>& now, Real* flow) {
    flow[0] = (potential[0] - potential[1]) * Real(now.parameter[0]);
    flow[1] = -flow[0];
  }
  template <class Plain>
  static void rates(const Plain*, const Plain* flow, const Situation<Plain>&, Plain*,
                    Plain* output) {
    output[0] = flow[0];
  }
};

/// Two streams in counterflow by effectiveness and number of transfer units; both outlets follow
/// their steady values with the time that the wall needs. Fouling takes from the conductance.
struct HeatExchanger : NoEquations {
  static constexpr std::string_view kName = "heat_exchanger";
  static constexpr std::string_view kSummary = "two streams in counterflow; fouling takes from it";
  static constexpr std::array kParameters{
      QuantityKind{"conductance", "W/K", "clean, the whole surface", kMustBeSaid, 1e-6, 1e12},
      QuantityKind{"hot_capacity", "J/(kg.K)", "specific, of the hot stream", 4186.0, 1.0, 1e5},
      QuantityKind{"cold_capacity", "J/(kg.K)", "specific, of the cold stream", 4186.0, 1.0, 1e5},
      QuantityKind{"lag", "s", "with which outlets follow", 20.0, 1e-3, 1e6}};
  static constexpr std::array kStates{
      QuantityKind{"hot_outlet", "K", "temperature", 293.15, 1.0, 5000.0},
      QuantityKind{"cold_outlet", "K", "temperature", 293.15, 1.0, 5000.0}};
  static constexpr std::array kInputs{
      QuantityKind{"hot_flow", "kg/s", "of the hot stream", kMustBeSaid, 0.0, 1e6},
      QuantityKind{"hot_inlet", "K", "temperature", kMustBeSaid, 1.0, 5000.0},
      QuantityKind{"cold_flow", "kg/s", "of the cold stream", kMustBeSaid, 0.0, 1e6},
      QuantityKind{"cold_inlet", "K", "temperature", kMustBeSaid, 1.0, 5000.0},
      QuantityKind{"fouling", "K/W", "resistance of the layer", 0.0, 0.0, 1e6}};
  static constexpr std::array kOutputs{
      QuantityKind{"heat", "W", "from hot to cold, steady", 0.0, -kUnbounded, kUnbounded},
      QuantityKind{"effectiveness", "1", "of the greatest heat that could be exchanged", 0.0, 0.0,
                   1.0}};
  template <class Plain>
  static void rates(const Plain*, const Plain*, const Situation<Plain>& now, Plain* slope,
                    Plain* output) {
    const Plain hot = max(now.input[0] * now.parameter[1], Plain(1e-9));
    const Plain cold = max(now.input[2] * now.parameter[2], Plain(1e-9));
    const Plain least = min(hot, cold), ratio = least / max(hot, cold);
    const Plain conductance = 1.0 / (1.0 / now.parameter[0] + now.input[4]);
    const Plain units = conductance / least;
    // Equal streams make 0/0 of the general formula; their limit is units / (1 + units).
    const Plain rest = max(1.0 - ratio, Plain(1e-6));
    const Plain decay = exp(-(units * rest));
    const Plain effectiveness =
        choose(ratio < 1.0 - 1e-6, (1.0 - decay) / (1.0 - ratio * decay), units / (1.0 + units));
    const Plain heat = effectiveness * least * (now.input[1] - now.input[3]);
    slope[0] = (now.input[1] - heat / hot - now.state[0]) / now.parameter[3];
    slope[1] = (now.input[3] + heat / cold - now.state[1]) / now.parameter[3];
    output[0] = heat;
    output[1] = effectiveness;
  }
};

}  // namespace gemel::equations::detail
