#include "inference/views.hpp"

#include <algorithm>

namespace gemel::inference {

float scaled(double value, const Spread& spread) {
  return static_cast<float>(std::clamp((value - spread.middle) / spread.width, -1e6, 1e6));
}

PointMaker::PointMaker(const Scaling& scaling)
    : scaling_(&scaling),
      features_(scaling.shape, scaling.gap_max),
      absolute_(scaling.shape.count()) {
  for (std::size_t v = 0; v < kLevelViews.size(); ++v)
    levels_.emplace_back(scaling.levels[v], kLevelViews[v].look);
}

std::size_t level_place(View view) {
  return static_cast<std::size_t>(std::ranges::find(kLevelViews, view, &LevelView::view) -
                                  kLevelViews.begin());
}

std::span<float> PointMaker::point(View view) {
  const std::size_t place = level_place(view);
  if (place < levels_.size()) return levels_[place].point();
  return absolute_;
}

std::span<const float> PointMaker::point(View view) const {
  const std::size_t place = level_place(view);
  if (place < levels_.size()) return levels_[place].point();
  return absolute_;
}

void PointMaker::restart() {
  for (auto& levels : levels_) levels.restart();
}

void PointMaker::take(const Row& row) {
  features_.take(row);
  for (auto& levels : levels_) levels.take(row);
  for (std::size_t f = 0; f < absolute_.size(); ++f) {
    absolute_[f] = features_.known(f) ? scaled(features_.values()[f], scaling_->absolute[f]) : 0.0F;
  }
}

double PointMaker::expected(std::size_t signal) const {
  return scaling_->absolute[signal * scaling_->shape.per_signal()].middle;
}

}  // namespace gemel::inference
