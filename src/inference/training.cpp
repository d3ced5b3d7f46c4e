#include "inference/training.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "inference/fingerprint.hpp"
#include "inference/half_space_detector.hpp"
#include "inference/judges.hpp"
#include "inference/kinds.hpp"
#include "inference/learned_detector.hpp"
#include "inference/network_detector.hpp"
#include "inference/rehearsal.hpp"
#include "inference/residual_detector.hpp"
#include "inference/series_detector.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kFitRowsMin = 50;
constexpr std::size_t kBlocksMin = 4;

bool looks_at(const Kind& kind, View view) {
  return std::ranges::any_of(kind.parts,
                             [view](const JudgePart& part) { return part.view == view; });
}

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

/// Rows of which every feature is known. Shapes: features are rows x shape.count().
struct WholeRows {
  std::vector<std::size_t> places;  // in the table
  std::vector<double> features;
};

WholeRows whole_rows(const RowTable& rows, const Scaling& scaling) {
  FeatureMaker maker(scaling.shape, scaling.gap_max);
  WholeRows out;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    maker.take(rows.row(i));
    if (!maker.all_known()) continue;
    out.places.push_back(i);
    out.features.insert(out.features.end(), maker.values().begin(), maker.values().end());
  }
  return out;
}

bool is_spread(const FeatureShape& shape, std::size_t feature) {
  return feature % shape.per_signal() == 2;
}

/// Of each signal, how far it goes at once when it moves. Many sensors repeat themselves for
/// minutes and then jump, and their jumps are no news.
std::vector<double> usual_steps(const RowTable& rows, std::size_t until) {
  std::vector<double> steps(rows.width);
  for (std::size_t s = 0; s < rows.width; ++s) {
    std::vector<double> moves;
    for (std::size_t i = 1; i < until; ++i) {
      const double move = std::abs(rows.row(i).values[s] - rows.row(i - 1).values[s]);
      if (move > 0.0 && rows.row(i).qualities[s].usable() && rows.row(i - 1).qualities[s].usable())
        moves.push_back(move);
    }
    if (!moves.empty()) steps[s] = quantile(moves, 0.5);
  }
  return steps;
}

/// A value's spread is at least its usual step, a window's mean and spread are told apart no better
/// than white noise would let them.
std::vector<Spread> spreads_of(std::span<const double> features, const Plant& plant,
                               const DetectorSpec& spec, const FeatureShape& shape,
                               const std::vector<double>& steps) {
  std::vector<Spread> spreads;
  const std::size_t rows = features.size() / shape.count();
  std::vector<double> column(rows);
  const auto window = static_cast<double>(shape.window);
  double of_value = 0.0;
  for (std::size_t f = 0; f < shape.count() && rows > 0; ++f) {
    const std::size_t s = f / shape.per_signal();
    for (std::size_t i = 0; i < rows; ++i) column[i] = features[i * shape.count() + f];
    double floor = width_floor(plant.signal(spec.signals[s]), column[0]);
    if (f % shape.per_signal() == 0) floor = std::max(floor, steps[s]);
    if (f % shape.per_signal() == 1) floor = std::max(floor, of_value / std::sqrt(window));
    if (is_spread(shape, f)) floor = std::max(floor, of_value / std::sqrt(2.0 * (window - 1.0)));
    spreads.push_back(robust_spread(column, floor));
    if (f % shape.per_signal() == 0) of_value = spreads.back().width;
  }
  return spreads;
}

PointTable scale(std::span<const double> features, const std::vector<Spread>& spreads) {
  PointTable points;
  points.width = spreads.size();
  points.values.reserve(features.size());
  for (std::size_t i = 0; i < features.size(); ++i)
    points.values.push_back(scaled(features[i], spreads[i % spreads.size()]));
  return points;
}

/// The values of whole rows, row after row.
std::vector<double> values_of(const WholeRows& whole, const FeatureShape& shape, std::size_t rows) {
  std::vector<double> values;
  for (std::size_t f = 0; f < rows * shape.count(); f += shape.per_signal())
    values.push_back(whole.features[f]);
  return values;
}

LevelScaling levels_of(const RowTable& rows, const WholeRows& whole, const Plant& plant,
                       const DetectorSpec& spec, const FeatureShape& shape,
                       const std::vector<double>& steps, std::size_t count, const LevelLook& look) {
  const auto values = values_of(whole, shape, count);
  std::vector<double> floors;
  for (std::size_t s = 0; s < shape.signals; ++s)
    floors.push_back(std::max(width_floor(plant.signal(spec.signals[s]), values[s]), steps[s]));
  return measure_levels(values, floors,
                        {rows.times[whole.places[0]], rows.times[whole.places[count - 1]]}, look);
}

PointTable level_points(const RowTable& rows, const WholeRows& whole, const Scaling& scaling,
                        std::size_t from, std::size_t until, std::size_t place) {
  Levels levels(scaling.levels[place], kLevelViews[place].look);
  PointTable points{{}, scaling.shape.signals * kLevelWeights.size()};
  for (std::size_t i = 0; i < until; ++i) {
    levels.take(rows.row(whole.places[i]));
    if (i < from) continue;
    points.values.insert(points.values.end(), levels.point().begin(), levels.point().end());
  }
  return points;
}

/// The rows by view.
struct Points {
  PointTable absolute;
  std::array<PointTable, kLevelViews.size()> levels;
  const PointTable& of(View view) const {
    if (level_place(view) < levels.size()) return levels[level_place(view)];
    return absolute;
  }
};

Points points_of(const RowTable& rows, const WholeRows& whole, const Scaling& scaling,
                 std::size_t from, std::size_t until) {
  const std::size_t width = scaling.shape.count();
  const auto part = [&](const std::vector<double>& all) {
    return std::span(all).subspan(from * width, (until - from) * width);
  };
  Points points{scale(part(whole.features), scaling.absolute), {}};
  for (std::size_t v = 0; v < kLevelViews.size(); ++v) {
    if (!scaling.levels[v].empty())
      points.levels[v] = level_points(rows, whole, scaling, from, until, v);
  }
  return points;
}

std::vector<CalibratedJudge> fit_judges(std::span<const JudgePart> parts,
                                        const DetectorSettings& settings, const FeatureShape& shape,
                                        const Points& points, std::uint64_t seed) {
  std::vector<CalibratedJudge> judges;
  for (const auto& part : parts) {
    const JudgeFit fit{points.of(part.view), shape.per_signal(), settings, seed};
    judges.push_back({judge_maker(part.judge).fit(fit), part.view, {}});
  }
  return judges;
}

std::vector<JudgePart> parts_of(const Kind& kind, const DetectorSettings& settings) {
  std::vector<JudgePart> parts;
  for (const auto& part : kind.parts) {
    if (!part.optional || settings.limits) parts.push_back(part);
  }
  return parts;
}

/// What each judge makes of rows that it was not fitted on, in the order of time.
using Scores = std::vector<std::vector<double>>;

Scores scores_of(std::span<const CalibratedJudge> judges, const Points& points) {
  Scores scores(judges.size());
  for (std::size_t j = 0; j < judges.size(); ++j) {
    const auto& table = points.of(judges[j].view);
    for (std::size_t i = 0; i < table.rows(); ++i)
      scores[j].push_back(judges[j].judge->score(table.row(i)));
  }
  return scores;
}

bool can_speak(const CalibratedJudge& judge) {
  return judge.threshold.threshold < judge.judge->highest();
}

Threshold calibrate(const CalibratedJudge& judge, std::span<const double> scores,
                    const ThresholdWish& wish) {
  const auto reached = [&](double rows) { return judge.judge->reached_once_in(rows); };
  return reached(2.0) > 0.0 ? calibrate_known(scores, wish, reached) : calibrate(scores, wish);
}

/// Each judge gets its share of the false alarms, so that all together keep to the wish. One that
/// can't reach its threshold raises none, so the others share what it would have had.
void calibrate_judges(std::vector<CalibratedJudge>& judges, const Scores& scores,
                      const ThresholdWish& wish) {
  const auto calibrate_all = [&](std::size_t speakers, const auto& which) {
    ThresholdWish share = wish;
    share.false_alarms_per_s /= static_cast<double>(speakers);
    for (std::size_t j = 0; j < judges.size(); ++j) {
      if (which(judges[j])) judges[j].threshold = calibrate(judges[j], scores[j], share);
    }
  };
  calibrate_all(judges.size(), [](const CalibratedJudge&) { return true; });
  const auto speakers = static_cast<std::size_t>(std::ranges::count_if(judges, can_speak));
  if (speakers > 0 && speakers < judges.size()) calibrate_all(speakers, can_speak);
}

/// Leaves the judges that notice the most of what is rehearsed, each at the whole wish.
std::string choose(std::vector<CalibratedJudge>& judges, Scores& scores, const RowTable& rows,
                   const Scaling& scaling, const ThresholdWish& wish, const RehearsalPlan& plan) {
  for (std::size_t j = 0; j < judges.size(); ++j)
    judges[j].threshold = calibrate(judges[j], scores[j], wish);
  const auto noticed = rehearse(rows, scaling, judges, plan);
  std::string words;
  for (std::size_t j = 0; j < judges.size(); ++j) {
    const auto found = static_cast<std::size_t>(std::ranges::count(noticed[j], true));
    words += (j == 0 ? "rehearsed faults noticed: " : ", ") + judges[j].name() + " " +
             std::to_string(found) + " of " + std::to_string(noticed[j].size());
  }
  std::vector<CalibratedJudge> chosen;
  Scores of_chosen;
  for (const auto j : choose_judges(noticed)) {
    chosen.push_back(std::move(judges[j]));
    of_chosen.push_back(std::move(scores[j]));
  }
  judges = std::move(chosen);
  scores = std::move(of_chosen);
  return words + "; ";
}

std::string summary_of(const DetectorSpec& spec, const std::vector<CalibratedJudge>& judges,
                       std::size_t fit_rows) {
  std::string words = "learnt from " + std::to_string(fit_rows) + " rows";
  for (const auto& judge : judges) {
    words += "; " + judge.name() + ": threshold " + text::rounded(judge.threshold.threshold, 3) +
             " (usual " + text::rounded(judge.threshold.usual, 3) + "), " + judge.threshold.words;
    if (!can_speak(judge)) {
      words += "; so rare an alarm is beyond what the " + judge.name() +
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

/// The normal rows by the level of each signal: its window's mean, where there is one.
NormalGallery gallery_of(const RowTable& rows, const WholeRows& whole, const PointTable& fit,
                         const PointTable& calibration, const FeatureShape& shape,
                         std::size_t calibration_from) {
  std::vector<Timestamp> times;
  std::vector<float> levels;
  const std::size_t level = shape.per_signal() > 1 ? 1 : 0;
  const auto add = [&](const PointTable& points, std::size_t from) {
    for (std::size_t i = 0; i < points.rows(); ++i) {
      times.push_back(rows.times[whole.places[from + i]]);
      for (std::size_t s = 0; s < shape.signals; ++s)
        levels.push_back(points.row(i)[s * shape.per_signal() + level]);
    }
  };
  add(fit, 0);
  add(calibration, calibration_from);
  return {times, levels, shape.signals};
}

}  // namespace

std::size_t memory_rows(const DetectorSpec& spec) {
  const Kind* kind = find_kind(spec.kind);
  if (kind == nullptr) return 0;
  for (const auto& level : kLevelViews) {
    if (looks_at(*kind, level.view)) return kLevelMemoryRows;
  }
  return 0;
}

Result<std::shared_ptr<const Detector>> train(const Plant& plant, const DetectorSpec& spec,
                                              const DetectorSettings& settings, RowTable rows,
                                              Duration row_period, std::uint64_t seed) {
  const Kind& kind = *find_kind(spec.kind);
  const std::string version = version_of(plant, spec, settings, rows, seed);
  if (spec.kind == "network")
    return train_network_detector(plant, spec, settings, rows, row_period, version);
  Scaling scaling{.shape = {spec.signals.size(), settings.window},
                  .gap_max = row_period * static_cast<std::int64_t>(settings.window + 1),
                  .absolute = {}};
  const ThresholdWish wish{spec.false_alarms_per_s, row_period, settings.episode, settings.window};

  set_aside_wild_values(plant, spec, rows);
  if (judges_series(spec.kind)) {
    return train_series(plant, spec, settings, rows,
                        {{spec.path, spec.kind, version, spec.signals, ""}, row_period, seed});
  }
  if (spec.kind == "residual")
    return train_residuals(plant, spec, settings, rows, row_period, version);
  const auto whole = whole_rows(rows, scaling);
  const std::size_t count = whole.places.size();
  const auto fit_rows = static_cast<std::size_t>(settings.fit_share * static_cast<double>(count));
  const std::size_t calibration_from = fit_rows + settings.window;  // no window reaches across
  const std::size_t needed = kBlocksMin * block_rows(wish) + settings.episode.on;
  if (fit_rows < kFitRowsMin || count < calibration_from + needed) {
    const double calibration_share = 1.0 - settings.fit_share;
    return too_few(spec, count,
                   static_cast<std::size_t>(std::max(
                       kFitRowsMin / settings.fit_share + 1.0,
                       static_cast<double>(needed + settings.window) / calibration_share)));
  }

  const std::size_t width = scaling.shape.count();
  const auto steps = usual_steps(rows, whole.places[fit_rows - 1]);
  scaling.absolute = spreads_of(std::span(whole.features).first(fit_rows * width), plant, spec,
                                scaling.shape, steps);
  std::array<std::vector<double>, kLevelViews.size()> excess;
  for (std::size_t v = 0; v < kLevelViews.size(); ++v) {
    if (!looks_at(kind, kLevelViews[v].view)) continue;
    scaling.levels[v] =
        levels_of(rows, whole, plant, spec, scaling.shape, steps, fit_rows, kLevelViews[v].look);
    const auto later = level_points(rows, whole, scaling, calibration_from, count, v);
    excess[v] = excess_of(later.values, scaling.shape.signals);
    widen(scaling.levels[v], excess[v]);
  }
  const auto early = points_of(rows, whole, scaling, 0, fit_rows);
  const auto late = points_of(rows, whole, scaling, calibration_from, count);
  std::vector<std::string> paths;
  for (const auto id : spec.signals) paths.push_back(plant.signal(id).path);
  if (spec.kind == "half_space_trees") {
    const HalfSpaceOptions options{.trees = settings.trees,
                                   .window = settings.sample,
                                   .features_per_signal = scaling.shape.per_signal(),
                                   .seed = seed};
    return std::shared_ptr<const Detector>(std::make_shared<HalfSpaceDetector>(
        DetectorCard{spec.path, spec.kind, version, spec.signals, ""}, std::move(paths),
        std::move(scaling), early.absolute, late.absolute, wish, options));
  }
  const auto parts = parts_of(kind, settings);
  auto judges = fit_judges(parts, settings, scaling.shape, early, seed);
  auto scores = scores_of(judges, late);
  std::string words;
  if (kind.chosen)
    words = choose(judges, scores, rows, scaling, wish,
                   {whole.places[calibration_from], settings.episode, seed});
  calibrate_judges(judges, scores, wish);
  // Where normal levels lie, all rows say better than half of them.
  for (auto& levels : scaling.levels) levels = {};
  for (auto& judge : judges) {
    const std::size_t v = level_place(judge.view);
    if (v == kLevelViews.size()) continue;
    scaling.levels[v] =
        levels_of(rows, whole, plant, spec, scaling.shape, steps, count, kLevelViews[v].look);
    widen(scaling.levels[v], excess[v]);
    judge.judge = judge_maker(judge.judge->name())
                      .fit({level_points(rows, whole, scaling, 0, count, v), 1, settings, seed});
  }

  DetectorCard card{spec.path, spec.kind, version, spec.signals,
                    words + summary_of(spec, judges, fit_rows)};
  return std::shared_ptr<const Detector>(std::make_shared<LearnedDetector>(
      std::move(card), std::move(paths), std::move(scaling), std::move(judges),
      gallery_of(rows, whole, early.absolute, late.absolute, scaling.shape, calibration_from)));
}

}  // namespace gemel::inference
