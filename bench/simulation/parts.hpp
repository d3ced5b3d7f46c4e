#pragma once
// The parts of this benchmark, a file each.

#include "bench/measurement.hpp"

namespace gemel::bench {

std::vector<Measurement> measure_ensemble(const Options& options);
std::vector<Measurement> measure_sobol(const Options& options);
std::vector<Measurement> measure_station(const Options& options);
std::vector<Measurement> measure_surrogates(const Options& options);
std::vector<Measurement> measure_riverside(const Options& options);
std::vector<Measurement> measure_inspection(const Options& options);
std::vector<Measurement> measure_line(const Options& options);
std::vector<Measurement> measure_filters(const Options& options);
std::vector<Measurement> measure_process_flow(const Options& options);
std::vector<Measurement> measure_fmus(const Options& options);
std::vector<Measurement> measure_intervals(const Options& options);

}  // namespace gemel::bench
