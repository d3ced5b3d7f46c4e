// gemel_bench_detectors: how fast detectors score, and how good they are on the SKAB pump test bed.

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "report.hpp"

namespace gemel::bench {
namespace {

void print(const std::vector<Measurement>& measurements) {
  std::printf("\n%-58s %12s  %-14s %12s  %s\n", "what", "value", "unit", "peer", "which peer");
  for (const auto& m : measurements) {
    const auto peer = m.peer_value ? text::rounded(*m.peer_value, 4) : std::string("-");
    std::printf("%-58s %12s  %-14s %12s  %s\n", m.name.c_str(), text::rounded(m.value, 4).c_str(),
                m.unit.c_str(), peer.c_str(), m.peer.c_str());
  }
}

nlohmann::json to_json(const Measurement& m) {
  nlohmann::json row{{"name", m.name}, {"value", m.value}, {"unit", m.unit}, {"better", m.better}};
  row["peer"] = m.peer.empty() ? nlohmann::json() : nlohmann::json(m.peer);
  row["peer_value"] = m.peer_value ? nlohmann::json(*m.peer_value) : nlohmann::json();
  row["ratio"] = m.peer_value && *m.peer_value != 0.0 ? nlohmann::json(m.value / *m.peer_value)
                                                      : nlohmann::json();
  row["aim"] = m.aim ? nlohmann::json(*m.aim) : nlohmann::json();
  return row;
}

bool write_json(const std::string& path, const std::vector<Measurement>& measurements) {
  nlohmann::json rows = nlohmann::json::array();
  for (const auto& m : measurements) rows.push_back(to_json(m));
  std::ofstream file(path);
  file << rows.dump(2) << '\n';
  file.close();
  return file.good();
}

std::string default_data() {
  const char* named = std::getenv("GEMEL_DATA");
  return named != nullptr ? named : std::string(GEMEL_SOURCE_DIR) + "/../shared/data";
}

int run(int argc, char** argv) {
  CLI::App app{
      "Benchmarks of the detectors: speed, and accuracy on SKAB.\n"
      "Example: gemel_bench_detectors --quick --json detectors.json"};
  Options options{.quick = false, .data = default_data()};
  std::string json;
  app.add_flag("--quick", options.quick,
               "end within a minute: fewer points, one asked false-alarm rate");
  app.add_option("--json", json, "write the rows to this file as well");
  app.add_option("--data", options.data,
                 "folder of the public data sets (default: $GEMEL_DATA or ../shared/data)");
  CLI11_PARSE(app, argc, argv);

  auto measurements = measure_speed(options);
  const auto skab = measure_skab(options);
  measurements.insert(measurements.end(), skab.begin(), skab.end());
  print(measurements);
  if (json.empty() || write_json(json, measurements)) return 0;
  std::fprintf(stderr, "%s can't be written; name a file in a folder that exists and is yours\n",
               json.c_str());
  return 1;
}

}  // namespace
}  // namespace gemel::bench

int main(int argc, char** argv) { return gemel::bench::run(argc, argv); }
