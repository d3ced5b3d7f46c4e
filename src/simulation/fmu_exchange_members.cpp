// Members in model exchange: the filter sets their states, we integrate them.

#include <algorithm>

#include "fmu/simulation.hpp"
#include "simulation/fmu_members.hpp"

namespace gemel::simulation {
namespace {

class ExchangeMembers final : public FmuMembers {
 public:
  explicit ExchangeMembers(std::shared_ptr<const FmuFollowing> following)
      : FmuMembers(std::move(following)) {}

  Result<void> start(const StartValues& start_values) {
    GEMEL_TRY(prepare());
    fmu::SimulationSettings settings;
    settings.start_s = origin_s();
    settings.start_values = start_values;
    copies_.resize(following_->members);
    for (auto& copy : copies_) {
      GEMEL_ASSIGN(copy.instance,
                   following_->fmu->instantiate(detail::instance_options(*following_)));
      copy.simulation = fmu::Simulation::make(*copy.instance, settings);
      GEMEL_TRY(copy.simulation->start());
    }
    return copies_.front().instance->get_states(std::span(proposed_).first(following_->shown()));
  }

  Result<void> advance(std::span<double> members, double /*from*/, double until) override {
    const auto n = states();
    for (std::size_t i = 0; i < copies_.size(); ++i) {
      const auto member = members.subspan(i * n, n);
      auto& copy = copies_[i];
      GEMEL_TRY(put(copy, member));
      GEMEL_TRY(copy.simulation->advance(origin_s() + until));
      if (copy.simulation->ended()) return ended();
      GEMEL_TRY(copy.instance->get_states(member.first(following_->shown())));
    }
    return {};
  }

  Result<void> observe(std::size_t index, std::span<const double> member,
                       std::span<double> watched) override {
    auto& copy = copies_[index];
    GEMEL_TRY(put(copy, member));
    return watched_.read(*copy.instance, watched);
  }

 private:
  struct Copy {
    std::unique_ptr<fmu::Instance> instance;
    std::unique_ptr<fmu::Simulation> simulation;
  };

  Result<void> put(Copy& copy, std::span<const double> member) {
    GEMEL_TRY(copy.simulation->put(member.first(following_->shown()), given_, given_with(member)));
    return copy.simulation->ended() ? ended() : Result<void>();
  }

  Result<void> ended() const {
    return {ErrorCode::Unavailable,
            following_->fmu->description().model_name + " has ended its simulation by itself"};
  }

  std::vector<Copy> copies_;
};

}  // namespace

Result<std::unique_ptr<FmuMembers>> detail::make_exchange_members(
    std::shared_ptr<const FmuFollowing> following, FmuMembers::StartValues start_values) {
  auto made = std::make_unique<ExchangeMembers>(std::move(following));
  GEMEL_TRY(made->start(start_values));
  return std::unique_ptr<FmuMembers>(std::move(made));
}

}  // namespace gemel::simulation
