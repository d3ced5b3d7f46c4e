// gemel_bench_ingest: how fast samples come in, from bytes to an inbox that keeps nothing.

#include "parts.hpp"

int main(int argc, char** argv) {
  using namespace gemel::bench;
  return run_parts(
      argc, argv,
      "Benchmarks of the way in: payloads, CSV, MQTT.\nExample: gemel_bench_ingest "
      "--quick --json ingest.json",
      {{"decoding", measure_decoding}, {"csv", measure_csv}, {"broker", measure_broker}});
}
