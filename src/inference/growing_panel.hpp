#pragma once
// A panel that goes on learning: for a series that is judged from almost its first value on.

#include <memory>
#include <optional>
#include <vector>

#include "inference/conformal.hpp"
#include "inference/series_panel.hpp"

namespace gemel::inference {

struct GrowingOptions {
  std::size_t first = 256;  // values that are only learnt from; at least SeriesPanel::kTrainingMin
  double growth = 1.5;      // learns anew whenever it has seen so many times as much
  std::size_t memory = 20'000;  // of the last values
  ThresholdWish wish;           // its `memory` is set to that of the panel's windows
  PanelOptions panel;
};

struct GrowingScore {
  double panel = 0.0;         // as the panel has it: 1 is about what 1 % exceed
  double of_threshold = 0.0;  // 1 is the threshold
};

/// Scores each value by what was seen before it. The threshold is the one that the wished rate of
/// false alarms asks for, calibrated on a held-out part of what was seen. Threads: one. Cost:
/// learning takes as long as fitting a panel, on the thread of take().
class GrowingPanel {
 public:
  explicit GrowingPanel(const GrowingOptions& options);

  /// Takes the next value, which must be finite. Nothing while it only learns.
  std::optional<GrowingScore> take(double value);

  /// The latest; null while it only learns.
  const SeriesPanel* panel() const { return panel_.get(); }

 private:
  void learn();

  GrowingOptions options_;
  std::vector<double> seen_;
  std::size_t taken_ = 0, learn_at_;
  std::unique_ptr<SeriesPanel> panel_;
  std::unique_ptr<SeriesRun> run_;  // of panel_, after it
  Threshold threshold_;
};

}  // namespace gemel::inference
