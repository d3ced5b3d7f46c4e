#pragma once
// Components joined at their ports to one system of differential equations, whose algebraic part
// (the potentials of nodes where nothing stores) is solved within each evaluation.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "core/network_spec.hpp"
#include "equations/component.hpp"
#include "equations/elimination.hpp"

namespace gemel::equations {

using Part = NetworkPart;
using Link = NetworkLink;

/// A quantity of one part, "tank.level".
struct Quantity {
  std::string name;
  std::string unit;
  std::string meaning;
  double value = 0.0;  // as given, or the usual one
  double low = 0.0, high = 0.0;
};

/// What parts and links come to. Immutable and shared; NetworkRun runs it. Threads: any.
class Network {
 public:
  /// Errors: InvalidInput, naming the part, link or value, and what would be right: an unknown
  /// kind, port or value, one out of its bounds or missing; ports of two domains at one node; two
  /// parts that fix one potential, or none in a whole circuit; a port that nothing is linked to; an
  /// input with two sources; inputs that wait for each other.
  static Result<Network> compile(const std::vector<Part>& parts, const std::vector<Link>& links);

  /// In the order of a run's x and of the first values of its p.
  const std::vector<Quantity>& states() const { return states_; }
  const std::vector<Quantity>& parameters() const { return parameters_; }
  /// Those that no link feeds.
  const std::vector<Quantity>& inputs() const { return inputs_; }
  /// What a run can tell: states, outputs, and the potential and flow of ports
  /// ("pump_1.outlet.pressure", "pump_1.outlet.flow").
  const std::vector<Quantity>& observables() const { return observables_; }

  /// Place in the list above. Errors: NotFound, with the nearest name.
  Result<std::size_t> find_parameter(std::string_view name) const;
  Result<std::size_t> find_input(std::string_view name) const;
  Result<std::size_t> find_observable(std::string_view name) const;

  /// Solver's parameters as they were given: parameters, then inputs at time 0, then the inputs'
  /// slopes (all 0). Shape: parameters + 2 · inputs.
  std::vector<double> given() const;

 private:
  template <class Plain>
  friend class NetworkRun;
  friend class NetworkCompiler;

  /// Where an input's value comes from.
  struct Source {
    enum Kind : std::uint8_t { Free, State, Output } kind = Free;
    std::uint32_t index = 0;  // in inputs_, states_ or the outputs
  };
  struct Placed {
    const ComponentKind* kind = nullptr;
    std::uint32_t parameter = 0, state = 0, output = 0, input = 0, port = 0;  // its first ones
  };
  struct Port {
    std::uint32_t node = 0;
    Gives gives = Gives::Flow;
  };
  /// What is small in a domain.
  struct Scale {
    double potential = 1.0;
    double flow = 1.0;
  };
  /// What an observable is read from.
  struct Reading {
    enum Kind : std::uint8_t { State, Output, Potential, Flow } kind = State;
    std::uint32_t index = 0;
  };

  std::vector<Placed> parts_;
  std::vector<Port> ports_;
  std::vector<Source> sources_;  // of every input of every part
  std::vector<std::uint32_t> before_, joined_,
      after_;                                // parts: without ports, with, and after them
  std::vector<std::int32_t> unknown_;        // by node: its place among unknowns, or −1
  std::vector<Scale> scales_;                // of each unknown
  std::vector<Pivot> elimination_;           // of all unknowns, in order
  std::vector<std::int32_t> giver_of_node_;  // the port that gives its potential, or −1
  std::vector<std::uint32_t> givers_;        // those ports
  std::size_t outputs_ = 0;
  std::vector<Quantity> states_, parameters_, inputs_, observables_;
  std::vector<Reading> readings_;
};

/// A network underway: its derivatives at a state, on doubles or on lanes. One owner.
template <class Plain>
class NetworkRun {
 public:
  explicit NetworkRun(const Network& network);

  std::size_t states() const { return network_.states_.size(); }
  std::size_t parameters() const {
    return network_.parameters_.size() + 2 * network_.inputs_.size();
  }

  /// `p` as Network::given(). Where the nodes' equations have no solution, not a number.
  void derivatives(const Plain& t, const Plain* x, const Plain* p, Plain* dx);
  /// Everything that can be told of that state. Shape of out: observables.
  void observe(const Plain& t, const Plain* x, const Plain* p, Plain* out);
  /// Forgets what it knows of a lane's potentials: its next state is another trajectory's.
  void begin(std::size_t lane);
  /// Keeps what it knows of these lanes' potentials as it is, until the next call: what is asked of
  /// them in the meantime is not theirs.
  void hold(const decltype(Plain() < Plain())& lanes) { held_ = lanes; }

 private:
  void evaluate(const Plain& t, const Plain* x, const Plain* p, Plain* dx);
  void settle_inputs(const Network::Placed& part, const Plain& t, const Plain* x, const Plain* p);
  Situation<Plain> situation(const Network::Placed& part, const Plain* x, const Plain* p) const;
  void rates(std::uint32_t part, const Plain* x, const Plain* p, Plain* dx);
  void solve_nodes(const Plain* x, const Plain* p);
  Plain put_given(const Plain* x, const Plain* p);
  void put(const std::vector<Plain>& unknowns);
  void balance(const Plain* x, const Plain* p);
  Plain imbalance() const;
  Plain relative_step() const;
  void newton_step();
  void correct_flows();
  void settle_flows();

  const Network& network_;
  std::vector<Plain> inputs_, outputs_, potentials_, flows_, slopes_;
  std::vector<Dual<Plain>> dual_potentials_, dual_flows_;
  // Of the unknown potentials: their values, the net flow out of each node, its slopes, a step.
  std::vector<Plain> unknowns_, tried_, residual_, matrix_, step_, last_step_;
  std::vector<Plain> kept_;  // unknowns as they were before
  decltype(Plain() < Plain()) held_{};
};

extern template class NetworkRun<double>;
extern template class NetworkRun<Lanes>;

}  // namespace gemel::equations
