#pragma once
// Detectors that look at windows of each signal by itself, and half-space trees over all: those
// whose score depends on the rows before.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "core/detector.hpp"
#include "core/plant.hpp"
#include "inference/conformal.hpp"
#include "inference/learning_rows.hpp"
#include "inference/series_judge.hpp"
#include "inference/settings.hpp"

namespace gemel::inference {

/// `discord`, `subspace`, `k_means` and `panel`.
bool judges_series(std::string_view kind);

/// A judge of one signal, and what its scores mean.
struct CalibratedSeriesJudge {
  std::string signal;  // its path
  std::unique_ptr<const SeriesJudge> judge;
  /// Of each opinion: the usual score, and how far beyond it 1 % of the calibration rows are.
  struct Usual {
    double score = 0.0, high = 1.0;
  };
  std::vector<Usual> usual;
  Threshold threshold;  // of the largest opinion, counted in `high`
  double expected = 0.0;

  /// The largest opinion. Shapes: as many scores as opinions.
  double beyond(std::span<const double> scores) const;
};

/// The score of a row is the largest of its signals'. A value that is not usable is replaced by the
/// last one that was, for at most kHeldMax rows; after a longer silence the signal's window begins
/// anew, and until it is full the signal has no say. Threads: any; each run has one owner.
class SeriesDetector final : public Detector {
 public:
  static constexpr std::size_t kHeldMax = 3;

  SeriesDetector(DetectorCard card, std::vector<CalibratedSeriesJudge> judges);

  const DetectorCard& card() const override { return card_; }
  std::unique_ptr<DetectorRun> start() const override;

 private:
  class Run;
  DetectorCard card_;
  std::vector<CalibratedSeriesJudge> judges_;
};

struct SeriesLesson {
  DetectorCard card;  // summary is written here
  Duration row_period;
  std::uint64_t seed = 1;
};

/// Fits one judge a signal on the first part of the rows (`fit_share`), with windows of `window`
/// rows, or where that is not given of the signal's own period. The rest calibrates: each signal
/// has an equal part of the false alarms. Errors: InvalidInput when there are too few rows, or a
/// signal has hardly any usable value in them.
Result<std::shared_ptr<const Detector>> train_series(const Plant& plant, const DetectorSpec& spec,
                                                     const DetectorSettings& settings,
                                                     const RowTable& rows, SeriesLesson lesson);

}  // namespace gemel::inference
