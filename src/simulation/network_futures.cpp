#include "simulation/network_futures.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "simulation/fitting_method.hpp"

namespace gemel::simulation {
namespace {

using equations::Ending;
using equations::kLanes;
using equations::Lanes;
using equations::NetworkRun;

struct Underway {
  Underway(const std::vector<Wandering>& wandering, std::uint64_t seed) : chance(wandering, seed) {}
  NetworkStart at;
  NetworkChance chance;
  std::vector<double> forces = {};
};

/// One step of those underway.
class Step final : public equations::Trajectories {
 public:
  explicit Step(std::span<Underway> draws) : draws_(draws) {}
  void begin(std::size_t i, std::span<double> x, std::span<double> p) override {
    const auto& draw = draws_[i];
    std::ranges::copy(draw.at.state, x.begin());
    const auto forces = std::ranges::copy(draw.at.parameters, p.begin()).out;
    std::ranges::copy(draw.forces, forces);
  }
  void end(std::size_t i, Ending ending, std::span<const double> x) override {
    lost += ending != Ending::Reached;
    std::ranges::copy(x, draws_[i].at.state.begin());
  }
  std::size_t lost = 0;

 private:
  const std::span<Underway> draws_;
};

/// A run that is pushed: forces stand behind its parameters.
struct PushedDraws {
  NetworkRun<Lanes>& run;
  const std::vector<std::size_t>& pushed;  // states
  void begin(std::size_t lane) { run.begin(lane); }
  void hold(const equations::LaneMask& lanes) { run.hold(lanes); }
  std::size_t states() const { return run.states(); }
  std::size_t parameters() const { return run.parameters() + pushed.size(); }
  [[gnu::always_inline]] void derivatives(const Lanes& t, const Lanes* x, const Lanes* p,
                                          Lanes* dx) {
    run.derivatives(t, x, p, dx);
    const Lanes* const force = p + run.parameters();
    for (std::size_t i = 0; i < pushed.size(); ++i) dx[pushed[i]] += force[i];
  }
};

/// What up to eight draws show, and how the equations hold them.
class Looking {
 public:
  Looking(const equations::Network& network, NetworkRun<Lanes>& run)
      : run_(run),
        x_(run.states()),
        p_(run.parameters()),
        slope_(run.states()),
        moved_(run.states()),
        out_(network.observables().size()) {}

  void at(std::span<const Underway> draws) {
    put(draws, true);
    run_.observe(Lanes(0.0), x_.data(), p_.data(), out_.data());
  }
  double shown(std::size_t observable, std::size_t lane) const { return out_[observable][lane]; }

  /// How fast each of `states` comes back, by a difference as wide as it wanders in a step.
  void find_rates(std::span<Underway> draws, const std::vector<std::size_t>& states,
                  const std::vector<double>& wide) {
    put(draws, false);
    run_.derivatives(Lanes(0.0), x_.data(), p_.data(), slope_.data());
    std::vector<std::vector<double>> rates(draws.size());
    for (std::size_t k = 0; k < states.size(); ++k) {
      Lanes& state = x_[states[k]];
      const Lanes there = state;
      state += wide[k];
      run_.derivatives(Lanes(0.0), x_.data(), p_.data(), moved_.data());
      state = there;
      for (std::size_t lane = 0; lane < draws.size(); ++lane) {
        const double bent = moved_[states[k]][lane] - slope_[states[k]][lane];
        rates[lane].push_back(wide[k] > 0.0 ? std::max(-bent / wide[k], 0.0) : 0.0);
      }
    }
    for (std::size_t lane = 0; lane < draws.size(); ++lane)
      draws[lane].chance.set_rates(std::move(rates[lane]));
  }

 private:
  void put(std::span<const Underway> draws, bool fluttering) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      // Lanes without a draw do as the first: what they show is not read.
      const auto& from = draws[lane < draws.size() ? lane : 0];
      state_ = from.at.state;
      if (fluttering) from.chance.flutter(state_);
      for (std::size_t i = 0; i < x_.size(); ++i) x_[i].set(lane, state_[i]);
      for (std::size_t i = 0; i < p_.size(); ++i) p_[i].set(lane, from.at.parameters[i]);
    }
  }

  NetworkRun<Lanes>& run_;
  std::vector<double> state_;
  std::vector<Lanes> x_, p_, slope_, moved_, out_;
};

Error lost(std::size_t count, std::size_t of, std::size_t steps) {
  return {ErrorCode::Internal, "the equations of " + std::to_string(count) + " of " +
                                   std::to_string(of) + " futures could not be solved after " +
                                   std::to_string(steps) + " steps"};
}

}  // namespace

NetworkFutures::NetworkFutures(std::shared_ptr<const equations::Network> network, Settings settings)
    : network_(std::move(network)), settings_(std::move(settings)) {
  for (const auto& each : settings_.wandering) {
    if (!each.place.is_state()) continue;
    pushed_.push_back(each.place.place);
    wide_.push_back(each.wander * std::sqrt(settings_.step_s));
  }
  settings_.tolerances.step_first = settings_.step_s;
  settings_.tolerances.method = fitting_method(*network_, settings_.step_s);
}

Result<void> NetworkFutures::run(std::size_t first, std::size_t last, const Start& start,
                                 const Tell& tell) const {
  NetworkRun<Lanes> run(*network_);
  Looking looking(*network_, run);
  std::vector<double> shown(settings_.shown.size());
  PushedDraws pushed{run, pushed_};
  equations::EnsembleSolver solver(pushed, settings_.tolerances);
  for (; first < last; first += kLanes) {
    std::vector<Underway> draws;
    for (auto draw = first; draw < std::min(first + kLanes, last); ++draw) {
      auto& made = draws.emplace_back(settings_.wandering,
                                      settings_.seed ^ (0x9e3779b97f4a7c15ULL * (draw + 1)));
      made.at = {std::vector<double>(run.states()), std::vector<double>(run.parameters()),
                 std::vector<double>(settings_.maintenance.size())};
      start(draw, made.at);
      maintain(made.at);
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) run.begin(lane);
    for (std::size_t k = 0; k < settings_.steps; ++k) {
      // What is held by a limit at first comes free later; looked at ever more rarely.
      if (std::has_single_bit(k + 1)) looking.find_rates(draws, pushed_, wide_);
      for (auto& each : draws) each.chance.draw_forces(settings_.step_s, each.forces);
      Step step(draws);
      const equations::TimeSpan span{.until = settings_.step_s};
      if (k == 0)
        solver.solve(span, 0, draws.size(), step);
      else
        solver.go_on(span, 0, draws.size(), step);
      if (step.lost > 0) return lost(step.lost, draws.size(), k + 1);
      for (auto& each : draws) {
        each.chance.move(each.at, settings_.step_s);
        for (double& due : each.at.due) due -= settings_.step_s;
        maintain(each.at);
      }
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

/// Does what is due before the middle of the next step.
void NetworkFutures::maintain(NetworkStart& now) const {
  for (std::size_t i = 0; i < settings_.maintenance.size(); ++i) {
    const auto& work = settings_.maintenance[i];
    while (now.due[i] <= 0.5 * settings_.step_s) {
      for (const auto& [place, value] : work.sets) now.at(place) = value;
      now.due[i] += std::max(work.every, settings_.step_s);
    }
  }
}

}  // namespace gemel::simulation
