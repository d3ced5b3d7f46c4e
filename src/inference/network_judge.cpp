#include "inference/network_judge.hpp"

#include <algorithm>
#include <cmath>

namespace gemel::inference {

NetworkJudge::NetworkJudge(const networks::NetworkCard& card, InputPlaces places, Duration gap_max,
                           std::unique_ptr<networks::ServedNetwork> network)
    : card_(&card),
      places_(std::move(places)),
      gap_max_(gap_max),
      network_(std::move(network)),
      window_(card.rows * card.inputs.size()),
      row_(card.inputs.size()),
      usable_(card.inputs.size()),
      answer_(networks::count(card.output_shape())) {
  GEMEL_CHECK(places_.size() == width());
  if (card.answer == networks::Answer::Forecast) foretold_.resize(card.horizon * answer_.size());
}

double NetworkJudge::unscaled(std::size_t input, double value) const {
  return card_->inputs[input].offset + card_->inputs[input].scale * value;
}

/// Whether enough of the row is usable to be judged.
bool NetworkJudge::take(const Row& row) {
  if (filled_ > 0 && row.time - last_ > gap_max_) filled_ = asked_ = 0;
  last_ = row.time;
  std::size_t usable = 0;
  for (std::size_t i = 0; i < width(); ++i) {
    const std::size_t slot = places_[i];
    usable_[i] = row.qualities[slot].usable();
    if (!usable_[i]) continue;  // row_ keeps the last that was known; 0 is what is usual
    const auto& input = card_->inputs[i];
    const double scaled = (row.values[slot] - input.offset) / input.scale;
    row_[i] = static_cast<float>(std::clamp(scaled, -1e6, 1e6));
    ++usable;
  }
  std::copy(window_.begin() + static_cast<std::ptrdiff_t>(width()), window_.end(), window_.begin());
  std::ranges::copy(row_, window_.end() - static_cast<std::ptrdiff_t>(width()));
  filled_ = std::min(filled_ + 1, card_->rows);
  return usable > 0 && 2 * usable >= width();
}

void NetworkJudge::pass(const Row& row) {
  (void)take(row);
  asked_ = 0;
}

Result<std::optional<NetworkVerdict>> NetworkJudge::observe(const Row& row) {
  const bool judged = take(row);
  if (card_->answer == networks::Answer::Forecast) return compare_with_forecasts(judged);
  if (!full() || !judged) return std::optional<NetworkVerdict>{};
  return card_->answer == networks::Answer::Reconstruction ? reconstruct() : ask_score();
}

NetworkVerdict NetworkJudge::begin_verdict() const {
  NetworkVerdict verdict;
  verdict.errors.resize(width());
  verdict.expected.resize(width());
  verdict.usable = usable_;
  verdict.degraded = std::ranges::find(usable_, false) != usable_.end();
  return verdict;
}

Result<std::optional<NetworkVerdict>> NetworkJudge::reconstruct() {
  GEMEL_TRY(network_->answer(window_, answer_));
  auto verdict = begin_verdict();
  const float* newest = answer_.data() + (card_->rows - 1) * width();
  for (std::size_t i = 0; i < width(); ++i) {
    const double off = static_cast<double>(row_[i]) - newest[i];
    verdict.errors[i] = usable_[i] ? off * off : 0.0;
    verdict.expected[i] = unscaled(i, newest[i]);
  }
  return std::optional(std::move(verdict));
}

/// The row against what was foretold of it, then the network's word on the rows to come.
Result<std::optional<NetworkVerdict>> NetworkJudge::compare_with_forecasts(bool judged) {
  const std::size_t horizon = card_->horizon, size = answer_.size();
  std::optional<NetworkVerdict> found;
  if (asked_ > 0 && judged) {
    auto verdict = begin_verdict();
    for (std::size_t i = 0; i < width(); ++i) {
      double sum = 0.0;
      // Asked `back` rows ago, this row was the back-th to come.
      for (std::size_t back = 1; back <= asked_; ++back) {
        const std::size_t place = (turn_ + horizon - back) % horizon;
        sum += foretold_[place * size + (back - 1) * width() + i];
      }
      const double expected = sum / static_cast<double>(asked_);
      const double off = row_[i] - expected;
      verdict.errors[i] = usable_[i] ? off * off : 0.0;
      verdict.expected[i] = unscaled(i, expected);
    }
    found = std::move(verdict);
  }
  if (!full()) return found;
  GEMEL_TRY(network_->answer(window_, answer_));
  std::ranges::copy(answer_, foretold_.begin() + static_cast<std::ptrdiff_t>(turn_ * size));
  turn_ = (turn_ + 1) % horizon;
  asked_ = std::min(asked_ + 1, horizon);
  return found;
}

Result<std::optional<NetworkVerdict>> NetworkJudge::ask_score() {
  GEMEL_TRY(network_->answer(window_, answer_));
  auto verdict = begin_verdict();
  verdict.expected.clear();
  for (std::size_t i = 0; i < width(); ++i)
    verdict.errors[i] =
        card_->score_each ? std::max(0.0F, answer_[i]) : answer_[0] / static_cast<double>(width());
  return std::optional(std::move(verdict));
}

}  // namespace gemel::inference
