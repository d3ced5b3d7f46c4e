#include "simulation/fmu_tracker.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/log.hpp"
#include "core/simulator.hpp"
#include "simulation/held_quantities.hpp"

namespace gemel::simulation {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr Duration kWaitFirst = Duration::seconds(10);
constexpr Duration kWaitMost = Duration::minutes(10);
/// After a longer silence it starts where it then stands: a tick has no time for all the steps.
constexpr Duration kGapMost = Duration::minutes(10);

Unit unit_of(const Plant& plant, const FollowedQuantity& quantity) {
  return quantity.middle.valid() ? plant.signal(quantity.middle).unit : Unit{};
}

/// What a signal shows, in the FMU's unit.
double shown_in(const Plant& plant, const Snapshot& now, SignalId id, const FmuVariable& of) {
  const auto shown = shown_now(plant, now, id);
  return shown ? of.to_fmu(plant.signal(id).unit.from_si(*shown)) : kMissing;
}

/// As described.
FmuPresent described(const FmuFollowing& following) {
  FmuPresent present;
  for (const auto& each : following.followed) present.starts.push_back({each.start, each.spread});
  present.told.assign(following.followed.size(), false);
  return present;
}

}  // namespace

FmuPresent fmu_present(const Plant& plant, const FmuFollowing& following,
                       const Snapshot& snapshot) {
  auto present = described(following);
  for (std::size_t i = 0; i < following.followed.size(); ++i) {
    const auto& followed = following.followed[i];
    const bool moves = followed.kind != FmuFollowing::Kind::Slow;
    const auto held = held_quantity(plant, followed.quantity, moves, snapshot);
    if (!held.told) continue;
    const auto unit = unit_of(plant, followed.quantity);
    present.starts[i] = {
        followed.of.to_fmu(unit.from_si(held.mean)),
        std::max(followed.of.difference_to_fmu(held.spread / unit.scale), 1e-9 * followed.spread)};
    present.told[i] = true;
  }
  return present;
}

/// No number: not known, or not new.
struct FmuTracker::Seen {
  std::vector<double> inputs, measured;
  bool anything = false;
};

FmuTracker::FmuTracker(std::shared_ptr<const Plant> plant,
                       std::shared_ptr<const FmuFollowing> following, const Snapshot& from)
    : plant_(std::move(plant)),
      following_(std::move(following)),
      starts_(fmu_present(*plant_, *following_, from)),
      began_(from.known_at),
      wait_(kWaitFirst),
      taken_(following_->watched.size(), Timestamp::min()) {
  // A state that a gauge shows, and that nobody has told, starts where the gauge stands.
  for (const auto& watched : following_->watched) {
    const double shown = shown_in(*plant_, from, watched.signal, watched.of);
    for (std::size_t i = 0; i < following_->followed.size(); ++i) {
      const auto& followed = following_->followed[i];
      if (followed.kind == FmuFollowing::Kind::Slow || starts_.told[i] || !std::isfinite(shown) ||
          followed.of.variable != watched.of.variable)
        continue;
      starts_.starts[i] = {shown, watched.noise};
    }
  }
}

FmuTracker::Seen FmuTracker::look(const Snapshot& now) {
  Seen seen;
  for (const auto& input : following_->inputs) {
    double value = kMissing;
    if (input.signal.valid()) {
      value = shown_in(*plant_, now, input.signal, input.of);
    } else if (const auto setting = present_setting(*plant_, now, input.control)) {
      value = input.of.to_fmu(*setting);
    }
    seen.inputs.push_back(value);
  }
  for (std::size_t i = 0; i < following_->watched.size(); ++i) {
    const auto& watched = following_->watched[i];
    const auto at = now.beliefs[watched.signal].value_time;
    const double shown = shown_in(*plant_, now, watched.signal, watched.of);
    const bool fresh = std::isfinite(shown) && at > taken_[i];
    seen.measured.push_back(fresh ? shown : kMissing);
    if (!fresh) continue;
    taken_[i] = at;
    seen.anything = true;
  }
  return seen;
}

std::vector<Sample> FmuTracker::step(const Snapshot& now) {
  const auto seen = look(now);
  if (!seen.anything || (again_at_ && now.known_at < *again_at_)) return {};
  auto told = follow(now, seen);
  if (!told) return give_up(told.error(), now.known_at);
  return *std::move(told);
}

Result<std::vector<Sample>> FmuTracker::follow(const Snapshot& now, const Seen& seen) {
  if (tied_ && now.known_at - last_ > kGapMost) {
    tied_.reset();
    starts_ = fmu_present(*plant_, *following_, now);
  }
  last_ = now.known_at;
  if (!tied_) {
    auto values = following_->start_values;
    for (const auto& setting : following_->settings) {
      const double shown = shown_in(*plant_, now, setting.signal, setting.of);
      const auto& variable = *setting.of.variable;
      if (std::isfinite(shown)) values.emplace_back(variable.name, written(variable, shown));
    }
    GEMEL_ASSIGN(tied_, TiedFmu::tie(following_, starts_.starts, std::move(values)));
    began_ = now.known_at;
  }
  const double until = std::max((now.known_at - began_).in_seconds(), 0.0);
  GEMEL_ASSIGN(const auto innovation, tied_->step(until, seen.inputs, seen.measured));
  if (again_at_)
    log::info("simulation", following_->fmu->description().model_name + " is followed again");
  again_at_.reset();
  wait_ = kWaitFirst;
  std::vector<Sample> out;
  for (std::size_t i = 0, next = 0; i < following_->watched.size(); ++i) {
    if (!std::isfinite(seen.measured[i])) continue;
    const auto& watched = following_->watched[i];
    tell(watched.estimate, watched.of.to_twin(seen.measured[i] - innovation.off[next++]),
         now.known_at, out);
  }
  const auto mean = tied_->mean(), spread = tied_->spread();
  for (std::size_t i = 0; i < following_->followed.size(); ++i) {
    const auto& [quantity, of, kind, place, start, described, wander] = following_->followed[i];
    const double middle = of.to_twin(mean[i]);
    const double half = of.difference_to_twin(0.5 * kIntervalSigmas * spread[i]);
    tell(quantity.middle, middle, now.known_at, out);
    tell(quantity.low, middle - half, now.known_at, out);
    tell(quantity.high, middle + half, now.known_at, out);
  }
  return out;
}

void FmuTracker::tell(SignalId signal, double value, Timestamp at, std::vector<Sample>& out) {
  if (!signal.valid()) return;
  told_[signal] = value;
  out.push_back({signal, Quality{}, at, value});
}

/// What was told is no longer so.
std::vector<Sample> FmuTracker::give_up(const Error& why, Timestamp at) {
  log::warning("simulation", following_->fmu->description().model_name +
                                 " is not followed any more: " + why.message +
                                 "; it begins anew in " +
                                 std::to_string(static_cast<int>(wait_.in_seconds())) + " s");
  tied_.reset();
  starts_ = described(*following_);
  again_at_ = at + wait_;
  wait_ = std::min(wait_ * 2, kWaitMost);
  std::vector<Sample> out;
  Quality bad;
  bad.mark(Cause::SensorFault, Grade::Bad);
  for (const auto& [signal, value] : told_) out.push_back({signal, bad, at, value});
  return out;
}

}  // namespace gemel::simulation
