// On the demo's station: "what if the strainers' cleaning is 30 days later", asked two days before
// it is due, against what a station then does whose crew comes later. The twin's numbers were
// chosen on seeds 1 to 10; these are others.

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <map>
#include <mutex>
#include <thread>

#include "parts.hpp"
#include "twinned_station.hpp"

namespace gemel::bench {
namespace {

using examples::demo_twin;
using examples::TwinnedStation;
using riverside::EpochMs;

constexpr int kHour_s = 3600, kDay_s = 24 * kHour_s;
constexpr int kEvery_s = 300;            // a historian's reading
constexpr int kTracked_s = 12 * kDay_s;  // before the question
constexpr int kDueIn_s = 2 * kDay_s;     // at the question
constexpr int kHorizon_s = 34 * kDay_s;  // beyond the postponed cleaning
constexpr EpochMs kPostponed_ms = 30LL * kDay_s * 1000;
constexpr double kLaid = 0.1;  // that two weeks have left when the tracker begins
constexpr std::uint32_t kDraws = 200;

/// Of hours, whether the 90 % band held what was shown.
struct Held {
  double in = 0.0, of = 0.0;
  void take(bool within) {
    in += within;
    of += 1.0;
  }
  double percent() const { return 100.0 * in / of; }
};

struct Tally {
  std::map<std::string, Held> signals, indicators;
  std::mutex guard;  // seeds run side by side

  void take(std::map<std::string, Held>& into, const std::string& name, bool within) {
    const std::lock_guard lock(guard);
    into[name].take(within);
  }
};

/// What the gauges showed came to, as the twin's indicators of the same names sum it up.
struct Shown {
  double energy_kWh = 0.0, volume_m3 = 0.0, lowest_m = 1e9;
  void take(const TwinnedStation& live, const Plant& twin, double hours) {
    const auto shows = [&](const char* path) {
      return live.snapshot().beliefs[*twin.find_signal(path)].value;
    };
    energy_kWh += hours * (shows("pump_1.power") + shows("pump_2.power"));
    volume_m3 += hours * 0.06 * (shows("pump_1.flow") + shows("pump_2.flow"));
    lowest_m = std::min(lowest_m, shows("tank_1.level"));
  }
  std::map<std::string, double> indicators() const {
    return {{"energy", energy_kWh},
            {"volume", volume_m3},
            {"energy_per_volume", energy_kWh / volume_m3},
            {"lowest_level", lowest_m}};
  }
};

void one(const std::shared_ptr<const Plant>& twin, std::uint64_t seed, Tally& tally) {
  TwinnedStation live(twin, seed, [](riverside::Plant& station) {
    for (int line = 0; line < riverside::kLineCount; ++line) station.lay(line, kLaid);
    const EpochMs until = station.crew().next() - station.now();
    station.crew().postpone(1000LL * (kTracked_s + kDueIn_s) - until);
  });
  live.run(kTracked_s, kEvery_s);
  Scenario scenario{.horizon = Duration::seconds(kHorizon_s),
                    .step = Duration::hours(1),
                    .draws = kDraws,
                    .seed = seed};
  const double later = static_cast<double>(kDueIn_s) + 30.0 * kDay_s;
  scenario.changes = {{.control = {}, .value = later, .quantity = "cleaning.first"}};
  const auto outcome = live.simulator().what_if(live.snapshot(), scenario);
  if (!outcome) {
    std::fprintf(stderr, "%s\n", outcome.error().message.c_str());
    return;
  }
  live.station().crew().postpone(kPostponed_ms);
  Shown shown;
  for (std::size_t k = 0; k < outcome->times.size(); ++k) {
    for (int part = 0; part < 6; ++part) {
      live.watch(kHour_s / 6);
      shown.take(live, *twin, 1.0 / 6.0);
    }
    for (const auto& signal : outcome->signals) {
      const double value = live.snapshot().beliefs[signal.signal].value;
      tally.take(tally.signals, signal.name, value >= signal.low[k] && value <= signal.high[k]);
    }
  }
  const auto came_to = shown.indicators();
  for (const auto& each : outcome->indicators) {
    const double value = came_to.at(each.name);
    tally.take(tally.indicators, each.name, value >= each.low && value <= each.high);
  }
}

void tell(const std::string& title, const std::map<std::string, Held>& held,
          std::vector<Measurement>& rows) {
  const auto row = [&](std::string name, double value, std::optional<double> aim = {}) {
    rows.push_back({.name = std::move(name),
                    .value = value,
                    .unit = "of 100",
                    .better = "",
                    .peer = "",
                    .peer_value = {},
                    .aim = aim});
  };
  Held all;
  for (const auto& [name, one] : held) {
    all.in += one.in;
    all.of += one.of;
  }
  row(title, all.percent(), 90.0);
  for (const auto& [name, one] : held) row("  " + name, one.percent());
}

}  // namespace

std::vector<Measurement> measure_inspection(const Options& options) {
  const auto twin = demo_twin();
  const std::uint64_t first = 301, last = options.quick ? 301 : 312;
  Tally tally;
  std::atomic next = first;
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(std::thread::hardware_concurrency(), 1u); ++i) {
    threads.emplace_back([&] {
      for (auto seed = next++; seed <= last; seed = next++) {
        one(twin, seed, tally);
        std::fprintf(stderr, "inspection: station %d of %d\n", static_cast<int>(seed - first) + 1,
                     static_cast<int>(last - first) + 1);
      }
    });
  }
  threads.clear();
  std::vector<Measurement> rows;
  tell("riverside: \"cleaning 30 days later\", 90 % bands that held, hours of 34 days",
       tally.signals, rows);
  tell("  of the indicators", tally.indicators, rows);
  return rows;
}

}  // namespace gemel::bench
