// What watching everything costs: 10,000 signals at 1 Hz, `auto` on each of 1,000 assets, through
// the stage of production in one thread.

#include <cmath>
#include <ctime>

#include <fmt/format.h>

#include "base/random.hpp"
#include "finding.hpp"
#include "inference/inference.hpp"
#include "recorded_signals.hpp"

namespace gemel::bench {
namespace {

constexpr std::uint32_t kPerAsset = 10;
constexpr int kLearntS = 900;

double cpu_s() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

Timestamp at(int second) {
  return Timestamp{} + Duration::days(19'000) + Duration::seconds(second);
}

std::shared_ptr<const Plant> plant_with(std::uint32_t assets) {
  auto plant = std::make_shared<Plant>();
  plant->name = plant->version = "large";
  plant->assets.push_back({});
  plant->assets[0].id = {0};
  const auto add_signal = [&](AssetId asset, std::string path, SignalRole role) {
    Signal signal;
    signal.id = {static_cast<std::uint32_t>(plant->signals.size())};
    signal.asset = asset;
    signal.role = role;
    signal.name = signal.path = std::move(path);
    plant->signals.push_back(signal);
    plant->assets[asset.index].signals.push_back(signal.id);
    return signal.id;
  };
  for (std::uint32_t a = 1; a <= assets; ++a) {
    Asset asset;
    asset.id = {a};
    asset.parent = {0};
    asset.name = asset.path = fmt::format("asset_{}", a);
    plant->assets.push_back(asset);
    plant->assets[0].children.push_back(asset.id);
    for (std::uint32_t s = 0; s < kPerAsset; ++s)
      add_signal(asset.id, fmt::format("{}.s{}", asset.path, s), SignalRole::Measured);
  }
  for (std::uint32_t a = 1; a <= assets; ++a) {
    DetectorSpec detector;
    detector.asset = {a};
    detector.name = "behaviour";
    detector.path = plant->assets[a].path + ".behaviour";
    detector.kind = "auto";
    detector.signals = plant->assets[a].signals;
    detector.training.range = TimeRange{at(0), at(kLearntS)};
    detector.score = add_signal({a}, detector.path + ".score", SignalRole::Score);
    plant->assets[a].health =
        add_signal({a}, plant->assets[a].path + ".health", SignalRole::Health);
    plant->detectors.push_back(detector);
  }
  plant->index_paths();
  return plant;
}

/// Ten signals of each asset that follow one slow load, with noise of their own.
void measure(int second, std::uint32_t assets, Random& random, std::vector<Sample>& samples) {
  samples.clear();
  for (std::uint32_t a = 0; a < assets; ++a) {
    const double load = std::sin(0.002 * second + a);
    for (std::uint32_t s = 0; s < kPerAsset; ++s)
      samples.push_back({{a * kPerAsset + s}, {}, at(second), 10.0 + s * load + random.normal()});
  }
}

}  // namespace

Result<std::vector<Finding>> study_auto_speed(const StudyOptions& options) {
  const std::uint32_t assets = options.quick ? 100 : 1000;
  const auto plant = plant_with(assets);
  inference::InferenceStage stage(plant, 1);
  RecordedSignals learnt(plant->signals.size());
  Random random(1);
  std::vector<Sample> samples;
  for (int second = 0; second <= kLearntS; ++second) {
    measure(second, assets, random, samples);
    for (const auto& sample : samples) learnt.add(sample);
  }
  std::vector<Event> events;
  const double before_training = cpu_s();
  double longest_s = 0.0;
  for (std::uint32_t call = 0; call < assets && !stage.untrained().empty(); ++call) {
    const double began = cpu_s();
    GEMEL_TRY(stage.train_due(learnt, at(kLearntS), events));
    longest_s = std::max(longest_s, cpu_s() - began);
  }
  const double training_s = cpu_s() - before_training;
  if (!stage.untrained().empty())
    return Error{ErrorCode::InvalidInput, stage.untrained().front() + " was not trained"};

  const Snapshot working(plant->signals.size());
  std::uint64_t next_id = 1;
  std::vector<Sample> derived;
  Finding finding{.data = fmt::format("{} signals at 1 Hz", assets * kPerAsset),
                  .metric = "auto on everything, % of a core",
                  .lower_is_better = true,
                  .aim = 20.0,
                  .training_s = training_s / assets};
  const int seconds = options.quick ? 60 : 120;
  for (std::size_t seed = 0, second = kLearntS + 1; seed < options.seeds; ++seed) {
    double spent = 0.0;
    for (int i = 0; i < seconds; ++i, ++second) {
      measure(static_cast<int>(second), assets, random, samples);
      derived.clear();
      events.clear();
      const double began = cpu_s();
      stage.observe(samples, working, at(static_cast<int>(second)), next_id, derived, events);
      spent += cpu_s() - began;
    }
    finding.values.push_back(100.0 * spent / seconds);
  }
  finding.note = fmt::format(
      "CPU time of the stage; training in turns of four detectors, at most {:.2f} s a turn",
      longest_s);
  return std::vector<Finding>{finding};
}

}  // namespace gemel::bench
