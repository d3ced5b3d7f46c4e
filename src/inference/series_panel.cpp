#include "inference/series_panel.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.hpp"
#include "base/random.hpp"
#include "base/statistics.hpp"
#include "inference/anomaly_injection.hpp"
#include "inference/discord.hpp"
#include "inference/matrix_profile.hpp"
#include "inference/robust.hpp"
#include "inference/window_clusters.hpp"
#include "inference/window_statistics.hpp"
#include "inference/window_subspace.hpp"

namespace gemel::inference {
namespace {

constexpr double kLearntFrom = 0.6;  // of the training series, until the weights are known
constexpr std::size_t kLengthMin = 8;
constexpr std::size_t kPeriodMin = 10, kPeriodMax = 800, kPeriodUnknown = 100;

// Rows to both sides of a peak that belong to it at least, and the least next peak that counts, in
// the units of Opinion::beyond().
constexpr std::size_t kPeakMin = 100;
constexpr double kNextLeast = 0.3;

using Scores = std::vector<std::vector<float>>;  // opinions x rows

/// Each row's score is that of the window which it lies in the middle of; at the end, of the last.
Scores centred(const SeriesJudge& judge, std::span<const double> before,
               std::span<const double> series) {
  auto scores = scores_along(judge, before, series);
  for (std::size_t k = 0; k < scores.size(); ++k) {
    auto& row = scores[k];
    const auto delay = std::min(judge.delay(k), row.size() - 1);
    std::shift_left(row.begin(), row.end(), static_cast<std::ptrdiff_t>(delay));
    std::fill(row.end() - static_cast<std::ptrdiff_t>(delay), row.end(),
              row[row.size() - 1 - delay]);
  }
  return scores;
}

float largest(std::span<const float> scores) {
  return scores.empty() ? 0.0F : *std::ranges::max_element(scores);
}

/// One way of spoiling the held-out part, and where it stays clean.
class Trials {
 public:
  Trials(std::span<const double> held, std::size_t period, std::uint64_t seed)
      : held_(held), period_(period), random_(seed) {
    std::vector<double> copy(held.begin(), held.end());
    const double mean = mean_of(held);
    double squares = 0.0;
    for (const double x : held) squares += (x - mean) * (x - mean);
    deviation_ = std::sqrt(squares / static_cast<double>(held.size()));
  }

  /// Spoils it anew. Returns the rows.
  SpoiltRows draw(std::size_t trial) {
    spoilt_.assign(held_.begin(), held_.end());
    const double longest =
        std::min(2.0 * static_cast<double>(period_), static_cast<double>(held_.size()) / 4.0);
    const double least = std::max(4.0, static_cast<double>(period_) / 8.0);
    const double drawn = least * std::pow(std::max(longest / least, 1.0), random_.uniform());
    const auto length = std::min(static_cast<std::size_t>(drawn), held_.size());
    const auto begin = random_.below(held_.size() - length + 1);
    return spoil(spoilt_, {static_cast<Spoiling>(trial % kSpoilings), begin, length, deviation_},
                 random_);
  }
  std::span<const double> spoilt() const { return spoilt_; }

 private:
  std::span<const double> held_;
  std::size_t period_;
  Random random_;
  double deviation_ = 0.0;
  std::vector<double> spoilt_;
};

/// Whether the spoilt rows come out strangest, by each opinion of one member.
void count_hits(const SeriesJudge& judge, std::span<const double> before, const Trials& trials,
                SpoiltRows rows, const Scores& clean, std::span<double> hits) {
  const auto spoilt = trials.spoilt();
  const auto reach = judge.length();
  // Windows that touch the spoilt rows, centred: half a window more on both sides.
  const auto from = rows.begin - std::min(rows.begin, reach);
  const auto until = std::min(rows.end + reach, spoilt.size());
  std::vector<double> past(before.begin(), before.end());
  past.insert(past.end(), spoilt.begin(), spoilt.begin() + static_cast<std::ptrdiff_t>(from));
  const auto scores = centred(judge, past, spoilt.subspan(from, until - from));
  for (std::size_t k = 0; k < hits.size(); ++k) {
    const std::span<const float> usual(clean[k]);
    const auto elsewhere = std::max(largest(usual.first(from)), largest(usual.subspan(until)));
    if (largest(scores[k]) > elsewhere) hits[k] += 1.0;
  }
}

}  // namespace

SeriesPanel::SeriesPanel(std::span<const double> training, const PanelOptions& options) {
  GEMEL_CHECK(training.size() >= kTrainingMin);
  period_ = options.period;
  if (period_ == 0) period_ = dominant_period(training, kPeriodMin, kPeriodMax);
  if (period_ == 0) period_ = kPeriodUnknown;
  const auto longest = std::max(kLengthMin, training.size() / 6);
  period_ = std::clamp(period_, kLengthMin, longest);
  for (const double share : {0.5, 1.0, 2.0}) {
    const auto length = static_cast<std::size_t>(share * static_cast<double>(period_));
    if (length >= kLengthMin && (length <= longest || lengths_.empty())) lengths_.push_back(length);
  }
  length_ = lengths_.back();

  const auto split = static_cast<std::size_t>(kLearntFrom * static_cast<double>(training.size()));
  const auto learnt = training.first(split), held = training.subspan(split);
  const auto members = fit_members(learnt, options.seed);
  std::vector<Scores> clean;
  for (const auto& member : members) {
    clean.push_back(centred(*member, learnt, held));
    for (std::size_t k = 0; k < member->opinions().size(); ++k) {
      std::vector<double> scores(clean.back()[k].begin(), clean.back()[k].end());
      Opinion opinion{.name = std::string(member->opinions()[k]), .length = member->length()};
      opinion.usual = quantile(scores, 0.5);
      opinion.high = std::max(
          {quantile(scores, 0.99) - opinion.usual, member->grain(k), 0.05 * opinion.usual});
      heard_.push_back(opinion);
    }
  }
  Trials trials(held, period_, options.seed);
  for (std::size_t trial = 0; trial < options.trials; ++trial) {
    const auto rows = trials.draw(trial);
    std::array<double, 4> hits;
    for (std::size_t m = 0, at = 0; m < members.size(); ++m) {
      const auto count = members[m]->opinions().size();
      hits.fill(0.0);
      count_hits(*members[m], learnt, trials, rows, clean[m], std::span(hits).first(count));
      for (std::size_t k = 0; k < count; ++k, ++at)
        heard_[at].hits += hits[k] / static_cast<double>(options.trials);
    }
  }
  weigh(options.trials > 0);
  held_scores_.assign(held.size(), 0.0);
  std::size_t at = 0;
  for (const auto& member : members) {
    for (const auto& scores : scores_along(*member, learnt, held)) {
      for (std::size_t i = 0; i < scores.size(); ++i)
        held_scores_[i] += heard_[at].weight * heard_[at].beyond(scores[i]);
      ++at;
    }
  }
  members_ = fit_members(training, options.seed);
}

void SeriesPanel::weigh(bool tried) {
  double sum = 0.0;
  for (auto& opinion : heard_) {
    // Where no trial was told apart by anyone, or none was made, all count the same.
    opinion.weight = tried ? opinion.hits * opinion.hits : 1.0;
    sum += opinion.weight;
  }
  for (auto& opinion : heard_)
    opinion.weight = sum > 0.0 ? opinion.weight / sum : 1.0 / static_cast<double>(heard_.size());
}

SeriesPanel::Members SeriesPanel::fit_members(std::span<const double> training,
                                              std::uint64_t seed) const {
  Members members;
  for (const auto length : lengths_) {
    members.push_back(std::make_unique<Discord>(training, length));
    for (const auto view : {WindowView::Shape, WindowView::Level}) {
      members.push_back(std::make_unique<WindowClusters>(
          training, ClusterOptions{.length = length, .view = view, .seed = seed}));
    }
    members.push_back(std::make_unique<WindowSubspace>(training, length));
    members.push_back(std::make_unique<WindowStatistics>(training, length));
  }
  members.push_back(std::make_unique<ForecastError>(training, lengths_.front()));
  return members;
}

std::span<const std::string_view> SeriesPanel::opinions() const {
  static constexpr std::array<std::string_view, 1> kOpinion{"panel"};
  return kOpinion;
}

class SeriesPanel::Run final : public SeriesRun {
 public:
  explicit Run(const SeriesPanel& panel) : panel_(panel), scores_(panel.heard_.size()) {
    for (const auto& member : panel.members_) runs_.push_back(member->start());
  }

  void take(double value, std::span<double> scores) override {
    std::size_t at = 0;
    for (std::size_t m = 0; m < runs_.size(); ++m) {
      const auto count = panel_.members_[m]->opinions().size();
      runs_[m]->take(value, std::span(scores_).subspan(at, count));
      at += count;
    }
    scores[0] = 0.0;
    for (std::size_t k = 0; k < scores_.size(); ++k)
      scores[0] += panel_.heard_[k].weight * panel_.heard_[k].beyond(scores_[k]);
  }

 private:
  const SeriesPanel& panel_;
  std::vector<std::unique_ptr<SeriesRun>> runs_;
  std::vector<double> scores_;
};

std::unique_ptr<SeriesRun> SeriesPanel::start() const { return std::make_unique<Run>(*this); }

std::vector<std::vector<float>> SeriesPanel::beyond_with_hindsight(
    std::span<const double> before, std::span<const double> series) const {
  Scores beyond;
  for (const auto& member : members_) {
    for (auto& scores : centred(*member, before, series)) {
      const auto& opinion = heard_[beyond.size()];
      for (auto& score : scores) score = static_cast<float>(opinion.beyond(score));
      beyond.push_back(std::move(scores));
    }
  }
  return beyond;
}

std::vector<float> SeriesPanel::with_hindsight(const Scores& beyond) const {
  GEMEL_CHECK(beyond.size() == heard_.size());
  std::vector<float> scores(beyond.front().size(), 0.0F);
  double weights = 0.0;
  for (const auto& opinion : heard_) weights += opinion.weight * opinion.weight;
  for (std::size_t k = 0; k < beyond.size(); ++k) {
    const auto weight = static_cast<float>(heard_[k].weight * heard_[k].weight / weights);
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i] += weight * std::log1p(beyond[k][i]);
  }
  return scores;
}

std::size_t SeriesPanel::strangest(const Scores& beyond) const {
  std::size_t strangest = 0;
  double most = -1.0;
  for (std::size_t k = 0; k < beyond.size(); ++k) {
    const std::span<const float> scores(beyond[k]);
    const auto peak = static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
    const auto reach = std::max(heard_[k].length, kPeakMin);
    const auto next = std::max(largest(scores.first(peak - std::min(peak, reach))),
                               largest(scores.subspan(std::min(peak + reach + 1, scores.size()))));
    const double stands_out =
        heard_[k].hits * scores[peak] / std::max(static_cast<double>(next), kNextLeast);
    if (stands_out > most) {
      most = stands_out;
      strangest = peak;
    }
  }
  return strangest;
}

}  // namespace gemel::inference
