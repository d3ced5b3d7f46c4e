#include "inference/similar_lives.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

namespace gemel::inference {
namespace {

constexpr std::size_t kAveraged = 15;  // rows
constexpr double kRidge = 1.0;
constexpr std::size_t kValues = 100;
constexpr std::size_t kSensorsMost = 10'000;

}  // namespace

SimilarLives::SimilarLives(const std::vector<std::span<const double>>& lives, std::size_t sensors,
                           double cap, const SimilarityOptions& options)
    : options_(options), cap_(cap) {
  const auto width = static_cast<Eigen::Index>(sensors + 1);
  Eigen::MatrixXd squares = Eigen::MatrixXd::Identity(width, width) * kRidge;
  Eigen::VectorXd moments = Eigen::VectorXd::Zero(width), terms(width);
  terms[width - 1] = 1.0;
  for (const auto life : lives) {
    const auto rows = life.size() / sensors;
    for (std::size_t i = 0; i < rows; ++i) {
      std::copy_n(life.begin() + static_cast<std::ptrdiff_t>(i * sensors), sensors, terms.data());
      const double left = std::min(cap, static_cast<double>(rows - 1 - i));
      squares.selfadjointView<Eigen::Lower>().rankUpdate(terms);
      moments += left / cap * terms;
    }
  }
  const Eigen::MatrixXd whole = squares.selfadjointView<Eigen::Lower>();
  const Eigen::VectorXd weights = whole.ldlt().solve(moments);
  weights_.assign(weights.data(), weights.data() + width);
  for (const auto life : lives) curves_.push_back(health(life, sensors));
}

std::vector<double> SimilarLives::health(std::span<const double> life, std::size_t sensors) const {
  const auto rows = life.size() / sensors;
  std::vector<double> raw(rows), out(rows);
  double sum = 0.0;
  for (std::size_t i = 0; i < rows; ++i) {
    raw[i] = weights_.back();
    for (std::size_t s = 0; s < sensors; ++s) raw[i] += weights_[s] * life[i * sensors + s];
    sum += raw[i];
    if (i >= kAveraged) sum -= raw[i - kAveraged];
    out[i] = sum / static_cast<double>(std::min(i + 1, kAveraged));
  }
  return out;
}

LifeOpinion SimilarLives::of(std::span<const double> life, std::size_t sensors) const {
  const auto now = health(life, sensors);
  struct Match {
    double left, distance;
  };
  std::vector<Match> matches;
  double nearest = HUGE_VAL;
  for (const auto& curve : curves_) {
    const auto window = std::min({options_.window, now.size(), curve.size()});
    const auto tail = std::span(now).last(window);
    for (std::size_t lag = 0; lag + window <= curve.size(); ++lag) {
      double squares = 0.0;
      for (std::size_t i = 0; i < window; ++i)
        squares += (tail[i] - curve[lag + i]) * (tail[i] - curve[lag + i]);
      const double distance = squares / static_cast<double>(window);
      if (!std::isfinite(distance)) continue;
      const auto left = static_cast<double>(curve.size() - lag - window);
      matches.push_back({std::min(cap_, left), distance});
      nearest = std::min(nearest, distance);
    }
  }
  if (matches.empty()) return {cap_, {cap_}};
  std::vector<std::pair<double, double>> weighted;
  double sum = 0.0, mean = 0.0;
  for (const auto& [left, distance] : matches) {
    const double beyond = (distance - nearest) / (2.0 * options_.width * options_.width);
    const double weight = std::exp(-beyond);
    if (!(weight > 1e-9)) continue;
    weighted.emplace_back(left, weight);
    sum += weight;
    mean += weight * left;
  }
  return {mean / sum, equally_likely(std::move(weighted), kValues)};
}

SimilarLives SimilarLives::with(const SimilarityOptions& options) const {
  auto other = *this;
  other.options_ = options;
  return other;
}

void SimilarLives::encode(ByteWriter& out) const {
  out.varint(options_.window);
  out.fixed(options_.width);
  out.fixed(cap_);
  out.varint(weights_.size());
  for (const double weight : weights_) out.fixed(weight);
  out.varint(curves_.size());
  for (const auto& curve : curves_) {
    out.varint(curve.size());
    for (const double value : curve) out.fixed(value);
  }
}

Result<SimilarLives> SimilarLives::decode(ByteReader& in) {
  SimilarLives lives;
  bool sound = true;
  const auto take = [&](std::vector<double>& values) {
    values.resize(in.count(sizeof(double)));
    for (auto& value : values) {
      value = in.fixed<double>();
      sound = sound && std::abs(value) < 1e100;
    }
  };
  lives.options_.window = static_cast<std::size_t>(in.varint());
  lives.options_.width = in.fixed<double>();
  lives.cap_ = in.fixed<double>();
  take(lives.weights_);
  lives.curves_.resize(in.count());
  for (auto& curve : lives.curves_) take(curve);
  sound = sound && in.ok() && lives.options_.window > 0 && lives.options_.width > 1e-100 &&
          lives.options_.width < 1e100 && lives.cap_ > 0.0 && lives.cap_ < 1e100 &&
          lives.weights_.size() >= 2 && lives.weights_.size() <= kSensorsMost &&
          !lives.curves_.empty();
  if (!sound) return Error{ErrorCode::Corruption, "its library of lives can't be read"};
  return lives;
}

}  // namespace gemel::inference
