// How many points a second one core scores.

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <time.h>

#include "base/random.hpp"
#include "finding.hpp"
#include "forest_peer.hpp"
#include "inference/half_space_trees.hpp"
#include "inference/inference.hpp"
#include "inference/isolation_forest.hpp"
#include "recorded_signals.hpp"

namespace gemel::bench {
namespace {

using inference::ForestOptions;
using inference::IsolationForest;
using inference::PointTable;

/// This thread's time on its core: what others do on the machine doesn't count.
double core_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

PointTable random_points(std::size_t rows, std::size_t width, std::uint64_t seed) {
  Random random(seed);
  PointTable points;
  points.width = width;
  for (std::size_t i = 0; i < rows * width; ++i)
    points.values.push_back(static_cast<float>(random.normal()));
  return points;
}

/// The best of some rounds: what the machine can do when nobody else asks for it.
double points_per_s(const IsolationForest& forest, const PointTable& points, int rounds) {
  double best = 0.0;
  double sum = 0.0;
  for (int round = 0; round < rounds; ++round) {
    const double start = core_seconds();
    for (std::size_t i = 0; i < points.rows(); ++i) sum += forest.score(points.row(i));
    best = std::max(best, static_cast<double>(points.rows()) / (core_seconds() - start));
  }
  if (sum <= 0.0) std::printf("scores came out as nothing\n");  // and so the loop can't be left out
  return best;
}

Finding measure_forest(std::uint32_t trees, std::size_t features, std::optional<double> aim,
                       bool quick) {
  const std::size_t count = quick ? 20'000 : 100'000;
  const auto training = random_points(4096, features, 1);
  const auto points = random_points(count, features, 2);
  const IsolationForest forest(training, ForestOptions{trees, 256, 1, 3});
  Finding found{.data = "normal noise, points/s/core",
                .metric = fmt::format("forest {} x 256, {} features", trees, features),
                .values = {points_per_s(forest, points, quick ? 3 : 7)},
                .aim = aim};
  const auto peer = peer_points_per_s(trees, features, count);
  if (peer) found.published = *peer;
  found.published_by =
      peer ? "scikit-learn on this machine, 1 thread, whole batch" : peer.error().message;
  return found;
}

/// Scored and learnt from, one after the other.
Finding measure_half_spaces(std::uint32_t trees, std::uint32_t depth, double aim, bool quick) {
  constexpr std::size_t kFeatures = 10;
  const auto points = random_points(quick ? 20'000 : 100'000, kFeatures, 2);
  const inference::HalfSpaceTrees shape(random_points(4096, kFeatures, 1),
                                        {.trees = trees, .depth = depth, .window = 256, .seed = 3});
  inference::HalfSpaceTrees::Run run(shape, random_points(256, kFeatures, 4));
  double best = 0.0, sum = 0.0;
  for (int round = 0; round < (quick ? 3 : 7); ++round) {
    const double start = core_seconds();
    for (std::size_t i = 0; i < points.rows(); ++i) sum += run.take(points.row(i));
    best = std::max(best, static_cast<double>(points.rows()) / (core_seconds() - start));
  }
  if (sum == 0.0) std::printf("scores came out as nothing\n");  // and so the loop can't be left out
  return {.data = "normal noise, points/s/core",
          .metric = fmt::format("half-space trees {}, depth {}, 10 features", trees, depth),
          .values = {best},
          .aim = aim,
          .note = "score and update; windows of 256"};
}

/// 100 pumps of four signals through the whole stage, a second a tick: rows, features, judges,
/// alarms, health.
class Site {
 public:
  static constexpr std::uint32_t kPumps = 100;
  static constexpr std::uint32_t kSignals = 4;

  Site() : plant_(make_plant()), stage_(plant_, 1) {
    RecordedSignals history(plant_->signals.size());
    for (; second_ <= 600; ++second_) {
      for (const auto& sample : next_second()) history.add(sample);
    }
    std::vector<Event> events;
    // A few learn at each call, so that no tick waits for all.
    bool learns = true;
    for (std::size_t turn = 0; learns && turn < kPumps && !stage_.untrained().empty(); ++turn)
      learns = stage_.train_due(history, {}, events).has_value();
    ready_ = learns && stage_.untrained().empty();
  }
  bool ready() const { return ready_; }

  double samples_per_s(int seconds) {
    const Snapshot working(plant_->signals.size());
    std::vector<Sample> derived;
    std::vector<Event> events;
    std::uint64_t next_id = 1;
    double took = 0.0;
    for (int i = 0; i < seconds; ++i, ++second_) {
      const auto samples = next_second();
      derived.clear();
      const double start = core_seconds();
      stage_.observe(samples, working, samples.front().source_time, next_id, derived, events);
      took += core_seconds() - start;
    }
    return static_cast<double>(seconds) * kPumps * kSignals / took;
  }

 private:
  static std::shared_ptr<const Plant> make_plant() {
    auto plant = std::make_shared<Plant>();
    Asset site;
    site.id = {0};
    plant->assets.push_back(site);
    for (std::uint32_t p = 0; p < kPumps; ++p) add_pump(*plant, p);
    plant->index_paths();
    return plant;
  }
  static void add_pump(Plant& plant, std::uint32_t number) {
    Asset pump;
    pump.id = {number + 1};
    pump.parent = {0};
    pump.name = pump.path = "pump_" + std::to_string(number);
    for (std::uint32_t s = 0; s < kSignals; ++s) {
      Signal signal;
      signal.id = {number * kSignals + s};
      signal.asset = pump.id;
      signal.name = "signal_" + std::to_string(s);
      signal.path = pump.path + "." + signal.name;
      plant.signals.push_back(signal);
      pump.signals.push_back(signal.id);
    }
    DetectorSpec spec;
    spec.asset = pump.id;
    spec.path = pump.path + ".behaviour";
    spec.kind = "isolation_forest";
    spec.signals = pump.signals;
    spec.training.first = Duration::minutes(10);
    plant.detectors.push_back(spec);
    plant.assets[0].children.push_back(pump.id);
    plant.assets.push_back(pump);
  }
  std::vector<Sample> next_second() {
    std::vector<Sample> samples;
    const Timestamp now = Timestamp{} + Duration::seconds(second_);
    for (std::uint32_t s = 0; s < kPumps * kSignals; ++s)
      samples.push_back({{s}, {}, now, random_.normal()});
    return samples;
  }

  Random random_{9};
  std::int64_t second_ = 0;
  std::shared_ptr<const Plant> plant_;
  inference::InferenceStage stage_;
  bool ready_ = false;
};

Result<Finding> measure_stage(bool quick) {
  Site site;
  if (!site.ready())
    return Error{ErrorCode::Internal, "the stage that speed is measured on could not be trained"};
  return Finding{.data = "normal noise, samples/s/core",
                 .metric = "stage: 100 detectors of 4 signals",
                 .values = {site.samples_per_s(quick ? 300 : 3000)},
                 .note = "100 trees each, with rows, features, limits and alarms"};
}

}  // namespace

Result<std::vector<Finding>> study_speed(const StudyOptions& options) {
  std::vector<Finding> findings{measure_forest(10, 10, 500'000.0, options.quick),
                                measure_forest(100, 10, 50'000.0, options.quick),
                                measure_forest(100, 30, std::nullopt, options.quick),
                                measure_half_spaces(10, 8, 500'000.0, options.quick),
                                measure_half_spaces(100, 8, 50'000.0, options.quick)};
  GEMEL_ASSIGN(auto stage, measure_stage(options.quick));
  findings.push_back(std::move(stage));
  return findings;
}

}  // namespace gemel::bench
