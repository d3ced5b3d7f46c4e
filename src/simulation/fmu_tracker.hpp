#pragma once
// An FMU that follows its plant, snapshot by snapshot.

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "core/state_tracker.hpp"
#include "simulation/tied_fmu.hpp"

namespace gemel::simulation {

/// What an FMU's filter starts from. Shapes: as following.followed; units: the FMU's.
struct FmuPresent {
  std::vector<FmuStart> starts;
  std::vector<bool> told;  // by a tracker; otherwise as described
};
/// What `snapshot` holds of what is followed; what was told long ago counts for nothing.
FmuPresent fmu_present(const Plant& plant, const FmuFollowing& following, const Snapshot& snapshot);

/// Goes on from what the first snapshot holds of earlier estimates. What is measured is taken in
/// once. When the FMU fails, what was told becomes bad, the log says why, and after a while it
/// begins anew from the description: the twin goes on without.
class FmuTracker final : public StateTracker {
 public:
  FmuTracker(std::shared_ptr<const Plant> plant, std::shared_ptr<const FmuFollowing> following,
             const Snapshot& from);

  std::vector<Sample> step(const Snapshot& now) override;

 private:
  struct Seen;
  Seen look(const Snapshot& now);
  Result<std::vector<Sample>> follow(const Snapshot& now, const Seen& seen);
  std::vector<Sample> give_up(const Error& why, Timestamp at);
  void tell(SignalId signal, double value, Timestamp at, std::vector<Sample>& out);

  const std::shared_ptr<const Plant> plant_;
  const std::shared_ptr<const FmuFollowing> following_;
  FmuPresent starts_;
  std::optional<TiedFmu> tied_;  // nothing: not begun, or failed
  Timestamp began_, last_;
  std::optional<Timestamp> again_at_;  // after a failure
  Duration wait_;
  std::vector<Timestamp> taken_;     // source time of what was last taken in, of each watched
  std::map<SignalId, double> told_;  // last
};

}  // namespace gemel::simulation
