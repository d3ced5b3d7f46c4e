#include "simulation/network_futures.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/random.hpp"

namespace gemel::simulation {
namespace {

using equations::Ending;
using equations::kLanes;
using equations::Lanes;
using equations::NetworkRun;

struct Underway {
  NetworkStart at;
  Random chance{0};
};

/// One step of those underway.
class Step final : public equations::Trajectories {
 public:
  explicit Step(std::span<Underway> draws) : draws_(draws) {}
  void begin(std::size_t i, std::span<double> x, std::span<double> p) override {
    std::copy(draws_[i].at.state.begin(), draws_[i].at.state.end(), x.begin());
    std::copy(draws_[i].at.parameters.begin(), draws_[i].at.parameters.end(), p.begin());
  }
  void end(std::size_t i, Ending ending, std::span<const double> x) override {
    lost += ending != Ending::Reached;
    std::copy(x.begin(), x.end(), draws_[i].at.state.begin());
  }
  std::size_t lost = 0;

 private:
  const std::span<Underway> draws_;
};

void wander(Underway& draw, const std::vector<Wandering>& wandering, double seconds) {
  for (const auto& each : wandering) {
    double& value = each.is_state ? draw.at.state[each.place] : draw.at.parameters[each.place];
    value += each.wander * std::sqrt(seconds) * draw.chance.normal();
    value = std::clamp(value, each.low, each.high);
  }
}

/// A run whose lanes go on from step to step with the draw that they have: the node's potentials of
/// the step before are where the next search begins.
struct SameDraws {
  NetworkRun<Lanes>& run;
  std::size_t states() const { return run.states(); }
  std::size_t parameters() const { return run.parameters(); }
  void derivatives(const Lanes& t, const Lanes* x, const Lanes* p, Lanes* dx) {
    run.derivatives(t, x, p, dx);
  }
};

/// What up to eight draws show.
class Looking {
 public:
  Looking(const equations::Network& network, NetworkRun<Lanes>& run)
      : run_(run), x_(run.states()), p_(run.parameters()), out_(network.observables().size()) {}

  void at(std::span<const Underway> draws) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      // Lanes without a draw do as the first: what they show is not read.
      const auto& from = draws[lane < draws.size() ? lane : 0].at;
      for (std::size_t i = 0; i < x_.size(); ++i) x_[i].set(lane, from.state[i]);
      for (std::size_t i = 0; i < p_.size(); ++i) p_[i].set(lane, from.parameters[i]);
    }
    run_.observe(Lanes(0.0), x_.data(), p_.data(), out_.data());
  }
  double shown(std::size_t observable, std::size_t lane) const { return out_[observable][lane]; }

 private:
  NetworkRun<Lanes>& run_;
  std::vector<Lanes> x_, p_, out_;
};

Error lost(std::size_t count, std::size_t of, std::size_t steps) {
  return {ErrorCode::Internal, "the equations of " + std::to_string(count) + " of " +
                                   std::to_string(of) + " futures could not be solved after " +
                                   std::to_string(steps) + " steps"};
}

}  // namespace

NetworkFutures::NetworkFutures(std::shared_ptr<const equations::Network> network, Settings settings)
    : network_(std::move(network)), settings_(std::move(settings)) {}

Result<void> NetworkFutures::run(std::size_t first, std::size_t last, const Start& start,
                                 const Tell& tell) const {
  NetworkRun<Lanes> run(*network_);
  Looking looking(*network_, run);
  std::vector<double> shown(settings_.shown.size());
  std::array<Underway, kLanes> lanes;
  auto tolerances = settings_.tolerances;
  tolerances.step_first = settings_.step_s;
  for (; first < last; first += kLanes) {
    const std::span draws(lanes.data(), std::min(kLanes, last - first));
    for (std::size_t i = 0; i < draws.size(); ++i) {
      draws[i].at.state.resize(run.states());
      draws[i].at.parameters.resize(run.parameters());
      draws[i].chance = Random(settings_.seed ^ (0x9e3779b97f4a7c15ULL * (first + i + 1)));
      start(first + i, draws[i].at);
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) run.begin(lane);
    for (std::size_t k = 0; k < settings_.steps; ++k) {
      Step step(draws);
      equations::solve_ensemble(SameDraws{run}, {.until = settings_.step_s}, tolerances, 0,
                                draws.size(), step);
      if (step.lost > 0) return lost(step.lost, draws.size(), k + 1);
      for (auto& each : draws) wander(each, settings_.wandering, settings_.step_s);
      if ((k + 1) % settings_.told_every != 0) continue;
      looking.at(draws);
      for (std::size_t i = 0; i < draws.size(); ++i) {
        for (std::size_t s = 0; s < shown.size(); ++s)
          shown[s] = looking.shown(settings_.shown[s], i);
        tell(first + i, k / settings_.told_every, shown);
      }
    }
  }
  return {};
}

}  // namespace gemel::simulation
