#pragma once
// A detector that is a trained network: how far the present is from what the network reconstructs
// or foretold.

#include <memory>

#include "base/result.hpp"
#include "core/detector.hpp"
#include "core/plant.hpp"
#include "inference/conformal.hpp"
#include "inference/learning_rows.hpp"
#include "inference/settings.hpp"

namespace gemel::inference {

/// Reads the network that `spec.model` names (a card, docs/formats/network.md) and finds its
/// threshold on the rows, which it was preferably not trained on.
///
/// The error of a signal is that of the row at hand: against its reconstruction, or against the
/// mean of what was foretold of it in the last `horizon` rows. The score is the root of the mean
/// square over signals, each in units of its own usual error on the first `fit_share` of the rows,
/// so that one that is hard to foretell does not drown the others; the rest of the rows set the
/// threshold
/// (`calibrate`). A network that answers by a score of its own is taken at its word.
///
/// A value that is missing keeps its last, and the finding is degraded; a row with fewer than half
/// of the network's signals is not judged, and neither is anything until the window is full, or
/// full again after a silence. When the network fails to answer, it is asked again after 1, 2, 4 …
/// 64 rows, so that a server which is away holds up one tick of many; nothing is found meanwhile.
///
/// `version` is of the plant's side; the network's checksum is added to it.
/// Errors: those of `read_network` and of running it; InvalidInput when card, signals, units or
/// period do not fit or the rows are too few.
Result<std::shared_ptr<const Detector>> train_network_detector(
    const Plant& plant, const DetectorSpec& spec, const DetectorSettings& settings,
    const RowTable& rows, Duration row_period, const std::string& version);

}  // namespace gemel::inference
