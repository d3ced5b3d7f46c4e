#pragma once
// Many judges of one series, each heard as far as it has earned: what a detector is that nobody
// has told what to look for.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "inference/series_judge.hpp"

namespace gemel::inference {

struct PanelOptions {
  std::size_t period = 0;  // that windows are measured by; 0: found in the training series
  std::size_t trials = 60;
  std::uint64_t seed = 1;
};

/// Windows of a half, one and two periods, looked at as discords, by their clusters, their subspace
/// and their statistics, and the newest value against its forecast.
///
/// What an opinion's score means is learnt on a held-out part of the training series: 0 is its
/// usual score, 1 what 1 % exceed. How much an opinion counts is found out by spoiling that part in
/// ten ways (anomaly_injection.hpp): its weight is the share of trials in which the spoilt rows
/// come out strangest, squared. No label, and nothing after the training series, is looked at. The
/// panel's score is the weighted mean of what each opinion finds beyond the usual; with hindsight,
/// of its logarithm, by weights squared once more. Source: selection by made anomalies, Goswami et
/// al., ICLR 2023; the sum, Aggarwal, Sathe, SIGKDD Explorations 2015.
class SeriesPanel final : public SeriesJudge {
 public:
  /// Shapes: at least kTrainingMin values, finite.
  SeriesPanel(std::span<const double> training, const PanelOptions& options);
  static constexpr std::size_t kTrainingMin = 64;

  std::span<const std::string_view> opinions() const override;
  std::size_t length() const override { return length_; }
  double grain(std::size_t /*opinion*/) const override { return 0.05; }
  std::unique_ptr<SeriesRun> start() const override;

  /// What one member says, and what that is worth.
  struct Opinion {
    std::string name;
    std::size_t length = 0;  // of its windows
    double usual = 0.0;      // score
    double high = 1.0;       // beyond the usual: what 1 % exceed
    double hits = 0.0;       // share of trials
    double weight = 0.0;
    double beyond(double score) const { return score > usual ? (score - usual) / high : 0.0; }
  };
  /// In the order of members.
  const std::vector<Opinion>& heard() const { return heard_; }
  std::size_t period() const { return period_; }
  /// The panel's scores along the held-out part of the training series, for a threshold.
  const std::vector<double>& held_scores() const { return held_scores_; }

  /// Opinions along a series with hindsight: each row by the windows that it lies in the middle
  /// of, not weighed, in the units of Opinion::beyond(). The last values of `before` fill the first
  /// windows. Shapes: heard() x series.
  std::vector<std::vector<float>> beyond_with_hindsight(std::span<const double> before,
                                                        std::span<const double> series) const;
  /// The score of each row with hindsight: the weighted mean of the logarithms of 1 + beyond.
  std::vector<float> with_hindsight(const std::vector<std::vector<float>>& beyond) const;
  /// The row of the one anomaly, if there is just one: the highest peak of the opinion whose
  /// highest peak stands out most from its next one, as far as the opinion is to be trusted.
  std::size_t strangest(const std::vector<std::vector<float>>& beyond) const;

 private:
  class Run;
  using Members = std::vector<std::unique_ptr<const SeriesJudge>>;
  Members fit_members(std::span<const double> training, std::uint64_t seed) const;
  void weigh(bool tried);

  std::size_t period_ = 0;
  std::size_t length_ = 0;  // of the longest windows
  std::vector<std::size_t> lengths_;
  Members members_;
  std::vector<Opinion> heard_;
  std::vector<double> held_scores_;
};

}  // namespace gemel::inference
