#pragma once
// A network of equations that follows its plant, snapshot by snapshot.

#include <memory>
#include <vector>

#include "core/state_tracker.hpp"
#include "simulation/held_quantities.hpp"
#include "simulation/network_binding.hpp"
#include "simulation/tied_network.hpp"

namespace gemel::simulation {

/// A filter over what is followed; what is measured is taken in once. What surprises is explained
/// where it can be, by a sudden change of something followed or a gauge that is wrong; for a minute
/// afterwards what was told to have changed is Uncertain (Extrapolated), and all is where nothing
/// explained it. After a filter that failed (equations without a solution) it begins anew from the
/// description.
class NetworkTracker final : public StateTracker {
 public:
  /// `noise`: of each watched quantity. Goes on from what `from` holds. Errors: those of
  /// TiedNetwork::tie.
  static Result<std::unique_ptr<NetworkTracker>> start(std::shared_ptr<const Plant> plant,
                                                       NetworkBinding binding,
                                                       std::vector<double> noise,
                                                       const Snapshot& from);

  std::vector<Sample> step(const Snapshot& now) override;

 private:
  NetworkTracker(std::shared_ptr<const Plant> plant, NetworkBinding binding,
                 std::vector<double> noise, TiedNetwork tied, Timestamp began);

  struct Seen;
  Seen look(const Snapshot& now);
  void note_surprise(const Seen& seen, const estimation::Innovation& innovation, Timestamp at);
  void tell_expected(const Seen& seen, const estimation::Innovation& innovation, Timestamp at,
                     std::vector<Sample>& out) const;
  void tell_followed(Timestamp at, std::vector<Sample>& out) const;

  const std::shared_ptr<const Plant> plant_;
  const NetworkBinding binding_;
  const std::vector<double> noise_;
  TiedNetwork tied_;
  Timestamp began_;
  std::vector<Timestamp> taken_;  // source time of what was last taken in, of each watched quantity
  std::vector<Timestamp> changed_;  // when each followed quantity last changed at once
  std::vector<Timestamp> doubted_;  // when each watched quantity was last told to be wrong
  Timestamp unexplained_ = Timestamp::min();  // when nothing explained a surprise
};

}  // namespace gemel::simulation
