#include "bench/measurement.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "base/text.hpp"

namespace gemel::bench {
namespace {

/// Three digits; small numbers with their power of ten.
std::string shown(double value) {
  if (value == 0.0 || std::fabs(value) >= 1e-3) return text::rounded(value, 3);
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%.2e", value);
  return digits.data();
}

void print(const std::vector<Measurement>& measurements) {
  std::printf("\n%-62s %10s  %-12s %10s  %s\n", "what", "value", "unit", "peer", "which peer");
  for (const auto& m : measurements) {
    const auto peer = m.peer_value ? shown(*m.peer_value) : std::string("-");
    std::printf("%-62s %10s  %-12s %10s  %s\n", m.name.c_str(), shown(m.value).c_str(),
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
  auto rows = nlohmann::json::array();
  for (const auto& m : measurements) rows.push_back(to_json(m));
  std::ofstream file(path);
  file << rows.dump(2) << '\n';
  file.close();
  return file.good();
}

}  // namespace

int run_parts(int argc, char** argv, const std::string& description,
              const std::vector<Part>& parts) {
  CLI::App app{description};
  Options options;
  std::string json;
  std::vector<std::string> names, only;
  for (const auto& part : parts) names.push_back(part.name);
  app.add_option("--only", only, "these parts: " + text::join(names, ", "))
      ->check(CLI::IsMember(names))
      ->delimiter(',');
  app.add_flag("--quick", options.quick, "end within a minute: less of everything");
  app.add_option("--json", json, "write the rows to this file as well");
  CLI11_PARSE(app, argc, argv);
  log::configure(log::Level::Warning, log::Format::Text);

  std::vector<Measurement> measurements;
  for (const auto& part : parts) {
    if (!only.empty() && std::ranges::find(only, part.name) == only.end()) continue;
    auto rows = part.measure(options);
    measurements.insert(measurements.end(), rows.begin(), rows.end());
  }
  print(measurements);
  if (json.empty() || write_json(json, measurements)) return 0;
  std::fprintf(stderr, "%s can't be written; name a file in a folder that exists and is yours\n",
               json.c_str());
  return 1;
}

std::optional<double> ask_python(const std::string& script,
                                 const std::vector<std::string>& arguments) {
  // Scripts and arguments are this program's own; none holds a single quote.
  std::string command = "${GEMEL_PYTHON:-python3} -c '" + script + "'";
  for (const auto& argument : arguments) command += " '" + argument + "'";
  command += " 2>/dev/null";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string answer;
  std::array<char, 128> chunk{};
  while (pipe && std::fgets(chunk.data(), chunk.size(), pipe.get()) != nullptr)
    answer += chunk.data();
  double number = 0;
  return text::parse_number(text::trim(answer), number) ? std::optional(number) : std::nullopt;
}

}  // namespace gemel::bench
