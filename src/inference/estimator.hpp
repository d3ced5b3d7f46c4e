#pragma once
// What computes a distribution that no sensor shows: soft sensors, forecasts, remaining lives.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/event.hpp"
#include "core/plant.hpp"
#include "core/sample.hpp"
#include "inference/learning_rows.hpp"

namespace gemel::inference {

/// Its signals by slot: first `of`, if it speaks of one, then those of `from`.
std::vector<SignalId> signals_of(const EstimatorSpec& spec);

/// An estimator at work on its asset: it learnt from a stretch and, where the method does, goes on
/// learning. Threads: one.
class Estimator {
 public:
  virtual ~Estimator() = default;

  /// Takes a sample of the signal at `slot`; appends what it estimates, as samples of the spec's
  /// outputs, and the drifts that it notices (subject, version and proposal are the caller's to
  /// fill). Late samples change what it knows but bring no estimate for the past.
  virtual void take(std::size_t slot, const Sample& sample, std::vector<Sample>& derived,
                    std::vector<DriftFound>& drifts) = 0;

  /// How far back samples still matter: what a start after a pause should be fed.
  virtual Duration memory() const = 0;

  /// For people: what it learnt and how well.
  virtual const std::string& summary() const = 0;
  /// Rows that were learnt from.
  virtual std::size_t rows() const = 0;
};

/// Learns from the samples of the stretch, in the order of source time. The same samples, spec and
/// seed give the same estimator. Errors: InvalidInput when they are too few, naming how many are
/// needed.
Result<std::unique_ptr<Estimator>> learn_estimator(const Plant& plant, const EstimatorSpec& spec,
                                                   std::span<const SlotSample> stretch,
                                                   std::uint64_t seed);

/// What the estimator depends on: equal samples and spec, equal versions.
std::string version_of(const Plant& plant, const EstimatorSpec& spec,
                       std::span<const SlotSample> stretch, std::uint64_t seed);

/// A setting of the spec, or what it is when left out.
double setting(const EstimatorSpec& spec, const char* name, double otherwise);

}  // namespace gemel::inference
