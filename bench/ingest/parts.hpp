#pragma once
// The parts of this benchmark, a file each.

#include "bench/measurement.hpp"

namespace gemel::bench {

std::vector<Measurement> measure_decoding(const Options& options);
std::vector<Measurement> measure_csv(const Options& options);
std::vector<Measurement> measure_broker(const Options& options);

}  // namespace gemel::bench
