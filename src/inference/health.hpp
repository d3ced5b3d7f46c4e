#pragma once
// The health of every asset, from what its detectors say, what alarms are open on it, and how its
// parts are.

#include <cstdint>
#include <memory>
#include <vector>

#include "base/time.hpp"
#include "core/plant.hpp"
#include "core/sample.hpp"
#include "inference/alarms.hpp"

namespace gemel::inference {

/// 1 healthy … 0 failed. An asset is as well as the worst of
///   its detectors: 1 up to a score of 0.5, 0.7 at the threshold, 0 from a score of 4, on scores
///   smoothed over about ten rows, straight lines between; its open alarms: at most 0.8, 0.6, 0.4,
///   0.2 for low, medium, high, critical; its parts: the worst child's shortfall counts seven
///   tenths.
/// Written when it changed by more than 0.01, or after a minute. Nothing is written before anything
/// was judged. Threads: one.
class HealthKeeper {
 public:
  static constexpr double kChange = 0.01;
  static constexpr Duration kEvery = Duration::seconds(60);

  explicit HealthKeeper(std::shared_ptr<const Plant> plant);

  /// A detector of the plant judged a row.
  void score(std::size_t detector, double score);

  /// Writes what changed on the way from the detector's asset to the root, and everywhere when an
  /// alarm was raised or cleared since. `at` is source time; a signal never gets two samples of one
  /// time.
  void write(std::size_t detector, const AlarmBook& book, Timestamp at,
             std::vector<Sample>& derived);
  /// The same without a detector: after alarms that no row raised.
  void write_if_alarms_changed(const AlarmBook& book, Timestamp at, std::vector<Sample>& derived);

 private:
  struct Vitals {
    std::vector<std::size_t> detectors;  // of the plant, on this asset
    double alarm_cap = 1.0;
    bool judged = false;  // something was said on it or below
    double health = 1.0;
    double written = -1.0;
    Timestamp written_at = Timestamp::min();
  };
  void take_alarms(const AlarmBook& book);
  /// Whether anything changed by it.
  bool settle(AssetId asset);
  void settle_below(AssetId asset);
  void write_one(AssetId asset, Timestamp at, std::vector<Sample>& derived);
  void write_all(Timestamp at, std::vector<Sample>& derived);

  std::shared_ptr<const Plant> plant_;
  std::vector<Vitals> vitals_;    // by asset
  std::vector<double> smoothed_;  // by detector; negative: not judged yet
  std::uint64_t revision_ = 0;    // of the book, as last taken
};

}  // namespace gemel::inference
