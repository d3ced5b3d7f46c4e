#include "inference/window_statistics.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "inference/window_moments.hpp"
#include "inference/window_shape.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kLookbackMax = 64;
constexpr double kLeast = 1e-4;  // of the range: less movement than that is none

constexpr std::array<std::string_view, 3> kStatistics{"mean level", "movement", "roughness"};
constexpr std::array<std::string_view, 2> kErrors{"not as forecast", "window not as forecast"};

/// Mean, and logarithms of deviation and roughness, of the newest window.
class Statistics {
 public:
  Statistics(std::size_t length, double scale)
      : scale_(scale), window_(length, scale), last_(length) {}

  bool take(double value) {
    if (taken_ > 0) rough_ += std::abs(value - newest_);
    if (last_.full()) {
      const auto older = last_.older(), newer = last_.newer();
      rough_ -= std::abs((older.size() > 1 ? older[1] : newer[0]) - older[0]);
    }
    window_.take(value);
    last_.take(value);
    newest_ = value;
    ++taken_;
    if (!window_.full()) return false;
    if (taken_ % 1024 == 0) count_anew();
    const auto m = static_cast<double>(window_.length());
    const double least = kLeast * scale_;
    values_[0] = window_.mean();
    values_[1] = std::log(std::sqrt(window_.norm() / m) + least);
    values_[2] = std::log(std::max(rough_, 0.0) / (m - 1.0) + least);
    return true;
  }
  const std::array<double, 3>& values() const { return values_; }

 private:
  /// Sums that are carried on lose their last digits.
  void count_anew() {
    rough_ = 0.0;
    double before = last_.older().empty() ? last_.newer()[0] : last_.older()[0];
    for (const auto part : {last_.older(), last_.newer()}) {
      for (const double x : part) {
        rough_ += std::abs(x - before);
        before = x;
      }
    }
  }

  double scale_;
  NewestWindow window_;
  LastValues last_;
  double newest_ = 0.0, rough_ = 0.0;
  std::size_t taken_ = 0;
  std::array<double, 3> values_{};
};

}  // namespace

class WindowStatistics::Run final : public SeriesRun {
 public:
  explicit Run(const WindowStatistics& judge)
      : judge_(judge), statistics_(judge.length_, judge.scale_) {}

  void take(double value, std::span<double> scores) override {
    std::ranges::fill(scores, 0.0);
    if (!statistics_.take(value)) return;
    for (std::size_t k = 0; k < scores.size(); ++k) {
      scores[k] =
          std::abs(statistics_.values()[k] - judge_.usual_[k].middle) / judge_.usual_[k].width;
    }
  }

 private:
  const WindowStatistics& judge_;
  Statistics statistics_;
};

WindowStatistics::WindowStatistics(std::span<const double> training, std::size_t length)
    : length_(length), scale_(range_of(training)) {
  GEMEL_CHECK(training.size() > length);
  Statistics statistics(length, scale_);
  std::array<std::vector<double>, 3> seen;
  for (const double value : training) {
    if (!statistics.take(value)) continue;
    for (std::size_t k = 0; k < seen.size(); ++k) seen[k].push_back(statistics.values()[k]);
  }
  const std::array<double, 3> floors{5e-3 * scale_, 0.05, 0.05};
  for (std::size_t k = 0; k < seen.size(); ++k) usual_[k] = robust_spread(seen[k], floors[k]);
}

double WindowStatistics::grain(std::size_t /*opinion*/) const { return 0.5; }
std::span<const std::string_view> WindowStatistics::opinions() const { return kStatistics; }
std::unique_ptr<SeriesRun> WindowStatistics::start() const { return std::make_unique<Run>(*this); }

class ForecastError::Run final : public SeriesRun {
 public:
  explicit Run(const ForecastError& judge)
      : judge_(judge),
        last_(judge.forecast_.options().lookback),
        errors_(judge.length_),
        before_(last_lookback()) {}

  void take(double value, std::span<double> scores) override {
    std::ranges::fill(scores, 0.0);
    const double scaled = (value - judge_.middle_) / judge_.width_;
    if (last_.full()) {
      const auto newer = std::ranges::copy(last_.older(), before_.begin()).out;
      std::ranges::copy(last_.newer(), newer);
      double expected = 0.0;
      judge_.forecast_.forecast(before_, {&expected, 1});
      const double error = std::min(std::abs(scaled - expected), 1e6);
      errors_.take(error);
      scores[0] = error;
      if (errors_.full()) scores[1] = root_mean_square();
    }
    last_.take(scaled);
  }

 private:
  std::size_t last_lookback() const { return judge_.forecast_.options().lookback; }
  double root_mean_square() const {
    double sum = 0.0;
    for (const auto part : {errors_.older(), errors_.newer()}) {
      for (const double error : part) sum += error * error;
    }
    return std::sqrt(sum / static_cast<double>(judge_.length_));
  }

  const ForecastError& judge_;
  LastValues last_, errors_;
  std::vector<double> before_;
};

namespace {

std::vector<double> scaled(std::span<const double> series, double middle, double width) {
  std::vector<double> out;
  for (const double x : series) out.push_back((x - middle) / width);
  return out;
}

LinearForecast fit(std::span<const double> training, std::size_t length, double middle,
                   double width) {
  const auto series = scaled(training, middle, width);
  const std::span<const double> one(series);
  return {std::span(&one, 1), {.lookback = std::min(length, kLookbackMax), .horizon = 1}};
}

Spread spread_of(std::span<const double> series) {
  std::vector<double> copy(series.begin(), series.end());
  return robust_spread(copy, 1e-3 * range_of(series));
}

}  // namespace

ForecastError::ForecastError(std::span<const double> training, std::size_t length)
    : length_(length),
      middle_(spread_of(training).middle),
      width_(spread_of(training).width),
      scale_(range_of(training)),
      forecast_(fit(training, length, middle_, width_)) {}

double ForecastError::grain(std::size_t /*opinion*/) const { return 0.01 * scale_ / width_; }
std::span<const std::string_view> ForecastError::opinions() const { return kErrors; }
std::unique_ptr<SeriesRun> ForecastError::start() const { return std::make_unique<Run>(*this); }

}  // namespace gemel::inference
