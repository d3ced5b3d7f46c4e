#pragma once
// How much of an answer's variance each factor is to blame for.

#include <cstdint>
#include <vector>

#include "surrogates/trained_surrogate.hpp"

namespace gemel::surrogates {

/// Sobol's indices of one factor, shares of the answer's variance when all factors vary as their
/// distributions say, those that have none evenly over the box.
struct Sensitivity {
  double alone = 0.0;  // first order: by this factor alone
  double total = 0.0;  // with its interactions
};

/// Of one answer, from (factors + 2) · `points` predictions of its mean; values beyond the box
/// count as its edge. Shapes: one a factor. Accuracy: about 1 / √points. Sources: Saltelli et al.,
/// Comput. Phys. Commun. 181, 2010 (first order); Jansen, Comput. Phys. Commun. 117, 1999 (total).
std::vector<Sensitivity> sensitivities(const TrainedSurrogate& surrogate, std::size_t answer,
                                       std::size_t points = 4096, std::uint64_t seed = 1);

}  // namespace gemel::surrogates
