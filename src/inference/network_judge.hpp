#pragma once
// One stream's past as a network sees it: the window, what was foretold, the error of the row at
// hand.

#include <memory>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "core/detector.hpp"
#include "networks/network_card.hpp"

namespace gemel::inference {

/// Where a network's inputs are among a detector's signals.
using InputPlaces = std::vector<std::size_t>;

/// What a network makes of one row. Shapes: as many as the network's inputs; the signals' units.
struct NetworkVerdict {
  std::vector<double> errors;    // scaled, squared; of a score of its own: its parts
  std::vector<double> expected;  // the network's value; of a score: empty
  std::vector<bool> usable;      // of the row
  bool degraded = false;
};

/// Threads: one.
class NetworkJudge {
 public:
  /// Lifetime: the card outlives it. `gap_max`: a longer silence empties the window.
  NetworkJudge(const networks::NetworkCard& card, InputPlaces places, Duration gap_max,
               std::unique_ptr<networks::ServedNetwork> network);

  /// Nothing while the window is not full, and of a row with too little in it.
  /// Order: rows in the order of time. Errors: those of the network.
  Result<std::optional<NetworkVerdict>> observe(const Row& row);

  /// Takes the row into the window and asks nothing: what was foretold is forgotten.
  void pass(const Row& row);

 private:
  std::size_t width() const { return card_->inputs.size(); }
  bool take(const Row& row);
  bool full() const { return filled_ == card_->rows; }
  Result<std::optional<NetworkVerdict>> reconstruct();
  Result<std::optional<NetworkVerdict>> compare_with_forecasts(bool judged);
  Result<std::optional<NetworkVerdict>> ask_score();
  NetworkVerdict begin_verdict() const;
  double unscaled(std::size_t input, double value) const;

  const networks::NetworkCard* card_;
  InputPlaces places_;
  Duration gap_max_;
  std::unique_ptr<networks::ServedNetwork> network_;
  std::vector<float> window_;  // rows x width, the newest last
  std::vector<float> row_;
  std::vector<bool> usable_;
  std::size_t filled_ = 0;
  Timestamp last_ = Timestamp::min();
  std::vector<float> answer_;
  std::vector<float> foretold_;  // Forecast: horizon answers of horizon x width, by row of asking
  std::size_t asked_ = 0;        // rows in a row of which `foretold_` holds the answer
  std::size_t turn_ = 0;         // where in it the next goes
};

}  // namespace gemel::inference
