// gemel_bench_simulation: how fast what-ifs run, from single steps to ensembles.

#include "parts.hpp"

int main(int argc, char** argv) {
  using namespace gemel::bench;
  return run_parts(argc, argv,
                   "Benchmarks of simulation.\nExample: gemel_bench_simulation --quick --json "
                   "simulation.json",
                   {measure_ensemble, measure_sobol, measure_station, measure_riverside,
                    measure_process_flow, measure_intervals, measure_filters, measure_fmus});
}
