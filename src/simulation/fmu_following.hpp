#pragma once
// How a filter follows an FMU: what of it is followed, by which readings, and with which filter.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/plant.hpp"
#include "estimation/filter.hpp"
#include "fmu/fmu.hpp"
#include "simulation/fmu_binding.hpp"

namespace gemel::simulation {

/// Units: the FMU's, where nothing else is said. Immutable. Threads: any.
struct FmuFollowing {
  /// What a signal measures.
  struct Watched {
    FmuVariable of;
    SignalId signal;
    SignalId estimate;   // what is expected of that; invalid: nobody asked
    double noise = 0.0;  // standard deviation of a reading
  };
  /// What is given: by a signal, or else as a control stands.
  struct Input {
    FmuVariable of;
    SignalId signal;
    ControlId control;
  };
  enum class Kind {
    State,  // a continuous state of model exchange: the filter sets it
    Shown,  // a variable of co-simulation: only its start can be set
    Slow,   // an input or tunable parameter
  };
  struct Followed {
    FollowedQuantity quantity;  // as the twin file says it, SI
    FmuVariable of;             // of the signals that tell it
    Kind kind = Kind::Slow;
    std::size_t place = 0;  // in a member of the filter
    double start = 0.0;     // no number: as the FMU proposes
    double spread = 0.0;
    double wander = 0.0;  // gained in a second's root
  };
  struct State {
    std::string name;  // "x", "x[2]"
    const fmu::Variable* variable = nullptr;
  };

  std::shared_ptr<const fmu::Fmu> fmu;
  fmu::Interface interface = fmu::Interface::ModelExchange;
  estimation::FilterKind filter = estimation::FilterKind::Unscented;
  std::size_t members = 0;
  bool own_process = true;
  double step_s = 0.0;        // of co-simulation; 0: as the readings come
  std::vector<State> states;  // of model exchange, in the FMU's order
  std::vector<Watched> watched;
  std::vector<Input> inputs;
  std::vector<Input> settings;  // fixed parameters that a signal shows: told before the start
  std::vector<Followed> followed;
  std::vector<std::pair<std::string, std::string>> start_values;  // that the twin file tells

  /// Numbers of a member: the states, or what is shown; then what is slow.
  std::size_t size() const { return shown() + slow(); }
  std::size_t shown() const;
  /// The filter holds a mean and a covariance, and looks at members that it makes up.
  bool is_gaussian() const;
  std::size_t slow() const;

  /// Standard deviation of a signal's reading, SI.
  using ReadingNoise = std::function<Result<double>(const Signal&)>;
  /// `learnt`: asked for what `spec` doesn't tell. Errors: NotFound (a name), InvalidInput (what
  /// can't be followed, with what would do), Unsupported (an FMU that can't be followed), those of
  /// `learnt`. `spec` has an FmuSpec that follows something.
  static Result<FmuFollowing> of(const Plant& plant, const SimulatorSpec& spec,
                                 std::shared_ptr<const fmu::Fmu> fmu, const ReadingNoise& learnt);
};

}  // namespace gemel::simulation
