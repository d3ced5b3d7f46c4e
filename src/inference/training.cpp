#include "inference/training.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "inference/features.hpp"
#include "inference/fingerprint.hpp"
#include "inference/half_space_detector.hpp"
#include "inference/isolation_forest.hpp"
#include "inference/learned_detector.hpp"
#include "inference/network_detector.hpp"
#include "inference/principal_components.hpp"
#include "inference/robust_limits.hpp"
#include "inference/series_detector.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kFitRowsMin = 50;
constexpr std::size_t kBlocksMin = 4;

std::string version_of(const Plant& plant, const DetectorSpec& spec,
                       const DetectorSettings& settings, const RowTable& rows, std::uint64_t seed) {
  Fingerprint print;
  print.add(spec.kind);
  print.add(seed);
  print.add(spec.false_alarms_per_s);
  for (const double value : values_of(settings)) print.add(value);
  for (const auto id : spec.signals) print.add(plant.signal(id).path);
  for (std::size_t i = 0; i < rows.rows(); ++i)
    print.add(static_cast<std::uint64_t>(rows.times[i].ns));
  for (const double v : rows.values) print.add(v);
  return print.hex();
}

/// The least width worth speaking of: a constant signal would otherwise make every last digit an
/// alarm.
double width_floor(const Signal& signal, double middle) {
  if (signal.range.low && signal.range.high) return 1e-4 * (*signal.range.high - *signal.range.low);
  return std::max(1e-4 * std::abs(middle), 1e-9);
}

/// Marks single wild values as not usable, before they smear over the feature window.
void set_aside_wild_values(const Plant& plant, const DetectorSpec& spec, RowTable& rows) {
  for (std::size_t s = 0; s < rows.width; ++s) {
    std::vector<double> usable;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      if (rows.row(i).qualities[s].usable()) usable.push_back(rows.row(i).values[s]);
    }
    if (usable.empty()) continue;
    std::vector<double> copy = usable;
    const double median = quantile(copy, 0.5);
    const auto spread = robust_spread(copy, width_floor(plant.signal(spec.signals[s]), median));
    const auto wild = [&](double v) { return std::abs(v - spread.middle) > 20.0 * spread.width; };
    if (20 * std::ranges::count_if(usable, wild) > static_cast<std::ptrdiff_t>(usable.size()))
      continue;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      const std::size_t at = i * rows.width + s;
      if (rows.qualities[at].usable() && wild(rows.values[at])) {
        rows.qualities[at].mark(Cause::OutOfRange, Grade::Bad);
      }
    }
  }
}

/// Features of the rows that are whole, unscaled, one after the other.
std::vector<double> whole_features(const RowTable& rows, const Scaling& scaling) {
  FeatureMaker maker(scaling.shape, scaling.gap_max);
  std::vector<double> out;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    maker.take(rows.row(i));
    if (maker.all_known()) out.insert(out.end(), maker.values().begin(), maker.values().end());
  }
  return out;
}

std::vector<Spread> spreads_of(std::span<const double> features, const Plant& plant,
                               const DetectorSpec& spec, const FeatureShape& shape) {
  std::vector<Spread> spreads;
  const std::size_t rows = features.size() / shape.count();
  std::vector<double> column(rows);
  for (std::size_t f = 0; f < shape.count(); ++f) {
    for (std::size_t i = 0; i < rows; ++i) column[i] = features[i * shape.count() + f];
    const auto& signal = plant.signal(spec.signals[f / shape.per_signal()]);
    spreads.push_back(robust_spread(column, width_floor(signal, column[0])));
  }
  return spreads;
}

PointTable scale(std::span<const double> features, const std::vector<Spread>& spreads) {
  PointTable points;
  points.width = spreads.size();
  points.values.reserve(features.size());
  for (std::size_t i = 0; i < features.size(); ++i) {
    const auto& spread = spreads[i % spreads.size()];
    points.values.push_back(
        static_cast<float>(std::clamp((features[i] - spread.middle) / spread.width, -1e6, 1e6)));
  }
  return points;
}

std::vector<std::unique_ptr<const Judge>> fit_judges(const DetectorSpec& spec,
                                                     const DetectorSettings& settings,
                                                     const FeatureShape& shape,
                                                     const PointTable& points, std::uint64_t seed) {
  std::vector<std::unique_ptr<const Judge>> judges;
  if (spec.kind == "isolation_forest") {
    judges.push_back(std::make_unique<IsolationForest>(
        points, ForestOptions{settings.trees, settings.sample, shape.per_signal(), seed}));
  }
  if (spec.kind == "principal_components")
    judges.push_back(std::make_unique<PrincipalComponents>(points, shape.per_signal()));
  if (spec.kind == "robust_limits" || settings.limits) {
    judges.push_back(std::make_unique<RobustLimits>(points, shape.per_signal()));
  }
  return judges;
}

std::vector<double> scores_of(const Judge& judge, const PointTable& points) {
  std::vector<double> scores;
  scores.reserve(points.rows());
  for (std::size_t i = 0; i < points.rows(); ++i) scores.push_back(judge.score(points.row(i)));
  return scores;
}

bool can_speak(const CalibratedJudge& judge) {
  return judge.threshold.threshold < judge.judge->highest();
}

/// Each judge gets its share of the false alarms, so that all together keep to the wish. One that
/// can't reach its threshold raises none, so the others share what it would have had.
std::vector<CalibratedJudge> calibrate_judges(std::vector<std::unique_ptr<const Judge>> judges,
                                              const PointTable& points, const ThresholdWish& wish) {
  std::vector<CalibratedJudge> out;
  for (auto& judge : judges) out.push_back({std::move(judge), {}});
  const auto calibrate_all = [&](std::size_t speakers, const auto& which) {
    ThresholdWish share = wish;
    share.false_alarms_per_s /= static_cast<double>(speakers);
    for (auto& judge : out) {
      if (which(judge)) judge.threshold = calibrate(scores_of(*judge.judge, points), share);
    }
  };
  calibrate_all(out.size(), [](const CalibratedJudge&) { return true; });
  const auto speakers = static_cast<std::size_t>(std::ranges::count_if(out, can_speak));
  if (speakers > 0 && speakers < out.size()) calibrate_all(speakers, can_speak);
  return out;
}

std::string summary_of(const DetectorSpec& spec, const std::vector<CalibratedJudge>& judges,
                       std::size_t fit_rows) {
  std::string words = "learnt from " + std::to_string(fit_rows) + " rows";
  for (const auto& judge : judges) {
    words += "; " + std::string(judge.judge->name()) + ": threshold " +
             text::rounded(judge.threshold.threshold, 3) + " (usual " +
             text::rounded(judge.threshold.usual, 3) + "), " + judge.threshold.words;
    if (!can_speak(judge)) {
      words += "; so rare an alarm is beyond what the " + std::string(judge.judge->name()) +
               " can tell apart, it will raise none: train it longer or allow more alarms";
    }
  }
  if (judges.size() > 1) words += "; together " + rate_in_words(spec.false_alarms_per_s);
  return words;
}

Error too_few(const DetectorSpec& spec, std::size_t found, std::size_t needed) {
  return {ErrorCode::InvalidInput,
          spec.path + ": the training stretch holds " + std::to_string(found) +
              " whole rows of usable values, " + std::to_string(needed) +
              " are needed; lengthen it, or look for signals in it that are bad or missing"};
}

}  // namespace

Result<std::shared_ptr<const Detector>> train(const Plant& plant, const DetectorSpec& spec,
                                              const DetectorSettings& settings, RowTable rows,
                                              Duration row_period, std::uint64_t seed) {
  const std::string version = version_of(plant, spec, settings, rows, seed);
  if (spec.kind == "network")
    return train_network_detector(plant, spec, settings, rows, row_period, version);
  Scaling scaling{.shape = {spec.signals.size(), settings.window},
                  .gap_max = row_period * static_cast<std::int64_t>(settings.window + 1),
                  .spreads = {}};
  const ThresholdWish wish{spec.false_alarms_per_s, row_period, settings.episode, settings.window};

  set_aside_wild_values(plant, spec, rows);
  if (judges_series(spec.kind)) {
    return train_series(plant, spec, settings, rows,
                        {{spec.path, spec.kind, version, spec.signals, ""}, row_period, seed});
  }
  const auto features = whole_features(rows, scaling);
  const std::size_t width = scaling.shape.count();
  const std::size_t whole = features.size() / width;
  const auto fit_rows = static_cast<std::size_t>(settings.fit_share * static_cast<double>(whole));
  const std::size_t calibration_from = fit_rows + settings.window;  // no window reaches across
  const std::size_t needed = kBlocksMin * block_rows(wish) + settings.episode.on;
  if (fit_rows < kFitRowsMin || whole < calibration_from + needed) {
    const double calibration_share = 1.0 - settings.fit_share;
    return too_few(spec, whole,
                   static_cast<std::size_t>(std::max(
                       kFitRowsMin / settings.fit_share + 1.0,
                       static_cast<double>(needed + settings.window) / calibration_share)));
  }

  const auto fit = std::span(features).first(fit_rows * width);
  scaling.spreads = spreads_of(fit, plant, spec, scaling.shape);
  std::vector<std::string> paths;
  for (const auto id : spec.signals) paths.push_back(plant.signal(id).path);
  if (spec.kind == "half_space_trees") {
    const auto rest = scale(std::span(features).subspan(calibration_from * width), scaling.spreads);
    const auto points = scale(fit, scaling.spreads);
    const HalfSpaceOptions options{.trees = settings.trees,
                                   .window = settings.sample,
                                   .features_per_signal = scaling.shape.per_signal(),
                                   .seed = seed};
    return std::shared_ptr<const Detector>(std::make_shared<HalfSpaceDetector>(
        DetectorCard{spec.path, spec.kind, version, spec.signals, ""}, std::move(paths),
        std::move(scaling), points, rest, wish, options));
  }
  auto judges = fit_judges(spec, settings, scaling.shape, scale(fit, scaling.spreads), seed);
  auto calibrated = calibrate_judges(
      std::move(judges),
      scale(std::span(features).subspan(calibration_from * width), scaling.spreads), wish);

  DetectorCard card{spec.path, spec.kind, version, spec.signals,
                    summary_of(spec, calibrated, fit_rows)};
  return std::shared_ptr<const Detector>(std::make_shared<LearnedDetector>(
      std::move(card), std::move(paths), std::move(scaling), std::move(calibrated)));
}

}  // namespace gemel::inference
