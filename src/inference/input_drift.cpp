#include "inference/input_drift.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "inference/drift.hpp"
#include "inference/robust.hpp"

namespace gemel::inference {
namespace {

// Siddiqi's rule: above this, much has changed.
constexpr double kMuchChanged = 0.25;
// A drift must be this much larger than what one half of the training stretch is from the other.
constexpr double kBeyondUsual = 2.0;
// Told again only after it fell below this share of the limit.
constexpr double kCalm = 0.5;
// A plant that comes and goes every hour is not told of every hour.
constexpr Duration kAgainAfter = Duration::days(1);
// The discrepancy costs the square of the rows.
constexpr std::size_t kTogether = 200;

bool is_whole(const Row& row) {
  return std::ranges::all_of(row.qualities, [](Quality q) { return q.usable(); });
}

std::vector<double> column(std::span<const double> rows, std::size_t width, std::size_t c) {
  std::vector<double> out;
  for (std::size_t i = c; i < rows.size(); i += width) out.push_back(rows[i]);
  return out;
}

double stability(std::vector<double> then, std::vector<double> now) {
  return population_stability(then, now);
}

/// Every n-th row, so that at most kTogether are left.
std::vector<double> thinned(std::span<const double> rows, std::size_t width) {
  const auto count = rows.size() / width;
  const auto stride = std::max<std::size_t>(1, count / kTogether);
  std::vector<double> out;
  for (std::size_t i = 0; i < count; i += stride)
    out.insert(out.end(), rows.begin() + static_cast<std::ptrdiff_t>(i * width),
               rows.begin() + static_cast<std::ptrdiff_t>((i + 1) * width));
  return out;
}

}  // namespace

InputDrift::InputDrift(const RowTable& learnt) : width_(learnt.width), signals_(learnt.width) {
  stride_ = std::max<std::size_t>(1, learnt.rows() / kKept);
  for (std::size_t i = 0; i < learnt.rows(); i += stride_) {
    const auto row = learnt.row(i);
    if (is_whole(row)) then_.insert(then_.end(), row.values.begin(), row.values.end());
  }
  const auto kept = then_.size() / width_;
  if (kept < 40) {
    then_.clear();  // too little to say what is usual
    return;
  }
  for (std::size_t s = 0; s < width_; ++s) {
    auto values = column(then_, width_, s);
    const auto spread = robust_spread(values, 1e-9);
    middle_.push_back(spread.middle);
    scale_.push_back(spread.width);
  }
  for (std::size_t i = 0; i < then_.size(); ++i)
    then_[i] = (then_[i] - middle_[i % width_]) / scale_[i % width_];
  const auto half = std::span(then_).first(kept / 2 * width_);
  const auto rest = std::span(then_).subspan(half.size());
  for (std::size_t s = 0; s < width_; ++s) {
    const double usual = stability(column(half, width_, s), column(rest, width_, s));
    signals_[s].limit = std::max(kMuchChanged, kBeyondUsual * usual);
  }
  const double usual = mean_discrepancy(thinned(half, width_), thinned(rest, width_), width_);
  together_.limit = std::max(0.05, kBeyondUsual * usual);
  now_.resize(then_.size());
  times_.resize(kept);
}

bool InputDrift::add(const Row& row) {
  if (then_.empty() || ++skipped_ < stride_ || !is_whole(row)) return false;
  skipped_ = 0;
  for (std::size_t s = 0; s < width_; ++s)
    now_[next_ * width_ + s] = (row.values[s] - middle_[s]) / scale_[s];
  times_[next_] = row.time;
  next_ = (next_ + 1) % times_.size();
  filled_ = std::min(filled_ + 1, times_.size());
  return true;
}

void InputDrift::take(const Row& row, std::vector<Found>& found) {
  if (!add(row) || filled_ < times_.size()) return;
  if (++since_compared_ < std::max<std::size_t>(1, times_.size() / kCompared)) return;
  since_compared_ = 0;
  compare(found);
}

void InputDrift::judge(Watch& watch, double statistic, std::optional<std::size_t> slot,
                       const std::string& detail, std::vector<Found>& found) const {
  if (statistic < kCalm * watch.limit) watch.told = false;
  if (statistic < watch.limit || watch.told) return;
  const auto newest = times_[(next_ + times_.size() - 1) % times_.size()];
  if (watch.told_at != Timestamp::min() && newest - watch.told_at < kAgainAfter) return;
  watch.told = true;
  watch.told_at = newest;
  found.push_back(
      {slot, statistic / watch.limit, times_[next_],
       detail + " " + text::rounded(statistic, 3) + ", limit " + text::rounded(watch.limit, 3)});
}

void InputDrift::compare(std::vector<Found>& found) {
  for (std::size_t s = 0; s < width_; ++s) {
    auto then = column(then_, width_, s), now = column(now_, width_, s);
    const auto test = kolmogorov_smirnov(then, now);
    judge(signals_[s], stability(then, now), s,
          "Kolmogorov-Smirnov distance " + text::rounded(test.distance, 2) +
              "; population stability index",
          found);
  }
  judge(together_, mean_discrepancy(thinned(then_, width_), thinned(now_, width_), width_), {},
        "maximum mean discrepancy", found);
}

}  // namespace gemel::inference
