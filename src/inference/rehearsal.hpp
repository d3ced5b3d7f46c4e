#pragma once
// A rehearsal: faults made up on rows that nothing was learnt from, to see which judges would
// notice.

#include <cstdint>
#include <span>
#include <vector>

#include "inference/learned_detector.hpp"
#include "inference/learning_rows.hpp"

namespace gemel::inference {

struct RehearsalPlan {
  std::size_t from = 0;  // first row that faults may begin at
  EpisodeRule episode = {};
  std::uint64_t seed = 1;
};

/// Which of the rehearsed faults each judge raises an alarm at. The faults: a bias, a drift, a
/// frozen value, noise, a value from another time (which breaks what binds it to the others), and a
/// step of all signals at once; on chance signals, from one to eight usual spreads large, forty
/// rows long. Shapes: faults of each judge; none when there are too few rows. Cost: about forty
/// rows a fault and judge.
std::vector<std::vector<bool>> rehearse(const RowTable& rows, const Scaling& scaling,
                                        std::span<const CalibratedJudge> judges,
                                        const RehearsalPlan& plan);

/// The judges that together notice the most: the best first, then each that adds at least two in a
/// hundred, up to three. Where two are equal, the earlier. Shapes: as rehearse() gives.
std::vector<std::size_t> choose_judges(const std::vector<std::vector<bool>>& noticed);

}  // namespace gemel::inference
