#pragma once
// The parts of `gemel experiments`: what is asked, the real experiments, the virtual ones, what is
// shown.

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/twin_file.hpp"
#include "surrogates/stand_in.hpp"

namespace gemel::app {

/// As it stands on the command line.
struct ExperimentsOptions {
  std::string twin, history, at, simulator;
  std::vector<std::string> vary;    // NAME=LOW..HIGH, NAME=normal(3, 0.5)
  std::vector<std::string> set;     // NAME=VALUE
  std::vector<std::string> answer;  // NAME, NAME:last|mean|lowest|highest
  std::vector<std::string> goal;    // ANSWER > NUMBER
  std::string horizon = "10 min";
  std::uint32_t draws = 16;
  double wish = 0.05;  // error, of each answer's spread over the box
  std::size_t budget = 200;
  std::size_t virtual_experiments = 1'000'000;
  std::string surrogate = "auto";
  std::string onnx, csv;
  std::uint64_t seed = 1;
  bool list = false;
};

/// One number of an outcome.
struct AnswerOf {
  enum class Kind : std::uint8_t { Indicator, Last, Mean, Lowest, Highest };
  Kind kind = Kind::Indicator;
  std::string name;  // of the indicator or the signal
  std::string unit;

  /// "energy", "tank_1.level:lowest"
  std::string shown() const;
};

/// That an answer lies above or below a limit.
struct Goal {
  std::string text;
  std::size_t answer = 0;
  bool above = true;
  double limit = 0.0;

  bool holds(double value) const { return above ? value > limit : value < limit; }
};

/// What is to be found out. Shapes: the first factors().size() changes of the scenario are the
/// factors', in their order.
struct Study {
  Scenario scenario;
  std::vector<surrogates::Factor> factors;
  std::vector<std::string> units;  // of the factors
  std::vector<AnswerOf> answers;
  std::vector<Goal> goals;
};

/// Asks the simulator once, in the middle of the box, for what it answers at all. Errors:
/// InvalidInput, NotFound (with how it is written, or what may have been meant), those of the
/// simulator.
Result<Study> study_of(const ExperimentsOptions& options, const TwinFile& twin);

/// Each experiment is the mean of its futures; those of all experiments meet the same chance.
/// Threads: one.
class RealExperiments {
 public:
  RealExperiments(const TwinFile& twin, const Study& study, std::stop_token stop)
      : twin_(twin), study_(study), stop_(std::move(stop)) {}

  /// Errors: those of the simulator; Cancelled (stopped before all futures were drawn).
  Result<std::vector<double>> ask(std::span<const double> factors);

  /// Standard error of an answer, on the average: what another seed would have made of it.
  double noise(std::size_t answer) const;

 private:
  const TwinFile& twin_;
  const Study& study_;
  std::stop_token stop_;
  std::vector<double> variances_;  // summed
  std::size_t count_ = 0;
};

/// The answers in an outcome, and how far another seed's might lie from them (standard error).
struct Read {
  double value = 0.0, error = 0.0;
};
Result<Read> read_answer(const AnswerOf& answer, const Outcome& outcome);

/// What many virtual experiments came to.
struct VirtualExperiments {
  std::vector<std::vector<double>> values;  // [answer][experiment]; sorted
  std::vector<std::size_t> untrusted;       // of each answer
  struct Held {
    std::size_t expected = 0, surely = 0, perhaps = 0;  // by the mean, the interval, a part of it
  };
  std::vector<Held> goals;
  Held all_goals;
  surrogates::StandIn::Tally tally;
  double seconds = 0.0;
};

/// Errors: Unavailable (the CSV file can't be written).
Result<VirtualExperiments> experiment_virtually(surrogates::StandIn& stand_in, const Study& study,
                                                const ExperimentsOptions& options,
                                                std::stop_token stop);

/// What the real experiments cost.
struct Effort {
  std::size_t experiments = 0;
  double seconds = 0.0;  // of them
  double learning = 0.0;
};

void print_head(const Study& study, const ExperimentsOptions& options, const TwinFile& twin);
void print_trust(const surrogates::TrainedSurrogate& surrogate, const Study& study,
                 const RealExperiments& real, const Effort& effort,
                 const ExperimentsOptions& options);
void print_virtual(const VirtualExperiments& done, const surrogates::StandIn& stand_in,
                   const Study& study);
void print_sensitivities(const surrogates::TrainedSurrogate& surrogate, const Study& study,
                         std::uint64_t seed);
/// "1,000,000"
std::string grouped(std::size_t count);

}  // namespace gemel::app
