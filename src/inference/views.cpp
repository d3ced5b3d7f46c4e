#include "inference/views.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace gemel::inference {

float scaled(double value, const Spread& spread) {
  return static_cast<float>(std::clamp((value - spread.middle) / spread.width, -1e6, 1e6));
}

double less_baseline(const FeatureShape& shape, std::size_t feature, double value,
                     const Baseline& baseline) {
  const bool is_spread = feature % shape.per_signal() == 2;
  return is_spread ? value : value - baseline[feature / shape.per_signal()];
}

Baseline::Baseline(std::size_t signals, const Following& following)
    : following_(following), means_(signals), counts_(signals) {}

void Baseline::bound(std::vector<Spread> usual) {
  GEMEL_CHECK(usual.size() == means_.size());
  usual_ = std::move(usual);
}

void Baseline::follow(const Row& row, double share) {
  for (std::size_t s = 0; s < means_.size(); ++s) {
    if (!row.qualities[s].usable()) continue;
    counts_[s] = std::min(counts_[s] + 1, following_.rows);
    means_[s] += share * (row.values[s] - means_[s]) / static_cast<double>(counts_[s]);
    if (usual_.empty()) continue;
    const double reach = following_.reach * usual_[s].width;
    means_[s] = std::clamp(means_[s], usual_[s].middle - reach, usual_[s].middle + reach);
  }
}

void Baseline::restart() { std::ranges::fill(counts_, 0U); }

PointMaker::PointMaker(const Scaling& scaling)
    : scaling_(&scaling),
      features_(scaling.shape, scaling.gap_max),
      baseline_(scaling.followed.empty() ? 0 : scaling.shape.signals, scaling.following),
      calm_(scaling.following.hold),
      absolute_(scaling.shape.count()),
      followed_(scaling.followed.size()) {
  for (std::size_t v = 0; v < kLevelViews.size(); ++v)
    levels_.emplace_back(scaling.levels[v], kLevelViews[v].look);
  if (scaling.followed.empty()) return;
  std::vector<Spread> usual;
  for (std::size_t s = 0; s < scaling.shape.signals; ++s)
    usual.push_back(scaling.absolute[s * scaling.shape.per_signal()]);
  baseline_.bound(std::move(usual));
}

std::size_t level_place(View view) {
  return static_cast<std::size_t>(std::ranges::find(kLevelViews, view, &LevelView::view) -
                                  kLevelViews.begin());
}

std::span<float> PointMaker::point(View view) {
  const std::size_t place = level_place(view);
  if (place < levels_.size()) return levels_[place].point();
  return view == View::Absolute ? absolute_ : followed_;
}

std::span<const float> PointMaker::point(View view) const {
  const std::size_t place = level_place(view);
  if (place < levels_.size()) return levels_[place].point();
  return view == View::Absolute ? absolute_ : followed_;
}

void PointMaker::restart() {
  baseline_.restart();
  for (auto& levels : levels_) levels.restart();
}

void PointMaker::take(const Row& row) {
  features_.take(row);
  for (auto& levels : levels_) levels.take(row);
  const auto& shape = scaling_->shape;
  for (std::size_t f = 0; f < absolute_.size(); ++f) {
    absolute_[f] = features_.known(f) ? scaled(features_.values()[f], scaling_->absolute[f]) : 0.0F;
  }
  for (std::size_t f = 0; f < followed_.size(); ++f) {
    const bool known = features_.known(f) && baseline_.known(f / shape.per_signal());
    followed_[f] = known ? scaled(less_baseline(shape, f, features_.values()[f], baseline_),
                                  scaling_->followed[f])
                         : 0.0F;
  }
}

void PointMaker::told(const Row& row, bool abnormal) {
  if (followed_.empty()) return;
  calm_ = abnormal ? 0 : std::min(calm_ + 1, scaling_->following.hold);
  const bool calm = calm_ == scaling_->following.hold;
  baseline_.follow(row, calm ? 1.0 : 1.0 / scaling_->following.slower);
}

double PointMaker::expected(View view, std::size_t signal) const {
  const std::size_t f = signal * scaling_->shape.per_signal();
  if (view != View::Followed) return scaling_->absolute[f].middle;
  return baseline_[signal] + scaling_->followed[f].middle;
}

}  // namespace gemel::inference
