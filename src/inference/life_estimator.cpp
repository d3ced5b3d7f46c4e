#include "inference/life_estimator.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "inference/robust.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kStepsLeast = 20;
constexpr double kSecondsPerDay = 86'400.0;

double days(Duration d) { return d.in_seconds() / kSecondsPerDay; }

/// Noise from differences of neighbours, so that a slow drift of the stretch does not count.
double noise_of(std::span<const double> values, double floor) {
  std::vector<double> differences;
  for (std::size_t i = 1; i < values.size(); ++i) differences.push_back(values[i] - values[i - 1]);
  return robust_spread(differences, floor).width / std::sqrt(2.0);
}

}  // namespace

Duration life_step(const EstimatorSpec& spec) {
  if (spec.step.ns > 0) return spec.step;
  return std::max(Duration::seconds(1), Duration{spec.horizon.ns / 1'000});
}

std::optional<Timestamp> LifeEstimator::next_stop(const EstimatorSpec& spec, Timestamp now) {
  const auto every = spec.stop_every.ns;
  if (spec.next_stop && *spec.next_stop > now) return spec.next_stop;
  if (every <= 0) return std::nullopt;
  const auto anchor = spec.next_stop.value_or(Timestamp{}).ns;
  const auto stops = (now.ns - anchor) / every + ((now.ns - anchor) % every < 0 ? 0 : 1);
  return Timestamp{anchor + stops * every};
}

LifeEstimator::LifeEstimator(const EstimatorSpec& spec, Duration step,
                             const DegradationOptions& options, double sign)
    : spec_(spec), steps_(step, 1'000'000), filter_(options), sign_(sign) {}

Result<std::unique_ptr<Estimator>> LifeEstimator::learn(const Plant& plant,
                                                        const EstimatorSpec& spec,
                                                        std::span<const SlotSample> stretch,
                                                        std::uint64_t seed) {
  const bool rises = spec.ends->comparison == Comparison::Greater ||
                     spec.ends->comparison == Comparison::GreaterEqual;
  const double sign = rises ? 1.0 : -1.0;
  const auto step = life_step(spec);
  std::vector<double> values;
  Steps steps(step, 0);
  for (const auto& [slot, sample] : stretch) {
    steps.take(sample, [&](const Steps::Step& s) { values.push_back(sign * s.mean); }, [] {});
  }
  if (values.size() < kStepsLeast) {
    return Error{ErrorCode::InvalidInput, spec.path + ": the training stretch holds " +
                                              std::to_string(values.size()) + " steps of " +
                                              to_string(step) + ", " + std::to_string(kStepsLeast) +
                                              " are needed; lengthen it, or shorten 'step'"};
  }
  DegradationOptions options;
  auto copy = values;
  options.healthy = quantile(copy, 0.5);
  options.limit = sign * spec.ends->value;
  const double span = options.limit - options.healthy;
  if (span <= 0.0) {
    return Error{ErrorCode::InvalidInput,
                 spec.path + ": in its training stretch the indicator is at " +
                     text::rounded(sign * options.healthy) + ", past its limit (" +
                     spec.ends->text + "); train it on a healthy stretch"};
  }
  options.noise = std::max(noise_of(values, 1e-3 * span), setting(spec, "noise", 0.0));
  options.step = step;
  options.horizon = spec.horizon;
  options.particles = static_cast<std::size_t>(setting(spec, "particles", 500));
  options.seed = seed;
  std::unique_ptr<LifeEstimator> life(new LifeEstimator(spec, step, options, sign));
  life->learnt_steps_ = values.size();
  const auto& unit = plant.signal(spec.of).unit.symbol;
  life->summary_ = "healthy at " + text::rounded(sign * options.healthy) + " " + unit +
                   ", noise of a step's mean " + text::rounded(options.noise, 2) + " " + unit +
                   ", limit " + text::rounded(spec.ends->value) + " " + unit + "; steps of " +
                   to_string(step) + ", horizon " + to_string(spec.horizon);
  // The healthy stretch is known to the filter, too: nothing wore in it.
  for (const double value : values) {
    life->filter_.pass(step);
    life->filter_.observe(value);
  }
  life->last_ = stretch.back().sample.source_time;
  return std::unique_ptr<Estimator>(std::move(life));
}

void LifeEstimator::take(std::size_t, const Sample& sample, std::vector<Sample>& derived,
                         std::vector<DriftFound>&) {
  steps_.take(sample, [&](const Steps::Step& step) { step_done(step, derived); }, [] {});
}

void LifeEstimator::step_done(const Steps::Step& step, std::vector<Sample>& derived) {
  if (step.end <= last_) return;
  filter_.pass(step.end - last_);
  last_ = step.end;
  if (!step.bridged) filter_.observe(sign_ * step.mean);
  const auto life = filter_.remaining();
  if (life.draws.empty()) return;
  Quality quality;
  if (step.bridged) quality.grade = Grade::Uncertain;
  const auto& out = spec_.outputs.front();
  const double tail = (1.0 - spec_.coverage) / 2.0;
  derived.push_back({out.middle, quality, step.end, days(life.quantile(0.5))});
  derived.push_back({out.low, quality, step.end, days(life.quantile(tail))});
  derived.push_back({out.high, quality, step.end, days(life.quantile(1.0 - tail))});
  const auto stop = next_stop(spec_, step.end);
  if (stop && out.probability.valid())
    derived.push_back({out.probability, quality, step.end, life.ends_before(*stop - step.end)});
}

}  // namespace gemel::inference
