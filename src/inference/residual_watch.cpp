#include "inference/residual_watch.hpp"

#include <cmath>
#include <numeric>

#include "base/text.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kRemembered = 500;
// Page and Hinkley's slack and limit for residuals in units of their usual size: a quarter more is
// of no interest; a doubling is told after some seventy rows.
constexpr double kSlack = 0.25;
constexpr double kLimit = 50.0;
// Standard deviations of the binomial beyond which a share of misses is no accident. The misses of
// neighbours hang together, so that the textbook's three would be too few.
constexpr double kDeviations = 6.0;

constexpr Duration kAgainAfter = Duration::days(1);

bool is_too_soon(Timestamp told_at, Timestamp now) {
  return told_at != Timestamp::min() && now - told_at < kAgainAfter;
}

}  // namespace

ResidualWatch::ResidualWatch(double coverage)
    : misses_wished_(1.0 - coverage),
      interval_(1.0 - coverage, kRemembered),
      sizes_(kSlack, kLimit),
      missed_(kRemembered) {}

void ResidualWatch::start(double residual) {
  if (!std::isfinite(residual)) return;
  const double half_width = interval_.half_width();
  if (std::isfinite(half_width)) {
    ++started_;
    start_missed_ += std::abs(residual) > half_width;
  }
  start_sizes_.push_back(std::abs(residual));
  interval_.observe(residual);
}

void ResidualWatch::started() {
  if (start_sizes_.empty()) return;
  const double sum = std::accumulate(start_sizes_.begin(), start_sizes_.end(), 0.0);
  usual_ = std::max(sum / static_cast<double>(start_sizes_.size()), 1e-12);
  // The monitor begins with the mean that it is to notice a rise of.
  for (const double size : start_sizes_) (void)sizes_.observe(size / usual_);
  start_sizes_ = {};
}

double ResidualWatch::coverage_seen() const {
  return started_ == 0 ? 0.0
                       : 1.0 - static_cast<double>(start_missed_) / static_cast<double>(started_);
}

void ResidualWatch::watch_coverage(Timestamp time, bool missed, std::vector<DriftFound>& drifts) {
  misses_ -= count_ == kRemembered && missed_[next_] != 0;
  missed_[next_] = missed;
  misses_ += missed;
  next_ = (next_ + 1) % kRemembered;
  if (count_ < kRemembered) ++count_;
  if (count_ < kRemembered) return;
  const auto n = static_cast<double>(kRemembered);
  const double deviation = std::sqrt(n * misses_wished_ * (1.0 - misses_wished_));
  const double excess = (static_cast<double>(misses_) - n * misses_wished_) / deviation;
  if (excess < kDeviations / 2) coverage_told_ = false;
  if (excess < kDeviations || coverage_told_) return;
  coverage_told_ = true;
  if (is_too_soon(coverage_told_at_, time)) return;
  coverage_told_at_ = time;
  DriftFound drift;
  drift.drift = Drift::Coverage;
  drift.statistic = excess / kDeviations;
  drift.since = time;
  drift.detail = "of the last 500 measured values " + std::to_string(misses_) +
                 " lay outside their intervals, " + text::rounded(n * misses_wished_, 0) +
                 " were to be expected";
  drifts.push_back(std::move(drift));
}

void ResidualWatch::observe(Timestamp time, double residual, double half_width,
                            std::vector<DriftFound>& drifts) {
  if (!std::isfinite(residual)) return;
  if (std::isfinite(half_width)) watch_coverage(time, std::abs(residual) > half_width, drifts);
  if (sizes_.observe(std::abs(residual) / usual_) && !is_too_soon(size_told_at_, time)) {
    size_told_at_ = time;
    DriftFound drift;
    drift.drift = Drift::Residual;
    drift.statistic = 1.0;
    drift.since = time;
    drift.detail = "residuals have grown beyond their usual size of " + text::rounded(usual_, 3) +
                   " (Page-Hinkley)";
    drifts.push_back(std::move(drift));
  }
  interval_.observe(residual);
}

}  // namespace gemel::inference
