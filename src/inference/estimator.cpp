#include "inference/estimator.hpp"

#include "inference/fingerprint.hpp"
#include "inference/forecaster.hpp"
#include "inference/learned_life.hpp"
#include "inference/life_estimator.hpp"
#include "inference/soft_sensor.hpp"

namespace gemel::inference {

std::vector<SignalId> signals_of(const EstimatorSpec& spec) {
  std::vector<SignalId> signals;
  if (spec.of.valid()) signals.push_back(spec.of);
  signals.insert(signals.end(), spec.from.begin(), spec.from.end());
  return signals;
}

double setting(const EstimatorSpec& spec, const char* name, double otherwise) {
  const auto found = spec.settings.find(name);
  return found == spec.settings.end() ? otherwise : found->second;
}

Result<std::unique_ptr<Estimator>> learn_estimator(const Plant& plant, const EstimatorSpec& spec,
                                                   std::span<const SlotSample> stretch,
                                                   std::uint64_t seed) {
  switch (spec.kind) {
    case EstimatorKind::SoftSensor:
      return SoftSensor::learn(plant, spec, stretch);
    case EstimatorKind::Forecast:
      return Forecaster::learn(plant, spec, stretch);
    case EstimatorKind::Life:
      if (!spec.model.empty()) return LearnedLife::begin(plant, spec, stretch);
      return LifeEstimator::learn(plant, spec, stretch, seed);
  }
  return Error{ErrorCode::Internal, spec.path + ": no such kind of estimator"};
}

std::string version_of(const Plant& plant, const EstimatorSpec& spec,
                       std::span<const SlotSample> stretch, std::uint64_t seed) {
  Fingerprint print;
  print.add(static_cast<std::uint64_t>(spec.kind));
  print.add(seed);
  print.add(spec.coverage);
  for (const auto d : {spec.step, spec.lookback, spec.horizon})
    print.add(static_cast<std::uint64_t>(d.ns));
  for (const auto id : signals_of(spec)) print.add(plant.signal(id).path);
  for (const auto& output : spec.outputs) print.add(static_cast<std::uint64_t>(output.lead.ns));
  if (spec.ends) print.add(spec.ends->text);
  if (!spec.model.empty()) {
    if (const auto model = load_life_model(spec.model)) print.add((*model)->version());
  }
  for (const auto& [name, value] : spec.settings) {
    print.add(name);
    print.add(value);
  }
  for (const auto& [slot, sample] : stretch) {
    print.add(static_cast<std::uint64_t>(sample.source_time.ns));
    print.add(sample.value);
  }
  return print.hex();
}

}  // namespace gemel::inference
