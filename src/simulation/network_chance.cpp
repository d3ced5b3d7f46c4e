#include "simulation/network_chance.hpp"

#include <algorithm>
#include <cmath>

namespace gemel::simulation {
namespace {

/// Standard deviation of the kick that a force of the same variance a second leaves to be done: the
/// exact variance after the step, less what the force brings about.
double kick(double wander, double rate, double step_s) {
  const double way = rate * step_s;
  if (way < 1e-3) return 0.0;
  const double exact = -std::expm1(-2.0 * way) / (2.0 * rate);
  const double forced = std::pow(std::expm1(-way) / rate, 2) / step_s;
  return wander * std::sqrt(std::max(exact - forced, 0.0));
}

constexpr double kForgets = 5.0;  // time constants, after which nothing of a kick is left

}  // namespace

double& NetworkStart::at(const NetworkPlace& place) {
  switch (place.of) {
    case NetworkPlace::Of::State:
      return state[place.place];
    case NetworkPlace::Of::Maintenance:
      return due[place.place];
    case NetworkPlace::Of::Parameter:
      break;
  }
  return parameters[place.place];
}

NetworkChance::NetworkChance(const std::vector<Wandering>& wandering, std::uint64_t seed)
    : wandering_(wandering), random_(seed) {}

void NetworkChance::draw_forces(double step_s, std::vector<double>& forces) {
  forces.clear();
  for (const auto& each : wandering_) {
    if (each.place.is_state()) forces.push_back(each.wander / std::sqrt(step_s) * random_.normal());
  }
}

void NetworkChance::move(NetworkStart& now, double step_s) {
  auto usual = now.usual.begin();
  auto rate = rates_.begin();
  flutter_.clear();
  for (const auto& each : wandering_) {
    double& value = now.at(each.place);
    if (each.place.is_state()) {
      const double kicked = kick(each.wander, *rate, step_s) * random_.normal();
      const bool forgotten = *rate++ * step_s > kForgets;
      flutter_.push_back(forgotten ? kicked : 0.0);
      if (!forgotten) value += kicked;
    } else if (each.memory > 0.0) {
      const double kept = std::exp(-step_s / each.memory);
      const double strays = each.wander * std::sqrt(0.5 * each.memory * (1.0 - kept * kept));
      value = *usual + (value - *usual) * kept + strays * random_.normal();
      ++usual;
    } else {
      value += each.wander * std::sqrt(step_s) * random_.normal();
    }
    value = std::clamp(value, each.place.low, each.place.high);
  }
}

void NetworkChance::flutter(std::vector<double>& state) const {
  auto flutter = flutter_.begin();
  for (const auto& each : wandering_) {
    if (!each.place.is_state() || flutter == flutter_.end()) continue;
    double& value = state[each.place.place];
    value = std::clamp(value + *flutter++, each.place.low, each.place.high);
  }
}

}  // namespace gemel::simulation
