#include "twinned_station.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "simulation/simulation.hpp"
#include "spec/spec.hpp"

namespace gemel::examples {
namespace {

constexpr riverside::EpochMs kFirstStart = 1'750'000'000'000;
constexpr riverside::EpochMs kHour = 3'600'000;
constexpr int kLearnt_s = 45 * 60;

[[noreturn]] void stop(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

Timestamp time_of(riverside::EpochMs ms) { return Timestamp{ms * 1'000'000}; }

}  // namespace

std::shared_ptr<const Plant> demo_twin() {
  const auto loaded = spec::load_file(GEMEL_DEMO_TWIN);
  if (const auto* twin = std::get_if<spec::Loaded>(&loaded)) return twin->plant;
  stop(spec::report(loaded));
}

TwinnedStation::TwinnedStation(std::shared_ptr<const Plant> twin, std::uint64_t seed,
                               const std::function<void(riverside::Plant&)>& prepare)
    : twin_(std::move(twin)),
      station_(riverside::Plant::settled_at(
          kFirstStart + 5 * kHour * static_cast<riverside::EpochMs>(seed), seed)),
      snapshot_(twin_->signals.size()) {
  for (const auto& signal : riverside::signals()) {
    const auto found = twin_->find_signal(signal.asset.empty() ? "site." + std::string(signal.name)
                                                               : signal.path());
    if (!found) stop(found.error().message);
    signals_.push_back(*found);
  }
  if (prepare) prepare(station_);
  history::MemoryHistory history(*twin_);
  const auto from = time_of(station_.now());
  for (int second = 0; second < kLearnt_s; ++second) {
    read(1);
    Frame frame{snapshot_.known_at, {}, {}};
    for (const auto id : signals_)
      frame.samples.push_back({id, Quality{}, snapshot_.at, snapshot_.beliefs[id].value});
    if (const auto kept = history.commit(frame); !kept) stop(kept.error().message);
  }
  const auto index = twin_->find_simulator("equations");
  if (!index) stop(index.error().message);
  auto fitted = simulation::fit(*twin_, twin_->simulators[*index], history,
                                {from, snapshot_.at + Duration::seconds(1)}, Timestamp::max(), 1);
  if (!fitted) stop(fitted.error().message);
  simulator_ = *std::move(fitted);
  tracker_ = simulator_->track(snapshot_);
}

void TwinnedStation::read(int every_s) {
  station_.run_until(station_.now() + 1'000 * every_s);
  snapshot_.at = snapshot_.known_at = time_of(station_.now());
  for (std::size_t i = 0; i < signals_.size(); ++i) {
    snapshot_.beliefs.edit(signals_[i])
        .absorb({snapshot_.at, snapshot_.at, *station_.readings()[i].value, Quality{}});
  }
}

void TwinnedStation::run(int seconds, int every_s) {
  for (int second = 0; second + every_s <= seconds; second += every_s) {
    read(every_s);
    for (const auto& sample : tracker_->step(snapshot_)) {
      snapshot_.beliefs.edit(sample.signal)
          .absorb({sample.source_time, snapshot_.known_at, sample.value, sample.quality});
    }
  }
}

double TwinnedStation::believed(const char* path) const { return belief(path).value; }

double TwinnedStation::believed_open(int line) const {
  const std::string strainer = "strainer_" + std::to_string(line + 1);
  return 1.0 - 0.01 * (believed((strainer + ".deposit").c_str()) +
                       believed((strainer + ".loose").c_str()));
}

const Belief& TwinnedStation::belief(const char* path) const {
  const auto id = twin_->find_signal(path);
  if (!id) stop(id.error().message);
  return snapshot_.beliefs[*id];
}

}  // namespace gemel::examples
