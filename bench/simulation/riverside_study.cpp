// On the demo's station: an injected wear found within ten minutes, and "valve to 60 %" foretold.
// The twin's numbers were chosen on seeds 1 to 10; these are others.

#include <cmath>
#include <cstdio>
#include <map>

#include "base/statistics.hpp"
#include "parts.hpp"
#include "twinned_station.hpp"

namespace gemel::bench {
namespace {

using examples::demo_twin;
using examples::TwinnedStation;

constexpr int kTracked_s = 15 * 60;
constexpr int kTenMinutes_s = 600;

struct Spread {
  std::vector<double> values;
  double mean() const { return mean_of(values); }
  double sd() const {
    double sum = 0.0;
    for (const double v : values) sum += (v - mean()) * (v - mean());
    return std::sqrt(sum / static_cast<double>(values.size() - 1));
  }
  double farthest(double from) const {
    double most = 0.0;
    for (const double v : values) most = std::max(most, std::abs(v - from));
    return most;
  }
};

Measurement row(std::string name, double value, std::string unit, std::optional<double> aim = {}) {
  return {.name = std::move(name),
          .value = value,
          .unit = std::move(unit),
          .better = "",
          .peer = "",
          .peer_value = {},
          .aim = aim};
}

void wear(std::uint64_t first, std::uint64_t last, std::vector<Measurement>& rows) {
  const auto twin = demo_twin();
  constexpr const char* kWear[] = {"pump_1.wear", "pump_2.wear"};
  Spread found, gained, healthy, drifted;
  for (auto seed = first; seed <= last; ++seed) {
    for (int line = 0; line < 2; ++line) {
      TwinnedStation live(twin, seed);
      live.run(kTracked_s);
      const double before = live.believed(kWear[line]), other = live.believed(kWear[1 - line]);
      riverside::FaultRequest fault;
      fault.kind = riverside::FaultKind::ImpellerWear;
      fault.line = line;
      fault.severity = 0.2;  // of a quarter of the head: 5 %
      live.station().faults().start(fault, live.station().now());
      live.run(kTenMinutes_s);
      healthy.values.push_back(before);
      found.values.push_back(live.believed(kWear[line]));
      gained.values.push_back(found.values.back() - before);
      drifted.values.push_back(live.believed(kWear[1 - line]) - other);
    }
  }
  rows.push_back(
      row("riverside: wear found 10 min after 5 % was injected, mean", found.mean(), "%", 5.0));
  rows.push_back(row("  its standard deviation over stations", found.sd(), "%"));
  rows.push_back(row("  farthest from 5 %", found.farthest(5.0), "%"));
  rows.push_back(row("  wear of healthy pumps (their gauges' errors), sd", healthy.sd(), "%"));
  rows.push_back(row("  gained since it was healthy, mean", gained.mean(), "%", 5.0));
  rows.push_back(row("  gained, standard deviation", gained.sd(), "%"));
  rows.push_back(
      row("  drift of the other, healthy pump meanwhile, farthest", drifted.farthest(0.0), "%"));
}

/// A strainer that clogs within twenty seconds, and its gauge that drifts as fast: what is believed
/// of the strainer, and what of the pump behind it, which has nothing.
void sudden(std::uint64_t first, std::uint64_t last, std::vector<Measurement>& rows) {
  const auto twin = demo_twin();
  Spread found, wear_moved, resistance_moved;
  for (auto seed = first; seed <= last; ++seed) {
    for (const auto kind : {riverside::FaultKind::Clogging, riverside::FaultKind::DriftingSensor}) {
      TwinnedStation live(twin, seed);
      live.run(kTracked_s);
      const double open = live.believed_open(0);
      const double wear = live.believed("pump_1.wear");
      riverside::FaultRequest fault;
      fault.kind = kind;
      fault.signal = *riverside::find_signal("strainer_1", "differential_pressure");
      fault.severity = 0.6;
      fault.ramp_s = 20.0;
      live.station().faults().start(fault, live.station().now());
      live.run(60);
      const double times = std::pow(open / live.believed_open(0), 2);
      if (kind == riverside::FaultKind::Clogging)
        found.values.push_back(times);
      else
        resistance_moved.values.push_back(times);
      live.run(kTenMinutes_s - 60);
      wear_moved.values.push_back(live.believed("pump_1.wear") - wear);
    }
  }
  // Six tenths of the mesh covered: the resistance times (1 / 0.4)².
  rows.push_back(row("riverside: strainer clogs in 20 s; its resistance a minute later, times",
                     found.mean(), "", 6.25));
  rows.push_back(row("  farthest from 6.25", found.farthest(6.25), ""));
  rows.push_back(row("  its gauge drifts instead: resistance, times, farthest from 1",
                     resistance_moved.farthest(1.0), ""));
  rows.push_back(row("  either: wear of the pump behind it moves within 10 min, farthest",
                     wear_moved.farthest(0.0), "%"));
}

/// How often what the station showed lay within the band that was foretold.
struct Held {
  double in = 0.0, of = 0.0;
  double percent() const { return 100.0 * in / of; }
};

void valve_to_60(std::uint64_t first, std::uint64_t last, std::vector<Measurement>& rows) {
  const auto twin = demo_twin();
  const auto control = twin->find_control("valve_1.position");
  Scenario scenario{.changes = {{.control = *control, .value = 60.0}}, .draws = 400};
  std::map<std::string, Held> held;
  Held all;
  for (auto seed = first; seed <= last; ++seed) {
    TwinnedStation live(twin, seed);
    live.run(kTracked_s);
    scenario.seed = seed;
    const auto outcome = live.simulator().what_if(live.snapshot(), scenario);
    if (!outcome) {
      std::fprintf(stderr, "%s\n", outcome.error().message.c_str());
      return;
    }
    (void)live.station().plc().set_position(0, 60.0);
    Duration now;
    for (std::size_t k = 0; k < outcome->times.size(); ++k) {
      live.run(static_cast<int>((outcome->times[k] - now).in_seconds()));
      now = outcome->times[k];
      for (const auto& signal : outcome->signals) {
        const double shown = live.snapshot().beliefs[signal.signal].value;
        const bool within = shown >= signal.low[k] && shown <= signal.high[k];
        for (auto* each : {&held[signal.name], &all}) {
          each->in += within ? 1.0 : 0.0;
          each->of += 1.0;
        }
      }
    }
  }
  rows.push_back(row("riverside: \"valve to 60 %\", 90 % bands that held, of all", all.percent(),
                     "of 100", 90.0));
  for (const auto& [name, one] : held) rows.push_back(row("  " + name, one.percent(), "of 100"));
}

Measurement variants(const Options& options) {
  const auto twin = demo_twin();
  TwinnedStation live(twin, 1);
  live.run(60);
  const auto control = twin->find_control("valve_1.position");
  Scenario scenario{.changes = {{.control = *control, .value = 60.0}},
                    .step = Duration::seconds(10),
                    .draws = options.quick ? 1'000U : 10'000U};
  const double rate = best_rate(1, scenario.draws, [&] {
    if (const auto outcome = live.simulator().what_if(live.snapshot(), scenario); !outcome)
      std::fprintf(stderr, "%s\n", outcome.error().message.c_str());
  });
  return {.name = "riverside: 10,000 what-ifs of ten minutes, noise and wander drawn, all cores",
          .value = 1e4 / rate,
          .unit = "s",
          .better = "lower",
          .peer = "",
          .peer_value = {},
          .aim = 10.0};
}

}  // namespace

std::vector<Measurement> measure_riverside(const Options& options) {
  std::vector<Measurement> rows;
  wear(11, options.quick ? 11 : 22, rows);
  sudden(201, options.quick ? 201 : 212, rows);
  valve_to_60(101, options.quick ? 102 : 140, rows);
  rows.push_back(variants(options));
  return rows;
}

}  // namespace gemel::bench
