#include "simulation/network_indicators.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/statistics.hpp"
#include "simulation/cells.hpp"
#include "simulation/fan.hpp"

namespace gemel::simulation {
namespace {

using Kind = NetworkIndicator::Kind;

constexpr double kFilledMin = 0.8;

}  // namespace

double NetworkIndicators::Sum::of(std::span<const double> shown) const {
  double sum = 0.0;
  for (const auto place : places) sum += shown[place];
  return sum;
}

Result<NetworkIndicators::Sum> NetworkIndicators::sum_of(const equations::Network& network,
                                                         const std::vector<std::string>& names) {
  Sum sum;
  for (const auto& name : names) {
    GEMEL_ASSIGN(const auto observable, network.find_observable(name));
    const auto known = std::ranges::find(observables_, observable);
    sum.places.push_back(static_cast<std::size_t>(known - observables_.begin()));
    if (known == observables_.end()) observables_.push_back(observable);
  }
  return sum;
}

Result<NetworkIndicators> NetworkIndicators::of(const equations::Network& network,
                                                std::span<const NetworkIndicator> described,
                                                std::size_t draws) {
  NetworkIndicators made;
  for (const auto& each : described) {
    GEMEL_ASSIGN(auto of, made.sum_of(network, each.of));
    GEMEL_ASSIGN(auto per, made.sum_of(network, each.per));
    made.all_.push_back({each, std::move(of), std::move(per)});
  }
  made.gathered_.resize(draws * described.size());
  return made;
}

void NetworkIndicators::take(std::size_t draw, std::span<const double> shown, double step_s) {
  for (std::size_t i = 0; i < all_.size(); ++i) {
    auto& gathered = gathered_[draw * all_.size() + i];
    const double value = all_[i].of.of(shown);
    const bool first = gathered.time == 0.0;
    gathered.lowest = first ? value : std::min(gathered.lowest, value);
    gathered.highest = first ? value : std::max(gathered.highest, value);
    gathered.last = value;
    gathered.integral += value * step_s;
    gathered.per += all_[i].per.of(shown) * step_s;
    gathered.time += step_s;
  }
}

double NetworkIndicators::value_of(const One& one, const Gathered& gathered) {
  switch (one.described.kind) {
    case Kind::Integral:
      if (one.per.places.empty()) return gathered.integral;
      return gathered.per != 0.0 ? gathered.integral / gathered.per
                                 : std::numeric_limits<double>::quiet_NaN();
    case Kind::Mean:
      return gathered.integral / gathered.time;
    case Kind::Lowest:
      return gathered.lowest;
    case Kind::Highest:
      return gathered.highest;
    case Kind::Last:
      return gathered.last;
  }
  return 0.0;
}

std::vector<Indicator> NetworkIndicators::tell(std::size_t draws) const {
  std::vector<Indicator> out;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const auto& described = all_[i].described;
    std::vector<double> values;
    for (std::size_t draw = 0; draw < draws; ++draw)
      values.push_back(
          described.unit.from_si(value_of(all_[i], gathered_[draw * all_.size() + i])));
    out.push_back(indicator(described.name, described.unit.symbol, std::move(values)));
  }
  return out;
}

namespace {

/// The sum of some quantities, cell by cell, where all were measured; empty: one is not bound, or
/// too much is missing.
Result<std::vector<double>> measured_sum(const Plant& plant, const SimulatorSpec& spec,
                                         const std::vector<std::string>& names,
                                         const HistoryReader& history, TimeRange range) {
  std::vector<double> sum;
  std::vector<bool> whole;
  for (const auto& name : names) {
    const auto bound = spec.signals.find(name);
    if (bound == spec.signals.end()) return std::vector<double>{};
    GEMEL_ASSIGN(const auto column,
                 read_column(history, plant.signal(bound->second), range, Timestamp::max()));
    sum.resize(column.mean.size(), 0.0);
    whole.resize(column.mean.size(), true);
    for (std::size_t i = 0; i < sum.size(); ++i) {
      sum[i] += column.mean[i];
      whole[i] = whole[i] && column.count[i] > 0;
    }
  }
  std::vector<double> out;
  for (std::size_t i = 0; i < sum.size(); ++i) {
    if (whole[i]) out.push_back(sum[i]);
  }
  if (static_cast<double>(out.size()) < kFilledMin * static_cast<double>(sum.size())) out.clear();
  return out;
}

}  // namespace

Result<std::vector<Indicator>> measured_indicators(const Plant& plant, const SimulatorSpec& spec,
                                                   const HistoryReader& history, TimeRange range) {
  std::vector<Indicator> out;
  for (const auto& each : std::get<NetworkSpec>(spec.description).indicators) {
    GEMEL_ASSIGN(const auto of, measured_sum(plant, spec, each.of, history, range));
    if (of.empty()) continue;
    double value = of.back();
    if (each.kind == Kind::Lowest) value = *std::ranges::min_element(of);
    if (each.kind == Kind::Highest) value = *std::ranges::max_element(of);
    if (each.kind == Kind::Mean) value = mean_of(of);
    if (each.kind == Kind::Integral) value = mean_of(of) * (range.until - range.from).in_seconds();
    if (!each.per.empty()) {
      GEMEL_ASSIGN(const auto per, measured_sum(plant, spec, each.per, history, range));
      if (per.empty() || mean_of(per) == 0.0) continue;
      value = mean_of(of) / mean_of(per);
    }
    const double told = each.unit.from_si(value);
    out.push_back({each.name, each.unit.symbol, told, told, told, {}});
  }
  return out;
}

}  // namespace gemel::simulation
