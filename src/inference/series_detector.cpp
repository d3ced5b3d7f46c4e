#include "inference/series_detector.hpp"

#include <algorithm>
#include <functional>

#include "base/check.hpp"
#include "base/text.hpp"
#include "inference/discord.hpp"
#include "inference/matrix_profile.hpp"
#include "inference/robust.hpp"
#include "inference/series_panel.hpp"
#include "inference/window_clusters.hpp"
#include "inference/window_subspace.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kLengthMin = 8, kLengthUnknown = 32, kPeriodMax = 1000;
constexpr double kUsableMin = 0.7;
constexpr double kContributionMin = 0.01;

/// Values of one signal; those that are not usable are as the last before them that were.
Result<std::vector<double>> series_of(const Plant& plant, const DetectorSpec& spec,
                                      const RowTable& rows, std::size_t slot) {
  std::vector<double> series;
  std::size_t usable = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto row = rows.row(i);
    const bool good = row.qualities[slot].usable();
    if (good && usable++ == 0) series.assign(i, row.values[slot]);
    if (usable > 0) series.push_back(good ? row.values[slot] : series.back());
  }
  if (static_cast<double>(usable) >= kUsableMin * static_cast<double>(rows.rows()) && usable > 0)
    return series;
  return Error{ErrorCode::InvalidInput,
               spec.path + ": of " + plant.signal(spec.signals[slot]).path + " only " +
                   std::to_string(usable) + " of " + std::to_string(rows.rows()) +
                   " values of the training stretch are usable; windows of it can't be learnt"};
}

std::size_t length_for(const DetectorSpec& spec, const DetectorSettings& settings,
                       std::span<const double> fit) {
  auto length = settings.window;
  if (!spec.settings.contains("window")) {
    length = dominant_period(fit, kLengthMin, kPeriodMax);
    if (length == 0) length = kLengthUnknown;
  }
  return std::clamp(length, std::size_t{2}, std::max(kLengthMin, fit.size() / 6));
}

std::unique_ptr<const SeriesJudge> fit_judge(const DetectorSpec& spec,
                                             const DetectorSettings& settings,
                                             std::span<const double> fit, std::uint64_t seed) {
  const auto length = length_for(spec, settings, fit);
  if (spec.kind == "discord") return std::make_unique<Discord>(fit, length);
  if (spec.kind == "subspace") return std::make_unique<WindowSubspace>(fit, length);
  if (spec.kind == "k_means") {
    return std::make_unique<WindowClusters>(
        fit, ClusterOptions{.length = length, .view = WindowView::Level, .seed = seed});
  }
  const bool named = spec.settings.contains("window");
  return std::make_unique<SeriesPanel>(
      fit, PanelOptions{.period = named ? settings.window : 0, .seed = seed});
}

void calibrate_judge(CalibratedSeriesJudge& judge, std::span<const double> fit,
                     std::span<const double> rest, ThresholdWish wish) {
  const auto along = scores_along(*judge.judge, fit, rest);
  for (std::size_t k = 0; k < along.size(); ++k) {
    std::vector<double> scores(along[k].begin(), along[k].end());
    const double usual = quantile(scores, 0.5);
    const double high = std::max(quantile(scores, 0.99) - usual, judge.judge->grain(k));
    judge.usual.push_back({usual, high});
  }
  std::vector<double> beyond(rest.size()), scores(along.size());
  for (std::size_t i = 0; i < rest.size(); ++i) {
    for (std::size_t k = 0; k < along.size(); ++k) scores[k] = along[k][i];
    beyond[i] = judge.beyond(scores);
  }
  wish.memory = std::min(judge.judge->length(), rest.size() / 4);
  judge.threshold = calibrate(beyond, wish);
}

Error too_few(const DetectorSpec& spec, std::size_t rows, std::size_t needed) {
  return {ErrorCode::InvalidInput, spec.path + ": the training stretch holds " +
                                       std::to_string(rows) + " rows, " + std::to_string(needed) +
                                       " are needed for a " + spec.kind + "; lengthen it"};
}

}  // namespace

bool judges_series(std::string_view kind) {
  return kind == "discord" || kind == "subspace" || kind == "k_means" || kind == "panel";
}

double CalibratedSeriesJudge::beyond(std::span<const double> scores) const {
  double most = 0.0;
  for (std::size_t k = 0; k < scores.size(); ++k)
    most = std::max(most, (scores[k] - usual[k].score) / usual[k].high);
  return most;
}

class SeriesDetector::Run final : public DetectorRun {
 public:
  explicit Run(const SeriesDetector& detector)
      : detector_(detector), streams_(detector.judges_.size()) {
    for (std::size_t s = 0; s < streams_.size(); ++s) {
      const auto& judge = *detector.judges_[s].judge;
      streams_[s].run = judge.start();
      streams_[s].scores.resize(judge.opinions().size());
    }
  }

  std::optional<Finding> observe(const Row& row) override {
    Finding finding;
    finding.time = row.time;
    std::size_t judged = 0, usable = 0;
    for (std::size_t s = 0; s < streams_.size(); ++s) {
      usable += row.qualities[s].usable() ? 1 : 0;
      streams_[s].score = follow(s, row);
      if (streams_[s].score) ++judged;
      finding.score = std::max(finding.score, streams_[s].score.value_or(0.0));
    }
    if (2 * judged < streams_.size() || judged == 0) return std::nullopt;
    finding.degraded = usable < streams_.size();
    finding.abnormal = finding.score >= 1.0;
    if (finding.abnormal) finding.drivers = drivers(row, finding.score);
    return finding;
  }

 private:
  struct Stream {
    std::unique_ptr<SeriesRun> run;
    std::vector<double> scores;
    std::optional<double> last;
    std::size_t held = 0, taken = 0;
    std::optional<double> score;  // of this row; 1 is the threshold
  };

  /// Nothing while the window is not full.
  std::optional<double> follow(std::size_t s, const Row& row) {
    auto& stream = streams_[s];
    const auto& judge = detector_.judges_[s];
    if (row.qualities[s].usable()) {
      if (stream.held > kHeldMax) {
        stream.run = judge.judge->start();
        stream.taken = 0;
      }
      stream.last = row.values[s];
      stream.held = 0;
    } else if (++stream.held > kHeldMax || !stream.last) {
      return std::nullopt;
    }
    stream.run->take(*stream.last, stream.scores);
    if (++stream.taken < judge.judge->length()) return std::nullopt;
    const auto& [usual, threshold] = std::pair(judge.threshold.usual, judge.threshold.threshold);
    return std::max(0.0, (judge.beyond(stream.scores) - usual) / (threshold - usual));
  }

  /// The signals that reach half of the largest score.
  std::vector<Driver> drivers(const Row& row, double largest) const {
    double sum = 0.0;
    for (const auto& stream : streams_)
      sum += stream.score.value_or(0.0) >= 0.5 * largest ? *stream.score : 0.0;
    std::vector<Driver> out;
    for (std::size_t s = 0; s < streams_.size(); ++s) {
      const double score = streams_[s].score.value_or(0.0);
      if (score < 0.5 * largest || score < kContributionMin * sum) continue;
      const auto& judge = detector_.judges_[s];
      out.push_back({judge.signal, score / sum, row.values[s], judge.expected});
    }
    std::ranges::stable_sort(out, std::greater<>(), &Driver::contribution);
    return out;
  }

  const SeriesDetector& detector_;
  std::vector<Stream> streams_;
};

SeriesDetector::SeriesDetector(DetectorCard card, std::vector<CalibratedSeriesJudge> judges)
    : card_(std::move(card)), judges_(std::move(judges)) {
  GEMEL_CHECK(!judges_.empty() && judges_.size() == card_.signals.size());
}

std::unique_ptr<DetectorRun> SeriesDetector::start() const { return std::make_unique<Run>(*this); }

Result<std::shared_ptr<const Detector>> train_series(const Plant& plant, const DetectorSpec& spec,
                                                     const DetectorSettings& settings,
                                                     const RowTable& rows, SeriesLesson lesson) {
  const auto fit_rows =
      static_cast<std::size_t>(settings.fit_share * static_cast<double>(rows.rows()));
  const ThresholdWish wish{
      spec.false_alarms_per_s / static_cast<double>(std::max<std::size_t>(spec.signals.size(), 1)),
      lesson.row_period, settings.episode, settings.window};
  const auto rest_min = 4 * block_rows(wish) + settings.episode.on;
  if (fit_rows < SeriesPanel::kTrainingMin || rows.rows() < fit_rows + rest_min) {
    return too_few(spec, rows.rows(), SeriesPanel::kTrainingMin * 2 + 2 * rest_min);
  }
  std::vector<CalibratedSeriesJudge> judges;
  lesson.card.summary = "learnt windows from " + std::to_string(fit_rows) + " rows";
  for (std::size_t slot = 0; slot < spec.signals.size(); ++slot) {
    GEMEL_ASSIGN(const auto series, series_of(plant, spec, rows, slot));
    const auto fit = std::span(series).first(fit_rows), rest = std::span(series).subspan(fit_rows);
    CalibratedSeriesJudge judge{.signal = plant.signal(spec.signals[slot]).path,
                                .judge = fit_judge(spec, settings, fit, lesson.seed),
                                .usual = {},
                                .threshold = {}};
    calibrate_judge(judge, fit, rest, wish);
    std::vector<double> copy(fit.begin(), fit.end());
    judge.expected = quantile(copy, 0.5);
    lesson.card.summary += "; " + judge.signal + ": windows of " +
                           std::to_string(judge.judge->length()) + " rows, threshold " +
                           text::rounded(judge.threshold.threshold, 3) + ", " +
                           judge.threshold.words;
    judges.push_back(std::move(judge));
  }
  return std::shared_ptr<const Detector>(
      std::make_shared<SeriesDetector>(std::move(lesson.card), std::move(judges)));
}

}  // namespace gemel::inference
