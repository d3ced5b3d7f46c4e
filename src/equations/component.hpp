#pragma once
// What a component of a plant is: ports at which it meets others, and equations between them.
//
// Components meet as in a circuit. At a node everything has one potential (pressure, temperature,
// voltage), and what flows into it (volume, heat, charge) sums to nothing. A component tells, for
// each port, either the flow that the potentials drive into it, or, where it stores something, the
// potential itself. Source: Karnopp, Margolis & Rosenberg, "System Dynamics", 5th ed., 2012.

#include <span>
#include <string_view>

#include "equations/dual.hpp"
#include "equations/lanes.hpp"

namespace gemel::equations {

/// What is potential and what flows. Units: SI; pressures are gauge pressures.
enum class Domain : std::uint8_t {
  Hydraulic,   // Pa, m³/s
  Thermal,     // K, W
  Electrical,  // V, A
};
std::string_view to_string(Domain domain);

enum class Gives : std::uint8_t { Flow, Potential };

struct PortKind {
  std::string_view name;
  Domain domain = Domain::Hydraulic;
  Gives gives = Gives::Flow;
};

/// A parameter, state, input or output.
struct QuantityKind {
  std::string_view name;
  std::string_view unit;  // SI
  std::string_view meaning;
  double usual;      // unless something else is said; NaN: it must be said
  double low, high;  // what it may be
};

/// What a component's equations see besides the potentials. `Plain` is double or Lanes.
template <class Plain>
struct Situation {
  const Plain* parameter;
  const Plain* state;
  const Plain* input;
};

/// A kind of component, as its struct in components/ declares it. Shapes: as its spans.
struct ComponentKind {
  template <class Plain>
  struct Equations {
    /// Flow into the component at each port that gives flow, with its derivatives; others are left
    /// alone.
    void (*flows)(const Dual<Plain>* potential, const Situation<Plain>&, Dual<Plain>* flow);
    /// Potential of each port that gives potential.
    void (*potentials)(const Situation<Plain>&, Plain* potential);
    /// Derivatives of the states, and the outputs, once potentials and flows are known.
    void (*rates)(const Plain* potential, const Plain* flow, const Situation<Plain>&, Plain* slope,
                  Plain* output);
  };

  std::string_view name;
  std::string_view summary;
  std::span<const PortKind> ports;
  std::span<const QuantityKind> parameters, states, inputs, outputs;
  Equations<double> one;
  Equations<Lanes> lanes;

  template <class Plain>
  const Equations<Plain>& equations() const {
    if constexpr (std::is_same_v<Plain, double>)
      return one;
    else
      return lanes;
  }
};

namespace detail {

template <class Component, class Plain>
GEMEL_WIDE_REGISTERS void flows(const Dual<Plain>* potential, const Situation<Plain>& now,
                                Dual<Plain>* flow) {
  Component::flows(potential, now, flow);
}
template <class Component, class Plain>
GEMEL_WIDE_REGISTERS void potentials(const Situation<Plain>& now, Plain* potential) {
  Component::potentials(now, potential);
}
template <class Component, class Plain>
GEMEL_WIDE_REGISTERS void rates(const Plain* potential, const Plain* flow,
                                const Situation<Plain>& now, Plain* slope, Plain* output) {
  Component::rates(potential, flow, now, slope, output);
}

template <class Component, class Plain>
constexpr ComponentKind::Equations<Plain> equations_of() {
  return {&flows<Component, Plain>, &potentials<Component, Plain>, &rates<Component, Plain>};
}

}  // namespace detail

/// What a component's struct inherits: nothing of what it may have.
struct NoEquations {
  static constexpr std::span<const PortKind> kPorts{};
  static constexpr std::span<const QuantityKind> kParameters{}, kStates{}, kInputs{}, kOutputs{};
  template <class Real, class Plain>
  static void flows(const Real*, const Situation<Plain>&, Real*) {}
  template <class Plain>
  static void potentials(const Situation<Plain>&, Plain*) {}
  template <class Plain>
  static void rates(const Plain*, const Plain*, const Situation<Plain>&, Plain*, Plain*) {}
};

template <class Component>
constexpr ComponentKind kind_of() {
  return {Component::kName,
          Component::kSummary,
          Component::kPorts,
          Component::kParameters,
          Component::kStates,
          Component::kInputs,
          Component::kOutputs,
          detail::equations_of<Component, double>(),
          detail::equations_of<Component, Lanes>()};
}

/// Null: there is none of that name.
const ComponentKind* find_component(std::string_view kind);
/// All kinds, in the order of the domains.
std::span<const ComponentKind> components();

}  // namespace gemel::equations
