#pragma once
// Fewer points that draw the same line.

#include <cstdint>
#include <span>
#include <vector>

#include "core/sample.hpp"

namespace gemel::exchange {

enum class Downsampling : std::uint8_t {
  Lttb,    // the records that keep the line's shape. Source: S. Steinarsson, "Downsampling Time
           // Series for Visual Representation", University of Iceland, 2013, algorithm 4.2
  MinMax,  // the smallest and the largest record of each of points / 2 spans of time
  Mean,  // the mean of each of `points` spans of time, at the span's start; the worst quality in it
};

/// Shapes: at most `points` records in the order of time; all that have a value when these are no
/// more than that. Missing marks are left out. `records` in the order of source time; points ≥ 2.
/// Threads: pure.
std::vector<Record> downsample(std::span<const Record> records, std::size_t points,
                               Downsampling how);

}  // namespace gemel::exchange
