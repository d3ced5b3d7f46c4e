#include "simulation/tied_network.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.hpp"

namespace gemel::simulation {
namespace {

constexpr double kSuddenSpreads = 30.0;  // how far a sudden change goes

using equations::Ending;
using equations::Lanes;
using equations::Network;
using equations::NetworkRun;

const equations::Quantity& quantity_at(const Network& network, std::size_t place) {
  const std::size_t parameters = network.parameters().size();
  return place < parameters ? network.parameters()[place] : network.inputs()[place - parameters];
}

/// A network moved ahead, its slow quantities standing behind its states.
class Moved final : public estimation::Propagator {
 public:
  Moved(std::shared_ptr<const Network> network, std::vector<std::size_t> slow,
        equations::Tolerances tolerances)
      : parameters(network->given()),
        network_(std::move(network)),
        slow_(std::move(slow)),
        tolerances_(tolerances),
        run_(*network_),
        one_(*network_) {}

  std::size_t states() const override { return network_->states().size() + slow_.size(); }

  Result<void> advance(std::span<double> members, double from, double until) override {
    struct Members final : equations::Trajectories {
      Moved& of;
      std::span<double> members;
      std::size_t lost = 0;
      Members(Moved& moved, std::span<double> all) : of(moved), members(all) {}
      void begin(std::size_t i, std::span<double> x, std::span<double> p) override {
        of.put(members.subspan(i * of.states(), of.states()), x, p);
      }
      void end(std::size_t i, Ending ending, std::span<const double> x) override {
        lost += ending != Ending::Reached;
        std::copy(x.begin(), x.end(), &members[i * of.states()]);
      }
    } work(*this, members);
    auto tolerances = tolerances_;
    tolerances.step_first = until - from;  // steps are short: most are done in one
    equations::solve_ensemble(run_, {.from = 0.0, .until = until - from}, tolerances, 0,
                              members.size() / states(), work);
    if (work.lost == 0) return {};
    return Error{ErrorCode::Internal, "the equations of " + std::to_string(work.lost) + " of " +
                                          std::to_string(members.size() / states()) +
                                          " members could not be solved"};
  }

  /// Everything that can be told of a member.
  void observe(std::span<const double> member, std::vector<double>& shown) {
    std::vector<double> x(network_->states().size()), p(parameters.size());
    put(member, x, p);
    shown.resize(network_->observables().size());
    one_.begin(0);  // a member's potentials are no other's
    one_.observe(0.0, x.data(), p.data(), shown.data());
  }

  /// A member as the network's state and the solver's parameters.
  void put(std::span<const double> member, std::span<double> x, std::span<double> p) const {
    std::copy(parameters.begin(), parameters.end(), p.begin());
    const std::size_t n = network_->states().size();
    std::copy(member.begin(), member.begin() + static_cast<std::ptrdiff_t>(n), x.begin());
    // A filter's members know no bounds; the equations do.
    for (std::size_t k = 0; k < slow_.size(); ++k) {
      const auto& quantity = quantity_at(*network_, slow_[k]);
      p[slow_[k]] = std::clamp(member[n + k], quantity.low, quantity.high);
    }
  }

  std::vector<double> parameters;  // as they are given now

 private:
  const std::shared_ptr<const Network> network_;
  const std::vector<std::size_t> slow_;  // places in the solver's parameters
  const equations::Tolerances tolerances_;
  NetworkRun<Lanes> run_;
  NetworkRun<double> one_;
};

/// Place of an input or parameter in the solver's parameters.
Result<std::size_t> place_of(const Network& network, const std::string& name) {
  if (const auto input = network.find_input(name)) return network.parameters().size() + *input;
  auto parameter = network.find_parameter(name);
  if (!parameter) return parameter.error().within("neither an input nor a parameter");
  return *parameter;
}

Error invalid(std::string message) { return {ErrorCode::InvalidInput, std::move(message)}; }

}  // namespace

struct TiedNetwork::Inside {
  std::shared_ptr<const Network> network;
  std::vector<std::size_t> inputs, watched;  // places: solver's parameters; observables
  std::vector<double> noise;                 // of what is watched
  std::vector<FollowedQuantity> followed;    // the network's states come first
  std::unique_ptr<Moved> moved;
  std::unique_ptr<estimation::Filter> filter;
};

TiedNetwork::TiedNetwork(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
TiedNetwork::TiedNetwork(TiedNetwork&&) noexcept = default;
TiedNetwork& TiedNetwork::operator=(TiedNetwork&&) noexcept = default;
TiedNetwork::~TiedNetwork() = default;

Result<TiedNetwork> TiedNetwork::tie(std::shared_ptr<const Network> network, Settings settings) {
  auto inside = std::make_unique<Inside>();
  if (settings.watched.empty())
    return invalid("nothing is watched; a filter follows what is measured");
  for (const auto& name : settings.inputs) {
    GEMEL_ASSIGN(const auto place, place_of(*network, name));
    inside->inputs.push_back(place);
  }
  for (const auto& each : settings.watched) {
    GEMEL_ASSIGN(const auto place, network->find_observable(each.name));
    if (!(each.noise > 0.0))
      return invalid("'" + each.name + "': its noise is " + text::number(each.noise) +
                     "; it must be positive");
    inside->watched.push_back(place);
    inside->noise.push_back(each.noise);
  }
  if (!settings.held.empty() && settings.held.size() != settings.followed.size())
    return invalid(std::to_string(settings.held.size()) + " of " +
                   std::to_string(settings.followed.size()) + " quantities are held");
  std::vector<HeldQuantity> held;
  for (const auto& state : network->states()) {
    const double spread = std::max(0.05 * std::fabs(state.value), 1e-6);
    inside->followed.push_back({state.name, state.value, spread});
    held.push_back({state.value, spread, false});
  }
  std::vector<std::size_t> slow;
  for (std::size_t i = 0; i < settings.followed.size(); ++i) {
    const auto& each = settings.followed[i];
    const auto known =
        settings.held.empty() ? HeldQuantity{each.start, each.spread, false} : settings.held[i];
    if (!(known.spread > 0.0) || !(each.spread > 0.0) || !(each.wander >= 0.0))
      return invalid("'" + each.name + "': its spread is " + text::number(each.spread) +
                     " and its wander " + text::number(each.wander) +
                     "; the first must be positive, the second not negative");
    const auto found = std::ranges::find(inside->followed, each.name, &FollowedQuantity::name);
    if (found != inside->followed.end()) {
      held[static_cast<std::size_t>(found - inside->followed.begin())] = known;
      *found = each;
      continue;
    }
    GEMEL_ASSIGN(const auto place, place_of(*network, each.name));
    slow.push_back(place);
    inside->followed.push_back(each);
    held.push_back(known);
  }
  const std::size_t states = network->states().size();
  std::vector<double> mean, spread;
  auto& filter = settings.filter;
  for (std::size_t i = 0; i < held.size(); ++i) {
    const auto& each = inside->followed[i];
    const auto& quantity =
        i < states ? network->states()[i] : quantity_at(*network, slow[i - states]);
    mean.push_back(held[i].mean);
    spread.push_back(held[i].spread);
    filter.noise_per_time.push_back(each.wander * each.wander);
    // What moves by its own equations, such as a level, does not jump unless that is said.
    const double usual = i >= states && each.wander > 0.0 ? kSuddenSpreads * each.spread : 0.0;
    filter.sudden.push_back(each.sudden > 0.0 ? each.sudden : usual);
    filter.low.push_back(quantity.low);
    filter.high.push_back(quantity.high);
  }
  inside->moved = std::make_unique<Moved>(network, std::move(slow), settings.tolerances);
  GEMEL_ASSIGN(inside->filter, estimation::make_filter(
                                   *inside->moved, estimation::Gaussian::independent(mean, spread),
                                   0.0, settings.filter));
  inside->network = std::move(network);
  return TiedNetwork(std::move(inside));
}

Result<estimation::Innovation> TiedNetwork::step(double until, std::span<const double> inputs,
                                                 std::span<const double> measured) {
  auto& in = *inside_;
  if (inputs.size() != in.inputs.size() || measured.size() != in.watched.size()) {
    return invalid(std::to_string(inputs.size()) + " inputs and " +
                   std::to_string(measured.size()) + " measured values; there are " +
                   std::to_string(in.inputs.size()) + " and " + std::to_string(in.watched.size()));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (std::isfinite(inputs[i])) in.moved->parameters[in.inputs[i]] = inputs[i];  // else as before
  }
  GEMEL_TRY(in.filter->forecast(until));
  estimation::Measurement seen;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    if (!std::isfinite(measured[i])) continue;
    seen.values.push_back(measured[i]);
    seen.spreads.push_back(in.noise[i]);
    places.push_back(in.watched[i]);
  }
  if (places.empty()) return estimation::Innovation{};
  std::vector<double> shown;
  seen.observe = [&](std::span<const double> member, std::span<double> out) {
    in.moved->observe(member, shown);
    for (std::size_t i = 0; i < places.size(); ++i) out[i] = shown[places[i]];
  };
  return in.filter->update(seen);
}

const std::vector<FollowedQuantity>& TiedNetwork::followed() const { return inside_->followed; }
std::vector<double> TiedNetwork::mean() const { return inside_->filter->mean(); }
std::vector<double> TiedNetwork::spread() const { return inside_->filter->spread(); }

TiedNetwork::Draw TiedNetwork::draw(std::uint64_t number) const {
  Draw made{std::vector<double>(inside_->network->states().size()),
            std::vector<double>(inside_->moved->parameters.size())};
  inside_->moved->put(inside_->filter->draw(number), made.state, made.parameters);
  return made;
}

}  // namespace gemel::simulation
