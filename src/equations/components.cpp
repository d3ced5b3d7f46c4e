#include <array>

#include "equations/component.hpp"
#include "equations/detail/control.hpp"
#include "equations/detail/electrical.hpp"
#include "equations/detail/hydraulic.hpp"
#include "equations/detail/thermal.hpp"
#include "equations/detail/wear.hpp"
#include "equations/detail/wind.hpp"

namespace gemel::equations {
namespace {

using namespace detail;

constexpr std::array kComponents{kind_of<Reservoir>(),
                                 kind_of<Tank>(),
                                 kind_of<Pipe>(),
                                 kind_of<Strainer>(),
                                 kind_of<Valve>(),
                                 kind_of<Pump>(),
                                 kind_of<Ambient>(),
                                 kind_of<ThermalMass>(),
                                 kind_of<Conductance>(),
                                 kind_of<HeatExchanger>(),
                                 kind_of<Supply>(),
                                 kind_of<Resistor>(),
                                 kind_of<Battery>(),
                                 kind_of<Motor>(),
                                 kind_of<WindTurbine>(),
                                 kind_of<Wake>(),
                                 kind_of<ToolWear>(),
                                 kind_of<BearingDegradation>(),
                                 kind_of<Actuator>(),
                                 kind_of<Drive>(),
                                 kind_of<LevelController>(),
                                 kind_of<Demand>()};

}  // namespace

std::span<const ComponentKind> components() { return kComponents; }

const ComponentKind* find_component(std::string_view kind) {
  for (const auto& each : kComponents) {
    if (each.name == kind) return &each;
  }
  return nullptr;
}

std::string_view to_string(Domain domain) {
  switch (domain) {
    case Domain::Hydraulic:
      return "hydraulic";
    case Domain::Thermal:
      return "thermal";
    case Domain::Electrical:
      return "electrical";
  }
  return "";
}

}  // namespace gemel::equations
