#pragma once
// From rows to a trained detector.

#include <cstdint>
#include <memory>

#include "base/result.hpp"
#include "core/detector.hpp"
#include "core/plant.hpp"
#include "inference/learning_rows.hpp"
#include "inference/settings.hpp"

namespace gemel::inference {

/// Learns from the first part of the rows (`fit_share`) and sets the threshold by the rest, so that
/// what is promised was tried on rows that came later than, and had no part in, what was learnt.
///
/// Only rows of which every value is usable are learnt from. A value further than 20 robust widths
/// from its signal's median is taken for contamination, if at most 5 % of the signal's values are.
/// The same rows, spec, settings and seed give the same detector and version.
/// Errors: InvalidInput when there are too few usable rows; the message says how many are needed.
Result<std::shared_ptr<const Detector>> train(const Plant& plant, const DetectorSpec& spec,
                                              const DetectorSettings& settings, RowTable rows,
                                              Duration row_period, std::uint64_t seed);

/// How many rows back what it judges may depend on, beside its window.
std::size_t memory_rows(const DetectorSpec& spec);

}  // namespace gemel::inference
