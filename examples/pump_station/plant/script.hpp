// A rehearsal: what happens to the station, and when, one line each.
//
//   # comment
//   at 10s clogging line_1 severity 0.8 ramp 20s for 5min
//   at 40s dead_sensor tank_1 signal demand variant frozen
//   at 50s set valve_2 55
//   at 60s mode local
//   at 70s clean line_1
//   at 80s postpone_cleaning 30d
//   at 90s clear clogging line_1      (or: clear)
#pragma once

#include <string_view>
#include <vector>

#include "actions.hpp"
#include "result.hpp"

namespace riverside {

struct ScriptStep {
  EpochMs after_ms = 0;  ///< since the start of the run
  Action action;
};
using Script = std::vector<ScriptStep>;

/// The steps in order of time.
/// Errors: file name, line, the word that is wrong and what would be right.
Result<Script> parse_script(std::string_view text, std::string_view file_name);

/// Errors: as parse_script; the file cannot be read.
Result<Script> load_script(const std::string& file);

}  // namespace riverside
