#include "inference/conformal.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/check.hpp"
#include "base/text.hpp"
#include "inference/robust.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kParetoFrom = 50;
constexpr std::size_t kLonger = 4;
constexpr std::size_t kLongBlocksMin = 20;

/// Marks what lies beyond the fence as -inf, so that no block maximum is made of it.
std::size_t set_aside_wild(std::vector<double>& statistic) {
  std::vector<double> copy = statistic;
  const double median = quantile(copy, 0.5);
  const double fence = median + 6.0 * (quantile(copy, 0.9) - median);
  const auto wild = [fence](double s) { return s > fence; };
  const auto count = static_cast<std::size_t>(std::ranges::count_if(statistic, wild));
  if (fence <= median || 20 * count > statistic.size()) return 0;
  std::ranges::replace_if(statistic, wild, -HUGE_VAL);
  return count;
}

std::vector<double> block_maxima(std::span<const double> statistic, std::size_t rows) {
  std::vector<double> maxima;
  for (std::size_t at = 0; at + rows <= statistic.size(); at += rows) {
    const double highest = *std::ranges::max_element(statistic.subspan(at, rows));
    if (highest > -HUGE_VAL) maxima.push_back(highest);
  }
  std::ranges::sort(maxima);
  return maxima;
}

/// t with P(a new excess > t * sum of m seen) = p, for exponential excesses.
double exponential_reach(std::span<const double> excesses, double sum, double p) {
  return sum * (std::pow(p, -1.0 / static_cast<double>(excesses.size())) - 1.0);
}

/// The (1-p)-quantile of a generalised Pareto by probability-weighted moments; the shape is kept
/// within [-0.4, 0.4], where the moments exist and small samples don't run away.
double pareto_reach(std::span<const double> sorted, double p) {
  const auto m = static_cast<double>(sorted.size());
  double a0 = 0.0;
  double a1 = 0.0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    a0 += sorted[i] / m;
    a1 += sorted[i] * (m - (static_cast<double>(i) + 0.65)) / (m * m);
  }
  const double gap = a0 - 2.0 * a1;
  const double shape = gap > 0.0 ? std::clamp(2.0 - a0 / gap, -0.4, 0.4) : 0.4;
  const double scale = a0 * (1.0 - shape);
  if (std::abs(shape) < 1e-6) return scale * std::log(1.0 / p);
  return scale / shape * (std::pow(p, -shape) - 1.0);
}

/// Beyond the largest maximum seen, by the tail above the median of the maxima.
double extrapolate(std::span<const double> maxima, double alpha) {
  const std::size_t half = maxima.size() / 2;
  const double from = maxima[half > 0 ? half - 1 : 0];
  std::vector<double> excesses;
  double sum = 0.0;
  for (const double m : maxima.subspan(half)) {
    excesses.push_back(m - from);
    sum += m - from;
  }
  const double share = static_cast<double>(excesses.size()) / static_cast<double>(maxima.size());
  const double p = std::min(1.0, alpha / share);
  const double reach = excesses.size() >= kParetoFrom ? pareto_reach(excesses, p)
                                                      : exponential_reach(excesses, sum, p);
  return std::max(maxima.back(), from + reach);
}

/// The threshold by blocks of this length.
void set_threshold(Threshold& out, std::span<const double> maxima, std::size_t rows,
                   const ThresholdWish& wish) {
  const double block_s = static_cast<double>(rows) * wish.row_period.in_seconds();
  const double alpha = std::min(0.5, wish.false_alarms_per_s * block_s);
  const auto n = static_cast<double>(maxima.size());
  out.promised_per_s = 1.0 / ((n + 1.0) * block_s);
  const double rank = std::ceil((n + 1.0) * (1.0 - alpha));
  out.extrapolated = rank > n;
  out.threshold =
      out.extrapolated ? extrapolate(maxima, alpha) : maxima[static_cast<std::size_t>(rank) - 1];
}

std::string in_words(const Threshold& t, const ThresholdWish& wish) {
  std::string words = "asked for " + rate_in_words(wish.false_alarms_per_s) + "; " +
                      std::to_string(t.rows) + " calibration rows";
  if (t.extrapolated) {
    words += " alone can promise " + rate_in_words(t.promised_per_s) +
             ", the rest is extrapolated from their tail and not promised";
  } else {
    words += " promise it if the plant stays as it was";
  }
  if (t.set_aside > 0) words += "; " + std::to_string(t.set_aside) + " wild rows set aside";
  return words;
}

}  // namespace

std::string rate_in_words(double per_s) {
  struct Unit {
    double seconds;
    const char* name;
  };
  static constexpr Unit kUnits[] = {
      {60.0, "minute"}, {3600.0, "hour"}, {86'400.0, "day"}, {604'800.0, "week"}};
  for (const auto& unit : kUnits) {
    if (per_s * unit.seconds >= 0.995)
      return text::rounded(per_s * unit.seconds, 2) + " per " + unit.name;
  }
  return text::rounded(per_s * 31'557'600.0, 2) + " per year";
}

std::size_t block_rows(const ThresholdWish& wish) { return std::max(wish.episode.of, wish.memory); }

std::vector<double> alarm_statistic(std::span<const double> scores, const EpisodeRule& rule) {
  GEMEL_CHECK(rule.on >= 1 && rule.on <= rule.of);
  std::vector<double> statistic(scores.size(), -HUGE_VAL);
  std::vector<double> last;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const std::size_t from = i + 1 >= rule.of ? i + 1 - rule.of : 0;
    last.assign(scores.begin() + static_cast<std::ptrdiff_t>(from),
                scores.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    if (last.size() < rule.on) continue;
    const auto nth = last.begin() + static_cast<std::ptrdiff_t>(rule.on - 1);
    std::nth_element(last.begin(), nth, last.end(), std::greater<>());
    statistic[i] = *nth;
  }
  return statistic;
}

Threshold calibrate(std::span<const double> scores, const ThresholdWish& wish) {
  const std::size_t rows_a_block = block_rows(wish);
  GEMEL_CHECK(scores.size() >= 2 * rows_a_block);
  Threshold out;
  out.rows = scores.size();
  std::vector<double> copy(scores.begin(), scores.end());
  out.usual = quantile(copy, 0.5);

  auto statistic = alarm_statistic(scores, wish.episode);
  statistic.erase(statistic.begin(),
                  statistic.begin() + static_cast<std::ptrdiff_t>(wish.episode.on - 1));
  out.set_aside = set_aside_wild(statistic);
  std::size_t rows_a_unit = std::min(rows_a_block, statistic.size());
  out.blocks = statistic.size() / rows_a_unit;
  set_threshold(out, block_maxima(statistic, rows_a_unit), rows_a_unit, wish);
  while (statistic.size() / (rows_a_unit * kLonger) >= kLongBlocksMin) {
    rows_a_unit *= kLonger;
    Threshold longer = out;
    set_threshold(longer, block_maxima(statistic, rows_a_unit), rows_a_unit, wish);
    if (longer.threshold > out.threshold) out = longer;
  }
  // A constant score has no tail: any difference at all is then news.
  out.threshold = std::max(out.threshold, out.usual + 1e-6 + 1e-3 * std::abs(out.usual));
  out.words = in_words(out, wish);
  return out;
}

Threshold calibrate_known(std::span<const double> scores, const ThresholdWish& wish,
                          const std::function<double(double)>& reached_once_in) {
  GEMEL_CHECK(scores.size() >= wish.episode.of);
  Threshold out;
  out.rows = scores.size();
  std::vector<double> copy(scores.begin(), scores.end());
  out.usual = quantile(copy, 0.5);
  auto statistic = alarm_statistic(scores, wish.episode);
  out.set_aside = set_aside_wild(statistic);
  const double highest = *std::ranges::max_element(statistic);
  const double lift = std::max(1.0, highest / reached_once_in(static_cast<double>(out.rows)));
  const double wished_rows =
      std::max(2.0, 1.0 / (wish.false_alarms_per_s * wish.row_period.in_seconds()));
  out.threshold = std::max(lift * reached_once_in(wished_rows), out.usual + 1e-6);
  out.promised_per_s = 1.0 / (static_cast<double>(out.rows + 1) * wish.row_period.in_seconds());
  out.extrapolated = out.promised_per_s > wish.false_alarms_per_s;
  out.words = "asked for " + rate_in_words(wish.false_alarms_per_s) +
              "; as theory has it for levels that are normal";
  if (lift > 1.0)
    out.words += ", lifted by " + text::rounded(lift, 3) + " for what " + std::to_string(out.rows) +
                 " calibration rows show";
  return out;
}

}  // namespace gemel::inference
