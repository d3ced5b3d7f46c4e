#pragma once
// Streams of chance by name, and how much of a time is over when one looks in at random.

#include <algorithm>
#include <string_view>

#include "base/distribution.hpp"
#include "process_flow/flow_run.hpp"

namespace gemel::process_flow::detail {

/// Seeds a stream by what it is for, so that adding an element leaves the others' chances alone.
std::uint64_t seed_of(const RunSettings& settings, std::string_view name, std::string_view purpose);

struct Streams {
  Random service, ways, failures, repairs;
  Streams(const RunSettings& settings, std::string_view name)
      : service(seed_of(settings, name, "service")),
        ways(seed_of(settings, name, "ways")),
        failures(seed_of(settings, name, "failures")),
        repairs(seed_of(settings, name, "repairs")) {}
};

/// The length of a time that is met at a random moment: long ones are met more often. Source: Cox,
/// "Renewal Theory", 1962, chapter 5. Accuracy: the distribution is cut into 64 of equal
/// probability.
double draw_met(const Distribution& times, Random& random);
/// How much of it is over then, or still to come: both are distributed alike.
inline double draw_age(const Distribution& times, Random& random) {
  if (times.kind() == Distribution::Kind::Exponential) return times.draw(random);
  const double met = draw_met(times, random);
  return met * random.uniform();
}
/// What is still to come of a time that has lasted for `age`; 0 if it can't have. Cost: a draw.
double draw_rest(const Distribution& times, double age, Random& random);

}  // namespace gemel::process_flow::detail
