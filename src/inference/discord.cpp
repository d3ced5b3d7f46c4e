#include "inference/discord.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/check.hpp"

namespace gemel::inference {
namespace {

/// A stretch of windows and what is carried on beside them, all from one place on.
struct Stretch {
  const float* mean;
  const float* backward;
  const float* forward;
  const float* inverse_norm;
  const float* norm;
  double* covariances;
  std::size_t count;
};

struct Newest {
  float mean, backward, forward, inverse_norm, norm, length;
};

/// The nearest so far, lane by lane.
struct Nearest {
  std::array<float, kLanes> correlation, amplitude, level;  // the latter two squared sums

  Nearest() {
    correlation.fill(-1.0F);
    amplitude.fill(std::numeric_limits<float>::infinity());
    level.fill(std::numeric_limits<float>::infinity());
  }
  float best_correlation() const { return *std::ranges::max_element(correlation); }
  float least_amplitude() const { return *std::ranges::min_element(amplitude); }
  float least_level() const { return *std::ranges::min_element(level); }
};

/// Carries the covariances with the newest window on by one step, kLanes windows at a time: what is
/// compared beyond the end of a stretch is kept out by the caller.
GEMEL_MANY_LANES
void compare(const Stretch& with, const Newest& newest, Nearest& nearest) {
  float correlation[kLanes], amplitude[kLanes], level[kLanes];
  std::copy_n(nearest.correlation.data(), kLanes, correlation);
  std::copy_n(nearest.amplitude.data(), kLanes, amplitude);
  std::copy_n(nearest.level.data(), kLanes, level);
  const auto one = [&](std::size_t i, std::size_t lane) {
    const double c = with.covariances[i] + static_cast<double>(newest.backward * with.forward[i] +
                                                               newest.forward * with.backward[i]);
    with.covariances[i] = c;
    const float cf = static_cast<float>(c);
    const float r = cf * newest.inverse_norm * with.inverse_norm[i];
    const float d = newest.norm + with.norm[i] - 2.0F * cf;
    const float off = newest.mean - with.mean[i];
    const float l = d + newest.length * off * off;
    correlation[lane] = correlation[lane] > r ? correlation[lane] : r;
    amplitude[lane] = amplitude[lane] < d ? amplitude[lane] : d;
    level[lane] = level[lane] < l ? level[lane] : l;
  };
  std::size_t i = 0;
  for (; i + kLanes <= with.count; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) one(i + lane, lane);
  }
  for (; i < with.count; ++i) one(i, 0);
  std::copy_n(correlation, kLanes, nearest.correlation.data());
  std::copy_n(amplitude, kLanes, nearest.amplitude.data());
  std::copy_n(level, kLanes, nearest.level.data());
}

Newest seen(const NewestWindow& window, double origin) {
  return {static_cast<float>(window.mean() - origin),
          window.backward(),
          window.forward(),
          window.inverse_norm(),
          static_cast<float>(window.norm()),
          static_cast<float>(window.length())};
}

void write_opinions(const Nearest& nearest, bool moves, bool some_rest, std::size_t length,
                    std::span<double> scores) {
  const float r = moves ? nearest.best_correlation() : (some_rest ? 1.0F : 0.0F);
  const auto m = static_cast<double>(length);
  scores[0] = std::sqrt(2.0 * std::max(0.0, 1.0 - static_cast<double>(r)));
  scores[1] = std::sqrt(std::max(0.0, static_cast<double>(nearest.least_amplitude())) / m);
  scores[2] = std::sqrt(std::max(0.0, static_cast<double>(nearest.least_level())) / m);
}

/// Of a window that comes in two parts.
double covariance_with(std::span<const double> window, double mean, const NewestWindow& newest) {
  const auto older = newest.older(), newer = newest.newer();
  return covariance(window.first(older.size()), mean, older, newest.mean()) +
         covariance(window.subspan(older.size()), mean, newer, newest.mean());
}

}  // namespace

/// Covariance with training window j lies in slot (j + turned_) mod count: the slot keeps its
/// diagonal, and nothing is moved.
class Discord::Run final : public SeriesRun {
 public:
  explicit Run(const Discord& judge)
      : judge_(judge),
        window_(judge.length_, judge.scale_),
        mean_(judge.windows_.count),
        covariances_(judge.windows_.count) {
    for (std::size_t i = 0; i < mean_.size(); ++i)
      mean_[i] = static_cast<float>(judge.windows_.mean[i] - origin());
  }

  void take(double value, std::span<double> scores) override {
    window_.take(value);
    std::ranges::fill(scores, 0.0);
    if (!window_.full()) return;
    const auto count = judge_.windows_.count;
    if (!following_) {
      begin();
    } else {
      turned_ = turned_ == 0 ? count - 1 : turned_ - 1;
      // The walk adds a step to every slot: it is taken off beforehand where a diagonal begins.
      covariances_[turned_] = from_scratch(0) - step_to(0);
    }
    following_ = true;
    Nearest nearest;
    const auto newest = seen(window_, origin());
    const auto split = count - turned_;
    compare(stretch(0, turned_, split), newest, nearest);
    compare(stretch(split, 0, turned_), newest, nearest);
    write_opinions(nearest, window_.moves(), judge_.some_rest_, judge_.length_, scores);
  }

 private:
  double origin() const { return judge_.windows_.mean[0]; }

  void begin() {
    turned_ = 0;
    for (std::size_t j = 0; j < covariances_.size(); ++j)
      covariances_[j] = from_scratch(j) - step_to(j);
  }
  double from_scratch(std::size_t j) const {
    return covariance_with(std::span(judge_.training_).subspan(j, judge_.length_),
                           judge_.windows_.mean[j], window_);
  }
  double step_to(std::size_t j) const {
    return static_cast<double>(window_.backward() * judge_.windows_.forward[j] +
                               window_.forward() * judge_.windows_.backward[j]);
  }
  Stretch stretch(std::size_t from, std::size_t slot, std::size_t count) {
    const auto& w = judge_.windows_;
    return {&mean_[0] + from,
            &w.backward[0] + from,
            &w.forward[0] + from,
            &w.inverse_norm[0] + from,
            &w.norm[0] + from,
            &covariances_[0] + slot,
            count};
  }

  const Discord& judge_;
  NewestWindow window_;
  std::vector<float> mean_;
  std::vector<double> covariances_;
  std::size_t turned_ = 0;
  bool following_ = false;
};

namespace {

/// A correlation of 0.999 with the nearest is as good as 1, and a hundredth of the range as 0.
double grain_of(std::size_t opinion, double scale) { return opinion == 0 ? 0.05 : 0.01 * scale; }

constexpr std::array<std::string_view, 3> kOpinions{
    "shape unlike any learnt", "amplitude unlike any learnt", "level unlike any learnt"};
constexpr std::array<std::string_view, 3> kPastOpinions{
    "shape unlike any before", "amplitude unlike any before", "level unlike any before"};

}  // namespace

Discord::Discord(std::span<const double> training, std::size_t length)
    : length_(length),
      scale_(range_of(training)),
      training_(training.begin(), training.end()),
      windows_(training, length, scale_) {
  GEMEL_CHECK(length >= 2 && training.size() > length);
  const auto end = windows_.inverse_norm.begin() + static_cast<std::ptrdiff_t>(windows_.count);
  some_rest_ = std::find(windows_.inverse_norm.begin(), end, 0.0F) != end;
}

double Discord::grain(std::size_t opinion) const { return grain_of(opinion, scale_); }
std::span<const std::string_view> Discord::opinions() const { return kOpinions; }
std::unique_ptr<SeriesRun> Discord::start() const { return std::make_unique<Run>(*this); }

/// What is known of window t - lag lies in slot (head_ + lag) mod slots: the head moves down by one
/// a value, so that lags stand in ascending order in memory.
class PastDiscord::Run final : public SeriesRun {
 public:
  explicit Run(const PastDiscordOptions& options)
      : options_(options),
        slots_(options.memory + 1),
        window_(options.length, options.scale),
        mean_(slots_),
        exact_mean_(slots_),
        backward_(slots_),
        forward_(slots_),
        inverse_norm_(slots_),
        norm_(slots_),
        covariances_(slots_),
        values_(options.memory + options.length) {}

  void take(double value, std::span<double> scores) override {
    if (taken_ == 0) origin_ = value;
    values_[taken_++ % values_.size()] = value;
    window_.take(value);
    std::ranges::fill(scores, 0.0);
    if (!window_.full()) return;
    remember();
    if (windows_ <= options_.apart) return;
    const auto oldest = std::min(windows_ - 1, options_.memory);
    restart(oldest);
    Nearest nearest;
    compare_lags(options_.apart, oldest, nearest);
    write_opinions(nearest, window_.moves(), rests_ > 0, options_.length, scores);
  }

 private:
  /// Puts the newest window at lag 0.
  void remember() {
    head_ = head_ == 0 ? slots_ - 1 : head_ - 1;
    ++windows_;
    const auto newest = seen(window_, origin_);
    mean_[head_] = newest.mean;
    exact_mean_[head_] = window_.mean();
    backward_[head_] = newest.backward;
    forward_[head_] = newest.forward;
    inverse_norm_[head_] = newest.inverse_norm;
    norm_[head_] = newest.norm;
    // One that rests counts once it is old enough to be compared with.
    if (windows_ > options_.apart && inverse_norm_[slot(options_.apart)] == 0.0F) ++rests_;
    if (windows_ > options_.memory + 1 && oldest_rests_) --rests_;
    const auto oldest = std::min(windows_ - 1, options_.memory);
    oldest_rests_ = oldest >= options_.apart && inverse_norm_[slot(oldest)] == 0.0F;
  }
  /// A new lag begins; and one of the old ones is counted anew, in turn, lest they drift.
  void restart(std::size_t oldest) {
    if (windows_ - 1 <= options_.memory) count_anew(oldest);
    refreshed_ =
        refreshed_ < options_.apart || refreshed_ >= oldest ? options_.apart : refreshed_ + 1;
    if (refreshed_ < oldest) count_anew(refreshed_);
  }
  void count_anew(std::size_t lag) {
    const auto at = slot(lag);
    double sum = 0.0;
    const auto length = options_.length, size = values_.size();
    auto a = (taken_ - length) % size, b = (taken_ - length - lag) % size;
    for (std::size_t k = 0; k < length; ++k) {
      sum += (values_[a] - window_.mean()) * (values_[b] - exact_mean_[at]);
      a = a + 1 == size ? 0 : a + 1;
      b = b + 1 == size ? 0 : b + 1;
    }
    covariances_[lag] = sum - static_cast<double>(window_.backward() * forward_[at] +
                                                  window_.forward() * backward_[at]);
  }
  void compare_lags(std::size_t first, std::size_t last, Nearest& nearest) {
    const auto newest = seen(window_, origin_);
    const auto split = std::min(slots_ - head_, last + 1);  // lags below lie at the end of memory
    if (first < split) compare(stretch(first, split - first), newest, nearest);
    const auto from = std::max(first, split);
    if (from <= last) compare(stretch(from, last + 1 - from), newest, nearest);
  }
  Stretch stretch(std::size_t lag, std::size_t count) {
    const auto at = slot(lag);
    return {&mean_[at], &backward_[at],     &forward_[at], &inverse_norm_[at],
            &norm_[at], &covariances_[lag], count};
  }
  std::size_t slot(std::size_t lag) const {
    const auto at = head_ + lag;
    return at >= slots_ ? at - slots_ : at;
  }

  PastDiscordOptions options_;
  std::size_t slots_;
  NewestWindow window_;
  std::vector<float> mean_;  // less the first value, so that floats suffice
  std::vector<double> exact_mean_;
  std::vector<float> backward_, forward_, inverse_norm_, norm_;
  std::vector<double> covariances_;  // by lag
  std::vector<double> values_;
  double origin_ = 0.0;
  std::size_t taken_ = 0, windows_ = 0, head_ = 0, refreshed_ = 0;
  std::size_t rests_ = 0;  // among the windows that are compared with, those that do not move
  bool oldest_rests_ = false;
};

double PastDiscord::grain(std::size_t opinion) const { return grain_of(opinion, options_.scale); }
std::span<const std::string_view> PastDiscord::opinions() const { return kPastOpinions; }
std::unique_ptr<SeriesRun> PastDiscord::start() const { return std::make_unique<Run>(options_); }

}  // namespace gemel::inference
