// The command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actions.hpp"
#include "result.hpp"

namespace riverside {

/// Simulate the past as fast as possible and write one CSV file.
struct RecordOptions {
  std::string file;
  EpochMs duration_ms = 3'600'000;
  std::optional<EpochMs> until;  ///< none: now
  EpochMs period_ms = 1'000;
  std::uint64_t seed = 1;
  std::string state_file;   ///< written at the end; empty for none
  std::string script_file;  ///< empty: nothing goes wrong
};

/// Run beside the clock and speak MQTT.
struct LiveOptions {
  std::string broker = "mqtt://127.0.0.1:1883";
  std::string client_id = "riverside-plant";
  EpochMs period_ms = 1'000;
  std::uint64_t seed = 1;
  double speed = 1.0;
  std::optional<EpochMs> run_for_ms;
  std::string state_file;  ///< continued from if it is there, written at the end
  std::string script_file;
  Mode mode = Mode::Remote;
};

struct ShowText {
  std::string text;
};
using Options = std::variant<LiveOptions, RecordOptions, ShowText>;

/// Errors: names the option, its value, and what it takes.
Result<Options> parse_options(const std::vector<std::string>& arguments);

}  // namespace riverside
