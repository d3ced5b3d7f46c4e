#include "inference/learned_life.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "inference/life_estimator.hpp"

namespace gemel::inference {
namespace {

// A life of more steps forgets none of what its features are made of but its middle.
constexpr std::size_t kRowsMost = 100'000;

std::int64_t index_of(Timestamp t, Duration step) {
  return t.ns / step.ns - (t.ns % step.ns < 0 ? 1 : 0);
}

}  // namespace

Duration LearnedLife::step_of(const EstimatorSpec& spec) {
  const auto model = load_life_model(spec.model);
  return model && (*model)->shape().step.ns > 0 ? (*model)->shape().step : life_step(spec);
}

LearnedLife::LearnedLife(const EstimatorSpec& spec, std::shared_ptr<const LifeModel> model)
    : spec_(spec), model_(std::move(model)), inputs_(spec.from.size()) {
  step_ = model_->shape().step.ns > 0 ? model_->shape().step : life_step(spec);
}

Result<std::unique_ptr<Estimator>> LearnedLife::begin(const Plant& plant, const EstimatorSpec& spec,
                                                      std::span<const SlotSample> stretch) {
  GEMEL_ASSIGN(auto model, load_life_model(spec.model));
  std::unique_ptr<LearnedLife> life(new LearnedLife(spec, std::move(model)));
  std::vector<std::string> names;
  for (const auto id : spec.from) names.push_back(plant.signal(id).name);
  const auto find = [&](const std::vector<std::string>& wanted,
                        std::vector<std::size_t>& slots) -> Result<void> {
    for (const auto& name : wanted) {
      const auto found = std::ranges::find(names, name);
      if (found == names.end()) {
        return Error{ErrorCode::NotFound, spec.path + ": " + spec.model + " wants the signal '" +
                                              name + "'" + text::did_you_mean(name, names) + "; " +
                                              plant.asset(spec.asset).path +
                                              " has none of this name"};
      }
      slots.push_back(static_cast<std::size_t>(found - names.begin()));
    }
    return {};
  };
  GEMEL_TRY(find(life->model_->shape().settings, life->settings_));
  GEMEL_TRY(find(life->model_->shape().sensors, life->sensors_));
  life->summary_ =
      spec.model + ", version " + life->model_->version() + ": " + life->model_->about();
  std::vector<Sample> past;
  std::vector<DriftFound> drifts;
  for (const auto& [slot, sample] : stretch) {
    past.clear();
    life->take(slot, sample, past, drifts);
  }
  return std::unique_ptr<Estimator>(std::move(life));
}

/// Adds the step's means to the life; whether all of them were measured in it.
bool LearnedLife::finish_step() {
  bool whole = true, known = true;
  for (auto& input : inputs_) {
    if (input.count > 0) input.last = input.sum / static_cast<double>(input.count);
    whole &= input.count > 0;
    input.seen |= input.count > 0;
    known &= input.seen;
    input.sum = 0.0;
    input.count = 0;
  }
  const auto width = sensors_.size();
  if (!known || run_.sensors.size() / width >= kRowsMost) return false;
  for (const auto slot : settings_) run_.settings.push_back(inputs_[slot].last);
  for (const auto slot : sensors_) run_.sensors.push_back(inputs_[slot].last);
  return whole;
}

void LearnedLife::take(std::size_t slot, const Sample& sample, std::vector<Sample>& derived,
                       std::vector<DriftFound>&) {
  const auto index = index_of(sample.source_time, step_);
  if (index < step_index_) return;
  if (index > step_index_ && step_index_ != INT64_MIN) {
    const bool whole = finish_step();
    estimate(Timestamp{(step_index_ + 1) * step_.ns}, whole, derived);
  }
  step_index_ = index;
  if (!sample.quality.usable()) return;
  inputs_[slot].sum += sample.value;
  ++inputs_[slot].count;
}

void LearnedLife::estimate(Timestamp end, bool whole, std::vector<Sample>& derived) const {
  if (rows() < LifeModel::kRowsLeast) return;
  const auto left = model_->predict(run_);
  const double days_a_step = step_.in_seconds() / 86'400.0;
  Quality quality;
  if (!whole) quality.grade = Grade::Uncertain;
  const auto& out = spec_.outputs.front();
  const auto [low, high] = left.shortest(spec_.coverage);
  derived.push_back({out.middle, quality, end, days_a_step * left.median()});
  derived.push_back({out.low, quality, end, days_a_step * low});
  derived.push_back({out.high, quality, end, days_a_step * high});
  const auto stop = LifeEstimator::next_stop(spec_, end);
  if (!stop || !out.probability.valid()) return;
  const double steps = (*stop - end).in_seconds() / step_.in_seconds();
  derived.push_back({out.probability, quality, end, left.ends_before(steps)});
}

}  // namespace gemel::inference
