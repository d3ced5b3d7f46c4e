#include "station_network.hpp"

#include <stdexcept>

namespace gemel::bench {

equations::Network make_station() {
  using namespace equations;
  std::vector<equations::Part> parts{
      {"river", "reservoir", {{"pressure", 0}}},
      {"riser", "pipe", {{"resistance", 3e8}, {"rise", 12}}},
      {"tank", "tank", {{"area", 40}, {"level", 2}, {"demand", 0.008}}}};
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
  auto made = Network::compile(parts, links);
  if (!made) throw std::runtime_error(made.error().message);
  return *std::move(made);
}

}  // namespace gemel::bench
