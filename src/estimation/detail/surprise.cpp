#include "estimation/detail/surprise.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace gemel::estimation::detail {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using States = std::vector<Index>;

// What a hypothesis must bring to be believed, in twice the logarithm of the likelihood ratio.
// Pairs are hundreds, some of which always fit the noise too.
constexpr double kChangeBrings = 9.0, kWrongValueBrings = 15.0, kPairBrings = 35.0;
constexpr std::size_t kTried = 5;  // changes that are looked at closely, of either number
constexpr int kSearchSteps = 6;
constexpr double kShareUnsure = 0.1;  // of a change: what lags and what the equations leave out

/// The search for how far some states have changed: Gauss and Newton's method, halving steps that
/// lead uphill.
class Search {
 public:
  Search(const Unexpected& seen, const MatrixXd& inverse)
      : seen_(seen), inverse_(inverse), here_(seen.shown(seen.mean)) {}

  /// What each state's change does to each value. Shape: values × states.
  MatrixXd slopes(const States& states) const {
    MatrixXd nudged = seen_.mean.replicate(1, static_cast<Index>(states.size()));
    for (std::size_t k = 0; k < states.size(); ++k)
      nudged(states[k], static_cast<Index>(k)) += nudge(states[k], 0.0);
    MatrixXd slopes = seen_.shown(nudged);
    for (std::size_t k = 0; k < states.size(); ++k) {
      auto column = slopes.col(static_cast<Index>(k));
      column = (column - here_) / nudge(states[k], 0.0);
    }
    return slopes;
  }

  Hypothesis of(const States& states, const VectorXd& first_guess) const {
    const auto n = static_cast<Index>(states.size());
    const double unchanged = cost(states, VectorXd::Zero(n), seen_.off);
    VectorXd change = bounded(states, first_guess), off = after(states, change);
    double least = cost(states, change, off);
    if (!(least < unchanged)) {
      change.setZero();
      off = seen_.off;
      least = unchanged;
    }
    MatrixXd stiffness = MatrixXd::Identity(n, n);
    for (int step = 0; step < kSearchSteps; ++step) {
      const MatrixXd slopes = slopes_at(states, change, off);
      const MatrixXd weighed = inverse_ * slopes;
      stiffness = slopes.transpose() * weighed;
      stiffness += priors(states).asDiagonal();
      VectorXd move =
          stiffness.llt().solve(weighed.transpose() * off - priors(states).cwiseProduct(change));
      bool better = false;
      for (int halving = 0; halving < 4 && !better; ++halving, move *= 0.5) {
        const VectorXd next = bounded(states, change + move), off_next = after(states, next);
        const double there = cost(states, next, off_next);
        better = there < least * (1.0 - 1e-4);
        if (!better) continue;
        least = there;
        change = next;
        off = off_next;
      }
      if (!better) break;
    }
    const VectorXd variance = stiffness.inverse().diagonal();
    Hypothesis found{{}, {}, unchanged - least};
    for (Index k = 0; k < n; ++k) {
      const double unsure = kShareUnsure * change(k);
      found.of_states.push_back(
          {states[static_cast<std::size_t>(k)], change(k), variance(k) + unsure * unsure});
    }
    return found;
  }

 private:
  VectorXd priors(const States& states) const {
    return seen_.sudden(states).cwiseAbs2().cwiseInverse();
  }
  VectorXd bounded(const States& states, const VectorXd& change) const {
    const VectorXd from = seen_.mean(states);
    return (from + change).cwiseMax(seen_.low(states)).cwiseMin(seen_.high(states)) - from;
  }
  double nudge(Index state, double change) const {
    return 1e-3 * std::max(std::abs(change), 1e-3 * seen_.sudden(state));
  }
  VectorXd after(const States& states, const VectorXd& change) const {
    VectorXd moved = seen_.mean;
    moved(states) += change;
    return seen_.off - (seen_.shown(moved).col(0) - here_);
  }
  MatrixXd slopes_at(const States& states, const VectorXd& change, const VectorXd& off) const {
    const Index n = change.size();
    MatrixXd nudged = seen_.mean.replicate(1, n);
    for (Index k = 0; k < n; ++k) {
      nudged(states, k) += change;
      nudged(states[static_cast<std::size_t>(k)], k) +=
          nudge(states[static_cast<std::size_t>(k)], change(k));
    }
    MatrixXd slopes = seen_.shown(nudged);
    for (Index k = 0; k < n; ++k) {
      const VectorXd off_there = seen_.off - (slopes.col(k) - here_);
      slopes.col(k) = (off - off_there) / nudge(states[static_cast<std::size_t>(k)], change(k));
    }
    return slopes;
  }
  double cost(const States& states, const VectorXd& change, const VectorXd& off) const {
    const double squares = off.dot(inverse_ * off) + priors(states).dot(change.cwiseAbs2());
    return std::isfinite(squares) ? squares : std::numeric_limits<double>::max();
  }

  const Unexpected& seen_;
  const MatrixXd& inverse_;
  const VectorXd here_;
};

/// By the slopes alone.
struct Guess {
  States states;
  VectorXd change;
  double ratio = 0.0;
};

/// Single states and pairs of them, the best of either.
std::vector<Guess> worth_a_search(const Unexpected& seen, const Search& search,
                                  const MatrixXd& inverse, const VectorXd& weighed) {
  States movable;
  for (Index i = 0; i < seen.sudden.size(); ++i) {
    if (seen.sudden(i) > 0.0) movable.push_back(i);
  }
  if (movable.empty()) return {};
  const MatrixXd slopes = search.slopes(movable);
  MatrixXd stiffness = slopes.transpose() * inverse * slopes;
  stiffness += seen.sudden(movable).cwiseAbs2().cwiseInverse().asDiagonal();
  const VectorXd along = slopes.transpose() * weighed;
  const auto guess = [&](const States& at) -> Guess {
    const VectorXd pull = along(at);
    const VectorXd change = stiffness(at, at).llt().solve(pull);
    States states;
    for (const auto k : at) states.push_back(movable[static_cast<std::size_t>(k)]);
    return {std::move(states), change, pull.dot(change)};
  };
  const auto best = [](std::vector<Guess>& all) {
    std::ranges::sort(all, std::greater{}, &Guess::ratio);
    all.resize(std::min(all.size(), kTried));
  };
  std::vector<Guess> singles, pairs;
  const auto count = static_cast<Index>(movable.size());
  for (Index i = 0; i < count; ++i) {
    singles.push_back(guess({i}));
    for (Index k = i + 1; k < count; ++k) pairs.push_back(guess({i, k}));
  }
  best(singles);
  best(pairs);
  singles.insert(singles.end(), pairs.begin(), pairs.end());
  return singles;
}

}  // namespace

double deviate_of(double squares, Index count) {
  const double n = static_cast<double>(count);
  const double a = 2.0 / (9.0 * n);
  return (std::cbrt(squares / n) - (1.0 - a)) / std::sqrt(a);
}

std::optional<Hypothesis> likeliest(const Unexpected& seen) {
  const Index values = seen.off.size();
  const MatrixXd inverse =
      Eigen::LLT<MatrixXd>(seen.spread).solve(MatrixXd::Identity(values, values));
  const VectorXd weighed = inverse * seen.off;
  Hypothesis best;
  double best_worth = 0.0;  // its ratio, less what it must bring
  const auto consider = [&](Hypothesis one, double must_bring) {
    if (one.ratio - must_bring <= best_worth) return;
    best_worth = one.ratio - must_bring;
    best = std::move(one);
  };
  const Search search(seen, inverse);
  for (const auto& guess : worth_a_search(seen, search, inverse, weighed)) {
    consider(search.of(guess.states, guess.change),
             guess.states.size() == 1 ? kChangeBrings : kPairBrings);
  }
  for (Index j = 0; j < values; ++j) {
    if (seen.wrong(j) > 0.0) continue;
    const double change = weighed(j) / inverse(j, j);
    consider({{}, Hypothesis::Change{j, change, change * change}, weighed(j) * change},
             kWrongValueBrings);
  }
  if (best_worth == 0.0) return std::nullopt;
  return best;
}

}  // namespace gemel::estimation::detail
