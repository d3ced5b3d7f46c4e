// Members in co-simulation: what the FMU holds of each is a saved state of one instance. A filter
// that draws members anew copies these; it can't set what is in them.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "simulation/fmu_members.hpp"

namespace gemel::simulation {
namespace {

/// Two moments nearer than this are one.
constexpr double kSame_s = 1e-9;

class SteppedMembers final : public FmuMembers {
 public:
  explicit SteppedMembers(std::shared_ptr<const FmuFollowing> following)
      : FmuMembers(std::move(following)) {}

  Result<void> start(StartValues start_values) {
    GEMEL_TRY(prepare());
    start_values_ = std::move(start_values);
    std::vector<const fmu::Variable*> shown;
    for (const auto& each : following_->followed) {
      if (each.kind == FmuFollowing::Kind::Shown) shown.push_back(each.of.variable);
    }
    GEMEL_ASSIGN(shown_, fmu::VariableRow::make(following_->fmu->description(), shown));
    GEMEL_ASSIGN(instance_, following_->fmu->instantiate(detail::instance_options(*following_)));
    GEMEL_TRY(initialise(start_values_));
    GEMEL_TRY(shown_.read(*instance_, std::span(proposed_).first(shown_.size())));
    held_.resize(following_->members);
    next_.resize(following_->members);
    holder_.resize(following_->members);
    std::iota(holder_.begin(), holder_.end(), std::size_t{0});
    watched_values_.resize(following_->members * watched_.size());
    return {};
  }

  Result<void> advance(std::span<double> members, double /*from*/, double until) override {
    if (!began_) GEMEL_TRY(begin(members));
    const auto n = states();
    double reached = time_s_;
    for (std::size_t i = 0; i < held_.size(); ++i) {
      const auto member = members.subspan(i * n, n);
      GEMEL_TRY(instance_->restore(held_[holder_[i]]));
      GEMEL_TRY(given_.write(*instance_, given_with(member)));
      GEMEL_ASSIGN(reached, step_to(until));
      GEMEL_TRY(shown_.read(*instance_, member.first(shown_.size())));
      GEMEL_TRY(watched_.read(
          *instance_, std::span(watched_values_).subspan(i * watched_.size(), watched_.size())));
      GEMEL_TRY(instance_->save(next_[i]));
    }
    time_s_ = reached;
    std::swap(held_, next_);
    std::iota(holder_.begin(), holder_.end(), std::size_t{0});
    return {};
  }

  void redrawn(std::span<const std::size_t> from) override {
    std::vector<std::size_t> holder;
    for (const auto earlier : from) holder.push_back(holder_[earlier]);
    holder_ = std::move(holder);
  }

  /// As its step left it: what the filter changes of a member shows with the next step.
  Result<void> observe(std::size_t index, std::span<const double> /*member*/,
                       std::span<double> watched) override {
    std::copy_n(&watched_values_[index * watched_.size()], watched.size(), watched.begin());
    return {};
  }

 private:
  Result<void> initialise(const StartValues& values) {
    GEMEL_TRY(fmu::set_from_texts(*instance_, values));
    GEMEL_TRY(instance_->enter_initialisation({origin_s(), {}, {}}));
    return instance_->exit_initialisation();
  }

  /// Each member from its own start values, where they can be set.
  Result<void> begin(std::span<const double> members) {
    for (std::size_t i = 0; i < held_.size(); ++i) {
      auto values = start_values_;
      for (const auto& each : following_->followed) {
        if (!may_be_set(*each.of.variable)) continue;
        values.emplace_back(each.of.variable->name,
                            written(*each.of.variable, members[i * states() + each.place]));
      }
      GEMEL_TRY(instance_->reset());
      GEMEL_TRY(initialise(values));
      GEMEL_TRY(instance_->save(held_[i]));
    }
    began_ = true;
    return {};
  }

  /// Communication steps up to `until`, or to the last whole one before it where steps may not
  /// vary.
  Result<double> step_to(double until) {
    const bool varies = instance_->capabilities().variable_step;
    double at = time_s_;
    for (;;) {
      const double left = until - at;
      double step = following_->step_s > 0.0 && (!varies || following_->step_s < left)
                        ? following_->step_s
                        : left;
      if (left < kSame_s || (!varies && step > left + kSame_s)) return at;
      GEMEL_ASSIGN(const auto outcome, instance_->do_step(origin_s() + at, step));
      const double reached = outcome.reached_s - origin_s();
      if (outcome.terminate || reached <= at) {
        return Error{ErrorCode::Unavailable,
                     following_->fmu->description().model_name + " does not go on"};
      }
      at = reached;
    }
  }

  StartValues start_values_;
  fmu::VariableRow shown_;
  std::unique_ptr<fmu::Instance> instance_;
  std::vector<fmu::SavedState> held_, next_;  // freed before their instance
  std::vector<std::size_t> holder_;           // of each member's state, in held_
  std::vector<double> watched_values_;        // of each member
  double time_s_ = 0.0;
  bool began_ = false;
};

}  // namespace

Result<std::unique_ptr<FmuMembers>> detail::make_stepped_members(
    std::shared_ptr<const FmuFollowing> following, FmuMembers::StartValues start_values) {
  auto made = std::make_unique<SteppedMembers>(std::move(following));
  GEMEL_TRY(made->start(std::move(start_values)));
  return std::unique_ptr<FmuMembers>(std::move(made));
}

}  // namespace gemel::simulation
