// Filters on Lorenz's chain of 40: analysis error beside what is published for the same setting.

#include <cstdio>

#include "base/text.hpp"
#include "estimation/lorenz_96.hpp"
#include "parts.hpp"

namespace gemel::bench {

std::vector<Measurement> measure_filters(const Options& options) {
  using estimation::FilterKind;
  struct Case {
    const char* name;
    estimation::FilterSettings settings;
    double published;  // by DAPPER's authors
  };
  const Case cases[] = {
      {"ensemble, 40", {.kind = FilterKind::Ensemble, .members = 40, .inflation = 1.06}, 0.22},
      {"deterministic, 40",
       {.kind = FilterKind::Deterministic, .members = 40, .inflation = 1.01},
       0.18},
      {"transform, 7, local",
       {.kind = FilterKind::Transform, .members = 7, .inflation = 1.04, .reach = 7.28},
       0.22},
      {"extended", {.kind = FilterKind::Extended, .inflation = 1.05}, 0.24},
      {"unscented", {.kind = FilterKind::Unscented, .inflation = 1.02}, 0.0},
  };
  const std::size_t seeds = options.quick ? 2 : 10, steps = options.quick ? 500 : 2'000;
  std::vector<Measurement> rows;
  for (const auto& each : cases) {
    double error = 0.0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      const auto run = estimation::run_lorenz_96(each.settings, steps, 400, seed);
      if (!run) std::fprintf(stderr, "%s: %s\n", each.name, run.error().message.c_str());
      error += (run ? run->error : 1e9) / static_cast<double>(seeds);
    }
    rows.push_back(
        {.name = std::string("Lorenz-96, analysis error: ") + each.name,
         .value = error,
         .unit = "",
         .better = "lower",
         .peer = each.published > 0.0 ? "published, same setting" : "",
         .peer_value = each.published > 0.0 ? std::optional(each.published) : std::nullopt,
         .aim = each.published > 0.0 ? std::optional(each.published) : std::nullopt});
  }
  return rows;
}

}  // namespace gemel::bench
