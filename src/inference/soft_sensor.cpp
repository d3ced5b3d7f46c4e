#include "inference/soft_sensor.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "inference/robust.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kRowsLeast = 50;
constexpr std::size_t kProductsMost = 12;  // inputs; the regression costs the square of its terms
constexpr std::size_t kChosenOn = 5'000;   // rows, the newest
constexpr std::size_t kAwaitedMost = 20'000;
constexpr std::size_t kMeasuredMost = 1'000;
constexpr std::array kForgetting{0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 1.0};

/// Rows of inputs with what was measured at their time, as far as it was.
struct Lessons {
  RowTable inputs;
  std::vector<double> measured;  // NaN: not known
};

Duration apart_from(Timestamp a, Timestamp b) { return a < b ? b - a : a - b; }

Lessons lessons_of(RowAssembler assembler, std::span<const SlotSample> stretch, Duration apart) {
  Lessons lessons;
  lessons.inputs.width = assembler.width();
  std::vector<Sample> measured;
  for (const auto& [slot, sample] : stretch) {
    if (slot == 0) {
      if (sample.quality.usable()) measured.push_back(sample);
    } else if (const auto row = assembler.take(slot - 1, sample)) {
      lessons.inputs.add(*row);
    }
  }
  lessons.measured.assign(lessons.inputs.rows(), std::nan(""));
  const auto& times = lessons.inputs.times;
  std::size_t next = 0;
  for (const auto& sample : measured) {
    const auto t = sample.source_time;
    while (next + 1 < times.size() && apart_from(times[next + 1], t) <= apart_from(times[next], t))
      ++next;
    if (next < times.size() && apart_from(times[next], t) <= apart)
      lessons.measured[next] = sample.value;
  }
  return lessons;
}

double usable_or_nan(const Row& row, std::size_t i) {
  return row.qualities[i].usable() ? row.values[i] : std::nan("");
}

RegressionTerms terms_for(const RowTable& rows, bool products) {
  RegressionTerms terms;
  terms.products = products;
  for (std::size_t c = 0; c < rows.width; ++c) {
    std::vector<double> values;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      if (rows.row(i).qualities[c].usable()) values.push_back(rows.row(i).values[c]);
    }
    const auto spread = values.empty() ? Spread{0.0, 1.0} : robust_spread(values, 1e-9);
    terms.middle.push_back(spread.middle);
    terms.scale.push_back(spread.width);
  }
  return terms;
}

/// Runs over the rows from `from` on as if live; what of them was off, from `scored` on.
std::vector<double> run_over(const Lessons& lessons, std::size_t from, std::size_t scored,
                             const RegressionTerms& terms, RecursiveRegression& regression) {
  std::vector<double> off, inputs(lessons.inputs.width), x(terms.width());
  for (auto i = from; i < lessons.measured.size(); ++i) {
    if (!std::isfinite(lessons.measured[i])) continue;
    const auto row = lessons.inputs.row(i);
    for (std::size_t c = 0; c < inputs.size(); ++c) inputs[c] = usable_or_nan(row, c);
    terms.of(inputs, x);
    if (i >= scored) off.push_back(lessons.measured[i] - regression.predict(x));
    regression.learn(x, lessons.measured[i]);
  }
  return off;
}

double mean_square(const std::vector<double>& off) {
  double sum = 0.0;
  for (const double r : off) sum += r * r;
  return off.empty() ? HUGE_VAL : sum / static_cast<double>(off.size());
}

SoftSensorMethod choose(const Lessons& lessons, double wanted_forgetting) {
  const auto rows = lessons.measured.size();
  const auto from = rows > kChosenOn ? rows - kChosenOn : 0;
  const auto scored = from + (rows - from) * 3 / 5;
  SoftSensorMethod best;
  double least = HUGE_VAL;
  for (const bool products : {false, true}) {
    if (products && lessons.inputs.width > kProductsMost) continue;
    const auto terms = terms_for(lessons.inputs, products);
    for (const double forgetting : kForgetting) {
      if (wanted_forgetting > 0.0 && forgetting != kForgetting.front()) continue;
      const double used = wanted_forgetting > 0.0 ? wanted_forgetting : forgetting;
      RecursiveRegression regression(terms.width(), used);
      const double error = mean_square(run_over(lessons, from, scored, terms, regression));
      if (error >= least) continue;
      least = error;
      best = {products, used};
    }
  }
  return best;
}

}  // namespace

std::size_t RegressionTerms::width() const {
  const auto n = middle.size();
  return 1 + n + (products ? n * (n + 1) / 2 : 0);
}

void RegressionTerms::of(std::span<const double> inputs, std::span<double> terms) const {
  const auto n = middle.size();
  terms[0] = 1.0;
  for (std::size_t i = 0; i < n; ++i)
    terms[1 + i] = std::isfinite(inputs[i]) ? (inputs[i] - middle[i]) / scale[i] : 0.0;
  if (!products) return;
  auto next = 1 + n;
  for (std::size_t a = 1; a <= n; ++a) {
    for (std::size_t b = a; b <= n; ++b) terms[next++] = terms[a] * terms[b];
  }
}

SoftSensor::SoftSensor(const Plant& plant, const EstimatorSpec& spec)
    : spec_(spec), rows_(plant, spec.from, spec.step), residuals_(spec.coverage) {
  for (const auto id : spec.from) names_.push_back(plant.signal(id).path);
  apart_ = rows_.period();
}

Result<std::unique_ptr<Estimator>> SoftSensor::learn(const Plant& plant, const EstimatorSpec& spec,
                                                     std::span<const SlotSample> stretch) {
  std::unique_ptr<SoftSensor> sensor(new SoftSensor(plant, spec));
  const auto lessons = lessons_of(sensor->rows_, stretch, sensor->apart_);
  const auto known = static_cast<std::size_t>(
      std::ranges::count_if(lessons.measured, [](double v) { return std::isfinite(v); }));
  if (known < kRowsLeast) {
    return Error{ErrorCode::InvalidInput,
                 spec.path + ": the training stretch holds " + std::to_string(known) +
                     " rows with a measured " + plant.signal(spec.of).path + ", " +
                     std::to_string(kRowsLeast) + " are needed; lengthen it"};
  }
  const auto method = choose(lessons, setting(spec, "forgetting", 0.0));
  sensor->terms_ = terms_for(lessons.inputs, method.products);
  sensor->regression_.emplace(sensor->terms_.width(), method.forgetting);
  const auto scored = lessons.measured.size() * 3 / 5;
  const auto off = run_over(lessons, 0, scored, sensor->terms_, *sensor->regression_);
  for (const double residual : off) sensor->residuals_.start(residual);
  sensor->residuals_.started();
  sensor->inputs_.emplace(lessons.inputs);
  sensor->learnt_rows_ = known;
  // What weighs less than a thousandth is forgotten.
  const double rows_back =
      method.forgetting < 1.0 ? std::log(1e-3) / std::log(method.forgetting) : 1e6;
  sensor->memory_ = Duration::from_seconds(
      sensor->rows_.period().in_seconds() *
      std::min(rows_back, static_cast<double>(std::max<std::size_t>(known, 1000))));
  sensor->summary_ = "learnt from " + std::to_string(known) + " rows; " +
                     (method.products ? "inputs and their products" : "inputs") + ", forgetting " +
                     text::rounded(method.forgetting, 4) + "; residual " +
                     text::rounded(std::sqrt(mean_square(off)), 3) + " " +
                     plant.signal(spec.of).unit.symbol + " (root mean square, one row ahead)";
  return std::unique_ptr<Estimator>(std::move(sensor));
}

void SoftSensor::take(std::size_t slot, const Sample& sample, std::vector<Sample>& derived,
                      std::vector<DriftFound>& drifts) {
  if (slot == 0) {
    if (sample.quality.usable()) measured_.push_back(sample);
    if (measured_.size() > kMeasuredMost) measured_.pop_front();
  } else if (const auto row = rows_.take(slot - 1, sample)) {
    estimate(*row, derived, drifts);
  }
  // What was measured belongs to the nearest row, which may be the next.
  while (!measured_.empty() && !awaited_.empty() &&
         measured_.front().source_time <= awaited_.back().time) {
    learn_from(measured_.front(), drifts);
    measured_.pop_front();
  }
}

void SoftSensor::estimate(const Row& row, std::vector<Sample>& derived,
                          std::vector<DriftFound>& drifts) {
  std::vector<double> inputs(row.values.size());
  std::size_t usable = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    inputs[i] = usable_or_nan(row, i);
    usable += std::isfinite(inputs[i]);
  }
  if (2 * usable < inputs.size() || usable == 0) return;  // nothing that deserves the name
  Awaited now{row.time, std::vector<double>(terms_.width()), 0.0, residuals_.half_width()};
  terms_.of(inputs, now.terms);
  now.estimate = regression_->predict(now.terms);
  Quality quality;
  if (usable < inputs.size()) quality.grade = Grade::Uncertain;
  const auto& out = spec_.outputs.front();
  derived.push_back({out.middle, quality, row.time, now.estimate});
  if (std::isfinite(now.half_width)) {
    derived.push_back({out.low, quality, row.time, now.estimate - now.half_width});
    derived.push_back({out.high, quality, row.time, now.estimate + now.half_width});
  }
  if (usable == inputs.size()) {
    awaited_.push_back(std::move(now));
    if (awaited_.size() > kAwaitedMost) awaited_.pop_front();
  }
  std::vector<InputDrift::Found> found;
  inputs_->take(row, found);
  for (auto& one : found) {
    DriftFound drift;
    drift.drift = Drift::Inputs;
    if (one.slot) drift.signal = names_[*one.slot];
    drift.statistic = one.statistic;
    drift.since = one.since;
    drift.detail = std::move(one.detail);
    drifts.push_back(std::move(drift));
  }
}

void SoftSensor::learn_from(const Sample& measured, std::vector<DriftFound>& drifts) {
  const auto t = measured.source_time;
  auto row = std::lower_bound(awaited_.begin(), awaited_.end(), t,
                              [](const Awaited& a, Timestamp time) { return a.time < time; });
  if (row != awaited_.begin() && apart_from(std::prev(row)->time, t) < apart_from(row->time, t))
    --row;
  if (apart_from(row->time, t) > apart_) return;
  residuals_.observe(row->time, measured.value - row->estimate, row->half_width, drifts);
  if (setting(spec_, "learns_on", 1.0) != 0.0) regression_->learn(row->terms, measured.value);
  awaited_.erase(awaited_.begin(), std::next(row));
}

}  // namespace gemel::inference
