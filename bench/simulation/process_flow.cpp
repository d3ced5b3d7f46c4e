// Process flow: items a second through a queue with all its statistics, and how often intervals
// hold what is exact.

#include <cstdio>
#include <string>

#include "parts.hpp"
#include "process_flow/study.hpp"
#include "process_flow/textbook.hpp"

namespace gemel::bench {
namespace {

using namespace process_flow;

constexpr const char* kPeerScript =
    "import simpy,random,sys,time\n"
    "n=int(sys.argv[1]);r=random.Random(1);t=[0.0,0]\n"
    "def item(e,m):\n"
    "  b=e.now\n"
    "  with m.request() as q:\n"
    "    yield q\n"
    "    yield e.timeout(r.expovariate(1.0))\n"
    "  t[0]+=e.now-b;t[1]+=1\n"
    "def source(e,m):\n"
    "  for _ in range(n):\n"
    "    yield e.timeout(r.expovariate(0.7))\n"
    "    e.process(item(e,m))\n"
    "e=simpy.Environment();m=simpy.Resource(e,1);e.process(source(e,m))\n"
    "s=time.perf_counter();e.run();print(t[1]/(time.perf_counter()-s))\n";

Plan plan_of(const textbook::Case& known) { return make_plan(known.flow).value(); }

/// Items that leave a second, in runs on this thread alone, or shared out.
double items_per_s(const Plan& plan, double horizon, bool shared, int rounds) {
  double items = 0;
  const double runs_per_s = best_rate(rounds, 1.0, [&] {
    if (!shared) {
      items = static_cast<double>(run_flow(plan, {.horizon = horizon}).value().items);
      return;
    }
    const auto study = study_flow(plan, {.run = {.horizon = horizon / 8}, .replications = 8});
    items = static_cast<double>(study.value().items);
  });
  return items * runs_per_s;
}

}  // namespace

std::vector<Measurement> measure_process_flow(const Options& options) {
  const auto plan = plan_of(textbook::mm1());
  const double horizon = options.quick ? 2e6 : 1e7;
  const int rounds = options.quick ? 3 : 5;
  const auto simpy = ask_python(kPeerScript, {options.quick ? "50000" : "200000"});
  const double one = items_per_s(plan, horizon, false, rounds);
  const double all = items_per_s(plan, horizon, true, rounds);
  return {{.name = "M/M/1 with statistics, one core",
           .value = one,
           .unit = "items/s",
           .better = "higher",
           .peer = simpy ? "SimPy" : "",
           .peer_value = simpy,
           .aim = 5e6},
          {.name = "  the same, eight replications on all cores",
           .value = all,
           .unit = "items/s",
           .better = "higher",
           .peer = "one core",
           .peer_value = one,
           .aim = 1.8 * one},
          {.name = "Three vehicles on a ring, deliveries, one core",
           .value = items_per_s(plan_of(textbook::ring(3)), horizon, false, rounds),
           .unit = "items/s",
           .better = "higher",
           .peer = "",
           .peer_value = {},
           .aim = {}}};
}

std::vector<Measurement> measure_intervals(const Options& options) {
  std::vector<Measurement> rows;
  for (const auto& known :
       {textbook::mm1(), textbook::mmc(), textbook::jackson(), textbook::conwip(),
        textbook::one_vehicle(), textbook::closed_cycle()}) {
    const auto plan = plan_of(known);
    const std::uint64_t studies = options.quick ? 40 : 100;
    std::uint64_t held = 0;
    for (std::uint64_t seed = 1; seed <= studies; ++seed) {
      const auto study = study_flow(
          plan, {.run = {.warm_up = known.warm_up, .horizon = known.horizon, .seed = seed},
                 .replications = 10});
      for (const auto& each : study.value().indicators) {
        if (each.name == known.indicator)
          held += each.low <= known.exact && known.exact <= each.high ? 1 : 0;
      }
    }
    rows.push_back({.name = std::string("95 % intervals that hold the exact value: ") + known.name,
                    .value = 100.0 * static_cast<double>(held) / static_cast<double>(studies),
                    .unit = "of 100",
                    .better = "",
                    .peer = "nominal",
                    .peer_value = 95.0,
                    .aim = {}});
  }
  return rows;
}

}  // namespace gemel::bench
