#pragma once
// Who answers: the surrogate where it is trusted, the simulator where it is not, and what nobody
// may vouch for is said to be that.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "surrogates/trained_surrogate.hpp"

namespace gemel::surrogates {

enum class Source : std::uint8_t {
  Surrogate,
  Simulator,
  Untrusted,  // the surrogate's guess, where it is not trusted and no question was left
};

/// "surrogate", "simulator", "untrusted"
std::string_view to_string(Source source);

/// Shapes: [answer][point]. What the simulator said has no spread.
struct Answered {
  std::vector<std::vector<Prediction>> said;
  std::vector<std::vector<Source>> source;
};

/// A simulator and its surrogate as one. A place outside the box that the surrogate was trained in,
/// an answer whose wish was not met or whose expected error is here larger than wished: the
/// simulator is asked, as long as questions are left. Threads: one; the surrogate's part is shared
/// out among the processors.
class StandIn {
 public:
  /// `questions`: how often the simulator may still be asked.
  StandIn(TrainedSurrogate surrogate, Experiment simulator, std::size_t questions);

  /// Shapes: points × factors, row by row. `go_on` is asked before each question to the simulator;
  /// after its no, none is put any more.
  Answered ask(std::span<const double> points, const std::function<bool()>& go_on = {});

  const TrainedSurrogate& surrogate() const { return surrogate_; }
  /// Who gave the answers so far: points × answers of them.
  struct Tally {
    std::size_t surrogate = 0, simulator = 0, untrusted = 0;
    std::size_t asked = 0;  // questions to the simulator
  };
  const Tally& tally() const { return tally_; }
  /// Questions that the simulator did not answer. They are among those asked.
  std::size_t refused() const { return refused_; }
  std::size_t questions_left() const { return questions_; }

 private:
  void simulate(std::size_t point, std::span<const double> factors, Answered& answered);

  TrainedSurrogate surrogate_;
  Experiment simulator_;
  std::size_t questions_;
  std::size_t refused_ = 0;
  Tally tally_;
};

}  // namespace gemel::surrogates
