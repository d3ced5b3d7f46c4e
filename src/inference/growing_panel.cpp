#include "inference/growing_panel.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace gemel::inference {

GrowingPanel::GrowingPanel(const GrowingOptions& options)
    : options_(options), learn_at_(options.first) {
  GEMEL_CHECK(options.first >= SeriesPanel::kTrainingMin && options.growth > 1.0 &&
              options.memory >= options.first);
}

std::optional<GrowingScore> GrowingPanel::take(double value) {
  std::optional<GrowingScore> score;
  if (run_) {
    double raw = 0.0;
    run_->take(value, {&raw, 1});
    const double beyond = (raw - threshold_.usual) / (threshold_.threshold - threshold_.usual);
    score = GrowingScore{raw, std::max(0.0, beyond)};
  }
  if (seen_.size() >= 2 * options_.memory)
    seen_.erase(seen_.begin(), seen_.end() - static_cast<std::ptrdiff_t>(options_.memory));
  seen_.push_back(value);
  if (++taken_ >= learn_at_) learn();
  return score;
}

void GrowingPanel::learn() {
  const auto last = std::span(seen_).last(std::min(seen_.size(), options_.memory));
  run_.reset();
  panel_ = std::make_unique<SeriesPanel>(last, options_.panel);
  auto wish = options_.wish;
  // Two blocks are the least that a threshold is made of.
  wish.memory = std::min(panel_->length(), panel_->held_scores().size() / 2);
  threshold_ = calibrate(panel_->held_scores(), wish);
  run_ = panel_->start();
  double ignored = 0.0;
  for (const double value : last.last(std::min(last.size(), panel_->length())))
    run_->take(value, {&ignored, 1});
  learn_at_ = static_cast<std::size_t>(options_.growth * static_cast<double>(learn_at_));
}

}  // namespace gemel::inference
