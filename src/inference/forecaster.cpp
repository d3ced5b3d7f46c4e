#include "inference/forecaster.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/text.hpp"
#include "inference/robust.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kLookbackMost = 720;
constexpr double kFitShare = 0.8;      // of the stretch; the rest chooses and gives the intervals
constexpr double kHeldLengths = 1.25;  // which are this many windows' lengths at least
constexpr std::size_t kWindowsMost = 6'000;  // learnt from; training runs within a tick
constexpr std::array kRidges{0.1, 1.0, 10.0, 100.0, 1000.0};

std::size_t steps_of(Duration lead, Duration step) {
  return std::max<std::size_t>(
      1, static_cast<std::size_t>(std::llround(lead.in_seconds() / step.in_seconds())));
}

/// Stretches without a break, of step means.
std::vector<std::vector<double>> runs_of(std::span<const SlotSample> stretch, Duration step) {
  std::vector<std::vector<double>> runs(1);
  Steps steps(step);
  for (const auto& [slot, sample] : stretch) {
    steps.take(
        sample, [&](const Steps::Step& s) { runs.back().push_back(s.mean); },
        [&] { runs.emplace_back(); });
  }
  return runs;
}

/// The share to fit on: less of a short stretch, so that the rest still holds some windows.
double fit_share(std::size_t all, std::size_t length) {
  if (all == 0) return kFitShare;
  const double held = kHeldLengths * static_cast<double>(length) / static_cast<double>(all);
  return std::clamp(1.0 - held, 0.0, kFitShare);
}

/// Steps without a break from which it can be learnt: a fit of two windows a coefficient, the rest.
std::size_t steps_needed(std::size_t length, std::size_t lookback) {
  const double held = std::ceil(kHeldLengths * static_cast<double>(length));
  return length + 2 * lookback + static_cast<std::size_t>(held);
}

using Views = std::vector<std::span<const double>>;

/// The runs cut in two in the order of time; what is too short for one window is left out.
std::pair<Views, Views> cut(const std::vector<std::vector<double>>& runs, std::size_t length,
                            double share) {
  std::size_t all = 0;
  for (const auto& run : runs) all += run.size();
  auto left = static_cast<std::size_t>(share * static_cast<double>(all));
  std::pair<Views, Views> parts;
  for (const auto& run : runs) {
    const auto view = std::span<const double>(run);
    const auto first = std::min(left, view.size());
    left -= first;
    if (first >= length) parts.first.push_back(view.first(first));
    if (view.size() - first >= length) parts.second.push_back(view.subspan(first));
  }
  return parts;
}

std::size_t windows_in(const Views& views, std::size_t length) {
  std::size_t windows = 0;
  for (const auto view : views) windows += view.size() - length + 1;
  return windows;
}

/// What forecasts were off, lead by lead, over every window.
std::vector<std::vector<double>> residuals_of(const LinearForecast& model, const Views& views,
                                              std::span<const std::size_t> leads) {
  const auto lookback = model.options().lookback, horizon = model.options().horizon;
  std::vector<std::vector<double>> off(leads.size());
  std::vector<double> next(horizon);
  const auto stride = std::max<std::size_t>(1, windows_in(views, lookback + horizon) / 2'000);
  for (const auto view : views) {
    for (std::size_t from = 0; from + lookback + horizon <= view.size(); from += stride) {
      model.forecast(view.subspan(from, lookback), next);
      for (std::size_t l = 0; l < leads.size(); ++l)
        off[l].push_back(view[from + lookback + leads[l] - 1] - next[leads[l] - 1]);
    }
  }
  return off;
}

double root_mean_square(const std::vector<double>& off) {
  const double sum = std::inner_product(off.begin(), off.end(), off.begin(), 0.0);
  return off.empty() ? HUGE_VAL : std::sqrt(sum / static_cast<double>(off.size()));
}

double total_error(const std::vector<std::vector<double>>& off) {
  double sum = 0.0;
  for (const auto& lead : off) sum += root_mean_square(lead);
  return sum;
}

/// The newest windows, at most kWindowsMost.
Views newest(Views views, std::size_t length) {
  std::size_t taken = 0;
  for (auto i = views.size(); i-- > 0;) {
    const auto windows = views[i].size() - length + 1;
    if (taken + windows > kWindowsMost) {
      const auto keep = kWindowsMost - taken;
      if (keep == 0) {
        views.erase(views.begin(), views.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      } else {
        views[i] = views[i].last(keep + length - 1);
        views.erase(views.begin(), views.begin() + static_cast<std::ptrdiff_t>(i));
      }
      break;
    }
    taken += windows;
  }
  return views;
}

}  // namespace

Duration forecast_step(const Plant& plant, const EstimatorSpec& spec) {
  if (spec.step.ns > 0) return spec.step;
  Duration nearest = Duration::days(36'500);
  for (const auto& output : spec.outputs) nearest = std::min(nearest, output.lead);
  return std::max(plant.signal(spec.of).period, Duration{nearest.ns / 10});
}

std::size_t forecast_lookback(const EstimatorSpec& spec, Duration step) {
  Duration farthest{};
  for (const auto& output : spec.outputs) farthest = std::max(farthest, output.lead);
  const auto wanted = spec.lookback.ns > 0 ? spec.lookback : farthest * 3;
  return std::clamp<std::size_t>(steps_of(wanted, step), 4, kLookbackMost);
}

Forecaster::Forecaster(const EstimatorSpec& spec, Duration step) : spec_(spec), steps_(step) {
  for (const auto& output : spec.outputs)
    leads_.push_back({steps_of(output.lead, step), ResidualWatch(spec.coverage)});
}

Result<std::unique_ptr<Estimator>> Forecaster::learn(const Plant& plant, const EstimatorSpec& spec,
                                                     std::span<const SlotSample> stretch) {
  const auto step = forecast_step(plant, spec);
  std::unique_ptr<Forecaster> forecaster(new Forecaster(spec, step));
  auto& self = *forecaster;
  std::vector<std::size_t> leads;
  for (const auto& lead : self.leads_) leads.push_back(lead.steps);
  LinearForecastOptions options{.lookback = forecast_lookback(spec, step),
                                .horizon = *std::ranges::max_element(leads)};
  const auto length = options.lookback + options.horizon;
  auto runs = runs_of(stretch, step);
  std::vector<double> all;
  for (const auto& run : runs) all.insert(all.end(), run.begin(), run.end());
  const auto parts = cut(runs, length, fit_share(all.size(), length));
  const auto fit_windows = parts.first.empty() ? 0 : windows_in(parts.first, length);
  if (fit_windows < 2 * options.lookback || parts.second.empty()) {
    return Error{ErrorCode::InvalidInput,
                 spec.path + ": the training stretch holds " + std::to_string(all.size()) +
                     " steps of " + to_string(step) + ", about " +
                     std::to_string(steps_needed(length, options.lookback)) +
                     " without a break are needed; lengthen it, or shorten 'lookback'"};
  }
  self.learnt_steps_ = all.size();
  const auto spread = robust_spread(all, 1e-9);
  self.middle_ = spread.middle;
  self.scale_ = spread.width;
  for (auto& run : runs) {
    for (auto& value : run) value = (value - self.middle_) / self.scale_;
  }
  const auto fit = newest(parts.first, length);
  std::vector<std::vector<double>> off;
  double least = HUGE_VAL, chosen = 0.0;
  for (const double ridge : kRidges) {
    for (const bool from_last : {true, false}) {
      options.ridge = ridge;
      options.from_last = from_last;
      LinearForecast model(fit, options);
      auto residuals = residuals_of(model, parts.second, leads);
      const double error = total_error(residuals);
      if (error >= least) continue;
      least = error;
      chosen = ridge;
      self.model_.emplace(std::move(model));
      off = std::move(residuals);
    }
  }
  self.summary_ = "learnt from " + std::to_string(all.size()) + " steps of " + to_string(step) +
                  ", looks back " + std::to_string(options.lookback) + ", ridge " +
                  text::rounded(chosen, 2);
  for (std::size_t l = 0; l < leads.size(); ++l) {
    for (const double r : off[l]) self.leads_[l].residuals.start(r * self.scale_);
    self.leads_[l].residuals.started();
    self.summary_ += "; " + to_string(spec.outputs[l].lead) + " ahead off by " +
                     text::rounded(root_mean_square(off[l]) * self.scale_, 3) + " " +
                     plant.signal(spec.of).unit.symbol + " (root mean square)";
  }
  self.window_.resize(options.lookback);
  self.next_.resize(options.horizon);
  return std::unique_ptr<Estimator>(std::move(forecaster));
}

Duration Forecaster::memory() const {
  const auto farthest = *std::ranges::max_element(leads_, {}, &Lead::steps);
  // Long enough that intervals are what they were: each remembers 500 residuals.
  return steps_.length() * static_cast<std::int64_t>(window_.size() + farthest.steps + 550);
}

void Forecaster::take(std::size_t, const Sample& sample, std::vector<Sample>& derived,
                      std::vector<DriftFound>& drifts) {
  steps_.take(
      sample, [&](const Steps::Step& step) { step_done(step, derived, drifts); },
      [&] {
        last_.clear();
        was_bridged_.clear();
        bridged_ = 0;
        for (auto& lead : leads_) lead.made.clear();
      });
}

void Forecaster::meet(Lead& lead, const Steps::Step& step, std::vector<DriftFound>& drifts) {
  while (!lead.made.empty() && lead.made.front().of <= step.end) {
    const auto made = lead.made.front();
    lead.made.pop_front();
    if (made.of == step.end && !step.bridged)
      lead.residuals.observe(step.end, step.mean - made.value, made.half_width, drifts);
  }
}

void Forecaster::step_done(const Steps::Step& step, std::vector<Sample>& derived,
                           std::vector<DriftFound>& drifts) {
  for (auto& lead : leads_) meet(lead, step, drifts);
  last_.push_back((step.mean - middle_) / scale_);
  was_bridged_.push_back(step.bridged);
  bridged_ += step.bridged;
  if (last_.size() > window_.size()) {
    last_.pop_front();
    bridged_ -= was_bridged_.front();
    was_bridged_.pop_front();
  }
  if (last_.size() < window_.size()) return;
  std::ranges::copy(last_, window_.begin());
  model_->forecast(window_, next_);
  Quality quality;
  if (bridged_ > 0) quality.grade = Grade::Uncertain;
  for (std::size_t l = 0; l < leads_.size(); ++l) {
    auto& lead = leads_[l];
    const auto& out = spec_.outputs[l];
    const double value = middle_ + scale_ * next_[lead.steps - 1];
    const double half_width = lead.residuals.half_width();
    derived.push_back({out.middle, quality, step.end, value});
    if (std::isfinite(half_width)) {
      derived.push_back({out.low, quality, step.end, value - half_width});
      derived.push_back({out.high, quality, step.end, value + half_width});
    }
    lead.made.push_back(
        {step.end + steps_.length() * static_cast<std::int64_t>(lead.steps), value, half_width});
  }
}

}  // namespace gemel::inference
