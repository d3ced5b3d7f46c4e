#include "station_network.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace gemel::bench {

namespace {

equations::Network compiled(const std::vector<equations::Part>& parts,
                            const std::vector<equations::Link>& links) {
  auto made = equations::Network::compile(parts, links);
  if (!made) throw std::runtime_error(made.error().message);
  return *std::move(made);
}

/// All but the tank.
std::pair<std::vector<equations::Part>, std::vector<equations::Link>> lines() {
  using namespace equations;
  std::vector<equations::Part> parts{{"river", "reservoir", {{"pressure", 0}}},
                                     {"riser", "pipe", {{"resistance", 3e8}, {"rise", 12}}}};
  std::vector<Link> links{{"riser.outlet", "tank.port"}};
  for (const std::string line : {"1", "2"}) {
    parts.push_back({"strainer_" + line, "pipe", {{"resistance", 2e7}}});
    parts.push_back({"pump_" + line,
                     "pump",
                     {{"shutoff_head", 30},
                      {"droop", 1e5},
                      {"rated_speed", 150},
                      {"best_flow", 0.008},
                      {"speed", 150}}});
    parts.push_back({"valve_" + line, "valve", {{"resistance", 5e7}, {"position", 0.8}}});
    parts.push_back({"pipe_" + line, "pipe", {{"resistance", 1e8}}});
    links.push_back({"river.port", "strainer_" + line + ".inlet"});
    links.push_back({"strainer_" + line + ".outlet", "pump_" + line + ".inlet"});
    links.push_back({"pump_" + line + ".outlet", "valve_" + line + ".inlet"});
    links.push_back({"valve_" + line + ".outlet", "pipe_" + line + ".inlet"});
    links.push_back({"pipe_" + line + ".outlet", "riser.inlet"});
  }
  return {std::move(parts), std::move(links)};
}

}  // namespace

equations::Network make_station() {
  auto [parts, links] = lines();
  parts.push_back({"tank", "tank", {{"area", 40}, {"level", 2}, {"demand", 0.008}}});
  return compiled(parts, links);
}

equations::Network make_moved_station() {
  using namespace equations;
  auto [parts, links] = lines();
  parts.push_back({"tank", "tank", {{"area", 12}, {"level", 2}}});
  parts.push_back({"town",
                   "demand",
                   {{"memory", 15},
                    {"usual_memory", 6 * 3600.0},
                    {"flow", 8e-3},
                    {"usual", 8e-3},
                    {"mean", 8e-3}}});
  parts.push_back({"controller",
                   "level_controller",
                   {{"setpoint", 2},
                    {"deadband", 0.02},
                    {"gain", 83.8},
                    {"integral_time", 5400},
                    {"ramp", 0.05236},
                    {"speed_min", 131},
                    {"speed_max", 173},
                    {"speed", 150},
                    {"integral", 150}}});
  for (const std::string line : {"1", "2"}) {
    parts.push_back({"actuator_" + line, "actuator", {{"position", 0.7}, {"setpoint", 0.7}}});
    parts.push_back({"drive_" + line,
                     "drive",
                     {{"ramp", 1.05}, {"rated_power", 3000}, {"speed", 150}, {"setpoint", 150}}});
    links.push_back({"actuator_" + line + ".position", "valve_" + line + ".position"});
    links.push_back({"drive_" + line + ".speed", "pump_" + line + ".speed"});
    links.push_back({"pump_" + line + ".power", "drive_" + line + ".load"});
  }
  links.push_back({"town.taken", "tank.demand"});
  links.push_back({"tank.level", "controller.level"});
  links.push_back({"controller.speed", "drive_2.setpoint"});
  return compiled(parts, links);
}

}  // namespace gemel::bench
