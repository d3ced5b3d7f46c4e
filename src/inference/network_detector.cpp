#include "inference/network_detector.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "base/text.hpp"
#include "inference/network_judge.hpp"

namespace gemel::inference {
namespace {

using networks::Answer;
using networks::NetworkCard;
using networks::StoredNetwork;

constexpr std::size_t kRowsMin = 50;
constexpr std::size_t kBlocksMin = 4;
constexpr double kContributionMin = 0.01;
constexpr std::size_t kPauseRowsMax = 64;

/// What the errors of a row mean.
struct ErrorScale {
  std::vector<double> usual;  // mean square of each input's error
  Threshold threshold;

  double raw(const NetworkCard& card, const NetworkVerdict& verdict) const {
    if (card.answer == Answer::Score)
      return std::accumulate(verdict.errors.begin(), verdict.errors.end(), 0.0);
    double sum = 0.0, seen = 0.0;
    for (std::size_t i = 0; i < usual.size(); ++i) {
      if (!verdict.usable[i]) continue;
      sum += verdict.errors[i] / usual[i];
      seen += 1.0;
    }
    return seen > 0.0 ? std::sqrt(sum / seen) : 0.0;
  }
  double score(const NetworkCard& card, const NetworkVerdict& verdict) const {
    return std::max(
        0.0, (raw(card, verdict) - threshold.usual) / (threshold.threshold - threshold.usual));
  }
};

class NetworkDetector final : public Detector {
 public:
  NetworkDetector(DetectorCard card, std::vector<std::string> paths, StoredNetwork stored,
                  InputPlaces places, Duration gap_max, ErrorScale scale)
      : card_(std::move(card)),
        paths_(std::move(paths)),
        stored_(std::move(stored)),
        places_(std::move(places)),
        gap_max_(gap_max),
        scale_(std::move(scale)) {}

  const DetectorCard& card() const override { return card_; }
  std::unique_ptr<DetectorRun> start() const override;

 private:
  class Run;
  DetectorCard card_;
  std::vector<std::string> paths_;  // of the network's inputs
  StoredNetwork stored_;
  InputPlaces places_;
  Duration gap_max_;
  ErrorScale scale_;
};

class NetworkDetector::Run final : public DetectorRun {
 public:
  Run(const NetworkDetector& detector, std::unique_ptr<networks::ServedNetwork> network)
      : detector_(detector),
        judge_(detector.stored_.card, detector.places_, detector.gap_max_, std::move(network)) {}

  std::optional<Finding> observe(const Row& row) override {
    if (pause_ > 0) {
      --pause_;
      judge_.pass(row);
      return std::nullopt;
    }
    const auto verdict = judge_.observe(row);
    if (!verdict) {
      next_pause_ = std::clamp<std::size_t>(2 * next_pause_, 1, kPauseRowsMax);
      pause_ = next_pause_;
      return std::nullopt;
    }
    next_pause_ = 0;
    if (!*verdict) return std::nullopt;
    const auto& card = detector_.stored_.card;
    Finding finding;
    finding.time = row.time;
    finding.score = detector_.scale_.score(card, **verdict);
    finding.degraded = (*verdict)->degraded;
    finding.abnormal = finding.score >= 1.0;
    if (finding.abnormal) finding.drivers = drivers(**verdict, row);
    return finding;
  }

 private:
  std::vector<Driver> drivers(const NetworkVerdict& verdict, const Row& row) const {
    const auto& usual = detector_.scale_.usual;
    double sum = 0.0;
    for (std::size_t i = 0; i < usual.size(); ++i) sum += verdict.errors[i] / usual[i];
    std::vector<Driver> out;
    for (std::size_t i = 0; i < usual.size() && sum > 0.0; ++i) {
      const double share = verdict.errors[i] / usual[i] / sum;
      if (share < kContributionMin) continue;
      const double expected =
          verdict.expected.empty() ? detector_.stored_.card.inputs[i].offset : verdict.expected[i];
      out.push_back({detector_.paths_[i], share, row.values[detector_.places_[i]], expected});
    }
    std::ranges::stable_sort(out, std::greater<>(), &Driver::contribution);
    return out;
  }

  const NetworkDetector& detector_;
  NetworkJudge judge_;
  std::size_t pause_ = 0, next_pause_ = 0;  // rows
};

/// Finds nothing: the network could be opened when the detector was made, and now it can't.
class Silence final : public DetectorRun {
 public:
  std::optional<Finding> observe(const Row&) override { return std::nullopt; }
};

std::unique_ptr<DetectorRun> NetworkDetector::start() const {
  auto network = stored_.open();
  if (!network) return std::make_unique<Silence>();
  return std::make_unique<Run>(*this, std::move(network).value());
}

/// "pump_1.flow" or "flow" for "line_1.pump_1.flow".
bool ends_as(const std::string& path, const std::string& name) {
  return path == name || path.ends_with("." + name);
}

Result<InputPlaces> find_inputs(const Plant& plant, const DetectorSpec& spec,
                                const NetworkCard& card) {
  InputPlaces places;
  for (const auto& input : card.inputs) {
    std::vector<std::size_t> found;
    for (std::size_t slot = 0; slot < spec.signals.size(); ++slot) {
      if (ends_as(plant.signal(spec.signals[slot]).path, input.signal)) found.push_back(slot);
    }
    const std::string named = spec.path + ": the card's input '" + input.signal + "' ";
    if (found.size() != 1)
      return Error{ErrorCode::InvalidInput,
                   named + (found.empty() ? "is none of the detector's signals; list it there, or "
                                            "name a signal that is"
                                          : "may be several of the detector's signals; write its "
                                            "whole path")};
    const auto& signal = plant.signal(spec.signals[found[0]]);
    if (!input.unit.empty() && input.unit != signal.unit.symbol)
      return Error{ErrorCode::InvalidInput, named + "is scaled for '" + input.unit + "', but " +
                                                signal.path + " is in '" + signal.unit.symbol +
                                                "'; correct offset, scale and unit in the card"};
    places.push_back(found[0]);
  }
  return places;
}

Result<void> check_period(const DetectorSpec& spec, const NetworkCard& card, Duration row_period) {
  const double wanted = card.period.in_seconds(), given = row_period.in_seconds();
  if (wanted <= 0.0 || std::abs(given - wanted) <= 0.1 * wanted) return {};
  return {ErrorCode::InvalidInput,
          spec.path + ": the network wants a row every " + text::rounded(wanted) +
              " s and gets one every " + text::rounded(given) +
              " s; set the detector's 'period', or train a network for it"};
}

/// Verdicts of all rows that can be judged.
Result<std::vector<NetworkVerdict>> judge_all(NetworkJudge& judge, const RowTable& rows) {
  std::vector<NetworkVerdict> verdicts;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    GEMEL_ASSIGN(auto verdict, judge.observe(rows.row(i)));
    if (verdict && !verdict->degraded) verdicts.push_back(std::move(*verdict));
  }
  return verdicts;
}

/// An error of nothing at all is a signal that stands still: what it does next counts in its own
/// scale.
std::vector<double> usual_errors(std::span<const NetworkVerdict> verdicts, std::size_t inputs) {
  constexpr double kLeast = 1e-6;
  std::vector<double> usual(inputs, 0.0);
  for (const auto& verdict : verdicts) {
    for (std::size_t i = 0; i < inputs; ++i) usual[i] += verdict.errors[i];
  }
  for (auto& error : usual) error = std::max(kLeast, error / static_cast<double>(verdicts.size()));
  return usual;
}

}  // namespace

Result<std::shared_ptr<const Detector>> train_network_detector(
    const Plant& plant, const DetectorSpec& spec, const DetectorSettings& settings,
    const RowTable& rows, Duration row_period, const std::string& version) {
  if (spec.model.empty())
    return Error{ErrorCode::InvalidInput,
                 spec.path + ": kind 'network' needs 'model', the path of a network's card"};
  auto stored = networks::read_network(spec.model);
  if (!stored) return stored.error().within(spec.path);
  const auto& card = stored->card;
  GEMEL_ASSIGN(const auto places, find_inputs(plant, spec, card));
  GEMEL_TRY(check_period(spec, card, row_period));
  if (const auto tried = stored->try_out(); !tried)
    return tried.error().within(spec.path + ", " + spec.model);
  auto network = stored->open();
  if (!network) return network.error().within(spec.path + ", " + spec.model);
  const Duration gap_max = row_period * static_cast<std::int64_t>(card.horizon + 3);
  NetworkJudge judge(card, places, gap_max, std::move(network).value());
  auto verdicts = judge_all(judge, rows);
  if (!verdicts) return verdicts.error().within(spec.path);

  const std::size_t memory = card.rows + card.horizon;
  const ThresholdWish wish{spec.false_alarms_per_s, row_period, settings.episode, memory};
  const auto first =
      static_cast<std::size_t>(settings.fit_share * static_cast<double>(verdicts->size()));
  const std::size_t needed = kBlocksMin * block_rows(wish) + settings.episode.on;
  if (first < kRowsMin || verdicts->size() < first + needed)
    return Error{ErrorCode::InvalidInput,
                 spec.path + ": the training stretch holds " + std::to_string(verdicts->size()) +
                     " rows that the network can judge, " +
                     std::to_string(static_cast<std::size_t>(
                         std::max(kRowsMin / settings.fit_share,
                                  static_cast<double>(needed) / (1.0 - settings.fit_share)) +
                         1.0)) +
                     " are needed; lengthen it"};
  ErrorScale scale{usual_errors(std::span(*verdicts).first(first), card.inputs.size()), {}};
  std::vector<double> scores;
  for (const auto& verdict : std::span(*verdicts).subspan(first))
    scores.push_back(scale.raw(card, verdict));
  scale.threshold = calibrate(scores, wish);

  std::vector<std::string> paths;
  for (const auto place : places) paths.push_back(plant.signal(spec.signals[place]).path);
  DetectorCard made{spec.path, spec.kind, version + "-" + stored->sha256.substr(0, 8), spec.signals,
                    "network " + (card.name.empty() ? spec.model : card.name) + ": threshold " +
                        text::rounded(scale.threshold.threshold, 3) + " (usual " +
                        text::rounded(scale.threshold.usual, 3) + "), " + scale.threshold.words};
  made.memory_rows = memory;
  return std::shared_ptr<const Detector>(std::make_shared<NetworkDetector>(
      std::move(made), std::move(paths), std::move(stored).value(), places, gap_max,
      std::move(scale)));
}

}  // namespace gemel::inference
