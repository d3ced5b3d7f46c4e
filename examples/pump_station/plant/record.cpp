#include "record.hpp"

#include <fstream>

#include <fmt/format.h>

#include "rehearsal.hpp"
#include "state_file.hpp"
#include "telemetry.hpp"

namespace riverside {
Result<std::size_t> record(const RecordOptions& options, EpochMs now) {
  Script script;
  if (!options.script_file.empty()) {
    const auto loaded = load_script(options.script_file);
    if (!loaded) return loaded.error();
    script = *loaded;
  }
  std::ofstream out(options.file, std::ios::binary);
  out << csv_header() << '\n';

  const EpochMs period = options.period_ms;
  const EpochMs end = options.until.value_or(now) / period * period;
  const EpochMs start = end - options.duration_ms / period * period;
  Plant plant = Plant::settled_at(start, options.seed);
  Rehearsal rehearsal(std::move(script), start);
  std::size_t rows = 0;
  while (plant.now() + kScanMs <= end) {
    while (const auto action = rehearsal.next_due(plant.now())) {
      if (const auto done = carry_out(plant, *action); !done) return done.error();
    }
    plant.scan();
    if (plant.now() % period != 0) continue;
    out << csv_row(plant.now(), plant.readings()) << '\n';
    ++rows;
  }
  out.close();
  if (!out) {
    return Error{
        fmt::format("{}: cannot write the record: check its folder and rights", options.file)};
  }
  if (!options.state_file.empty()) {
    if (const auto saved = save_state(plant, options.state_file); !saved) return saved.error();
  }
  return rows;
}

}  // namespace riverside
