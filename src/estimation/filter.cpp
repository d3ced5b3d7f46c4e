#include "estimation/filter.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "estimation/detail/ensemble_filter.hpp"
#include "estimation/detail/gaussian_filter.hpp"

namespace gemel::estimation {
namespace {

Error invalid(std::string message) { return {ErrorCode::InvalidInput, std::move(message)}; }

bool is_ensemble(FilterKind kind) {
  return kind != FilterKind::Extended && kind != FilterKind::Unscented;
}

Result<void> check(std::size_t states, const Gaussian& start, const FilterSettings& settings) {
  if (states == 0 || start.mean.size() != states || start.covariance.size() != states * states) {
    return invalid("the system has " + std::to_string(states) +
                   " states; the start has a mean of " + std::to_string(start.mean.size()) +
                   " and a covariance of " + std::to_string(start.covariance.size()) + " numbers");
  }
  const auto finite = [](double x) { return std::isfinite(x); };
  if (!std::all_of(start.mean.begin(), start.mean.end(), finite) ||
      !std::all_of(start.covariance.begin(), start.covariance.end(), finite))
    return invalid("the start has a number that is not finite");
  if (!settings.noise_per_time.empty() && settings.noise_per_time.size() != states)
    return invalid("process noise is given for " + std::to_string(settings.noise_per_time.size()) +
                   " of " + std::to_string(states) + " states");
  for (const double each : settings.noise_per_time) {
    if (!(each >= 0.0)) return invalid("process noise of " + text::number(each) + " can't be");
  }
  if (is_ensemble(settings.kind) && (settings.members < 2 || settings.members > 1'000'000))
    return invalid(std::to_string(settings.members) + " members; 2 to 1 000 000 can be held");
  if (!(settings.inflation >= 1.0) || settings.inflation > 10.0)
    return invalid("inflation of " + text::number(settings.inflation) + "; it may be 1 to 10");
  const bool gaussian = !is_ensemble(settings.kind);
  if (!gaussian && (settings.surprise != 0.0 || !settings.low.empty()))
    return invalid("only extended and unscented filters look for sudden changes and know bounds");
  const bool looks = settings.surprise > 0.0;
  if (!(settings.surprise >= 0.0) || (looks && settings.sudden.size() != states))
    return invalid("a surprise of " + text::number(settings.surprise) +
                   " deviates, and how far a sudden change goes for " +
                   std::to_string(settings.sudden.size()) + " of " + std::to_string(states) +
                   " states");
  if (settings.low.size() != settings.high.size() ||
      (!settings.low.empty() && settings.low.size() != states))
    return invalid("bounds are given for " + std::to_string(settings.low.size()) + " and " +
                   std::to_string(settings.high.size()) + " of " + std::to_string(states) +
                   " states");
  if (settings.reach < 0.0 || (settings.reach > 0.0 && settings.places.size() != states))
    return invalid("a filter with a reach needs the place of every state");
  if (settings.reach > 0.0 && settings.kind != FilterKind::Transform)
    return invalid("only the transform filter looks no further than a reach");
  return {};
}

}  // namespace

double Gaussian::spread(std::size_t i) const {
  return std::sqrt(std::max(covariance[i * mean.size() + i], 0.0));
}

Gaussian Gaussian::independent(std::span<const double> mean, std::span<const double> spreads) {
  Gaussian made{{mean.begin(), mean.end()}, std::vector<double>(mean.size() * mean.size(), 0.0)};
  for (std::size_t i = 0; i < mean.size(); ++i)
    made.covariance[i * mean.size() + i] = spreads[i] * spreads[i];
  return made;
}

std::string_view to_string(FilterKind kind) {
  switch (kind) {
    case FilterKind::Extended:
      return "extended";
    case FilterKind::Unscented:
      return "unscented";
    case FilterKind::Ensemble:
      return "ensemble";
    case FilterKind::Deterministic:
      return "deterministic";
    case FilterKind::Transform:
      return "transform";
    case FilterKind::Particle:
      return "particle";
  }
  return "";
}

Result<std::unique_ptr<Filter>> make_filter(Propagator& propagator, const Gaussian& start,
                                            double from, const FilterSettings& settings) {
  GEMEL_TRY(check(propagator.states(), start, settings));
  using Made = std::unique_ptr<Filter>;
  switch (settings.kind) {
    case FilterKind::Extended:
    case FilterKind::Unscented:
      return Made(std::make_unique<detail::GaussianFilter>(propagator, start, from, settings));
    case FilterKind::Ensemble:
    case FilterKind::Deterministic:
      return Made(std::make_unique<detail::KalmanEnsemble>(propagator, start, from, settings));
    case FilterKind::Transform:
      return Made(std::make_unique<detail::TransformEnsemble>(propagator, start, from, settings));
    case FilterKind::Particle:
      return Made(std::make_unique<detail::ParticleEnsemble>(propagator, start, from, settings));
  }
  return invalid("no such filter");
}

}  // namespace gemel::estimation
