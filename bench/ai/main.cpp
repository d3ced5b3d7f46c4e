// gemel_bench_ai: how good detectors, forecasts and estimates of remaining life are on public data,
// beside what others published.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "finding.hpp"

namespace gemel::bench {
namespace {

std::string rounded(double value) { return text::rounded(value, 4); }

std::string value_of(const Finding& finding) {
  const auto mean = rounded(mean_of(finding.values));
  if (finding.values.size() < 2) return mean;
  return fmt::format("{} ± {}", mean, text::rounded(spread_of(finding.values), 2));
}

bool reaches(const Finding& finding) {
  const auto mean = mean_of(finding.values);
  return finding.lower_is_better ? mean <= *finding.aim : mean >= *finding.aim;
}

std::string aim_of(const Finding& finding) {
  if (!finding.aim) return "";
  return fmt::format("{} {} {}", finding.lower_is_better ? "≤" : "≥", rounded(*finding.aim),
                     reaches(finding) ? "yes" : "no");
}

void print_heading() {
  fmt::print("{:<28} {:<34} {:>20} {:>14} {:>10} {:>9}  {}\n", "data", "metric", "ours", "aim",
             "published", "training", "");
}

void print(const Finding& finding) {
  const auto training = finding.training_s ? rounded(*finding.training_s) + " s" : "";
  const auto published = finding.published ? rounded(*finding.published) : "";
  auto remark = finding.published_by;
  if (!finding.note.empty()) remark += (remark.empty() ? "" : "; ") + finding.note;
  fmt::print("{:<28} {:<34} {:>20} {:>14} {:>10} {:>9}  {}\n", finding.data, finding.metric,
             value_of(finding), aim_of(finding), published, training, remark);
  std::fflush(stdout);
}

nlohmann::json to_json(const Finding& finding) {
  const auto number = [](const std::optional<double>& n) {
    return n ? nlohmann::json(*n) : nlohmann::json();
  };
  return {{"data", finding.data},
          {"metric", finding.metric},
          {"values", finding.values},
          {"mean", mean_of(finding.values)},
          {"spread", spread_of(finding.values)},
          {"lower_is_better", finding.lower_is_better},
          {"published", number(finding.published)},
          {"published_by", finding.published_by},
          {"aim", number(finding.aim)},
          {"training_s", number(finding.training_s)},
          {"note", finding.note}};
}

std::string default_data() {
  const char* named = std::getenv("GEMEL_DATA");
  return named != nullptr ? named : std::string(GEMEL_SOURCE_DIR) + "/../shared/data";
}

std::string list_of_studies() {
  std::string list = "Studies:\n";
  for (const auto& study : studies()) list += fmt::format("  {:<10} {}\n", study.name, study.what);
  return list;
}

int run(int argc, char** argv) {
  CLI::App app{
      "Accuracy and speed of detectors, forecasts and estimates of remaining life on public data.\n"
      "Example: gemel_bench_ai --only ucr,tep --seeds 5 --json ai.json"};
  StudyOptions options{.data = default_data()};
  std::vector<std::string> only;
  std::string json_path;
  app.footer(list_of_studies());
  app.add_option("--only", only, "these studies, separated by commas")->delimiter(',');
  app.add_option("--seeds", options.seeds, "how often what depends on a seed is done")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_flag("--quick", options.quick, "one seed, fewer series: for a look, not for a claim");
  app.add_option("--series", options.only_series,
                 "of each data set, those whose name contains this");
  app.add_option("--data", options.data,
                 "folder of the public data sets (default: $GEMEL_DATA or ../shared/data)");
  app.add_option("--json", json_path, "write the table to this file as well");
  CLI11_PARSE(app, argc, argv);
  if (options.quick) options.seeds = 1;
  for (const auto& name : only) {
    const auto& all = studies();
    if (std::any_of(all.begin(), all.end(), [&](const Study& s) { return s.name == name; }))
      continue;
    fmt::print(stderr, "there is no study '{}'\n{}", name, list_of_studies());
    return 2;
  }

  int failed = 0;
  auto rows = nlohmann::json::array();
  print_heading();
  for (const auto& study : studies()) {
    if (!only.empty() && std::find(only.begin(), only.end(), study.name) == only.end()) continue;
    const auto findings = study.run(options);
    if (!findings) {
      fmt::print("{:<28} left out: {}\n", study.name, findings.error().message);
      if (findings.error().code != ErrorCode::NotFound) failed = 1;
      continue;
    }
    for (const auto& finding : *findings) {
      print(finding);
      rows.push_back(to_json(finding));
    }
  }
  if (json_path.empty()) return failed;
  std::ofstream file(json_path);
  file << rows.dump(2) << '\n';
  file.close();
  if (file.good()) return failed;
  fmt::print(stderr, "{} can't be written; name a file in a folder that exists and is yours\n",
             json_path);
  return 1;
}

}  // namespace
}  // namespace gemel::bench

int main(int argc, char** argv) { return gemel::bench::run(argc, argv); }
