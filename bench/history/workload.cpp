#include "workload.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "plant_layout.hpp"

namespace gemel::bench {
namespace {

constexpr double kLost = 0.005;
constexpr double kLate = 0.01;
constexpr double kSetPointChange = 0.002;
constexpr double kJitterMs = 2.0;
constexpr std::int64_t kMillisecond = 1'000'000;

double log_uniform(Random& random, double low, double high) {
  return low * std::pow(high / low, random.uniform());
}

double new_set_point(Random& random) { return static_cast<double>(random.below(400)) / 2.0; }

double to_hundredths(double value) { return std::round(value * 100.0) / 100.0; }

}  // namespace

Workload::Workload(const WorkloadOptions& options)
    : options_(options), random_(options.seed), late_(kLatestTicks + 1) {
  const auto period_ms = static_cast<std::uint64_t>(options.period.ns / kMillisecond);
  const auto assets = (options.signals + kSignalsPerAsset - 1) / kSignalsPerAsset;
  for (std::uint32_t i = 0; i < assets; ++i)
    phase_ms_.push_back(static_cast<std::int64_t>(random_.below(period_ms)));
  assets_.resize(assets);
  std::iota(assets_.begin(), assets_.end(), 0u);
  std::ranges::stable_sort(assets_, {}, [this](std::uint32_t asset) { return phase_ms_[asset]; });

  processes_.resize(options.signals);
  for (std::uint32_t i = 0; i < options.signals; ++i) {
    auto& p = processes_[i];
    switch (kind_of(i)) {
      case SignalKind::Analogue:
        p.mean = p.value = random_.uniform(10.0, 500.0);
        p.pull = random_.uniform(0.001, 0.021);
        p.drift = log_uniform(random_, 0.01, 0.2);
        p.noise = log_uniform(random_, 0.01, 0.5);
        break;
      case SignalKind::Counter:
        p.value = static_cast<double>(random_.below(1'000'000));
        p.rate = log_uniform(random_, 0.1, 100.0);
        break;
      case SignalKind::SetPoint:
        p.value = new_set_point(random_);
        break;
    }
  }
}

Timestamp Workload::end() const {
  return options_.start + options_.period * (options_.ticks + 1) + Duration::milliseconds(20);
}

double Workload::poisson(double mean) {
  // Above thirty the normal distribution is near enough for a counter; below, Knuth's product.
  if (mean >= 30.0) return std::max(0.0, std::round(mean + std::sqrt(mean) * random_.normal()));
  const double limit = std::exp(-mean);
  int count = 0;
  for (double product = random_.uniform(); product > limit; product *= random_.uniform()) ++count;
  return count;
}

double Workload::next_value(std::uint32_t signal) {
  auto& p = processes_[signal];
  switch (kind_of(signal)) {
    case SignalKind::Analogue:
      p.value += p.pull * (p.mean - p.value) + p.drift * random_.normal();
      return to_hundredths(p.value + p.noise * random_.normal());
    case SignalKind::Counter:
      p.value += poisson(p.rate);
      break;
    case SignalKind::SetPoint:
      if (random_.uniform() < kSetPointChange) p.value = new_set_point(random_);
      break;
  }
  return p.value;
}

void Workload::sample(std::uint32_t signal, std::int64_t tick_ms, std::vector<Sample>& samples) {
  const auto jitter = std::clamp(kJitterMs * random_.normal(), -20.0, 20.0);
  const auto ms = tick_ms + phase_ms_[signal / kSignalsPerAsset] + std::llround(jitter);
  const Sample sample{.signal = {signal},
                      .quality = {},
                      .source_time = {ms * kMillisecond},
                      .value = next_value(signal)};
  const auto fate = random_.uniform();
  if (fate < kLost) return;
  if (fate >= kLost + kLate) {
    samples.push_back(sample);
    return;
  }
  const auto delay = 2 + random_.below(kLatestTicks - 1);
  late_[(tick_ + delay) % late_.size()].push_back(sample);
}

bool Workload::arrive(std::vector<Sample>& samples) {
  if (tick_ >= options_.ticks + kLatestTicks) return false;
  if (tick_ < options_.ticks) {
    const auto tick_ms = (options_.start + options_.period * tick_).ns / kMillisecond;
    for (const auto asset : assets_) {
      const auto first = asset * kSignalsPerAsset;
      const auto end = std::min(first + kSignalsPerAsset, options_.signals);
      for (auto signal = first; signal < end; ++signal) sample(signal, tick_ms, samples);
    }
  }
  auto& arrived = late_[tick_ % late_.size()];
  samples.insert(samples.end(), arrived.begin(), arrived.end());
  arrived.clear();
  ++tick_;
  return true;
}

}  // namespace gemel::bench
