// gemel_bench_simulation: how fast what-ifs run, from single steps to ensembles.

#include "parts.hpp"

int main(int argc, char** argv) {
  using namespace gemel::bench;
  return run_parts(
      argc, argv,
      "Benchmarks of simulation.\nExample: gemel_bench_simulation --only process_flow,fmus --json "
      "simulation.json",
      {{"ensemble", measure_ensemble},
       {"sobol", measure_sobol},
       {"station", measure_station},
       {"surrogates", measure_surrogates},
       {"riverside", measure_riverside},
       {"inspection", measure_inspection},
       {"line", measure_line},
       {"process_flow", measure_process_flow},
       {"intervals", measure_intervals},
       {"filters", measure_filters},
       {"fmus", measure_fmus}});
}
