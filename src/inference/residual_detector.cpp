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
constexpr double kReachMin = 5.0;    // usual widths
constexpr double kKnownMin = 0.7;    // of the rows, for a pair to be learnt
constexpr std::size_t kQuicker = 10;  // times, of the two charts
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

bool is_known(const ResidualPair& pair, const Row& row) {
  return row.qualities[pair.measured].usable() && row.qualities[pair.estimate].usable();
}

std::size_t count_known(const std::vector<ResidualPair>& pairs, const Row& row) {
  return static_cast<std::size_t>(
      std::ranges::count_if(pairs, [&](const auto& pair) { return is_known(pair, row); }));
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

/// Leaves out pairs of which too little is known; their names, for people. A simulator does not
/// estimate everything that it is bound to.
std::vector<std::string> drop_unknown(std::vector<ResidualPair>& pairs, const RowTable& rows) {
  std::vector<std::size_t> known(pairs.size());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    for (std::size_t p = 0; p < pairs.size(); ++p) known[p] += is_known(pairs[p], rows.row(i));
  }
  const double most = known.empty() ? 0.0 : static_cast<double>(std::ranges::max(known));
  std::vector<ResidualPair> kept;
  std::vector<std::string> dropped;
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    if (most > 0.0 && static_cast<double>(known[p]) >= kKnownMin * most)
      kept.push_back(pairs[p]);
    else
      dropped.push_back(pairs[p].signal);
  }
  pairs = std::move(kept);
  return dropped;
}

/// The least width worth speaking of.
double width_floor(const Signal& signal, double middle) {
  if (signal.range.low && signal.range.high) return 1e-5 * (*signal.range.high - *signal.range.low);
  return std::max(1e-5 * std::abs(middle), 1e-9);
}

void standardise(ResidualPair& pair, const Plant& plant, const DetectorSpec& spec,
                 const RowTable& rows, std::span<const std::size_t> places) {
  std::vector<double> residuals;
  for (const auto i : places) {
    const auto row = rows.row(i);
    if (is_known(pair, row))
      residuals.push_back(row.values[pair.measured] - row.values[pair.estimate]);
  }
  if (residuals.empty()) return;
  const double level = rows.row(places.front()).values[pair.measured];
  auto copy = residuals;
  pair.usual = robust_spread(copy, width_floor(plant.signal(spec.signals[pair.measured]), level));
  for (auto& r : residuals) r = std::abs(r - pair.usual.middle) / pair.usual.width;
  pair.reach = std::max(kReachMin, quantile(residuals, 0.99));
}

/// Shapes: places x pairs; NaN where not known.
std::vector<double> residuals_of(const std::vector<ResidualPair>& pairs, const RowTable& rows,
                                 std::span<const std::size_t> places) {
  std::vector<double> out;
  for (const auto i : places) {
    for (const auto& pair : pairs) out.push_back(pair.residual(rows.row(i)));
  }
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
          static_cast<std::size_t>(std::ceil(2.0 * chart_rows))};
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
  for (const auto& signal : dropped) words += "; nothing is estimated of " + signal;
  return words;
}

}  // namespace

double ResidualPair::residual(const Row& row) const {
  if (!is_known(*this, row)) return std::nan("");
  const double off = row.values[measured] - row.values[estimate] - usual.middle;
  return std::clamp(off / usual.width, -reach, reach);
}

double CalibratedChart::score(double distance) const {
  return std::max(0.0, (distance - threshold.usual) / (threshold.threshold - threshold.usual));
}

class ResidualDetector::Run final : public DetectorRun {
 public:
  explicit Run(const ResidualDetector& detector)
      : detector_(detector), residuals_(detector.pairs_.size()), shares_(residuals_.size()) {
    for (const auto& chart : detector.charts_) charts_.emplace_back(chart.chart);
  }

  std::optional<Finding> observe(const Row& row) override {
    if (last_ != Timestamp::min() && row.time - last_ > detector_.gap_max_) {
      for (auto& chart : charts_) chart.restart();
    }
    last_ = row.time;
    const auto& pairs = detector_.pairs_;
    const auto known = count_known(pairs, row);
    for (std::size_t p = 0; p < pairs.size(); ++p) residuals_[p] = pairs[p].residual(row);
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
      if (!is_known(pair, row) || !(shares_[p] >= kContributionMin * sum) || sum <= 0.0) continue;
      const auto told = std::ranges::find(out, pair.signal, &Driver::signal);
      if (told != out.end()) {
        told->contribution += shares_[p] / sum;
        continue;
      }
      out.push_back({pair.signal, shares_[p] / sum, row.values[pair.measured],
                     row.values[pair.estimate] + pair.usual.middle});
    }
    std::ranges::stable_sort(out, std::greater<>(), &Driver::contribution);
    return out;
  }

  const ResidualDetector& detector_;
  std::vector<ResidualChart::Run> charts_;
  Timestamp last_ = Timestamp::min();
  std::vector<double> residuals_, shares_;
};

ResidualDetector::ResidualDetector(DetectorCard card, std::vector<ResidualPair> pairs,
                                   std::vector<CalibratedChart> charts, Duration gap_max)
    : card_(std::move(card)),
      pairs_(std::move(pairs)),
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
  const auto dropped = drop_unknown(pairs, rows);
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
  for (auto& pair : pairs) standardise(pair, plant, spec, rows, fit);
  const auto residuals = residuals_of(pairs, rows, places);
  std::vector<double> lengths{slow};
  if (settings.window > 1)
    lengths.insert(lengths.begin(), std::max(1.0, slow / static_cast<double>(kQuicker)));
  std::vector<CalibratedChart> charts;
  for (const double length : lengths) {
    const std::span learnt(residuals.data(), fit_rows * pairs.size());
    ResidualChart chart(learnt, pairs.size(), length);
    const auto scores = distances(chart, residuals, fit_rows);
    const auto threshold = calibrate(scores, wish_of(spec, settings, row_period, length));
    charts.push_back({std::move(chart), threshold});
  }
  DetectorCard card{spec.path, spec.kind, std::move(version), spec.signals,
                    summary_of(pairs, charts, dropped, fit_rows)};
  card.memory_rows = 4 * settings.window;
  return std::shared_ptr<const Detector>(std::make_shared<ResidualDetector>(
      std::move(card), std::move(pairs), std::move(charts),
      row_period * static_cast<std::int64_t>(settings.window + 1)));
}

}  // namespace gemel::inference
