#pragma once
// The answers that hold many values, as JSON text.

#include <span>
#include <string>
#include <vector>

#include "core/history.hpp"
#include "core/plant.hpp"
#include "core/snapshot.hpp"

namespace gemel::api {

/// Snapshot. Cost: about 0.3 us a signal.
std::string write_snapshot(const Snapshot& snapshot, const Plant& plant, bool live);
/// SnapshotColumns: an eighth as long.
std::string write_snapshot_columns(const Snapshot& snapshot, const Plant& plant, bool live);
/// Latest: a few signals of a snapshot.
std::string write_latest(const Snapshot& snapshot, const Plant& plant,
                         std::span<const SignalId> signals);
/// Samples.
std::string write_samples(const Signal& signal, const std::vector<Record>& records);
/// Trend.
std::string write_trend(const Signal& signal, TimeRange range, const std::vector<Bucket>& buckets);

}  // namespace gemel::api
