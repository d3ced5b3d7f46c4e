#include "inference/residual_detector.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>

#include "base/check.hpp"
#include "base/text.hpp"

namespace gemel::inference {
namespace {

constexpr double kContributionMin = 0.01;
constexpr double kKnownMin = 0.7;     // of the rows, for a pair to be learnt
constexpr std::size_t kQuicker = 10;  // times, of the two charts
constexpr double kApart = 2.0;        // times a chart's rows: then its means have little in common
constexpr std::size_t kFitRowsMin = 50;
constexpr std::size_t kBlocksMin = 4;

std::vector<ResidualPair> pairs_of(const Plant& plant, const DetectorSpec& spec) {
  std::vector<ResidualPair> pairs;
  for (std::size_t e = 0; e < spec.signals.size(); ++e) {
    const auto& estimate = plant.signal(spec.signals[e]);
    const auto measured = std::ranges::find(spec.signals, estimate.of);
    if (estimate.role == SignalRole::Measured || measured == spec.signals.end()) continue;
    pairs.push_back({.measured = static_cast<std::size_t>(measured - spec.signals.begin()),
                     .estimate = e,
                     .signal = plant.signal(*measured).path});
  }
  return pairs;
}

std::size_t count_known(const std::vector<ResidualPair>& pairs, const Row& row) {
  return static_cast<std::size_t>(
      std::ranges::count_if(pairs, [&](const auto& pair) { return pair.known(row); }));
}

/// Rows that could be judged, in the order of time.
std::vector<std::size_t> judgeable(const std::vector<ResidualPair>& pairs, const RowTable& rows) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto known = count_known(pairs, rows.row(i));
    if (known > 0 && 2 * known >= pairs.size()) places.push_back(i);
  }
  return places;
}

/// Leaves out pairs of which too little is known, such as those of an estimate that has not learnt
/// yet; the estimates' names, for people.
std::vector<std::string> drop_unknown(const Plant& plant, const DetectorSpec& spec,
                                      std::vector<ResidualPair>& pairs, const RowTable& rows) {
  std::vector<std::size_t> known(pairs.size());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    for (std::size_t p = 0; p < pairs.size(); ++p) known[p] += pairs[p].known(rows.row(i));
  }
  const double most = known.empty() ? 0.0 : static_cast<double>(std::ranges::max(known));
  std::vector<ResidualPair> kept;
  std::vector<std::string> dropped;
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    if (most > 0.0 && static_cast<double>(known[p]) >= kKnownMin * most)
      kept.push_back(pairs[p]);
    else
      dropped.push_back(plant.signal(spec.signals[pairs[p].estimate]).path);
  }
  pairs = std::move(kept);
  return dropped;
}

/// The least width worth speaking of.
double width_floor(const Signal& signal, double middle) {
  if (signal.range.low && signal.range.high) return 1e-5 * (*signal.range.high - *signal.range.low);
  return std::max(1e-5 * std::abs(middle), 1e-9);
}

/// Rows of the pairs. Shapes: all rows x pairs; NaN where not known.
struct PairRows {
  std::vector<double> estimates, off;
};

PairRows rows_of(const std::vector<ResidualPair>& pairs, const RowTable& rows,
                 std::span<const std::size_t> places) {
  PairRows out;
  for (const auto i : places) {
    const auto row = rows.row(i);
    for (const auto& pair : pairs) {
      out.estimates.push_back(pair.estimated(row));
      out.off.push_back(pair.off(row));
    }
  }
  return out;
}

/// The finite values of a column.
std::vector<double> column(std::span<const double> rows, std::size_t width, std::size_t c) {
  std::vector<double> out;
  for (std::size_t i = c; i < rows.size(); i += width) {
    if (std::isfinite(rows[i])) out.push_back(rows[i]);
  }
  return out;
}

/// What is usual of each pair, by the first rows.
void learn_usual(std::vector<ResidualPair>& pairs, const Plant& plant, const DetectorSpec& spec,
                 const RowTable& rows, std::span<const std::size_t> fit) {
  const auto raw = rows_of(pairs, rows, fit).off;
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    auto off = column(raw, pairs.size(), p);
    if (off.empty()) continue;
    const double level = rows.row(fit.front()).values[pairs[p].measured];
    pairs[p].usual =
        robust_spread(off, width_floor(plant.signal(spec.signals[pairs[p].measured]), level));
  }
}

/// What the operating point doesn't explain, in widths of it that are learnt on the first
/// `fit_rows` rows. Shapes: as `rows`.
std::vector<double> unexplained(std::vector<ResidualPair>& pairs, const UsualError& error,
                                const PairRows& rows, std::size_t fit_rows) {
  const auto width = pairs.size();
  auto out = rows.off;
  std::vector<double> expected(width), doubts;
  auto scratch = error.scratch();
  for (std::size_t at = 0; at < out.size(); at += width) {
    doubts.push_back(error.look(std::span(rows.estimates).subspan(at, width), expected, scratch));
    for (std::size_t p = 0; p < width; ++p) out[at + p] -= expected[p];
  }
  for (std::size_t p = 0; p < width; ++p) {
    auto rest = column(std::span(out).first(fit_rows * width), width, p);
    if (rest.empty()) continue;
    pairs[p].width = robust_spread(rest, 1e-3).width;
  }
  RunningMedians medians(width);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = pairs[i % width].standardised(out[i], doubts[i / width]);
  for (std::size_t at = 0; at < out.size(); at += width)
    medians.take(std::span(out).subspan(at, width));
  return out;
}

/// What a chart makes of the rows from `from` on, after it has seen those before.
std::vector<double> distances(const ResidualChart& chart, std::span<const double> residuals,
                              std::size_t from) {
  ResidualChart::Run run(chart);
  std::vector<double> out;
  for (std::size_t i = 0; i * chart.width() < residuals.size(); ++i) {
    run.take(residuals.subspan(i * chart.width(), chart.width()));
    if (i >= from) out.push_back(run.distance());
  }
  return out;
}

ThresholdWish wish_of(const DetectorSpec& spec, const DetectorSettings& settings,
                      Duration row_period, double chart_rows) {
  // Each chart has its half of the false alarms.
  return {spec.false_alarms_per_s / 2.0, row_period, settings.episode,
          static_cast<std::size_t>(std::ceil(kApart * chart_rows))};
}

std::string summary_of(const std::vector<ResidualPair>& pairs,
                       const std::vector<CalibratedChart>& charts,
                       const std::vector<std::string>& dropped, std::size_t fit_rows) {
  std::string words = "residuals of " + std::to_string(pairs.size()) + " estimates, learnt from " +
                      std::to_string(fit_rows) + " rows";
  for (const auto& [chart, threshold] : charts)
    words += "; over " + text::rounded(chart.rows(), 0) + " rows: threshold " +
             text::rounded(threshold.threshold, 3) + " (usual " +
             text::rounded(threshold.usual, 3) + "), " + threshold.words;
  for (const auto& estimate : dropped) words += "; no values of " + estimate;
  return words;
}

}  // namespace

bool ResidualPair::known(const Row& row) const {
  return row.qualities[measured].usable() && row.qualities[estimate].usable();
}

double ResidualPair::estimated(const Row& row) const {
  return row.qualities[estimate].usable() ? row.values[estimate] : std::nan("");
}

double ResidualPair::off(const Row& row) const {
  if (!known(row)) return std::nan("");
  return (row.values[measured] - row.values[estimate] - usual.middle) / usual.width;
}

double ResidualPair::standardised(double unexplained, double doubt) const {
  return unexplained / std::hypot(width, std::sqrt(doubt));
}

double CalibratedChart::score(double distance) const {
  return std::max(0.0, (distance - threshold.usual) / (threshold.threshold - threshold.usual));
}

class ResidualDetector::Run final : public DetectorRun {
 public:
  explicit Run(const ResidualDetector& detector)
      : detector_(detector),
        medians_(detector.pairs_.size()),
        scratch_(detector.error_.scratch()),
        estimates_(detector.pairs_.size()),
        expected_(estimates_.size()),
        residuals_(estimates_.size()),
        shares_(estimates_.size()) {
    for (const auto& chart : detector.charts_) charts_.emplace_back(chart.chart);
  }

  std::optional<Finding> observe(const Row& row) override {
    if (last_ != Timestamp::min() && row.time - last_ > detector_.gap_max_) {
      for (auto& chart : charts_) chart.restart();
      medians_.restart();
    }
    last_ = row.time;
    const auto& pairs = detector_.pairs_;
    const auto known = count_known(pairs, row);
    for (std::size_t p = 0; p < pairs.size(); ++p) estimates_[p] = pairs[p].estimated(row);
    const double doubt = detector_.error_.look(estimates_, expected_, scratch_);
    for (std::size_t p = 0; p < pairs.size(); ++p)
      residuals_[p] = pairs[p].standardised(pairs[p].off(row) - expected_[p], doubt);
    medians_.take(residuals_);
    for (auto& chart : charts_) chart.take(residuals_);
    if (known == 0 || 2 * known < pairs.size()) return std::nullopt;
    Finding finding;
    finding.time = row.time;
    finding.degraded = known < pairs.size();
    std::size_t worst = 0;
    for (std::size_t c = 0; c < charts_.size(); ++c) {
      const double score = detector_.charts_[c].score(charts_[c].distance());
      if (score > finding.score) {
        finding.score = score;
        worst = c;
      }
    }
    finding.abnormal = finding.score >= 1.0;
    if (finding.abnormal) finding.drivers = drivers(charts_[worst], row);
    return finding;
  }

 private:
  /// Of a signal with several estimates, the one that blames it most speaks.
  std::vector<Driver> drivers(const ResidualChart::Run& chart, const Row& row) {
    chart.weigh(shares_);
    const double sum = std::accumulate(shares_.begin(), shares_.end(), 0.0);
    std::vector<Driver> out;
    std::vector<std::size_t> order(shares_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater<>(), [this](auto p) { return shares_[p]; });
    for (const auto p : order) {
      const auto& pair = detector_.pairs_[p];
      if (!pair.known(row) || !(shares_[p] >= kContributionMin * sum) || sum <= 0.0) continue;
      const auto told = std::ranges::find(out, pair.signal, &Driver::signal);
      if (told != out.end()) {
        told->contribution += shares_[p] / sum;
        continue;
      }
      out.push_back(
          {pair.signal, shares_[p] / sum, row.values[pair.measured],
           row.values[pair.estimate] + pair.usual.middle + expected_[p] * pair.usual.width});
    }
    std::ranges::stable_sort(out, std::greater<>(), &Driver::contribution);
    return out;
  }

  const ResidualDetector& detector_;
  RunningMedians medians_;
  std::vector<ResidualChart::Run> charts_;
  Timestamp last_ = Timestamp::min();
  std::vector<double> scratch_, estimates_, expected_, residuals_, shares_;
};

ResidualDetector::ResidualDetector(DetectorCard card, std::vector<ResidualPair> pairs,
                                   UsualError error, std::vector<CalibratedChart> charts,
                                   Duration gap_max)
    : card_(std::move(card)),
      pairs_(std::move(pairs)),
      error_(std::move(error)),
      charts_(std::move(charts)),
      gap_max_(gap_max) {
  GEMEL_CHECK(!pairs_.empty() && !charts_.empty());
}

std::unique_ptr<DetectorRun> ResidualDetector::start() const {
  return std::make_unique<Run>(*this);
}

Result<std::shared_ptr<const Detector>> train_residuals(const Plant& plant,
                                                        const DetectorSpec& spec,
                                                        const DetectorSettings& settings,
                                                        const RowTable& rows, Duration row_period,
                                                        std::string version) {
  auto pairs = pairs_of(plant, spec);
  const auto dropped = drop_unknown(plant, spec, pairs, rows);
  const auto places = judgeable(pairs, rows);
  const auto fit_rows =
      static_cast<std::size_t>(settings.fit_share * static_cast<double>(places.size()));
  const auto slow = static_cast<double>(settings.window);
  const std::size_t fit_min = std::max(kFitRowsMin, 4 * settings.window);
  const std::size_t rest_min =
      kBlocksMin * block_rows(wish_of(spec, settings, row_period, slow)) + settings.episode.on;
  if (fit_rows < fit_min || places.size() < fit_rows + rest_min) {
    const double needed =
        std::max(static_cast<double>(fit_min) / settings.fit_share + 1.0,
                 static_cast<double>(rest_min) / (1.0 - settings.fit_share) + 1.0);
    return Error{ErrorCode::InvalidInput,
                 spec.path + ": the training stretch holds " + std::to_string(places.size()) +
                     " rows in which both a signal and its estimate are known, " +
                     text::rounded(needed, 0) +
                     " are needed; lengthen it, or look whether what estimates has learnt"};
  }
  const auto fit = std::span(places).first(fit_rows);
  learn_usual(pairs, plant, spec, rows, fit);
  const auto known = rows_of(pairs, rows, places);
  const auto fitted = fit_rows * pairs.size();
  UsualError error{std::span(known.estimates).first(fitted), std::span(known.off).first(fitted),
                   pairs.size(), kApart * slow};
  const auto residuals = unexplained(pairs, error, known, fit_rows);
  std::vector<double> lengths{slow};
  if (settings.window > 1)
    lengths.insert(lengths.begin(), std::max(1.0, slow / static_cast<double>(kQuicker)));
  std::vector<CalibratedChart> charts;
  for (const double length : lengths) {
    ResidualChart chart{std::span(residuals).first(fitted), pairs.size(), length};
    const auto scores = distances(chart, residuals, fit_rows);
    const auto threshold = calibrate(scores, wish_of(spec, settings, row_period, length));
    charts.push_back({std::move(chart), threshold});
  }
  DetectorCard card{spec.path, spec.kind, std::move(version), spec.signals,
                    summary_of(pairs, charts, dropped, fit_rows)};
  card.memory_rows = 4 * settings.window;
  return std::shared_ptr<const Detector>(std::make_shared<ResidualDetector>(
      std::move(card), std::move(pairs), std::move(error), std::move(charts),
      row_period * static_cast<std::int64_t>(settings.window + 1)));
}

}  // namespace gemel::inference
