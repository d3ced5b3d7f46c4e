#include <algorithm>
#include <limits>

#include "equations/network.hpp"

namespace gemel::equations {
namespace {

constexpr int kIterationsMax = 60;
constexpr double kNear = 1e-6;  // a step of Newton's method that small is the last: it leaves its
                                // square
constexpr double kBalanced = 1e-26;  // squared: beyond this rounding decides what is better
constexpr double kForgotten = -std::numeric_limits<double>::max();

void forget(double& unknown, std::size_t) { unknown = kForgotten; }
void forget(Lanes& unknowns, std::size_t lane) { unknowns.set(lane, kForgotten); }

}  // namespace

template <class Plain>
NetworkRun<Plain>::NetworkRun(const Network& network)
    : network_(network),
      inputs_(network.sources_.size()),
      outputs_(network.outputs_),
      potentials_(network.unknown_.size(), Plain(0.0)),
      flows_(network.ports_.size(), Plain(0.0)),
      slopes_(network.states_.size()),
      dual_potentials_(kPortsMax),
      dual_flows_(network.ports_.size()),
      unknowns_(network.scales_.size(), Plain(kForgotten)),
      tried_(network.scales_.size()),
      residual_(network.scales_.size()),
      matrix_(network.scales_.size() * network.scales_.size()),
      step_(network.scales_.size()),
      kept_(network.scales_.size()) {}

template <class Plain>
void NetworkRun<Plain>::begin(std::size_t lane) {
  for (auto& unknown : unknowns_) forget(unknown, lane);
}

template <class Plain>
Situation<Plain> NetworkRun<Plain>::situation(const Network::Placed& part, const Plain* x,
                                              const Plain* p) const {
  return {p + part.parameter, x + part.state, inputs_.data() + part.input};
}

template <class Plain>
void NetworkRun<Plain>::settle_inputs(const Network::Placed& part, const Plain& t, const Plain* x,
                                      const Plain* p) {
  const Plain* const free = p + network_.parameters_.size();
  const Plain* const slope = free + network_.inputs_.size();
  for (std::size_t i = 0; i < part.kind->inputs.size(); ++i) {
    const auto& source = network_.sources_[part.input + i];
    auto& input = inputs_[part.input + i];
    switch (source.kind) {
      case Network::Source::Free:
        input = free[source.index] + slope[source.index] * t;
        break;
      case Network::Source::State:
        input = x[source.index];
        break;
      case Network::Source::Output:
        input = outputs_[source.index];
        break;
    }
  }
}

template <class Plain>
void NetworkRun<Plain>::rates(std::uint32_t index, const Plain* x, const Plain* p, Plain* dx) {
  const auto& part = network_.parts_[index];
  std::array<Plain, kPortsMax> potential;
  for (std::size_t i = 0; i < part.kind->ports.size(); ++i)
    potential[i] = potentials_[network_.ports_[part.port + i].node];
  part.kind->template equations<Plain>().rates(potential.data(), flows_.data() + part.port,
                                               situation(part, x, p), dx + part.state,
                                               outputs_.data() + part.output);
}

template <class Plain>
void NetworkRun<Plain>::evaluate(const Plain& t, const Plain* x, const Plain* p, Plain* dx) {
  for (const auto i : network_.before_) {
    settle_inputs(network_.parts_[i], t, x, p);
    rates(i, x, p, dx);
  }
  for (const auto i : network_.joined_) settle_inputs(network_.parts_[i], t, x, p);
  if (!network_.joined_.empty()) solve_nodes(x, p);
  for (const auto i : network_.joined_) rates(i, x, p, dx);
  for (const auto i : network_.after_) {
    settle_inputs(network_.parts_[i], t, x, p);
    rates(i, x, p, dx);
  }
}

template <class Plain>
void NetworkRun<Plain>::derivatives(const Plain& t, const Plain* x, const Plain* p, Plain* dx) {
  evaluate(t, x, p, dx);
}

template <class Plain>
void NetworkRun<Plain>::observe(const Plain& t, const Plain* x, const Plain* p, Plain* out) {
  evaluate(t, x, p, slopes_.data());
  for (std::size_t i = 0; i < network_.readings_.size(); ++i) {
    const auto& reading = network_.readings_[i];
    switch (reading.kind) {
      case Network::Reading::State:
        out[i] = x[reading.index];
        break;
      case Network::Reading::Output:
        out[i] = outputs_[reading.index];
        break;
      case Network::Reading::Potential:
        out[i] = potentials_[network_.ports_[reading.index].node];
        break;
      case Network::Reading::Flow:
        out[i] = flows_[reading.index];
        break;
    }
  }
}

/// Flows at the present potentials, the net flow into the parts at each unknown node, and its
/// slopes.
template <class Plain>
void NetworkRun<Plain>::balance(const Plain* x, const Plain* p) {
  const std::size_t n = unknowns_.size();
  std::fill(residual_.begin(), residual_.end(), Plain(0.0));
  std::fill(matrix_.begin(), matrix_.end(), Plain(0.0));
  for (const auto index : network_.joined_) {
    const auto& part = network_.parts_[index];
    const std::size_t ports = part.kind->ports.size();
    for (std::size_t i = 0; i < ports; ++i) {
      dual_potentials_[i] = potentials_[network_.ports_[part.port + i].node];
      dual_potentials_[i].along[i] = Plain(1.0);
    }
    Dual<Plain>* const flow = dual_flows_.data() + part.port;
    part.kind->template equations<Plain>().flows(dual_potentials_.data(), situation(part, x, p),
                                                 flow);
    for (std::size_t i = 0; i < ports; ++i) {
      const auto& port = network_.ports_[part.port + i];
      if (port.gives == Gives::Potential) continue;
      flows_[part.port + i] = flow[i].value;
      const auto row = network_.unknown_[port.node];
      if (row < 0) continue;
      residual_[static_cast<std::size_t>(row)] += flow[i].value;
      for (std::size_t k = 0; k < ports; ++k) {
        const auto column = network_.unknown_[network_.ports_[part.port + k].node];
        if (column >= 0)
          matrix_[static_cast<std::size_t>(row) * n + static_cast<std::size_t>(column)] +=
              flow[i].along[k];
      }
    }
  }
}

/// Solves matrix · step = −residual. Flows grow with the potential at their own port and fall with
/// the other's, so the matrix is diagonally dominant and may be eliminated in any order: in the one
/// that fills in least.
template <class Plain>
void NetworkRun<Plain>::newton_step() {
  const std::size_t n = unknowns_.size();
  for (std::size_t i = 0; i < n; ++i) step_[i] = -residual_[i];
  for (const auto& pivot : network_.elimination_) {
    const std::size_t k = pivot.unknown;
    const Plain inverse = 1.0 / matrix_[k * n + k];
    for (const std::size_t i : pivot.neighbours) {
      const Plain factor = matrix_[i * n + k] * inverse;
      for (const std::size_t j : pivot.neighbours)
        matrix_[i * n + j] -= factor * matrix_[k * n + j];
      step_[i] -= factor * step_[k];
    }
  }
  for (auto pivot = network_.elimination_.rbegin(); pivot != network_.elimination_.rend();
       ++pivot) {
    const std::size_t k = pivot->unknown;
    for (const std::size_t j : pivot->neighbours) step_[k] -= matrix_[k * n + j] * step_[j];
    step_[k] = step_[k] / matrix_[k * n + k];
  }
}

/// Potentials that parts give, into their nodes; one of them, from which an iteration may begin.
template <class Plain>
Plain NetworkRun<Plain>::put_given(const Plain* x, const Plain* p) {
  Plain some = 0.0;
  std::array<Plain, kPortsMax> given;
  for (const auto index : network_.joined_) {
    const auto& part = network_.parts_[index];
    part.kind->template equations<Plain>().potentials(situation(part, x, p), given.data());
    for (std::size_t i = 0; i < part.kind->ports.size(); ++i) {
      const auto& port = network_.ports_[part.port + i];
      if (port.gives == Gives::Potential) some = potentials_[port.node] = given[i];
    }
  }
  return some;
}

template <class Plain>
void NetworkRun<Plain>::put(const std::vector<Plain>& unknowns) {
  for (std::size_t node = 0; node < network_.unknown_.size(); ++node) {
    if (const auto place = network_.unknown_[node]; place >= 0)
      potentials_[node] = unknowns[static_cast<std::size_t>(place)];
  }
}

template <class Plain>
Plain NetworkRun<Plain>::imbalance() const {
  Plain sum = 0.0;
  for (std::size_t i = 0; i < residual_.size(); ++i) {
    const Plain share = residual_[i] / network_.scales_[i].flow;
    sum += share * share;
  }
  return sum;
}

/// The longest step, over the size of what it changes.
template <class Plain>
Plain NetworkRun<Plain>::relative_step() const {
  Plain longest = 0.0;
  for (std::size_t i = 0; i < step_.size(); ++i)
    longest = max(longest, abs(step_[i]) / (abs(unknowns_[i]) + network_.scales_[i].potential));
  return longest;
}

/// Flows after the last step, along their slopes.
template <class Plain>
void NetworkRun<Plain>::correct_flows() {
  for (const auto index : network_.joined_) {
    const auto& part = network_.parts_[index];
    const std::size_t ports = part.kind->ports.size();
    for (std::size_t i = 0; i < ports; ++i) {
      if (network_.ports_[part.port + i].gives == Gives::Potential) continue;
      for (std::size_t k = 0; k < ports; ++k) {
        const auto unknown = network_.unknown_[network_.ports_[part.port + k].node];
        if (unknown >= 0)
          flows_[part.port + i] +=
              dual_flows_[part.port + i].along[k] * step_[static_cast<std::size_t>(unknown)];
      }
    }
  }
}

/// What flows into a part that gives a node's potential is what all others there take from it.
template <class Plain>
void NetworkRun<Plain>::settle_flows() {
  for (const auto giver : network_.givers_) flows_[giver] = Plain(0.0);
  for (std::size_t i = 0; i < network_.ports_.size(); ++i) {
    const auto& port = network_.ports_[i];
    const auto giver = network_.giver_of_node_[port.node];
    if (port.gives == Gives::Flow && giver >= 0)
      flows_[static_cast<std::size_t>(giver)] -= flows_[i];
  }
}

/// Newton's method, its steps halved while they make the balance worse. Sources: Todini & Pilati,
/// "A gradient algorithm for the analysis of pipe networks", 1988 (here with potentials as the
/// unknowns); Dennis & Schnabel, "Numerical Methods for Unconstrained Optimization", 1983, ch. 6.
template <class Plain>
GEMEL_WIDE_REGISTERS void NetworkRun<Plain>::solve_nodes(const Plain* x, const Plain* p) {
  const std::size_t n = unknowns_.size();
  kept_ = unknowns_;
  const Plain known = put_given(x, p);
  // A trajectory that has just begun starts from a potential that something fixes.
  for (auto& each : unknowns_) each = choose(each <= kForgotten, known, each);
  put(unknowns_);
  balance(x, p);
  if (n > 0) {
    Plain off = imbalance(), share = 1.0;
    newton_step();
    auto settled = relative_step() <= kNear;
    for (int iteration = 0; any_of(!settled) && iteration < kIterationsMax; ++iteration) {
      // A lane that has settled stays where it is, so that it doesn't depend on its neighbours.
      for (std::size_t i = 0; i < n; ++i)
        tried_[i] = choose(settled, unknowns_[i], unknowns_[i] + share * step_[i]);
      put(tried_);
      balance(x, p);
      const Plain off_now = imbalance();
      const auto better = (off_now < off) | (off_now <= kBalanced);
      last_step_ = step_;
      newton_step();
      for (std::size_t i = 0; i < n; ++i) {
        unknowns_[i] = choose(better, tried_[i], unknowns_[i]);
        step_[i] = choose(better, step_[i], last_step_[i]);
      }
      off = choose(better, off_now, off);
      share = choose(better, Plain(1.0), share * 0.5);
      settled = settled | (better & (relative_step() <= kNear));
    }
    for (std::size_t i = 0; i < n; ++i) unknowns_[i] += step_[i];
    correct_flows();
    for (auto& each : unknowns_)
      each = choose(settled, each, Plain(std::numeric_limits<double>::quiet_NaN()));
    put(unknowns_);
    // What has no solution is not the beginning of the next search.
    for (auto& each : unknowns_) each = choose(settled, each, Plain(kForgotten));
    for (std::size_t i = 0; i < n; ++i) unknowns_[i] = choose(held_, kept_[i], unknowns_[i]);
  }
  settle_flows();
}

template class NetworkRun<double>;
template class NetworkRun<Lanes>;

}  // namespace gemel::equations
