// A day of the line's telemetry, made by the flow itself: what telemetry.csv beside the twin file
// holds.

#include <cstdio>
#include <string>

#include "core/plant.hpp"
#include "process_flow/flow_start.hpp"
#include "spec/spec.hpp"

namespace {

using namespace gemel;

constexpr double kDay = 86'400.0, kStep = 60.0, kHour = 3600.0;

int fail(const std::string& message) {
  std::fprintf(stderr, "production_line_telemetry: %s\n", message.c_str());
  return 1;
}

/// The mill has worked since its inspection; of the rest nothing is known.
process_flow::FlowState before(const process_flow::Plan& plan, Timestamp from) {
  process_flow::FlowState known{.time = static_cast<double>(from.ns) * 1e-9};
  for (const auto& station : plan.flow.stations) {
    known.stations.emplace_back();
    if (station.maintenance) known.stations.back().machines = {{.worn = 640.0 * kHour}};
  }
  return known;
}

/// The signals that the simulator is bound to, minute by minute.
int write_day(const Plant& plant, const SimulatorSpec& simulator, const Flow& flow,
              Timestamp from) {
  const auto plan = process_flow::make_plan(flow);
  if (!plan) return fail(plan.error().message);
  std::vector<double> times;
  for (double t = 0.0; t <= kDay; t += kStep) times.push_back(t);
  process_flow::RunSettings settings{.horizon = kDay, .seed = 2026};
  const auto start = process_flow::complete(*plan, before(*plan, from), settings);
  if (!start) return fail(start.error().message);
  settings.start = &*start;
  settings.sampled = &times;
  const auto run = process_flow::run_flow(*plan, settings);
  if (!run) return fail(run.error().message);

  std::vector<std::pair<std::size_t, const Signal*>> columns;
  for (std::size_t i = 0; i < plan->series.size(); ++i) {
    if (const auto bound = simulator.signals.find(plan->series[i]);
        bound != simulator.signals.end())
      columns.emplace_back(i, &plant.signal(bound->second));
  }
  std::printf("time");
  for (const auto& [series, signal] : columns) std::printf(",%s", signal->path.c_str());
  for (std::size_t t = 0; t < times.size(); ++t) {
    std::printf("\n%s", to_string(from + Duration::from_seconds(times[t])).c_str());
    for (const auto& [series, signal] : columns)
      std::printf(",%.7g", signal->unit.from_si(run->series[series][t]));
  }
  std::printf("\n");
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return fail("usage: production_line_telemetry twin.yaml > telemetry.csv");
  const auto loaded = spec::load_file(arguments[1]);
  if (!std::holds_alternative<spec::Loaded>(loaded)) return fail(spec::report(loaded));
  const auto& plant = *std::get<spec::Loaded>(loaded).plant;
  for (const auto& simulator : plant.simulators) {
    if (const auto* flow = std::get_if<Flow>(&simulator.description))
      return write_day(plant, simulator, *flow, *parse_timestamp("2026-06-02T00:00:00Z"));
  }
  return fail("the twin file describes no process flow");
}
