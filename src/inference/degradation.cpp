#include "inference/degradation.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.hpp"

namespace gemel::inference {
namespace {

// Onsets of wear in a horizon.
constexpr double kOnsets = 1.0;
constexpr double kProposed = 0.03;  // share of particles that are tried with an onset at each step
// Before anything was seen of its wear, a life from healthy to the limit takes from a hundredth of
// the horizon to a hundred of them, each decade as likely.
constexpr double kLogRateLow = -4.6, kLogRateHigh = 4.6;
constexpr double kExponentHigh = 1.5;
// Wear begins at a level of zero, too.
constexpr double kFoot = 0.05;
// How far the logarithm of the rate wanders in a horizon, as a logarithm: 0.2 to 2.
constexpr double kLogWanderLow = -1.6, kLogWanderHigh = 0.7;
// Noise beyond what the healthy stretch showed, as a logarithm: one to twenty times.
constexpr double kLogNoiseHigh = 3.0;
// Of the level itself, in spans a horizon, beyond the noise.
constexpr double kLevelWander = 0.01;
// Share of the particles' spread that is added when they are resampled.
constexpr double kRoughening = 0.08;
constexpr int kRepairedAfter = 5;
constexpr double kFar = 6.0;         // in standard deviations of the noise
constexpr std::size_t kAhead = 200;  // steps to the horizon

/// Student's t with four degrees of freedom, up to a factor.
double likelihood(double z) { return std::pow(1.0 + z * z / 4.0, -2.5); }

}  // namespace

Duration RemainingLife::quantile(double p) const {
  GEMEL_CHECK(!draws.empty() && p >= 0.0 && p <= 1.0);
  const auto rank = static_cast<std::size_t>(p * static_cast<double>(draws.size() - 1) + 0.5);
  return draws[rank];
}

double RemainingLife::ends_before(Duration t) const {
  const auto end = std::lower_bound(draws.begin(), draws.end(), std::min(t, horizon));
  return static_cast<double>(end - draws.begin()) / static_cast<double>(draws.size());
}

DegradationFilter::DegradationFilter(const DegradationOptions& options)
    : options_(options), span_(options.limit - options.healthy), random_(options.seed) {
  GEMEL_CHECK(span_ > 0.0 && options.noise > 0.0 && options.particles >= 10 &&
              options.horizon.ns > 0);
}

void DegradationFilter::begin(double at) {
  particles_.resize(options_.particles);
  for (auto& p : particles_) {
    p.x = at + options_.noise * random_.normal();
    p.log_noise = random_.uniform(0.0, kLogNoiseHigh);
    p.log_wander = random_.uniform(kLogWanderLow, kLogWanderHigh);
    p.wears = false;
    if (random_.uniform() < 0.5) set_on(p);
    p.weight = 1.0 / static_cast<double>(particles_.size());
  }
  begun_ = true;
  far_below_ = 0;
}

void DegradationFilter::set_on(Particle& p) {
  p.wears = true;
  p.log_rate = random_.uniform(kLogRateLow, kLogRateHigh);
  p.exponent = random_.uniform(0.0, kExponentHigh);
}

void DegradationFilter::move(Particle& p, double time) {
  const double wander = kLevelWander * std::sqrt(time) * random_.normal();
  if (!p.wears) {
    p.x += span_ * wander;
    return;
  }
  p.log_rate += std::exp(p.log_wander) * std::sqrt(time) * random_.normal();
  const double level = std::max(0.0, (p.x - options_.healthy) / span_);
  // Wear that feeds itself gets away within a step; it is not to overflow.
  const double grown = std::exp(std::min(p.log_rate, 20.0)) * std::pow(level + kFoot, p.exponent);
  p.x += span_ * (std::min(grown * time, 1e3) + wander);
}

void DegradationFilter::pass(Duration time) {
  if (!begun_ || time.ns <= 0) return;
  const double horizons = time.in_seconds() / options_.horizon.in_seconds();
  // Onsets are rare; so that there are always particles that have just set on, more of them are
  // proposed, and weigh less.
  const double likely = std::min(0.5, kOnsets * horizons), proposed = std::max(likely, kProposed);
  double sum = 0.0;
  for (auto& p : particles_) {
    if (!p.wears) {
      const bool sets_on = random_.uniform() < proposed;
      p.weight *= sets_on ? likely / proposed : (1.0 - likely) / (1.0 - proposed);
      if (sets_on) set_on(p);
    }
    move(p, horizons);
    sum += p.weight;
  }
  for (auto& p : particles_) p.weight /= sum;
}

void DegradationFilter::observe(double measured) {
  if (!std::isfinite(measured)) return;
  if (!begun_) return begin(measured);
  double lowest = HUGE_VAL;
  for (const auto& p : particles_) lowest = std::min(lowest, p.x);
  far_below_ = measured < lowest - kFar * options_.noise ? far_below_ + 1 : 0;
  if (far_below_ >= kRepairedAfter) return begin(measured);
  double sum = 0.0, squares = 0.0;
  for (auto& p : particles_) {
    const double noise = options_.noise * std::exp(p.log_noise);
    p.weight *= likelihood((measured - p.x) / noise) * options_.noise / noise;
    sum += p.weight;
  }
  if (!(sum > 1e-290)) {  // everything is far off: hold on to what was believed
    for (auto& p : particles_) p.weight = 1.0 / static_cast<double>(particles_.size());
    return;
  }
  for (auto& p : particles_) {
    p.weight /= sum;
    squares += p.weight * p.weight;
  }
  if (1.0 / squares < 0.5 * static_cast<double>(particles_.size())) resample();
}

void DegradationFilter::resample() {
  const auto n = particles_.size();
  // What does not move by itself is jittered a little, in proportion to its spread.
  struct Jitter {
    double Particle::* what;
    double low, high;
    double least;  // so that particles that have become alike can part again
    double width = 0.0;
  };
  std::array jitters{Jitter{&Particle::log_rate, -HUGE_VAL, HUGE_VAL, 0.05},
                     Jitter{&Particle::exponent, 0.0, kExponentHigh, 0.03},
                     Jitter{&Particle::log_noise, 0.0, kLogNoiseHigh, 0.05},
                     Jitter{&Particle::log_wander, kLogWanderLow, kLogWanderHigh, 0.05}};
  for (auto& jitter : jitters) {
    double sum = 1e-300, mean = 0.0, square = 0.0;
    for (const auto& p : particles_) {
      if (!p.wears) continue;
      const double value = p.*jitter.what;
      sum += p.weight;
      mean += p.weight * value;
      square += p.weight * value * value;
    }
    const double spread = std::sqrt(std::max(0.0, square / sum - mean * mean / sum / sum));
    jitter.width = std::max(jitter.least, kRoughening * spread);
  }
  chosen_.clear();
  const double step = 1.0 / static_cast<double>(n);
  double at = random_.uniform() * step, reached = particles_[0].weight;
  std::size_t i = 0;
  for (std::size_t k = 0; k < n; ++k, at += step) {
    while (reached < at && i + 1 < n) reached += particles_[++i].weight;
    auto p = particles_[i];
    p.weight = step;
    for (const auto& jitter : jitters) {
      double& value = p.*jitter.what;
      value = std::clamp(value + jitter.width * random_.normal(), jitter.low, jitter.high);
    }
    chosen_.push_back(p);
  }
  particles_.swap(chosen_);
}

double DegradationFilter::level() const {
  double sum = 0.0;
  for (const auto& p : particles_) sum += p.weight * p.x;
  return sum;
}

RemainingLife DegradationFilter::remaining() {
  RemainingLife life{{}, options_.horizon};
  if (!begun_) return life;
  resample();  // draws of equal weight
  // Short steps first: what ends soon is told finely.
  std::vector<double> times(kAhead + 1);
  for (std::size_t k = 0; k <= kAhead; ++k) {
    const double share = static_cast<double>(k) / static_cast<double>(kAhead);
    times[k] = share * share;
  }
  for (const auto& start : particles_) {
    auto p = start;
    double end = 1.0;
    for (std::size_t k = 1; k <= kAhead && p.x < options_.limit; ++k) {
      const double before = p.x;
      if (!p.wears && random_.uniform() < kOnsets * (times[k] - times[k - 1])) set_on(p);
      move(p, times[k] - times[k - 1]);
      if (p.x < options_.limit) continue;
      const double part = (options_.limit - before) / std::max(p.x - before, 1e-300);
      end = times[k - 1] + part * (times[k] - times[k - 1]);
    }
    if (start.x >= options_.limit) end = 0.0;
    life.draws.push_back(Duration::from_seconds(end * options_.horizon.in_seconds()));
  }
  std::ranges::sort(life.draws);
  return life;
}

}  // namespace gemel::inference
