#include "simulation/drawn_quantities.hpp"

#include <algorithm>

#include "base/random.hpp"

namespace gemel::simulation {

DrawnQuantities::DrawnQuantities(const Scenario& scenario)
    : uncertain_(scenario.uncertain), seed_(scenario.seed) {
  if (scenario.sampling == Sampling::Sobol && !uncertain_.empty())
    points_.emplace(uncertain_.size(), seed_);
}

double DrawnQuantities::value(std::size_t index, std::uint32_t draw, double present) const {
  const auto& of = uncertain_[index];
  double share = 0.0;
  if (points_) {
    share = points_->at(draw, index);
  } else {
    // A stream for each future and quantity: adding one leaves the others as they were.
    Random random(seed_ ^ (std::uint64_t{draw} << 32) ^ (0x9e3779b97f4a7c15ULL * (index + 1)));
    share = random.uniform();
  }
  return changed(present, of.distribution.quantile(std::clamp(share, 0x1.0p-54, 1.0 - 0x1.0p-53)),
                 of.how);
}

}  // namespace gemel::simulation
