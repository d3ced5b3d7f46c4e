// On the example's line: "what if the mill's inspection slips by 30 days", asked from one moment's
// telemetry, against what a line then does whose inspection slips.

#include <cstdio>
#include <cstdlib>
#include <map>

#include "core/simulator.hpp"
#include "history/memory_history.hpp"
#include "parts.hpp"
#include "process_flow/adjustables.hpp"
#include "process_flow/flow_start.hpp"
#include "simulation/simulation.hpp"
#include "spec/spec.hpp"

namespace gemel::bench {
namespace {

using process_flow::Plan;
using process_flow::RunResult;

constexpr double kDay = 86'400.0;
constexpr double kBefore = 20.0 * kDay;  // that the line has run when it is asked
constexpr double kDueIn = 6.0 * kDay;    // from then on
constexpr double kHorizon = 45.0 * kDay, kStep = 0.5 * kDay;
constexpr std::uint32_t kDraws = 200;
constexpr const char* kInspection = "machine_3.maintenance.first";

[[noreturn]] void stop(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}
template <class T>
T good(Result<T> result) {
  if (!result) stop(result.error().message);
  return *std::move(result);
}

/// The line as the twin file describes it, under its own chance.
class Line {
 public:
  explicit Line(const Flow& flow) : flow_(flow) {
    for (double t = 0.0; t <= kBefore + kHorizon; t += kStep) sampled_.push_back(t);
  }

  /// From some day on, until the question's horizon is over; the inspection `due` after that day.
  /// Indicators count from the question on.
  RunResult run(double due, std::uint64_t seed) const {
    auto settings = settings_of(seed);
    const auto start = good(process_flow::complete(plan(kBefore + kDueIn), {}, settings));
    settings.start = &start;
    settings.sampled = &sampled_;
    return good(process_flow::run_flow(plan(due), settings));
  }
  Plan plan(double due) const {
    auto flow = flow_;
    if (const auto done = process_flow::adjust(flow, kInspection, due); !done)
      stop(done.error().message);
    return good(process_flow::make_plan(std::move(flow)));
  }
  std::size_t place(double t) const { return static_cast<std::size_t>(t / kStep + 0.5); }

 private:
  static process_flow::RunSettings settings_of(std::uint64_t seed) {
    return {.warm_up = kBefore, .horizon = kHorizon, .seed = seed};
  }
  const Flow flow_;
  std::vector<double> sampled_;
};

Snapshot telemetry(const Plant& twin, const SimulatorSpec& spec, const Plan& plan,
                   const RunResult& line, std::size_t place) {
  Snapshot now(twin.signals.size());
  now.at = now.known_at = *parse_timestamp("2026-06-02T00:00:00Z");
  for (std::size_t i = 0; i < plan.series.size(); ++i) {
    const auto bound = spec.signals.find(plan.series[i]);
    if (bound == spec.signals.end()) continue;
    const double value = twin.signal(bound->second).unit.from_si(line.series[i][place]);
    now.beliefs.edit(bound->second).absorb({now.at, now.at, value, {}});
  }
  return now;
}

struct Held {
  double in = 0.0, of = 0.0;
  void take(bool within) {
    in += within;
    of += 1.0;
  }
  double percent() const { return 100.0 * in / of; }
};

/// Counts, by quantity, whether what the line did lies within the 5 % and 95 % of the futures.
class Count {
 public:
  Count(const Plant& twin, const SimulatorSpec& spec) : twin_(twin), spec_(spec) {}

  void indicators(const Outcome& foretold, const Plan& plan, const RunResult& line) {
    for (const auto& each : foretold.indicators) {
      const auto found = std::ranges::find(plan.indicators, each.name);
      if (found == plan.indicators.end()) continue;
      const auto place = static_cast<std::size_t>(found - plan.indicators.begin());
      if (!line.indicators[place] || !(each.high > each.low)) continue;
      const double per = plan.units[place] == "1/s" && each.unit == "1/h" ? 3600.0 : 1.0;
      const double value = *line.indicators[place] * per;
      of_indicator_[each.name].take(value >= each.low && value <= each.high);
    }
  }
  void counter(const Outcome& foretold, const Plan& plan, const RunResult& line, const Line& of) {
    for (const auto& each : foretold.signals) {
      if (!each.signal.valid() || each.name != "shipping.housings") continue;
      const auto place = series_of(each.signal, plan);
      for (std::size_t k = 1; k < foretold.times.size(); ++k) {
        const double t = kBefore + foretold.times[k].in_seconds();
        const double value =
            twin_.signal(each.signal).unit.from_si(line.series[place][of.place(t)]);
        counter_.take(value >= each.low[k] && value <= each.high[k]);
      }
    }
  }
  void tell(std::vector<Measurement>& rows) const {
    const auto row = [](std::string name, double value, std::optional<double> aim = {}) {
      return Measurement{.name = std::move(name),
                         .value = value,
                         .unit = "of 100",
                         .better = "",
                         .peer = "",
                         .peer_value = {},
                         .aim = aim};
    };
    Held all;
    for (const auto& [name, held] : of_indicator_) {
      all.in += held.in;
      all.of += held.of;
    }
    rows.push_back(row("line: \"inspection 30 days later\", 90 % bands that held, indicators",
                       all.percent(), 90.0));
    for (const char* name : {"throughput", "downtime", "energy", "cost", "machine_3.failures"}) {
      if (const auto found = of_indicator_.find(name); found != of_indicator_.end())
        rows.push_back(row(std::string("  ") + name, found->second.percent()));
    }
    rows.push_back(row("  housings packed, every 12 h over 45 days", counter_.percent(), 90.0));
  }

 private:
  std::size_t series_of(SignalId id, const Plan& plan) const {
    for (std::size_t i = 0; i < plan.series.size(); ++i) {
      const auto bound = spec_.signals.find(plan.series[i]);
      if (bound != spec_.signals.end() && bound->second == id) return i;
    }
    stop("a foretold signal that is not bound");
  }

  const Plant& twin_;
  const SimulatorSpec& spec_;
  std::map<std::string, Held> of_indicator_;
  Held counter_;
};

}  // namespace

std::vector<Measurement> measure_line(const Options& options) {
  const auto loaded = spec::load_file(GEMEL_PRODUCTION_LINE);
  if (!std::holds_alternative<spec::Loaded>(loaded)) stop(spec::report(loaded));
  const auto twin = std::get<spec::Loaded>(loaded).plant;
  const auto& spec = twin->simulators.front();
  const history::MemoryHistory none(*twin);
  const auto simulator = good(simulation::fit(*twin, spec, none, {}, Timestamp::max(), 1));
  const Line line(std::get<Flow>(spec.description));
  const auto as_planned = line.plan(kBefore + kDueIn);
  const double slipped = kBefore + kDueIn + 30.0 * kDay;
  Count count(*twin, spec);
  const std::uint64_t seeds = options.quick ? 4 : 60;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    // Until it is due, a line whose inspection will slip is the line as planned.
    const auto now =
        telemetry(*twin, spec, as_planned, line.run(kBefore + kDueIn, seed), line.place(kBefore));
    const auto then = line.run(slipped, seed);
    const auto foretold = good(simulator->what_if(
        now, {.changes =
                  {{.control = {}, .value = 30.0 * kDay, .how = How::Add, .quantity = kInspection}},
              .horizon = Duration::from_seconds(kHorizon),
              .step = Duration::from_seconds(kStep),
              .draws = kDraws,
              .seed = 1'000 + seed}));
    count.indicators(foretold, as_planned, then);
    count.counter(foretold, as_planned, then, line);
  }
  std::vector<Measurement> rows;
  count.tell(rows);
  return rows;
}

}  // namespace gemel::bench
