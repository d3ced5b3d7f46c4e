#include "simulation/tied_fmu.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace gemel::simulation {
namespace {

constexpr double kUsualShare = 0.05;  // of a state's value: how well it is known at first
constexpr double kLeastShare = 1e-3;  // … of its nominal value

}  // namespace

Result<TiedFmu> TiedFmu::tie(std::shared_ptr<const FmuFollowing> following,
                             std::span<const FmuStart> starts, FmuMembers::StartValues values) {
  TiedFmu made;
  GEMEL_ASSIGN(made.members_, FmuMembers::make(following, std::move(values)));
  const auto n = following->size();
  auto mean = made.members_->proposed();
  std::vector<double> spread(n), noise(n, 0.0);
  std::vector<double> low(n, -std::numeric_limits<double>::infinity());
  std::vector<double> high(n, std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < following->states.size(); ++i) {
    const double nominal = std::abs(following->states[i].variable->nominal);
    spread[i] = std::max(kUsualShare * std::abs(mean[i]), kLeastShare * nominal);
  }
  for (std::size_t i = 0; i < following->followed.size(); ++i) {
    const auto& followed = following->followed[i];
    if (std::isfinite(starts[i].mean)) mean[followed.place] = starts[i].mean;
    spread[followed.place] = starts[i].spread;
    noise[followed.place] = followed.wander * followed.wander;
    low[followed.place] = followed.of.variable->min.value_or(low[followed.place]);
    high[followed.place] = followed.of.variable->max.value_or(high[followed.place]);
  }
  estimation::FilterSettings settings{.kind = following->filter, .members = following->members};
  settings.noise_per_time = std::move(noise);
  if (following->is_gaussian()) {  // others have their members bounded one by one
    settings.low = std::move(low);
    settings.high = std::move(high);
  }
  GEMEL_ASSIGN(made.filter_,
               estimation::make_filter(
                   *made.members_, estimation::Gaussian::independent(mean, spread), 0.0, settings));
  made.following_ = std::move(following);
  return made;
}

Result<estimation::Innovation> TiedFmu::step(double until, std::span<const double> inputs,
                                             std::span<const double> measured) {
  members_->give(inputs);
  GEMEL_TRY(filter_->forecast(until));
  estimation::Measurement seen;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    if (!std::isfinite(measured[i])) continue;
    seen.values.push_back(measured[i]);
    seen.spreads.push_back(following_->watched[i].noise);
    places.push_back(i);
  }
  if (places.empty()) return estimation::Innovation{};
  std::vector<double> shown(measured.size());
  std::optional<Error> failed;
  std::size_t index = 0;  // an ensemble's members are asked in their order; others have no memory
  seen.observe = [&](std::span<const double> member, std::span<double> out) {
    const auto done = members_->observe(index++ % following_->members, member, shown);
    if (!done && !failed) failed = done.error();
    for (std::size_t i = 0; i < places.size(); ++i)
      out[i] = done ? shown[places[i]] : std::numeric_limits<double>::quiet_NaN();
  };
  auto innovation = filter_->update(seen);
  if (failed) return *failed;
  return innovation;
}

std::vector<double> TiedFmu::of_followed(const std::vector<double>& member) const {
  std::vector<double> picked;
  for (const auto& each : following_->followed) picked.push_back(member[each.place]);
  return picked;
}

std::vector<double> TiedFmu::mean() const { return of_followed(filter_->mean()); }
std::vector<double> TiedFmu::spread() const { return of_followed(filter_->spread()); }

}  // namespace gemel::simulation
