#include "simulation/network_tracker.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/log.hpp"

namespace gemel::simulation {
namespace {

constexpr Duration kSettles = Duration::minutes(1);  // after a surprise

bool within_a_while(Timestamp since, Timestamp at) {
  return since != Timestamp::min() && at - since < kSettles;
}

/// Of an estimate, after a surprise.
Quality quality_after(Timestamp surprise, Timestamp at) {
  Quality quality;
  if (within_a_while(surprise, at)) quality.mark(Cause::Extrapolated, Grade::Uncertain);
  return quality;
}

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// From what is held; a state that a gauge shows, and that nobody has told, starts where the gauge
/// stands.
Result<TiedNetwork> tied_from(const Plant& plant, const NetworkBinding& binding,
                              const std::vector<double>& noise, const Snapshot& from) {
  TiedNetwork::Settings settings;
  settings.held = held_quantities(plant, binding, from);
  for (const auto& each : binding.followed) settings.followed.push_back(each.quantity);
  for (auto& each : settings.held) each.spread = std::max(each.spread, 1e-12);
  for (std::size_t i = 0; i < binding.watched.size(); ++i) {
    const auto& watched = binding.watched[i];
    settings.watched.push_back({watched.name, noise[i]});
    const auto followed =
        std::ranges::find(settings.followed, watched.name, &FollowedQuantity::name);
    if (followed == settings.followed.end()) continue;
    auto& held = settings.held[static_cast<std::size_t>(followed - settings.followed.begin())];
    const auto shown = shown_now(plant, from, watched.signal);
    if (!held.told && shown) held = {*shown, std::max(noise[i], followed->wander), false};
  }
  for (const auto& input : binding.inputs) settings.inputs.push_back(input.name);
  return TiedNetwork::tie(binding.network, std::move(settings));
}

}  // namespace

struct NetworkTracker::Seen {
  std::vector<double> inputs, measured;  // no number: not known, or not new
  bool anything = false;
};

Result<std::unique_ptr<NetworkTracker>> NetworkTracker::start(std::shared_ptr<const Plant> plant,
                                                              NetworkBinding binding,
                                                              std::vector<double> noise,
                                                              const Snapshot& from) {
  GEMEL_ASSIGN(auto tied, tied_from(*plant, binding, noise, from));
  return std::unique_ptr<NetworkTracker>(new NetworkTracker(
      std::move(plant), std::move(binding), std::move(noise), std::move(tied), from.known_at));
}

NetworkTracker::NetworkTracker(std::shared_ptr<const Plant> plant, NetworkBinding binding,
                               std::vector<double> noise, TiedNetwork tied, Timestamp began)
    : plant_(std::move(plant)),
      binding_(std::move(binding)),
      noise_(std::move(noise)),
      tied_(std::move(tied)),
      began_(began),
      taken_(binding_.watched.size(), Timestamp::min()),
      changed_(binding_.followed.size(), Timestamp::min()),
      doubted_(binding_.watched.size(), Timestamp::min()) {}

NetworkTracker::Seen NetworkTracker::look(const Snapshot& now) {
  Seen seen;
  for (const auto& input : binding_.inputs)
    seen.inputs.push_back(shown_now(*plant_, now, input.signal).value_or(kMissing));
  for (std::size_t i = 0; i < binding_.watched.size(); ++i) {
    const auto id = binding_.watched[i].signal;
    const auto shown = shown_now(*plant_, now, id);
    const auto at = now.beliefs[id].value_time;
    const bool fresh = shown && at > taken_[i];
    seen.measured.push_back(fresh ? *shown : kMissing);
    if (!fresh) continue;
    taken_[i] = at;
    seen.anything = true;
  }
  return seen;
}

std::vector<Sample> NetworkTracker::step(const Snapshot& now) {
  std::vector<Sample> out;
  const auto seen = look(now);
  if (!seen.anything) return out;
  const double until = (now.known_at - began_).in_seconds();
  const auto innovation = tied_.step(std::max(until, 0.0), seen.inputs, seen.measured);
  if (!innovation) {
    log::warning("simulation", "a tracker begins anew: " + innovation.error().message);
    auto anew = tied_from(*plant_, binding_, noise_, Snapshot(plant_->signals.size()));
    if (anew) tied_ = *std::move(anew);
    began_ = now.known_at;
    return out;
  }
  note_surprise(seen, *innovation, now.known_at);
  tell_expected(seen, *innovation, now.known_at, out);
  tell_followed(now.known_at, out);
  return out;
}

/// Where the surprises were; each is logged when it begins, not while it lasts.
void NetworkTracker::note_surprise(const Seen& seen, const estimation::Innovation& innovation,
                                   Timestamp at) {
  const auto begins = [&](Timestamp& last) { return !within_a_while(std::exchange(last, at), at); };
  for (const auto i : innovation.changed) {
    if (begins(changed_[i]))
      log::info("simulation", "changed at once, by what is measured",
                {{"quantity", binding_.followed[i].quantity.name}});
  }
  std::vector<std::size_t> fresh;  // the watched quantity of each value of the measurement
  for (std::size_t i = 0; i < seen.measured.size(); ++i) {
    if (std::isfinite(seen.measured[i])) fresh.push_back(i);
  }
  for (const auto value : innovation.doubted) {
    const auto i = fresh[value];
    if (begins(doubted_[i]))
      log::warning("simulation", "a gauge is doubted: the others say otherwise",
                   {{"signal", plant_->signal(binding_.watched[i].signal).path}});
  }
  if (innovation.unexplained && begins(unexplained_))
    log::warning("simulation",
                 "nothing that is followed explains what is measured; estimates are uncertain");
}

void NetworkTracker::tell_expected(const Seen& seen, const estimation::Innovation& innovation,
                                   Timestamp at, std::vector<Sample>& out) const {
  std::size_t next = 0;
  for (std::size_t i = 0; i < binding_.watched.size(); ++i) {
    if (!std::isfinite(seen.measured[i])) continue;
    const double expected = seen.measured[i] - innovation.off[next++];
    const auto& watched = binding_.watched[i];
    if (!watched.estimate.valid()) continue;
    out.push_back({watched.estimate, quality_after(unexplained_, at), at,
                   plant_->signal(watched.estimate).unit.from_si(expected)});
  }
}

void NetworkTracker::tell_followed(Timestamp at, std::vector<Sample>& out) const {
  const auto mean = tied_.mean(), spread = tied_.spread();
  for (std::size_t i = 0; i < binding_.followed.size(); ++i) {
    const auto& quantity = binding_.followed[i].quantity;
    if (!quantity.middle.valid()) continue;
    const auto& unit = plant_->signal(quantity.middle).unit;
    const double half = 0.5 * kIntervalSigmas * spread[i];
    const auto quality = quality_after(std::max(changed_[i], unexplained_), at);
    out.push_back({quantity.middle, quality, at, unit.from_si(mean[i])});
    out.push_back({quantity.low, quality, at, unit.from_si(mean[i] - half)});
    out.push_back({quantity.high, quality, at, unit.from_si(mean[i] + half)});
  }
}

}  // namespace gemel::simulation
