#include "simulation/simulation.hpp"

#include <algorithm>
#include <bit>

#include "simulation/flow_simulator.hpp"
#include "simulation/fmu_simulator.hpp"
#include "simulation/network_simulator.hpp"
#include "simulation/ports.hpp"
#include "simulation/pump_station.hpp"
#include "simulation/reading_noise.hpp"

namespace gemel::simulation {
namespace {

constexpr std::string_view kPumpStation = "pump_station";
constexpr std::string_view kProcessFlow = "process_flow";
constexpr std::string_view kEquations = "equations";

/// FNV-1a over 64-bit words.
class Hash {
 public:
  void add(std::uint64_t word) {
    for (int shift = 0; shift < 64; shift += 8) {
      hash_ = (hash_ ^ ((word >> shift) & 0xff)) * 0x100000001b3ULL;
    }
  }
  void add(double value) { add(std::bit_cast<std::uint64_t>(value)); }
  void add(const Estimate& estimate) {
    for (const double v : estimate.value) add(v);
    for (const double v : estimate.root) add(v);
  }

  std::string text() const {
    std::string out;
    for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[(hash_ >> shift) & 0xf];
    return out;
  }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

std::string version_of(const FittedStation& fitted, TimeRange range, std::uint64_t seed) {
  Hash hash;
  hash.add(static_cast<std::uint64_t>(range.from.ns));
  hash.add(static_cast<std::uint64_t>(range.until.ns));
  hash.add(seed);
  for (const auto& line : fitted.lines) {
    hash.add(line.rated_speed);
    hash.add(line.pump);
    hash.add(line.power);
    hash.add(line.strainer);
  }
  hash.add(fitted.delivery);
  hash.add(fitted.suction);
  hash.add(fitted.tank);
  return std::string(kPumpStation) + "-" + hash.text();
}

Result<std::shared_ptr<const Simulator>> fit_network(const Plant& plant, const SimulatorSpec& spec,
                                                     const HistoryReader& history, TimeRange range,
                                                     Timestamp known_at) {
  GEMEL_ASSIGN(auto binding, NetworkBinding::of(plant, spec));
  const auto& told = std::get<NetworkSpec>(spec.description).noise;
  std::vector<double> noise;
  Hash hash;
  for (const auto& each : binding.watched) {
    if (const auto found = told.find(each.name); found != told.end()) {
      noise.push_back(found->second);
    } else {
      GEMEL_ASSIGN(const double learnt,
                   reading_noise(history, plant.signal(each.signal), range, known_at));
      noise.push_back(learnt);
    }
    hash.add(noise.back());
  }
  return std::shared_ptr<const Simulator>(std::make_shared<const NetworkSimulator>(
      std::make_shared<const Plant>(plant), spec, std::move(binding), std::move(noise),
      std::string(kEquations) + "-" + plant.version + "-" + hash.text()));
}

/// The noise of readings that nobody told is learnt; whether a variable is an input, of which none
/// is needed, the FMU alone knows, and it is not opened for this.
bool learns(const SimulatorSpec& spec, const FmuSpec& fmu) {
  return !fmu.followed.empty() && std::ranges::any_of(spec.signals, [&](const auto& bound) {
    return !fmu.noise.contains(bound.first);
  });
}

}  // namespace

bool learns(const SimulatorSpec& spec) {
  if (spec.kind == kPumpStation) return true;
  if (const auto* fmu = std::get_if<FmuSpec>(&spec.description)) return learns(spec, *fmu);
  const auto* network = std::get_if<NetworkSpec>(&spec.description);
  if (network == nullptr) return false;
  const auto compiled = equations::Network::compile(network->parts, network->links);
  if (!compiled) return false;
  return std::ranges::any_of(spec.signals, [&](const auto& bound) {
    return !network->noise.contains(bound.first) && !compiled->find_input(bound.first);
  });
}

Result<std::shared_ptr<const Simulator>> fit(const Plant& plant, const SimulatorSpec& spec,
                                             const HistoryReader& history, TimeRange range,
                                             Timestamp known_at, std::uint64_t seed) {
  if (std::holds_alternative<FmuSpec>(spec.description)) {
    const auto noise = [&](const Signal& signal) {
      return reading_noise(history, signal, range, known_at);
    };
    GEMEL_ASSIGN(auto made, FmuSimulator::make(std::make_shared<const Plant>(plant), spec, noise));
    return std::shared_ptr<const Simulator>(std::move(made));
  }
  if (spec.kind == kProcessFlow)
    return FlowSimulator::make(std::make_shared<const Plant>(plant), spec);
  if (spec.kind == kEquations) return fit_network(plant, spec, history, range, known_at);
  if (spec.kind != kPumpStation) {
    return Error{ErrorCode::Unsupported,
                 "there is no simulator '" + spec.kind +
                     "'; there are 'pump_station', 'equations', 'process_flow', 'fmu' and 'ssp'"};
  }
  GEMEL_ASSIGN(auto ports, bind_ports(spec));
  GEMEL_ASSIGN(const auto told, Told::check(spec, ports.lines.size()));
  GEMEL_ASSIGN(auto fitted, fit_station(plant, ports, told, history, range, known_at));
  auto version = version_of(fitted, range, seed);
  return std::shared_ptr<const Simulator>(
      std::make_shared<const PumpStation>(std::make_shared<const Plant>(plant), std::move(ports),
                                          std::move(fitted), std::move(version)));
}

}  // namespace gemel::simulation
