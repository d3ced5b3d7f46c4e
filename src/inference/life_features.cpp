#include "inference/life_features.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/check.hpp"

namespace gemel::inference {
namespace {

constexpr std::array<std::size_t, 4> kWindows{5, 10, 20, 40};
constexpr std::size_t kBeginning = 10;  // rows that stand for the new asset
// Of each sensor: a mean and a slope for each window, the distance from the beginning, the mean of
// the whole life, the spread of the last rows about their line.
constexpr std::uint64_t kWidthMost = 10'000;  // signals, or kinds of operation, of a model
constexpr std::size_t kPerSensor = 2 * kWindows.size() + 3;

struct Line {
  double level = 0.0, slope = 0.0, spread = 0.0;
};

/// Least squares over the values; the level is that of their middle.
Line line_through(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  Line line;
  for (const auto v : values) line.level += v / n;
  if (values.size() < 2) return line;
  const double middle = (n - 1.0) / 2.0;
  double up = 0.0, along = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = static_cast<double>(i) - middle;
    up += x * (values[i] - line.level);
    along += x * x;
  }
  line.slope = up / along;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double off = values[i] - line.level - line.slope * (static_cast<double>(i) - middle);
    line.spread += off * off / n;
  }
  line.spread = std::sqrt(line.spread);
  return line;
}

double squared_distance(std::span<const double> a, std::span<const double> b,
                        std::span<const double> scales) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]) / scales[i];
  return sum;
}

}  // namespace

OperatingConditions::OperatingConditions(std::span<const double> settings,
                                         std::size_t settings_width,
                                         std::span<const double> sensors, std::size_t sensors_width,
                                         std::size_t most)
    : settings_width_(settings_width), sensors_width_(sensors_width), scales_(settings_width, 0.0) {
  const auto rows = sensors.size() / sensors_width;
  GEMEL_CHECK(rows > 0 && settings.size() == rows * settings_width);
  const auto row = [&](std::size_t i) {
    return settings.subspan(i * settings_width, settings_width);
  };
  std::vector<double> mean(settings_width, 0.0);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t c = 0; c < settings_width; ++c)
      mean[c] += row(i)[c] / static_cast<double>(rows);
  }
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t c = 0; c < settings_width; ++c)
      scales_[c] += (row(i)[c] - mean[c]) * (row(i)[c] - mean[c]) / static_cast<double>(rows);
  }
  // A setting that only trembles about one value (less than a hundredth of it) tells nothing.
  for (std::size_t c = 0; c < settings_width; ++c) {
    const double trembling = 1e-2 * std::max(std::abs(mean[c]), 1.0);
    if (scales_[c] < trembling * trembling) scales_[c] = std::numeric_limits<double>::infinity();
  }
  // The farthest point is the next centre, as long as one is far from all: kinds stand well apart.
  constexpr double kApart = 0.05;
  centres_.assign(row(0).begin(), row(0).end());
  std::vector<double> distance(rows, std::numeric_limits<double>::infinity());
  while (kinds() < most) {
    const auto newest = std::span(centres_).last(settings_width);
    std::size_t farthest = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      distance[i] = std::min(distance[i], squared_distance(row(i), newest, scales_));
      if (distance[i] > distance[farthest]) farthest = i;
    }
    if (distance[farthest] < kApart) break;
    centres_.insert(centres_.end(), row(farthest).begin(), row(farthest).end());
  }
  std::vector<double> counts(kinds(), 0.0);
  means_.assign(kinds() * sensors_width, 0.0);
  spreads_.assign(kinds() * sensors_width, 0.0);
  std::vector<std::size_t> kind_of(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    kind_of[i] = nearest(row(i));
    ++counts[kind_of[i]];
  }
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t s = 0; s < sensors_width; ++s)
      means_[kind_of[i] * sensors_width + s] += sensors[i * sensors_width + s] / counts[kind_of[i]];
  }
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t s = 0; s < sensors_width; ++s) {
      const auto at = kind_of[i] * sensors_width + s;
      const double off = sensors[i * sensors_width + s] - means_[at];
      spreads_[at] += off * off / counts[kind_of[i]];
    }
  }
  for (auto& spread : spreads_) spread = std::sqrt(spread);
  for (std::size_t s = 0; s < sensors_width; ++s) {
    bool moves = true;
    for (std::size_t kind = 0; kind < kinds(); ++kind) {
      const auto at = kind * sensors_width + s;
      moves &= spreads_[at] > 1e-6 * std::max(std::abs(means_[at]), 1e-6);
    }
    if (moves) telling_.push_back(s);
  }
}

std::size_t OperatingConditions::nearest(std::span<const double> settings) const {
  std::size_t best = 0;
  double best_distance = std::numeric_limits<double>::infinity();
  for (std::size_t kind = 0; kind < kinds(); ++kind) {
    const auto centre = std::span(centres_).subspan(kind * settings_width_, settings_width_);
    const double distance = squared_distance(settings, centre, scales_);
    if (distance < best_distance) best_distance = distance, best = kind;
  }
  return best;
}

void OperatingConditions::standardise(std::span<const double> settings,
                                      std::span<const double> sensors,
                                      std::span<double> out) const {
  GEMEL_CHECK(out.size() == telling_.size());
  const auto kind = nearest(settings);
  for (std::size_t i = 0; i < telling_.size(); ++i) {
    const auto at = kind * sensors_width_ + telling_[i];
    out[i] = (sensors[telling_[i]] - means_[at]) / spreads_[at];
  }
}

void OperatingConditions::encode(ByteWriter& out) const {
  out.varint(settings_width_);
  out.varint(sensors_width_);
  out.varint(kinds());
  for (const auto* numbers : {&centres_, &scales_, &means_, &spreads_}) {
    for (const double number : *numbers) out.fixed(number);
  }
  out.varint(telling_.size());
  for (const auto sensor : telling_) out.varint(sensor);
}

Result<OperatingConditions> OperatingConditions::decode(ByteReader& in) {
  const Error broken{ErrorCode::Corruption, "the operating conditions can't be read"};
  OperatingConditions out;
  const auto settings = in.varint(), sensors = in.varint(), kinds = in.varint();
  if (settings > kWidthMost || sensors > kWidthMost || kinds == 0 || kinds > kWidthMost)
    return broken;
  out.settings_width_ = static_cast<std::size_t>(settings);
  out.sensors_width_ = static_cast<std::size_t>(sensors);
  const auto take = [&](std::vector<double>& numbers, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) numbers.push_back(in.fixed<double>());
  };
  // No settings: one kind, which has no centre.
  take(out.centres_, settings * kinds);
  take(out.scales_, settings);
  take(out.means_, sensors * kinds);
  take(out.spreads_, sensors * kinds);
  const auto telling = in.count();
  for (std::size_t i = 0; i < telling && in.ok(); ++i) {
    out.telling_.push_back(static_cast<std::size_t>(in.varint()));
    if (out.telling_.back() >= out.sensors_width_) return broken;
  }
  const bool finite = std::ranges::all_of(out.means_, [](double m) { return std::isfinite(m); });
  const bool spread = std::ranges::all_of(out.spreads_, [](double s) { return s >= 0.0; });
  if (!in.ok() || !finite || !spread || out.kinds() != kinds) return broken;
  return out;
}

std::size_t LifeFeatures::width() const { return sensors_ * kPerSensor + 1; }

void LifeFeatures::of(std::span<const double> run, std::span<float> out) const {
  GEMEL_CHECK(!run.empty() && run.size() % sensors_ == 0 && out.size() == width());
  const auto rows = run.size() / sensors_;
  std::vector<double> column(rows);
  std::size_t at = 0;
  const auto put = [&](double value) { out[at++] = static_cast<float>(value); };
  for (std::size_t s = 0; s < sensors_; ++s) {
    for (std::size_t i = 0; i < rows; ++i) column[i] = run[i * sensors_ + s];
    double last_spread = 0.0, last_level = 0.0;
    for (const auto window : kWindows) {
      const auto line = line_through(std::span(column).last(std::min(window, rows)));
      put(line.level);
      put(line.slope);
      if (window == kWindows[2]) last_spread = line.spread;
      if (window == kWindows[1]) last_level = line.level;
    }
    put(last_level - line_through(std::span(column).first(std::min(kBeginning, rows))).level);
    put(line_through(column).level);
    put(last_spread);
  }
  put(static_cast<double>(rows));
}

}  // namespace gemel::inference
